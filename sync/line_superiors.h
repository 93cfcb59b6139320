#pragma once
#include <string>
#include <vector>

#include "crypto/bytes.h"

namespace yz::sync {

/// The offices besides its superior (块) that an office is registered with (条), as its node says it. Body of a
/// statement of kind `line_superiors`; byte table in PROTOCOL.md 4.12. Code and name are its word: the reader may know
/// nothing of those offices.
struct LineSuperior {
  OfficeId office;
  std::string code;  ///< 2 to 12 digits
  std::string name;  ///< one line, at most 200 bytes
  bool operator==(const LineSuperior&) const = default;
};
inline constexpr std::size_t kLineSuperiorsMost = 15;

/// The caller keeps the rules: at most 15, strictly ascending by office.
Bytes encode(const std::vector<LineSuperior>&);
/// Fault::forged "statement.form" unless exactly one list in form.
Result<std::vector<LineSuperior>> decode_line_superiors(ByteView body);

}  // namespace yz::sync
