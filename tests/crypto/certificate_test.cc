#include "crypto/certificate.h"

#include <doctest/doctest.h>

#include <functional>
#include <map>

#include "crypto/hash.h"
#include "tests/crypto/cut.h"

using namespace yz;
using namespace yz::crypto;

namespace {

SigningKey key(std::uint8_t n) {
  start();  // the offices below are made before main
  return SigningKey::from_seed(Key::from(Bytes(32, n)).value());
}

/// An office as its superior sees it: authority key, id, level, code.
struct Office {
  SigningKey authority;
  OfficeId id;
  Level level;
  std::string code;
  Office(std::uint8_t n, Level l, std::string c)
      : authority(key(n)), id(office_id_of(authority.public_key())), level(l), code(std::move(c)) {}
};

Certificate draft(const Office& o, const Office& superior) {
  Certificate c;
  c.type = CertType::office;
  c.office = o.id;
  c.subject.bytes = o.id.bytes;
  c.issuer = superior.id;
  c.issuer_key = superior.authority.public_key();
  c.not_before_ms = 1000;
  c.not_after_ms = 2000;
  c.serial = 1;
  c.level = o.level;
  c.key = o.authority.public_key();
  c.code = o.code;
  c.name = "某县";
  return c;
}
Certificate signed_by(Certificate c, const Office& superior) {
  REQUIRE(c.sign(superior.authority));
  return c;
}
Certificate certify(const Office& o, const Office& superior) { return signed_by(draft(o, superior), superior); }

Certificate member_draft(CertType type, const Office& o, std::uint8_t n) {
  const PublicKey pub = key(n).public_key();
  Certificate c = draft(o, o);
  c.type = type;
  c.subject.bytes = type == CertType::node ? node_id_of(pub).bytes : person_id_of(pub).bytes;
  c.key = pub;
  c.code.clear();
  c.name = "张三";
  c.roles = type == CertType::officer ? role::drafter : std::uint16_t{0};
  return c;
}
Certificate member(CertType type, const Office& o, std::uint8_t n) { return signed_by(member_draft(type, o, n), o); }

RootDocument root_for(const Office& top) {
  RootDocument d;
  const SigningKey holder = key(200);
  d.top = top.id;
  d.top_key = top.authority.public_key();
  d.keys = {holder.public_key()};
  REQUIRE(d.sign({&holder}));
  return d;
}

/// The byte table of FORMATS.md once more, able to write every wrong thing; the signature is always good.
Bytes raw_certificate(const Certificate& c, const SigningKey& authority, std::uint8_t suite = 1, std::uint8_t zero = 0,
                      std::uint32_t more_length = 0, std::string_view tail = "") {
  Writer w;
  w.raw(view("YZC1")).u8(suite).u8(static_cast<std::uint8_t>(c.type)).u16(c.flags);
  w.u32(static_cast<std::uint32_t>(219 + c.code.size() + c.name.size() + tail.size()) + more_length);
  w.id(c.office).id(c.subject).id(c.issuer).id(c.issuer_key).u64(c.not_before_ms).u64(c.not_after_ms).u64(c.serial);
  w.u8(static_cast<std::uint8_t>(c.level)).u8(zero).u16(c.roles).id(c.key);
  w.u8(static_cast<std::uint8_t>(c.code.size())).raw(view(c.code)).str16(c.name).raw(view(tail));
  w.id(authority.sign(context::cert, {hash(purpose::cert, {w.view()}).view()}));
  return w.take();
}

const Office kProvince(1, Level::province, "510000"), kCity(2, Level::city, "510100"),
    kCounty(3, Level::county, "510123"), kTownship(4, Level::township, "510123001"),
    kBureau(5, Level::unit, "510123001");

}  // namespace

TEST_CASE("a certificate decodes to what was signed, and its digest covers the signature") {
  for (const Certificate& c : {certify(kProvince, kProvince), certify(kCounty, kCity),
                               member(CertType::node, kCounty, 9), member(CertType::officer, kCounty, 9)}) {
    const Certificate d = Certificate::decode(c.bytes).value();
    CHECK(d.type == c.type);
    CHECK(d.office == c.office);
    CHECK(d.subject == c.subject);
    CHECK(d.issuer == c.issuer);
    CHECK(d.issuer_key == c.issuer_key);
    CHECK(d.not_before_ms == 1000);
    CHECK(d.not_after_ms == 2000);
    CHECK(d.serial == 1);
    CHECK(d.level == c.level);
    CHECK(d.roles == c.roles);
    CHECK(d.key == c.key);
    CHECK(d.code == c.code);
    CHECK(d.name == c.name);
    CHECK(d.bytes == c.bytes);
    CHECK(d.digest == c.digest);
    CHECK(d.digest.bytes == hash(purpose::cert, {c.bytes}).bytes);
    CHECK(d.first_key());
  }
}

