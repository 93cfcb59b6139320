#include "crypto/certificate.h"

#include <algorithm>
#include <iterator>

#include "crypto/hash.h"
#include "crypto/root_proposal.h"
#include "crypto/suite.h"

namespace yz::crypto {
namespace {

constexpr std::string_view kCertMagic = "YZC1", kRootMagic = "YZT1";
constexpr std::size_t kNameMax = 200, kCodeMin = 2, kCodeMax = 12;
constexpr std::size_t kTotalAt = 8;     // of the certificate's total length
constexpr std::size_t kSigCountAt = 7;  // of the root document's number of signatures
constexpr std::size_t kRootKeysMax = 9;
constexpr std::size_t kRootSigsMax = 2 * kRootKeysMax;  // the holders of this version and of the one before

bool digits(std::string_view s) {
  return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

template <class T>
bool between(T value, T low, T high) {
  return value >= low && value <= high;
}

/// The rule that a certificate's fields break, or null. The same for what we sign and for what we are given.
const char* broken_rule(const Certificate& c) {
  if (!between(c.type, CertType::office, CertType::officer)) return "a certificate of an unknown type";
  if (!between(c.level, Level::province, Level::unit)) return "a certificate with an unknown level";
  const bool office = c.type == CertType::office;
  const std::uint16_t may = office                        ? cert_flag::one_person
                            : c.type == CertType::officer ? cert_flag::further
                                                          : std::uint16_t{0};
  if ((c.flags & ~may) != 0) return "a certificate with flags that it cannot have";
  if ((c.roles & ~role::all) != 0 || (c.type != CertType::officer && c.roles != 0))
    return "a certificate with roles that it cannot have";
  if (c.not_after_ms <= c.not_before_ms) return "a certificate that ends before it begins";
  if (office) {
    if (c.subject.bytes != c.office.bytes) return "an office certificate about another office";
    if (c.issuer == c.office && c.issuer_key != c.key) return "a top office certificate not signed by its own key";
    if (!between(c.code.size(), kCodeMin, kCodeMax) || !digits(c.code))
      return "a region code that is not 2 to 12 digits";
  } else {
    if (c.issuer != c.office) return "a node or officer certificate from another office";
    if (!c.code.empty()) return "a region code outside an office certificate";
  }
  if (c.name.size() > kNameMax || !one_line(c.name)) return "a name that is too long or not one line of text";
  return nullptr;
}

bool good_signature(const PublicKey& key, ByteView bytes) {
  if (bytes.size() < Signature::kSize) return false;
  Signature s;
  std::copy_n(bytes.end() - Signature::kSize, Signature::kSize, s.bytes.begin());
  const Hash h = hash(purpose::cert, {bytes.first(bytes.size() - Signature::kSize)});
  return verify(key, s, context::cert, {h.view()});
}

CertDigest digest_of(ByteView bytes) { return {hash(purpose::cert, {bytes}).bytes}; }

std::string groups(ByteView b) {
  std::string s;
  for (std::size_t i = 0; i < 16; i += 2) {
    const std::string five = std::to_string(100000 + (b[i] << 8 | b[i + 1]));
    if (i > 0) s += ' ';
    s += five.substr(1);
  }
  return s;
}

}  // namespace

std::optional<Level> level_from(std::string_view s) {
  for (const Level level : {Level::province, Level::city, Level::county, Level::township, Level::unit})
    if (name_of(level) == s) return level;
  return std::nullopt;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::province:
      return "province";
    case Level::city:
      return "city";
    case Level::county:
      return "county";
    case Level::township:
      return "township";
    case Level::unit:
      return "unit";
  }
  return "";
}

Result<> Certificate::sign(const SigningKey& authority) {
  if (const char* rule = broken_rule(*this)) return fail(Fault::invalid, rule);
  if (authority.public_key() != issuer_key)
    return fail(Fault::invalid, "not the authority key that the certificate names");
  Writer w;
  w.raw(view(kCertMagic)).u8(kSuite).u8(static_cast<std::uint8_t>(type)).u16(flags).u32(0);
  w.id(office).id(subject).id(issuer).id(issuer_key);
  w.u64(not_before_ms).u64(not_after_ms).u64(serial);
  w.u8(static_cast<std::uint8_t>(level)).zeros(1).u16(roles).id(key);
  w.u8(static_cast<std::uint8_t>(code.size())).raw(view(code)).str16(name);
  w.patch_u32(kTotalAt, static_cast<std::uint32_t>(w.size() + Signature::kSize));
  w.id(authority.sign(context::cert, {hash(purpose::cert, {w.view()}).view()}));
  bytes = w.take();
  digest = digest_of(bytes);
  return {};
}

Result<Certificate> Certificate::decode(ByteView b) {
  Certificate c;
  Reader r(b);
  if (text(r.raw(kCertMagic.size())) != kCertMagic) return fail(Fault::forged, "not a certificate");
  if (!known(r.u8())) return fail(Fault::forged, "a certificate of an unknown suite");
  c.type = static_cast<CertType>(r.u8());
  c.flags = r.u16();
  if (r.u32() != b.size()) r.spoil();
  c.office = r.id<OfficeId>();
  c.subject = r.id<SubjectId>();
  c.issuer = r.id<OfficeId>();
  c.issuer_key = r.id<PublicKey>();
  c.not_before_ms = r.u64();
  c.not_after_ms = r.u64();
  c.serial = r.u64();
  c.level = static_cast<Level>(r.u8());
  r.zeros(1);
  c.roles = r.u16();
  c.key = r.id<PublicKey>();
  c.code = text(r.raw(r.u8()));
  c.name = r.str16(kNameMax);
  r.raw(Signature::kSize);
  if (!r.done()) return fail(Fault::forged, "not exactly one certificate");
  if (const char* rule = broken_rule(c)) return fail(Fault::forged, rule);
  if (!good_signature(c.issuer_key, b)) return fail(Fault::forged, "a certificate with a false signature");
  c.bytes.assign(b.begin(), b.end());
  c.digest = digest_of(b);
  return c;
}

bool Certificate::first_key() const {
  switch (type) {
    case CertType::office:
      return subject.bytes == office_id_of(key).bytes;
    case CertType::node:
      return subject.bytes == node_id_of(key).bytes;
    case CertType::officer:
      return subject.bytes == person_id_of(key).bytes;
  }
  return false;
}

namespace {

template <class Sequence, class KeyOf>
bool strictly_ascending(const Sequence& s, KeyOf key_of) {
  return std::adjacent_find(s.begin(), s.end(), [&](const auto& a, const auto& b) { return key_of(a) >= key_of(b); }) ==
         s.end();
}

const char* broken_rule(const RootDocument& d) {
  if (d.version == 0) return "a root document without a version";
  if (d.keys.empty() || d.keys.size() > kRootKeysMax) return "a root document without 1 to 9 keys";
  if (!strictly_ascending(d.keys, [](const PublicKey& k) { return k; })) return "root keys that are not ascending";
  if (d.threshold == 0 || d.threshold > d.keys.size()) return "a root threshold that its keys cannot reach";
  // One key pair, one purpose.
  if (std::binary_search(d.keys.begin(), d.keys.end(), d.top_key)) return "a root key that is the top office's too";
  return nullptr;
}

/// How many of the holders signed. Goes through the holders, so that each counts once whatever the list of signatures.
std::size_t signed_by(const std::vector<PublicKey>& holders, const RootDocument& d) {
  return static_cast<std::size_t>(std::count_if(holders.begin(), holders.end(), [&](const PublicKey& key) {
    return std::any_of(d.signatures.begin(), d.signatures.end(), [&](const RootDocument::Sig& s) {
      return s.key == key && verify(key, s.signature, context::root, {d.digest.view()});
    });
  }));
}

Writer before_signatures(const RootDocument& d) {
  Writer w;
  w.raw(view(kRootMagic)).u8(kSuite).u8(d.threshold).u8(static_cast<std::uint8_t>(d.keys.size())).u8(0);
  w.u32(d.version).u64(d.issued_ms).id(d.top).id(d.top_key);
  for (const PublicKey& key : d.keys) w.id(key);
  return w;
}

}  // namespace

namespace {

void write_out(RootDocument& d) {
  Writer w = before_signatures(d);
  for (const RootDocument::Sig& s : d.signatures) w.id(s.key).id(s.signature);
  d.bytes = w.take();
  d.bytes[kSigCountAt] = static_cast<std::uint8_t>(d.signatures.size());
}

const auto key_of_signature = [](const RootDocument::Sig& s) { return s.key; };

}  // namespace

Result<> propose(RootDocument& d) {
  std::sort(d.keys.begin(), d.keys.end());
  if (const char* rule = broken_rule(d)) return fail(Fault::invalid, rule);
  d.digest = hash(purpose::root, {before_signatures(d).view()});
  d.signatures.clear();
  write_out(d);
  return {};
}

Result<> add_signature(RootDocument& d, const SigningKey& holder) {
  const PublicKey key = holder.public_key();
  const auto at = std::lower_bound(d.signatures.begin(), d.signatures.end(), key,
                                   [](const RootDocument::Sig& s, const PublicKey& k) { return s.key < k; });
  if (at != d.signatures.end() && at->key == key) return {};
  if (d.signatures.size() >= kRootSigsMax)
    return fail(Fault::invalid, "more signatures than a root document can have", "root.signatures");
  d.signatures.insert(at, {key, holder.sign(context::root, {d.digest.view()})});
  write_out(d);
  return {};
}

std::size_t signatures_of(const std::vector<PublicKey>& holders, const RootDocument& d) {
  return signed_by(holders, d);
}

std::string fingerprint_of_holder(const PublicKey& key) { return fingerprint(hash(purpose::root, {key.view()})); }

Result<> RootDocument::sign(const std::vector<const SigningKey*>& keys_of_holders) {
  if (keys_of_holders.size() > kRootSigsMax) return fail(Fault::invalid, "more holders than a root document can have");
  TRY(propose(*this));
  for (const SigningKey* holder : keys_of_holders) {
    const std::size_t before = signatures.size();
    TRY(add_signature(*this, *holder));
    if (signatures.size() == before) return fail(Fault::invalid, "one holder signs twice");
  }
  if (signed_by(keys, *this) < threshold)
    return fail(Fault::invalid, "fewer holders than the root document's threshold");
  return {};
}

Result<RootDocument> decode_proposal(ByteView b) {
  RootDocument d;
  Reader r(b);
  if (text(r.raw(kRootMagic.size())) != kRootMagic) return fail(Fault::forged, "not a root document");
  if (!known(r.u8())) return fail(Fault::forged, "a root document of an unknown suite");
  d.threshold = r.u8();
  const std::size_t key_count = r.u8(), sig_count = r.u8();
  if (key_count > kRootKeysMax || sig_count > kRootSigsMax)
    return fail(Fault::forged, "a root document with too many keys");
  d.version = r.u32();
  d.issued_ms = r.u64();
  d.top = r.id<OfficeId>();
  d.top_key = r.id<PublicKey>();
  for (std::size_t i = 0; i < key_count; ++i) d.keys.push_back(r.id<PublicKey>());
  for (std::size_t i = 0; i < sig_count; ++i) {
    RootDocument::Sig& s = d.signatures.emplace_back();
    s.key = r.id<PublicKey>();
    s.signature = r.id<Signature>();
  }
  if (!r.done()) return fail(Fault::forged, "not exactly one root document");
  if (const char* rule = broken_rule(d)) return fail(Fault::forged, rule);
  if (!strictly_ascending(d.signatures, key_of_signature))
    return fail(Fault::forged, "root signatures that are not ascending");
  // Every field stands in the bytes in exactly one way, so that writing them again gives the bytes received;
  // only the number of signatures is zero for the digest.
  d.digest = hash(purpose::root, {before_signatures(d).view()});
  for (const RootDocument::Sig& s : d.signatures)
    if (!verify(s.key, s.signature, context::root, {d.digest.view()}))
      return fail(Fault::forged, "a root document with a false signature");
  d.bytes.assign(b.begin(), b.end());
  return d;
}

Result<RootDocument> RootDocument::decode(ByteView b) {
  RootDocument d = TRY(decode_proposal(b));
  if (signed_by(d.keys, d) < d.threshold) return fail(Fault::forged, "a root document signed by too few of its keys");
  return d;
}

Result<> RootDocument::allows(const RootDocument& next) const {
  // Subtract, not add: version + 1 could wrap.
  if (next.version == 0 || next.version - 1 != version)
    return fail(Fault::forged, "a root document that does not follow this version");
  if (signed_by(keys, next) < threshold)
    return fail(Fault::forged, "a root document signed by too few of the keys before it");
  return {};
}

OfficeId office_id_of(const PublicKey& key) { return short_hash<OfficeId>(purpose::office_id, {key.view()}); }
NodeId node_id_of(const PublicKey& key) { return short_hash<NodeId>(purpose::node_id, {key.view()}); }
PersonId person_id_of(const PublicKey& key) { return short_hash<PersonId>(purpose::person_id, {key.view()}); }

std::string fingerprint(const Hash& h) { return groups(h.view()); }
std::string fingerprint(const CertDigest& d) { return groups(d.view()); }
bool same_digits(std::string_view a, std::string_view b) {
  const auto digits_of = [](std::string_view text) {
    std::string out;
    std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c >= '0' && c <= '9'; });
    return out;
  };
  return digits_of(a) == digits_of(b);
}

