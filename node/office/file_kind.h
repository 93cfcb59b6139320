#pragma once
// What a file is by its first bytes, held against what its name says.
#include <string_view>

#include "crypto/bytes.h"

namespace yz::node {

/// As much of a file's beginning as is looked at.
inline constexpr std::size_t kHeadBytes = 64;

/// Whether a file with a name of a picture, a recording, a film or a PDF is something else, or whether a program hides
/// behind any other name. `head`: its first bytes. Of names that promise nothing, nothing is said.
bool differs_from_name(std::string_view name, ByteView head);

}  // namespace yz::node
