#pragma once
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/result.h"

namespace yz {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView view(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// A fixed number of public bytes with a meaning of its own: two kinds of id do
/// not mix. Compares and orders as bytes; not for secrets (see crypto/secret.h).
template <std::size_t N, class Tag>
struct Fixed {
  static constexpr std::size_t kSize = N;
  std::array<std::uint8_t, N> bytes{};

  auto operator<=>(const Fixed&) const = default;
  bool zero() const { return *this == Fixed{}; }
  ByteView view() const { return {bytes.data(), N}; }
  /// Fault::forged unless exactly N bytes are given.
  static Result<Fixed> from(ByteView b) {
    if (b.size() != N) return fail(Fault::forged, "wrong length of an id");
    Fixed f;
    std::memcpy(f.bytes.data(), b.data(), N);
    return f;
  }
};

using Hash = Fixed<32, struct HashTag>;
using OfficeId = Fixed<16, struct OfficeTag>;
using NodeId = Fixed<16, struct NodeTag>;
using PersonId = Fixed<16, struct PersonTag>;
using CaseId = Fixed<16, struct CaseTag>;
using RecordId = Fixed<32, struct RecordTag>;
using CertDigest = Fixed<32, struct CertTag>;
using PublicKey = Fixed<32, struct PublicKeyTag>;  ///< Ed25519, for signatures
using BoxPublic = Fixed<32, struct BoxPublicTag>;  ///< X25519, for sealing
using Signature = Fixed<64, struct SignatureTag>;
using KeyHint = Fixed<8, struct KeyHintTag>;

/// Lower-case hexadecimal. Decoding takes either case; Fault::invalid for anything else.
std::string hex(ByteView);
Result<Bytes> from_hex(std::string_view);
/// RFC 4648 base32, lower case, without padding. Decoding takes either case and refuses set spare
/// bits and impossible lengths with Fault::invalid.
std::string base32(ByteView);
Result<Bytes> from_base32(std::string_view);

/// Fit to show as one line of text: strict UTF-8 without control characters, line
/// separators or marks that turn the direction of writing. Empty text is fine.
bool one_line(std::string_view utf8);

/// Appends big-endian numbers and raw bytes.
class Writer {
 public:
  Writer& u8(std::uint8_t v) {
    out_.push_back(v);
    return *this;
  }
  Writer& u16(std::uint16_t v) { return number(v, 2); }
  Writer& u32(std::uint32_t v) { return number(v, 4); }
  Writer& u64(std::uint64_t v) { return number(v, 8); }
  Writer& raw(ByteView b) {
    out_.insert(out_.end(), b.begin(), b.end());
    return *this;
  }
  template <std::size_t N, class Tag>
  Writer& id(const Fixed<N, Tag>& f) {
    return raw(f.view());
  }
  Writer& zeros(std::size_t n) {
    out_.resize(out_.size() + n);
    return *this;
  }
  /// u16 length, then the bytes. The caller has checked that it fits.
  Writer& str16(std::string_view s);
  std::size_t size() const { return out_.size(); }
  ByteView view() const { return out_; }
  /// Overwrites four bytes written before: for a total length known only at the end.
  void patch_u32(std::size_t at, std::uint32_t v);
  Bytes take() { return std::move(out_); }

 private:
  Writer& number(std::uint64_t v, int bytes);
  Bytes out_;
};

/// Reads big-endian numbers from bytes that may be hostile. The first read past
/// the end makes the reader bad for ever; later reads give zeros. Check ok() or
/// done() once, at the end. Never allocates from a length it has not checked.
class Reader {
 public:
  explicit Reader(ByteView b) : in_(b) {}
  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  /// A view into the input, empty when bad.
  ByteView raw(std::size_t n);
  template <class F>
  F id() {
    F f;
    ByteView b = raw(F::kSize);
    if (b.size() == F::kSize) std::memcpy(f.bytes.data(), b.data(), F::kSize);
    return f;
  }
  /// u16 length, then that many bytes; bad when longer than `max`.
  std::string str16(std::size_t max);
  /// Bad unless the next n bytes are all zero.
  void zeros(std::size_t n);
  void spoil() { bad_ = true; }
  bool ok() const { return !bad_; }
  /// Read to the very end without a fault.
  bool done() const { return !bad_ && at_ == in_.size(); }
  std::size_t at() const { return at_; }
  std::size_t left() const { return bad_ ? 0 : in_.size() - at_; }

 private:
  std::uint64_t number(int bytes);
  ByteView in_;
  std::size_t at_ = 0;
  bool bad_ = false;
};

}  // namespace yz
