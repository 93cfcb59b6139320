#include "node/net/tls_pin.h"

#include <optional>

#include "crypto/base64.h"

namespace yz::node {
namespace {

/// One DER element: the whole of it, and what is inside.
struct Element {
  std::uint8_t tag = 0;
  ByteView whole, inside;
};

/// Takes the next element off the front. Lengths up to four bytes; indefinite ones are not DER.
std::optional<Element> take(ByteView& from) {
  if (from.size() < 2) return std::nullopt;
  std::size_t head = 2, length = from[1];
  if (length & 0x80) {
    const std::size_t n = length & 0x7f;
    if (n == 0 || n > 4 || from.size() < 2 + n) return std::nullopt;
    length = 0;
    for (std::size_t i = 0; i < n; ++i) length = length << 8 | from[2 + i];
    head += n;
  }
  if (length > from.size() - head) return std::nullopt;
  Element e{from[0], from.first(head + length), from.subspan(head, length)};
  from = from.subspan(head + length);
  return e;
}

/// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE { [0] version, serial, algorithm, issuer, validity, subject,
/// subjectPublicKeyInfo ... (RFC 5280, 4.1).
std::optional<ByteView> public_key_info(ByteView der) {
  constexpr std::uint8_t kSequence = 0x30, kVersion = 0xa0;
  const auto certificate = take(der);
  if (!certificate || certificate->tag != kSequence) return std::nullopt;
  ByteView at = certificate->inside;
  const auto tbs = take(at);
  if (!tbs || tbs->tag != kSequence) return std::nullopt;
  at = tbs->inside;
  auto e = take(at);
  if (e && e->tag == kVersion) e = take(at);
  for (int i = 0; e && i < 5; ++i) e = take(at);  // behind the serial: algorithm, issuer, validity, subject, the key
  if (!e || e->tag != kSequence) return std::nullopt;
  return e->whole;
}

}  // namespace

Result<std::string> pin_of(std::string_view pem) {
  const auto bad = [] { return fail(Fault::invalid, "no X.509 certificate in the TLS file", "tls.certificate"); };
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----", kEnd = "-----END CERTIFICATE-----";
  const std::size_t begin = pem.find(kBegin), end = pem.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) return bad();
  const auto der = crypto::from_base64(pem.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  if (!der) return bad();
  const auto key = public_key_info(*der);
  if (!key) return bad();
  return "sha256//" + crypto::base64(crypto::sha256(*key));
}

}  // namespace yz::node