bool code_under(std::string_view superior, std::string_view code) {
  if (superior.size() < kCodeMin || !digits(superior) || !digits(code)) return false;
  if (superior.size() == 6)
    while (superior.size() > kCodeMin && superior.ends_with("00")) superior.remove_suffix(2);
  return code.starts_with(superior);
}

bool Path::expired_at(std::uint64_t ms) const {
  const auto out = [ms](const Certificate* c) { return ms < c->not_before_ms || ms > c->not_after_ms; };
  return (leaf && out(leaf)) || std::any_of(offices.begin(), offices.end(), out);
}

namespace {

/// Looks for one unbroken chain upwards, depth first. The level falls at every step, so a path ends after five offices
/// (six certificates with the leaf), cannot run in a circle, and what lies above a certificate does not depend on how
/// one came there: each is climbed once, and a hostile heap of certificates costs one signature check for each.
class Climb {
 public:
  Climb(const std::vector<Certificate>& offices, const RootDocument& root)
      : offices_(offices), root_(root), failed_(offices.size()) {}

  /// Fills path_ from `c`'s own office up to the top.
  Result<> up_from(const Certificate& c) {
    if (!good_signature(c.issuer_key, c.bytes)) return fail(Fault::forged, "a false signature in the path");
    const bool office = c.type == CertType::office;
    if (office && (c.issuer == c.office || c.office == root_.top)) {
      if (c.issuer != c.office || c.office != root_.top || c.key != root_.top_key)
        return fail(Fault::forged, "a path that ends at an office which the root document does not name");
      path_.push_back(&c);
      return {};
    }
    if (office) path_.push_back(&c);
    Error why{Fault::missing, "no certificate for the issuing key of office " + hex(c.issuer.view()), {}};
    bool first = true;
    for (std::size_t i = 0; i < offices_.size(); ++i) {
      if (offices_[i].office != c.issuer || offices_[i].key != c.issuer_key) continue;
      Result<> tried = link(c, offices_[i]);
      if (tried) {
        if (!failed_[i]) {
          tried = up_from(offices_[i]);
          if (tried) return {};
          failed_[i] = tried.error();
        }
        tried = std::unexpected(*failed_[i]);
      }
      // A link that may still come says more than one that is wrong for good.
      if (first || (why.fault != Fault::missing && tried.error().fault == Fault::missing))
        why = std::move(tried).error();
      first = false;
    }
    if (office) path_.pop_back();
    return std::unexpected(std::move(why));
  }

  std::vector<const Certificate*> take() { return std::move(path_); }

 private:
  /// Whether `superior`, whose id and key `c` names as its issuer, may have issued it.
  static Result<> link(const Certificate& c, const Certificate& superior) {
    if (superior.type != CertType::office) return fail(Fault::forged, "a certificate issued by what is not an office");
    if (c.type == CertType::office) {
      if (superior.level >= c.level) return fail(Fault::forged, "an office under one that is not above it");
      if (!code_under(superior.code, c.code)) return fail(Fault::forged, "a region code outside the superior's");
    } else if (superior.level != c.level) {
      return fail(Fault::forged, "a node or officer with a level that is not its office's");
    }
    return {};
  }

  const std::vector<Certificate>& offices_;
  const RootDocument& root_;
  std::vector<std::optional<Error>> failed_;
  std::vector<const Certificate*> path_;
};

}  // namespace

Result<Path> check_path(const Certificate& leaf, const std::vector<Certificate>& offices, const RootDocument& root) {
  Climb climb(offices, root);
  TRY(climb.up_from(leaf));
  return Path{climb.take(), &leaf};
}

}  // namespace yz::crypto