TEST_CASE("a certificate cut, lengthened or flipped anywhere is refused") {
  refuses_every_change(certify(kCounty, kCity).bytes, Fault::forged, Certificate::decode);
  refuses_every_change(member(CertType::officer, kCounty, 9).bytes, Fault::forged, Certificate::decode);
}

TEST_CASE("a certificate that breaks a rule is neither signed nor decoded, whoever signed it") {
  struct Rule {
    const char* what;
    CertType type;
    std::function<void(Certificate&)> breaks;
  };
  const Rule rules[] = {
      {"type 0", CertType::office, [](auto& c) { c.type = CertType{0}; }},
      {"type 4", CertType::office, [](auto& c) { c.type = CertType{4}; }},
      {"level 0", CertType::office, [](auto& c) { c.level = Level{0}; }},
      {"level 6", CertType::node, [](auto& c) { c.level = Level{6}; }},
      {"unknown flag", CertType::office, [](auto& c) { c.flags = 2; }},
      {"further on a node", CertType::node, [](auto& c) { c.flags = cert_flag::further; }},
      {"both flags on an officer", CertType::officer, [](auto& c) { c.flags = 3; }},
      {"flag on a node", CertType::node, [](auto& c) { c.flags = cert_flag::one_person; }},
      {"flag on an officer", CertType::officer, [](auto& c) { c.flags = cert_flag::one_person; }},
      {"role on an office", CertType::office, [](auto& c) { c.roles = role::signer; }},
      {"role on a node", CertType::node, [](auto& c) { c.roles = role::signer; }},
      {"unknown role", CertType::officer, [](auto& c) { c.roles = 256; }},
      {"ends as it begins", CertType::office, [](auto& c) { c.not_after_ms = c.not_before_ms; }},
      {"ends before it begins", CertType::officer, [](auto& c) { c.not_after_ms = c.not_before_ms - 1; }},
      {"another subject", CertType::office, [](auto& c) { c.subject.bytes[0] ^= 1; }},
      {"node of another office", CertType::node, [](auto& c) { c.issuer.bytes[0] ^= 1; }},
      {"officer of another office", CertType::officer, [](auto& c) { c.issuer.bytes[0] ^= 1; }},
      {"its own issuer with another key", CertType::office, [](auto& c) { c.issuer = c.office; }},
      {"no code", CertType::office, [](auto& c) { c.code = ""; }},
      {"code of one digit", CertType::office, [](auto& c) { c.code = "5"; }},
      {"code of 13 digits", CertType::office, [](auto& c) { c.code = "5101230010001"; }},
      {"code of letters", CertType::office, [](auto& c) { c.code = "51a123"; }},
      {"code of wide digits", CertType::office, [](auto& c) { c.code = "５１"; }},
      {"code on a node", CertType::node, [](auto& c) { c.code = "51"; }},
      {"code on an officer", CertType::officer, [](auto& c) { c.code = "51"; }},
      {"long name", CertType::office, [](auto& c) { c.name = std::string(201, 'n'); }},
      {"very long name", CertType::office, [](auto& c) { c.name = std::string(65535, 'n'); }},
      {"newline in a name", CertType::officer, [](auto& c) { c.name = "a\nb"; }},
      {"zero in a name", CertType::officer, [](auto& c) { c.name = std::string("a\0b", 3); }},
      {"turned name", CertType::officer,
       [](auto& c) {
         c.name =
             "a\xe2\x80\xae"
             "b";
       }},
      {"broken UTF-8", CertType::node, [](auto& c) { c.name = "\xe6\x9f"; }},
      {"overlong UTF-8", CertType::node, [](auto& c) { c.name = "\xc0\xaf"; }},
  };
  for (const Rule& rule : rules) {
    CAPTURE(rule.what);
    const Office& issuer = rule.type == CertType::office ? kCity : kCounty;
    Certificate c = rule.type == CertType::office ? draft(kCounty, kCity) : member_draft(rule.type, kCounty, 9);
    // The raw writer makes good certificates too, so that what is refused is refused for the rule.
    REQUIRE(Certificate::decode(raw_certificate(c, issuer.authority)));
    rule.breaks(c);
    CHECK(Certificate::decode(raw_certificate(c, issuer.authority)).error().fault == Fault::forged);
    const auto signing = c.sign(issuer.authority);
    REQUIRE_FALSE(signing);
    CHECK(signing.error().fault == Fault::invalid);
    CHECK(c.bytes.empty());
  }
}

