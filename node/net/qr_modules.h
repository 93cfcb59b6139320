#pragma once
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace yz::node {

/// A QR code of a text: which of its modules are dark. Without the white margin of four modules that the standard asks
/// for.
struct QrModules {
  int size = 0;
  std::vector<bool> dark = {};  ///< row by row, size * size

  /// Outside of the code all is white.
  bool dark_at(int x, int y) const {
    return x >= 0 && y >= 0 && x < size && y < size && dark[static_cast<std::size_t>(y * size + x)];
  }
};

/// Fault::full "qr.long" when the text is too long for one code.
Result<QrModules> qr_modules(std::string_view text);

}  // namespace yz::node
