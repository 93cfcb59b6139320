#pragma once
#include <span>
#include <string_view>

#include "crypto/bytes.h"

namespace yz::node {

/// A file of the page as it is compiled in: squeezed with gzip, and served so.
struct WebAsset {
  std::string_view path;  ///< "/", "/assets/index-3fa9c1d2.js"
  std::string_view type;  ///< its Content-Type
  ByteView gzip;
  bool lasting = false;  ///< its name changes with its content: browsers may keep it for good
};

/// The page of this program, made by tools/web from node/web; defined in the program alone, so that no test waits for
/// it.
std::span<const WebAsset> built_page();

}  // namespace yz::node
