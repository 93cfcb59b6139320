#pragma once
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace yz::node::cli {

/// A QR code of the text in half blocks, with its white margin, for a terminal. With `ansi` black and white are set;
/// without, light modules are drawn, as fits a dark terminal. Fault::full when the text is too long for one code.
Result<std::string> draw_qr(std::string_view text, bool ansi);

/// The same as an SVG picture, with a line of text below it.
Result<std::string> qr_svg(std::string_view text, std::string_view caption);

}  // namespace yz::node::cli
