// Replays tests/vectors. The files were computed by check.py, which shares no code with us.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/certificate.h"
#include "crypto/hash.h"
#include "crypto/passphrase.h"
#include "crypto/seal.h"
#include "crypto/sign.h"

using namespace yz;
using namespace yz::crypto;
using Json = nlohmann::json;

namespace {

Bytes bytes(const Json& v, const char* field) { return from_hex(v.at(field).get<std::string>()).value(); }
std::string str(const Json& v, const char* field) { return v.at(field).get<std::string>(); }
template <class N = std::uint64_t>
N number(const Json& v, const char* field) {
  return v.at(field).get<N>();
}
template <class F>
F id(const Json& v, const char* field) {
  return F::from(bytes(v, field)).value();
}
Key secret(const Json& v, const char* field) { return Key::from(bytes(v, field)).value(); }
std::vector<Bytes> parts(const Json& v) {
  std::vector<Bytes> out;
  for (const auto& p : v.at("parts")) out.push_back(from_hex(p.get<std::string>()).value());
  return out;
}
Bytes joined(const Json& v) {
  Bytes all;
  for (const Bytes& p : parts(v)) all.insert(all.end(), p.begin(), p.end());
  return all;
}

/// Calls `f` with each vector of the file and what it expects.
template <class F>
void replay(const char* file, F f) {
  std::ifstream in(std::string(YZ_SOURCE_DIR "/tests/vectors/") + file);
  REQUIRE(in);
  const Json all = Json::parse(in);
  REQUIRE(all.at("vectors").size() > 0);
  for (const Json& v : all.at("vectors")) {
    const std::string name = str(v, "name");
    CAPTURE(name);
    f(v, str(v, "kind"), v.at("expect"));
  }
}

}  // namespace

TEST_CASE("text vectors hold") {
  replay("text.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind == "text") {
      CHECK(hex(bytes(v, "bytes")) == str(e, "hex"));
      CHECK(base32(bytes(v, "bytes")) == str(e, "base32"));
      CHECK(from_base32(str(e, "base32")).value() == bytes(v, "bytes"));
    } else {
      REQUIRE(kind == "fingerprint");
      CHECK(fingerprint(id<Hash>(v, "hash")) == str(e, "groups"));
    }
  });
}

TEST_CASE("hash vectors hold") {
  replay("hash.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind == "id") {
      const auto key = id<PublicKey>(v, "key");
      CHECK(hex(office_id_of(key).view()) == str(e, "office"));
      CHECK(hex(node_id_of(key).view()) == str(e, "node"));
      CHECK(hex(person_id_of(key).view()) == str(e, "person"));
      CHECK(hex(hint_of(id<BoxPublic>(v, "key")).view()) == str(e, "hint"));
      return;
    }
    REQUIRE(kind == "hash");
    const std::string personal = str(v, "personal"), digest = str(e, "digest");
    const Purpose p{personal};
    const Bytes all = joined(v);
    if (v.contains("key")) {
      CHECK(hex(keyed_hash(p, bytes(v, "key"), {all}).view()) == digest);
    } else if (v.contains("size")) {
      Bytes out(number<std::size_t>(v, "size"));
      hash_into(out, p, {all});
      CHECK(hex(out) == digest);
    } else {
      CHECK(hex(hash(p, {all}).view()) == digest);
      Hasher h(p);
      for (const Bytes& part : parts(v)) h.add(part);
      CHECK(hex(h.done().view()) == digest);
    }
  });
}

TEST_CASE("signature vectors hold") {
  replay("sign.json", [](const Json& v, const std::string&, const Json& e) {
    const SigningKey key = SigningKey::from_seed(secret(v, "seed"));
    const std::string name = str(v, "context");
    const Bytes all = joined(v);
    CHECK(hex(key.public_key().view()) == str(e, "public"));
    CHECK(hex(key.sign(Context{name}, {all}).view()) == str(e, "signature"));
    CHECK(verify(id<PublicKey>(e, "public"), id<Signature>(e, "signature"), Context{name}, {all}));
  });
}

