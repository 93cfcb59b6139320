#include "crypto/hash.h"

#include <doctest/doctest.h>

#include <set>

using namespace yz;
using namespace yz::crypto;

namespace {

const Purpose kAll[] = {
    purpose::record_id, purpose::envelope,  purpose::stream,   purpose::stream_id,  purpose::cek_commit,
    purpose::header,    purpose::office_id, purpose::node_id,  purpose::person_id,  purpose::cert,
    purpose::root,      purpose::statement, purpose::exchange, purpose::nonce,      purpose::digest,
    purpose::invite_id, purpose::join,      purpose::key_hint, purpose::chunk,      purpose::journal,
    purpose::registry,  purpose::consent,   purpose::backup,   purpose::passphrase, purpose::web_session};

}  // namespace

TEST_CASE("two purposes never give one hash") {
  std::set<Hash> seen;
  for (const Purpose p : kAll) {
    CHECK(p.personal.size() <= 16);
    CHECK(p.personal.starts_with("yz1:"));
    seen.insert(hash(p, {view("abc")}));
  }
  CHECK(seen.size() == std::size(kAll));
}

TEST_CASE("a hash depends on the bytes, not on how they were cut into parts") {
  const Hash whole = hash(purpose::digest, {view("abcdef")});
  CHECK(hash(purpose::digest, {view("abc"), view(""), view("def")}) == whole);
  Hasher pieces(purpose::digest);
  for (const char c : std::string_view("abcdef")) pieces.add(view(std::string_view(&c, 1)));
  CHECK(pieces.done() == whole);
  CHECK(Hasher(purpose::digest).done() == hash(purpose::digest, {}));
}

TEST_CASE("a keyed hash depends on its key, and a short hash is not a cut-off long one") {
  const Bytes key(32, 1), other(32, 2);
  const Hash mac = keyed_hash(purpose::join, key, {view("abc")});
  CHECK(mac != keyed_hash(purpose::join, other, {view("abc")}));
  CHECK(mac != hash(purpose::join, {view("abc")}));
  const auto brief = short_hash<OfficeId>(purpose::digest, {view("abc")});
  const Hash full = hash(purpose::digest, {view("abc")});
  CHECK_FALSE(std::equal(brief.bytes.begin(), brief.bytes.end(), full.bytes.begin()));
  CHECK(short_hash<Hash>(purpose::digest, {view("abc")}) == full);
}

TEST_CASE("same is true for equal bytes of equal length only") {
  CHECK(same(view("abc"), view("abc")));
  CHECK(same({}, {}));
  CHECK_FALSE(same(view("abc"), view("abd")));
  CHECK_FALSE(same(view("abc"), view("ab")));
  CHECK_FALSE(same(view("abc"), {}));
}