TEST_CASE("a certificate has one encoding: suite, zero byte, length and tail are fixed") {
  const Certificate c = draft(kCounty, kCity);
  const SigningKey& k = kCity.authority;
  CHECK(raw_certificate(c, k) == certify(kCounty, kCity).bytes);
  for (const Bytes& b :
       {raw_certificate(c, k, 0), raw_certificate(c, k, 2), raw_certificate(c, k, 1, 1), raw_certificate(c, k, 1, 0, 1),
        raw_certificate(c, k, 1, 0, UINT32_MAX), raw_certificate(c, k, 1, 0, 0, "tail")})
    CHECK(Certificate::decode(b).error().fault == Fault::forged);
}

TEST_CASE("only the key that a certificate names can sign it") {
  Certificate c = draft(kCounty, kCity);
  CHECK(c.sign(kProvince.authority).error().fault == Fault::invalid);
  CHECK(Certificate::decode(raw_certificate(c, kProvince.authority)).error().fault == Fault::forged);
}

TEST_CASE("an office keeps its id when its key is rotated") {
  Certificate c = draft(kCounty, kCity);
  c.key = key(33).public_key();
  const Certificate d = Certificate::decode(signed_by(c, kCity).bytes).value();
  CHECK(d.office == kCounty.id);
  CHECK_FALSE(d.first_key());
}

TEST_CASE("ids of the three kinds never meet, and levels have names") {
  const PublicKey k = key(1).public_key();
  CHECK(office_id_of(k).bytes != node_id_of(k).bytes);
  CHECK(node_id_of(k).bytes != person_id_of(k).bytes);
  CHECK(office_id_of(k).bytes != person_id_of(k).bytes);
  for (int i = 1; i <= 5; ++i) {
    const Level l = static_cast<Level>(i);
    CHECK(level_from(name_of(l)) == l);
  }
  CHECK_FALSE(level_from("county "));
  CHECK_FALSE(level_from(""));
  CHECK_FALSE(level_from("省"));
}

TEST_CASE("a fingerprint is eight groups of five digits") {
  CHECK(fingerprint(Hash{}) == "00000 00000 00000 00000 00000 00000 00000 00000");
  Hash h;
  h.bytes.fill(0xff);
  CHECK(fingerprint(h) == "65535 65535 65535 65535 65535 65535 65535 65535");
  CHECK(fingerprint(CertDigest{h.bytes}) == fingerprint(h));
}

TEST_CASE("a region code lies under its superior's prefix") {
  const std::tuple<const char*, const char*, bool> table[] = {{"510000", "510100", true},
                                                              {"510000", "510123", true},
                                                              {"510100", "510123", true},
                                                              {"510123", "510123001", true},
                                                              {"510123", "510123001000", true},
                                                              {"510123001", "510123001000", true},
                                                              {"510123", "510123", true},
                                                              {"51", "510000", true},
                                                              {"510000", "51", true},
                                                              {"511000", "511002", true},
                                                              {"510000", "520000", false},
                                                              {"510100", "510200", false},
                                                              {"510123", "510124001", false},
                                                              {"510100", "510000", false},
                                                              {"510123", "510100", false},
                                                              {"511000", "512000", false},
                                                              {"000000", "510000", false},
                                                              {"000000", "000100", true},
                                                              {"5100", "5101", false},
                                                              {"51010000", "51010001", false},
                                                              {"510123", "", false},
                                                              {"", "510123", false},
                                                              {"5", "51", false},
                                                              {"5a", "5a1", false},
                                                              {"51", "51a", false}};
  for (const auto& [superior, code, under] : table) {
    CAPTURE(superior);
    CAPTURE(code);
    CHECK(code_under(superior, code) == under);
  }
}

