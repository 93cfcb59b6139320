#include "node/cli/qr.h"

#include <qrencode.h>

#include <memory>

namespace yz::node::cli {

Result<std::string> draw_qr(std::string_view text, bool ansi) {
  struct Free {
    void operator()(QRcode* q) const { QRcode_free(q); }
  };
  const std::unique_ptr<QRcode, Free> code(QRcode_encodeData(
      static_cast<int>(text.size()), reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (!code) return fail(Fault::full, "the text is too long for one QR code", "qr.long");
  constexpr int kMargin = 4;  // the standard asks for four modules of white
  const int size = code->width;
  const auto dark = [&](int x, int y) {
    return x >= 0 && y >= 0 && x < size && y < size && (code->data[y * size + x] & 1) != 0;
  };
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

}  // namespace yz::node::cli