TEST_CASE("certificate vectors hold") {
  replay("certificate.json", [](const Json& v, const std::string&, const Json& e) {
    const SigningKey issuer = SigningKey::from_seed(secret(v, "issuer_seed"));
    Certificate c;
    c.type = static_cast<CertType>(number<std::uint8_t>(v, "type"));
    c.flags = number<std::uint16_t>(v, "flags");
    c.office = id<OfficeId>(v, "office");
    c.subject = id<SubjectId>(v, "subject");
    c.issuer = id<OfficeId>(v, "issuer");
    c.issuer_key = issuer.public_key();
    c.not_before_ms = number(v, "not_before_ms");
    c.not_after_ms = number(v, "not_after_ms");
    c.serial = number(v, "serial");
    c.level = static_cast<Level>(number<std::uint8_t>(v, "level"));
    c.roles = number<std::uint16_t>(v, "roles");
    c.key = id<PublicKey>(v, "key");
    c.code = str(v, "code");
    c.name = str(v, "name");
    REQUIRE(c.sign(issuer));
    CHECK(hex(c.bytes) == str(e, "bytes"));
    CHECK(hex(c.digest.view()) == str(e, "digest"));
    const Certificate d = Certificate::decode(bytes(e, "bytes")).value();
    CHECK(hex(d.digest.view()) == str(e, "digest"));
    CHECK(fingerprint(d.digest) == str(e, "fingerprint"));
    CHECK(d.name == c.name);
    CHECK(d.serial == c.serial);
  });
}

TEST_CASE("root document vectors hold, and version 1 of two in three allows version 2") {
  std::vector<RootDocument> documents;
  replay("root.json", [&](const Json& v, const std::string&, const Json& e) {
    RootDocument d;
    d.version = number<std::uint32_t>(v, "version");
    d.threshold = number<std::uint8_t>(v, "threshold");
    d.issued_ms = number(v, "issued_ms");
    d.top = id<OfficeId>(v, "top");
    d.top_key = id<PublicKey>(v, "top_key");
    for (const auto& k : v.at("keys"))
      d.keys.push_back(PublicKey::from(from_hex(k.get<std::string>()).value()).value());
    std::vector<SigningKey> holders;
    for (const auto& s : v.at("holder_seeds"))
      holders.push_back(SigningKey::from_seed(Key::from(from_hex(s.get<std::string>()).value()).value()));
    std::vector<const SigningKey*> pointers;
    for (const SigningKey& k : holders) pointers.push_back(&k);
    REQUIRE(d.sign(pointers));
    CHECK(hex(d.bytes) == str(e, "bytes"));
    documents.push_back(RootDocument::decode(bytes(e, "bytes")).value());
    CHECK(hex(documents.back().digest.view()) == str(e, "digest"));
    CHECK(fingerprint(documents.back().digest) == str(e, "fingerprint"));
  });
  REQUIRE(documents.size() >= 4);
  CHECK(documents[1].allows(documents[2]));
  CHECK_FALSE(documents[2].allows(documents[1]));
  CHECK_FALSE(documents[1].allows(documents[3]));
}

TEST_CASE("sealing vectors hold") {
  replay("seal.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind == "box") {
      const BoxKey key = BoxKey::from_secret(secret(v, "secret"));
      CHECK(hex(key.public_key().view()) == str(e, "public"));
      CHECK(hex(hint_of(key.public_key()).view()) == str(e, "hint"));
    } else if (kind == "wrap") {
      const BoxKey reader = BoxKey::from_secret(secret(v, "reader_secret"));
      const auto cek = unwrap(bytes(e, "wrap"), id<Hash>(v, "header"), reader);
      REQUIRE(cek);
      CHECK(hex(cek->expose()) == str(v, "cek"));
    } else if (kind == "aead") {
      const Key key = secret(v, "key");
      const Bytes sealed = aead_seal_with(key, bytes(v, "nonce"), bytes(v, "plain"), bytes(v, "associated"));
      CHECK(hex(sealed) == str(e, "ciphertext"));
      Bytes both = bytes(v, "nonce");
      both.insert(both.end(), sealed.begin(), sealed.end());
      CHECK(aead_open(key, both, bytes(v, "associated")).value() == bytes(v, "plain"));
    } else if (kind == "padding") {
      CHECK(padded_size(number<std::size_t>(v, "content"), number<std::size_t>(v, "least")) ==
            number<std::size_t>(e, "size"));
    } else {
      REQUIRE(kind == "derive");
      CHECK(hex(derive(secret(v, "parent"), number(v, "number"), str(v, "context")).expose()) == str(e, "key"));
    }
  });
}

TEST_CASE("slot vectors open") {
  replay("slot.json", [](const Json& v, const std::string&, const Json& e) {
    const Slot slot = parse_slot(bytes(e, "bytes")).value();
    CHECK(static_cast<int>(slot.kind) == number<int>(v, "slot_kind"));
    CHECK(slot.name == str(v, "slot_name"));
    const auto opened =
        v.contains("passphrase") ? open_slot(slot, bytes(v, "passphrase")) : open_slot_with_key(slot, secret(v, "key"));
    REQUIRE(opened);
    CHECK(hex(opened->expose()) == str(v, "secret"));
  });
}
