#include "node/cli/qr.h"

#include <qrencode.h>

#include <memory>

namespace yz::node::cli {

namespace {

constexpr int kMargin = 4;  // the standard asks for four modules of white

struct Free {
  void operator()(QRcode* q) const { QRcode_free(q); }
};
using Code = std::unique_ptr<QRcode, Free>;

Result<Code> encode(std::string_view text) {
  // As a string: capitals and digits take five and a half bits each instead of eight.
  const bool plain = text.find('\0') == std::string_view::npos;
  Code code(plain ? QRcode_encodeString(std::string(text).c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1)
                  : QRcode_encodeData(static_cast<int>(text.size()),
                                      reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (!code) return fail(Fault::full, "the text is too long for one QR code", "qr.long");
  return code;
}

bool dark_at(const QRcode& code, int x, int y) {
  return x >= 0 && y >= 0 && x < code.width && y < code.width && (code.data[y * code.width + x] & 1) != 0;
}

}  // namespace

Result<std::string> draw_qr(std::string_view text, bool ansi) {
  const Code code = TRY(encode(text));
  const int size = code->width;
  const auto dark = [&](int x, int y) { return dark_at(*code, x, y); };
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
  const Code code = TRY(encode(text));
  const int size = code->width;
  const std::string side = std::to_string(size + 2 * kMargin), tall = std::to_string(size + 2 * kMargin + 6);
  std::string out = "<svg xmlns='http://www.w3.org/2000/svg' width='" + side + "mm' height='" + tall +
                    "mm' viewBox='0 0 " + side + " " + tall +
                    "'><rect width='100%' height='100%' fill='#fff'/><path d='";
  for (int y = 0; y < size; ++y)
    for (int x = 0; x < size; ++x)
      if (dark_at(*code, x, y))
        out += "M" + std::to_string(x + kMargin) + " " + std::to_string(y + kMargin) + "h1v1h-1z";
  return out + "'/><text x='" + std::to_string(kMargin) + "' y='" + std::to_string(size + 2 * kMargin + 3) +
         "' font-family='monospace' font-size='4'>" + std::string(caption) + "</text></svg>\n";
}

}  // namespace yz::node::cli