TEST_CASE("a path leads from any leaf up to the root document's top office") {
  const RootDocument root = root_for(kProvince);
  const std::vector<Certificate> offices{certify(kTownship, kCounty), certify(kProvince, kProvince),
                                         certify(kCity, kProvince), certify(kCounty, kCity),
                                         certify(kBureau, kTownship)};
  const auto node = member(CertType::node, kTownship, 9);
  const Path p = check_path(node, offices, root).value();
  REQUIRE(p.offices.size() == 4);
  CHECK(p.leaf == &node);
  CHECK(p.offices[0]->office == kTownship.id);
  CHECK(p.offices[1]->office == kCounty.id);
  CHECK(p.offices[2]->office == kCity.id);
  CHECK(p.offices[3]->office == kProvince.id);
  CHECK(check_path(member(CertType::officer, kProvince, 9), offices, root).value().offices.size() == 1);
  // Five offices and a leaf: the longest path there is.
  CHECK(check_path(member(CertType::officer, kBureau, 9), offices, root).value().offices.size() == 5);
  CHECK(check_path(offices[0], offices, root).value().offices[0] == &offices[0]);
  CHECK(check_path(offices[1], {}, root).value().offices.size() == 1);
  // A level may be left out: a county directly under the province.
  CHECK(check_path(member(CertType::node, kCounty, 9), {offices[1], certify(kCounty, kProvince)}, root));
}

TEST_CASE("a path with a missing link says which office is missing") {
  const RootDocument root = root_for(kProvince);
  const auto node = member(CertType::node, kTownship, 9);
  const auto says = [&](const std::vector<Certificate>& offices, const OfficeId& id) {
    const auto r = check_path(node, offices, root);
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == Fault::missing);
    CHECK(r.error().what.ends_with(hex(id.view())));
  };
  says({}, kTownship.id);
  says({certify(kTownship, kCounty)}, kCounty.id);
  says({certify(kTownship, kCounty), certify(kCounty, kCity), certify(kCity, kProvince)}, kProvince.id);
  // The county is known, but not by the key that issued the township.
  Certificate rotated = draft(kCounty, kCity);
  rotated.key = key(33).public_key();
  says({certify(kTownship, kCounty), signed_by(rotated, kCity)}, kCounty.id);
}

TEST_CASE("a path with a wrong link is refused") {
  const RootDocument root = root_for(kProvince);
  const Certificate top = certify(kProvince, kProvince), city = certify(kCity, kProvince),
                    county = certify(kCounty, kCity), township = certify(kTownship, kCounty);
  const auto node = member(CertType::node, kTownship, 9);
  const std::vector<Certificate> good{top, city, county, township};
  REQUIRE(check_path(node, good, root));

  std::map<std::string, std::pair<Certificate, std::vector<Certificate>>> table;
  // A county that certifies a township of its neighbour.
  const Office stranger(6, Level::township, "510124001");
  table.insert({"prefix", {member(CertType::node, stranger, 9), {top, city, county, certify(stranger, kCounty)}}});
  const Office upward(7, Level::city, "510123");
  table.insert({"level above its superior", {certify(upward, kCounty), good}});
  const Office beside(7, Level::county, "510123");
  table.insert({"level of its superior", {certify(beside, kCounty), good}});
  Certificate raised = member_draft(CertType::officer, kTownship, 9);
  raised.level = Level::province;
  table.insert({"leaf with another level", {signed_by(raised, kTownship), good}});
  // A node or officer that certifies: its certificate lies among the offices, and its key is the issuer's.
  Office by_node(8, Level::township, "510123001");
  const Certificate issuing_node = member(CertType::node, kCounty, 40),
                    issuing_officer = member(CertType::officer, kCounty, 40);
  Certificate from_node = draft(by_node, kCounty);
  from_node.issuer_key = key(40).public_key();
  REQUIRE(from_node.sign(key(40)));
  table.insert({"issued by a node", {from_node, {top, city, county, issuing_node}}});
  table.insert({"issued by an officer", {from_node, {top, city, county, issuing_officer}}});
  // Two offices that vouch for each other.
  const Office a(50, Level::city, "510100"), b(51, Level::county, "510100");
  table.insert({"cycle", {certify(b, a), {top, certify(a, b), certify(b, a)}}});
  const Office usurper(60, Level::province, "510000");
  table.insert({"another top", {certify(usurper, usurper), {top}}});
  table.insert({"under another top", {certify(kCity, usurper), {top, certify(usurper, usurper)}}});
  // The top office's own id, with another key that vouches for itself.
  Certificate second_top = draft(kProvince, kProvince);
  second_top.key = second_top.issuer_key = key(61).public_key();
  REQUIRE(second_top.sign(key(61)));
  table.insert({"top with another key", {second_top, {top}}});
  // The top office's id, put under somebody else.
  table.insert({"top under another", {certify(kProvince, usurper), {top, certify(usurper, usurper)}}});
  // Fields changed after decoding: the bytes no longer vouch for them with the parent's key.
  Certificate emptied = node;
  emptied.bytes.clear();
  table.insert({"no bytes", {emptied, good}});
  Certificate other_signature = node;
  other_signature.bytes.back() ^= 1;
  table.insert({"false signature of the leaf", {other_signature, good}});
  Certificate bad_county = county;
  bad_county.bytes[100] ^= 1;
  table.insert({"false signature of an office", {node, {top, city, bad_county, township}}});

  for (const auto& [what, c] : table) {
    CAPTURE(what);
    const auto r = check_path(c.first, c.second, root);
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == Fault::forged);
  }
}

