#include "node/cli/qr.h"

#include "node/net/qr_modules.h"

namespace yz::node::cli {

namespace {

constexpr int kMargin = 4;  // the standard asks for four modules of white

}  // namespace

Result<std::string> draw_qr(std::string_view text, bool ansi) {
  const QrModules code = TRY(qr_modules(text));
  const int size = code.size;
  const auto dark = [&](int x, int y) { return code.dark_at(x, y); };
  std::string out;
  for (int y = -kMargin; y < size + kMargin; y += 2) {
    if (ansi) out += "\033[30;107m";
    for (int x = -kMargin; x < size + kMargin; ++x) {
      // With colours ink is dark; without, ink is the terminal's own light foreground. Below the margin is white too.
      const bool upper = dark(x, y) == ansi;
      const bool lower = dark(x, y + 1) == ansi;
      out += upper && lower ? "█" : upper ? "▀" : lower ? "▄" : " ";
    }
    if (ansi) out += "\033[0m";
    out += '\n';
  }
  return out;
}

Result<std::string> qr_svg(std::string_view text, std::string_view caption) {
  const QrModules code = TRY(qr_modules(text));
  const int size = code.size;
  const std::string side = std::to_string(size + 2 * kMargin), tall = std::to_string(size + 2 * kMargin + 6);
  std::string out = "<svg xmlns='http://www.w3.org/2000/svg' width='" + side + "mm' height='" + tall +
                    "mm' viewBox='0 0 " + side + " " + tall +
                    "'><rect width='100%' height='100%' fill='#fff'/><path d='";
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      if (code.dark_at(x, y)) out += "M" + std::to_string(x + kMargin) + " " + std::to_string(y + kMargin) + "h1v1h-1z";
  return out + "'/><text x='" + std::to_string(kMargin) + "' y='" + std::to_string(size + 2 * kMargin + 3) +
         "' font-family='monospace' font-size='4'>" + std::string(caption) + "</text></svg>\n";
}

}  // namespace yz::node::cli
