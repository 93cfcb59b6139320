#include "sync/gate.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::Person;
using Store = yz::fake::Store;

namespace {

struct World {
  Person me{0x10}, peer{0x20}, stranger{0x60};
  Store store{me, peer};
  Tally tally;
  Gate gate{store, peer.node};

  Envelope envelope(std::size_t bytes = 100, const Person* by = nullptr) {
    const Person& p = by ? *by : peer;
    EnvelopeHead h;
    h.stream = {p.office, p.node, p.incarnation, me.office, Lane::flash};
    h.seq = {1};
    Dice d(bytes);
    const std::vector<Item> items{{Item::Kind::record, d.bytes(bytes)}};
    const BoxPublic reader = me.keys.boxes[0].public_key();
    return seal(h, items, std::span(&reader, 1), p.keys, 1, false).value();
  }
  Result<> take(FrameType t, ByteView b) { return gate.take({t, b}, 1000, tally); }
};

}  // namespace

TEST_CASE("a good envelope comes in, and a second time it is only receipted again") {
  World w;
  const Envelope e = w.envelope();
  CHECK(w.take(FrameType::envelope, e.bytes));
  CHECK(w.tally.envelopes == 1);
  CHECK(w.tally.flash);
  CHECK(w.take(FrameType::envelope, e.bytes));
  CHECK(w.tally.envelopes == 1);
  CHECK(w.store.doubled == 1);
  CHECK(w.tally.refused == 0);
}

TEST_CASE("a bad envelope is counted and named, and the next one still comes in") {
  World w;
  const Envelope e = w.envelope();
  Bytes bent = e.bytes;
  bent.back() ^= 1;
  CHECK(w.take(FrameType::envelope, bent));
  CHECK(w.take(FrameType::envelope, Bytes{1, 2, 3}));
  CHECK(w.take(FrameType::envelope, w.envelope(50, &w.stranger).bytes));
  CHECK(w.tally.refused == 3);
  REQUIRE(w.store.refusals.size() == 3);
  CHECK(w.store.refusals[0].code == "bad-signature");
  CHECK(w.store.refusals[2].code == "unknown-certificate");
  CHECK(w.store.data.accepted.empty());
  CHECK(w.take(FrameType::envelope, e.bytes));
  CHECK(w.tally.envelopes == 1);
}

TEST_CASE("a node cannot speak for another office") {
  World w;
  Person liar{0x20};
  liar.office = w.stranger.office;  // its key and node id are known, but for another office
  CHECK(w.take(FrameType::envelope, w.envelope(40, &liar).bytes));
  const Statement s = issue(StatementKind::want, liar.issuer(), {}, 0, encode(Want{}), liar.keys.node);
  CHECK(w.take(FrameType::statement, s.bytes));
  CHECK(w.tally.refused == 2);
  CHECK(w.store.data.heard.empty());
}

TEST_CASE("a statement needs a known node and its signature") {
  World w;
  const auto say = [&](const Person& p) {
    return issue(StatementKind::want, p.issuer(), Hlc{1}, 0, encode(Want{}), p.keys.node).bytes;
  };
  CHECK(w.take(FrameType::statement, say(w.stranger)));
  Bytes bent = say(w.peer);
  bent[70] ^= 1;
  CHECK(w.take(FrameType::statement, bent));
  CHECK(w.tally.refused == 2);
  CHECK(w.take(FrameType::statement, say(w.peer)));
  CHECK(w.tally.refused == 2);
  CHECK(w.store.data.heard.size() == 1);
}

TEST_CASE("parts in any order make the envelope, once") {
  World w;
  const Envelope e = w.envelope(40'000);
  std::vector<Bytes> parts;
  const auto total = static_cast<std::uint32_t>(e.bytes.size());
  for (std::uint32_t at = 0; at < total; at += 8000)
    parts.push_back(encode(Part{e.head.stream.id(), Lane::flash, Seq{1}, total, at,
                                ByteView(e.bytes).subspan(at, std::min<std::size_t>(8000, total - at))}));
  std::reverse(parts.begin(), parts.end());
  for (const Bytes& p : parts) {
    CHECK(w.tally.envelopes == 0);
    CHECK(w.take(FrameType::part, p));
  }
  CHECK(w.tally.envelopes == 1);
  CHECK(w.store.data.parts.empty());
  CHECK(w.take(FrameType::part, parts[0]));
  CHECK(w.tally.envelopes == 1);
  CHECK(w.store.data.parts.empty());
}

TEST_CASE("parts that add up to nonsense are dropped, so that the true ones can come") {
  World w;
  const Envelope e = w.envelope(20'000);
  const auto total = static_cast<std::uint32_t>(e.bytes.size());
  Bytes bent = e.bytes;
  bent[500] ^= 1;
  const auto part = [&](const Bytes& from, std::uint32_t a, std::uint32_t b) {
    return encode(Part{e.head.stream.id(), Lane::flash, Seq{1}, total, a, ByteView(from).subspan(a, b - a)});
  };
  CHECK(w.take(FrameType::part, part(bent, 0, 10'000)));
  CHECK(w.take(FrameType::part, part(e.bytes, 10'000, total)));
  CHECK(w.tally.refused == 1);
  CHECK(w.store.data.parts.empty());
  CHECK(w.take(FrameType::part, part(e.bytes, 0, 10'000)));
  CHECK(w.take(FrameType::part, part(e.bytes, 10'000, total)));
  CHECK(w.tally.envelopes == 1);
}

TEST_CASE("a chunk needs a known author and his signature") {
  World w;
  const auto chunk = [&](const Person& p) { return sign_chunk(p.node, w.me.office, {}, 0, 1, Bytes(50), p.keys.node); };
  CHECK(w.take(FrameType::chunk, chunk(w.stranger)));
  Bytes bent = chunk(w.peer);
  bent[70] ^= 1;
  CHECK(w.take(FrameType::chunk, bent));
  CHECK(w.tally.refused == 2);
  CHECK(w.take(FrameType::chunk, chunk(w.peer)));
  CHECK(w.tally.received[4] == 1);
}

TEST_CASE("our own disk's fault fails the exchange; a peer's fault never does") {
  World w;
  const Envelope e = w.envelope();
  for (Fault f : {Fault::corrupt, Fault::full, Fault::busy}) {
    w.store.fail_next = f;
    const auto r = w.take(FrameType::envelope, e.bytes);
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == f);
  }
  for (Fault f : {Fault::forged, Fault::missing, Fault::denied, Fault::invalid}) {
    w.store.fail_next = f;
    CHECK(w.take(FrameType::envelope, e.bytes));
  }
  CHECK(w.tally.refused == 4);
}

TEST_CASE("roots and certificates go to whoever learns, haves to nobody, unknown frames are refused") {
  World w;
  CHECK(w.take(FrameType::root, Bytes{1}));
  CHECK(w.take(FrameType::certificate, Bytes{1}));
  CHECK(w.store.learned == 2);
  CHECK(w.take(FrameType::have, Bytes{1}));
  CHECK(w.tally.refused == 0);
  CHECK(w.take(static_cast<FrameType>(99), Bytes{1}));
  CHECK(w.tally.refused == 1);
}