TEST_CASE("the longest allowed chain passes and a sixth office cannot exist") {
  // Levels are five and fall at every step, so a deeper chain must repeat one.
  const Office deeper(70, Level::unit, "510123001");
  const std::vector<Certificate> offices{certify(kProvince, kProvince), certify(kCity, kProvince),
                                         certify(kCounty, kCity),       certify(kTownship, kCounty),
                                         certify(kBureau, kTownship),   certify(deeper, kBureau)};
  CHECK(check_path(member(CertType::node, deeper, 9), offices, root_for(kProvince)).error().fault == Fault::forged);
}

TEST_CASE("one good chain is enough among old, wrong and unconnected certificates") {
  const RootDocument root = root_for(kProvince);
  const Office gone(80, Level::city, "510100");
  Certificate renewed = draft(kTownship, kCounty);
  renewed.serial = 2;
  const auto node = member(CertType::node, kTownship, 9);
  std::vector<Certificate> offices{certify(kTownship, gone),     // its old superior, unknown by now
                                   certify(kTownship, kBureau),  // level does not fit
                                   certify(kTownship, kCounty), signed_by(renewed, kCounty),
                                   certify(kCounty, gone),      certify(kCounty, kCity),
                                   certify(kCity, kProvince),   certify(kProvince, kProvince)};
  CHECK(check_path(node, offices, root));
  std::reverse(offices.begin(), offices.end());
  CHECK(check_path(node, offices, root));
  // With the good chain cut, the answer is the link that may still come.
  std::erase_if(offices, [](const Certificate& c) { return c.office == kProvince.id; });
  CHECK(check_path(node, offices, root).error().fault == Fault::missing);
}

TEST_CASE("a heap of equal certificates does not multiply the work") {
  std::vector<Certificate> offices;
  for (int i = 0; i < 40; ++i) {
    for (const auto& [o, s] : {std::pair{&kTownship, &kCounty}, {&kCounty, &kCity}, {&kCity, &kProvince}}) {
      Certificate c = draft(*o, *s);
      c.serial = static_cast<std::uint64_t>(i);
      offices.push_back(signed_by(c, *s));
    }
  }
  // 40^3 ways up without a top: one check each makes it 121 signatures, not 64,000.
  CHECK(check_path(member(CertType::node, kTownship, 9), offices, root_for(kProvince)).error().fault == Fault::missing);
}

TEST_CASE("expiry is a flag of the path and never refuses it") {
  const RootDocument root = root_for(kProvince);
  Certificate brief = draft(kCounty, kProvince);
  brief.not_before_ms = 1200;
  brief.not_after_ms = 1500;
  const std::vector<Certificate> offices{certify(kProvince, kProvince), signed_by(brief, kProvince)};
  Certificate leaf_draft = member_draft(CertType::officer, kCounty, 9);
  leaf_draft.not_after_ms = 1400;
  const Certificate leaf = signed_by(leaf_draft, kCounty);
  const Path p = check_path(leaf, offices, root).value();
  CHECK(p.expired_at(1199));
  CHECK_FALSE(p.expired_at(1200));
  CHECK_FALSE(p.expired_at(1400));
  CHECK(p.expired_at(1401));  // the leaf
  CHECK(check_path(offices[1], offices, root).value().expired_at(1401) == false);
  CHECK(check_path(offices[1], offices, root).value().expired_at(1501));  // an office
  CHECK_FALSE(Path{}.expired_at(0));
}
