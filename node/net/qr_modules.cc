#include "node/net/qr_modules.h"

#include <qrencode.h>

#include <memory>
#include <string>

namespace yz::node {
namespace {

struct FreeQr {
  void operator()(QRcode* q) const { QRcode_free(q); }
};
using QrCode = std::unique_ptr<QRcode, FreeQr>;

}  // namespace

Result<QrModules> qr_modules(std::string_view text) {
  // As a string: capitals and digits take five and a half bits each instead of eight.
  const bool plain = text.find('\0') == std::string_view::npos;
  const QrCode code(plain ? QRcode_encodeString(std::string(text).c_str(), 0, QR_ECLEVEL_L, QR_MODE_8, 1)
                          : QRcode_encodeData(static_cast<int>(text.size()),
                                              reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_L));
  if (!code) return fail(Fault::full, "the text is too long for one QR code", "qr.long");
  QrModules out{code->width};
  const auto all = static_cast<std::size_t>(code->width) * static_cast<std::size_t>(code->width);
  out.dark.reserve(all);
  for (std::size_t i = 0; i < all; ++i) out.dark.push_back((code->data[i] & 1) != 0);
  return out;
}

}  // namespace yz::node
