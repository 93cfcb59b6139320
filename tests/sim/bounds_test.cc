// What one neighbour or one record can do to the rest.
#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// The next report signed here names a statement of so many bytes as its anchor.
void anchor_of(Office& o, std::size_t bytes) {
  Hash digest;
  randombytes_buf(digest.bytes.data(), digest.bytes.size());
  Bytes statement(bytes);
  randombytes_buf(statement.data(), statement.size());
  good(o.store().write([&]() -> Result<> {
    TRY(
        o.store().db().run("insert into statement(key, kind, office, node, epoch, hlc, unix_ms, digest, bytes)"
                           " values(?, 1, x'', x'', x'', 0, 0, ?, ?)",
                           digest, digest, statement));
    return o.store().set_meta("anchor", digest.view());
  }));
}

}  // namespace

TEST_CASE("what a full disk rolled back is not counted against the sender's day") {
  Scene s;
  good(s.start());
  good(s.talk());
  s.county().inbox().set_quota(1, 1'000'000);
  good(s.report(Lane::urgent, 100));
  s.now += 50;
  good(s.ask());
  REQUIRE(s.request);
  auto& disk = s.county().disk();
  disk.set_space(disk.used());
  for (int i = 0; i < 3; ++i) {
    const auto served = s.serve();
    REQUIRE_FALSE(served);
    CHECK(served.error().code == "store.full");
  }
  disk.set_space(std::numeric_limits<std::uint64_t>::max());
  good(s.serve());
  CHECK(s.county().number("select count(*) from envelope where own = 0") == 1);
  // And what was committed does count.
  good(s.hear());
  good(s.report(Lane::routine, 100));
  s.now += 50;
  s.courier->poll();
  good(s.ask());
  REQUIRE(s.request);
  const auto served = s.serve();
  REQUIRE_FALSE(served);
  CHECK(served.error().code == "quota");
}

TEST_CASE("statements that stand for themselves, or are about what a peer made up, do not fill the store") {
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 50));
  good(s.talk());
  Office &county = s.county(), &township = s.township();
  const auto& me = township.store().me();
  const auto say = [&](sync::StatementKind kind, Bytes body, int i) {
    const auto st = sync::issue(kind, {me.office, me.node, me.epoch}, sync::Hlc::at(s.now + i), s.now, std::move(body),
                                township.store().keys().node);
    sync::Tally tally;
    good(county.store().write([&] { return county.inbox().apply(st, me.node, tally); }));
  };
  const auto kept = [&](int kind) {
    return county.number("select count(*) from statement where kind = " + std::to_string(kind)).value();
  };
  constexpr int kMany = static_cast<int>(sync::limit::statements_kept) + 20;
  for (int i = 0; i < kMany; ++i) {
    Bytes body(120);
    randombytes_buf(body.data(), body.size());
    say(sync::StatementKind::fork, body, i);
    sync::Opened opened;
    opened.now = sync::Incarnation::from(ByteView(body).first(8)).value();
    say(sync::StatementKind::incarnation, sync::encode(opened), i);
    sync::Head head;
    head.destination = OfficeId::from(ByteView(body).first(16)).value();
    say(sync::StatementKind::head, sync::encode(head), i);
    sync::Receipt receipt;
    receipt.kind = sync::ReceiptKind::stored;
    receipt.stream.destination = head.destination;
    receipt.stream.lane = Lane::routine;
    say(sync::StatementKind::receipt, sync::encode(receipt), i);
    sync::ChunkReceipt chunks;
    chunks.destination = me.office;
    chunks.attachment.bytes[0] = static_cast<std::uint8_t>(i);
    say(sync::StatementKind::chunk_receipt, sync::encode(chunks), i);
  }
  for (const int kind : {1, 2, 5, 7, 8}) {
    CAPTURE(kind);
    CHECK(kept(kind) == static_cast<std::int64_t>(sync::limit::statements_kept));
  }
  // The newest stay.
  CHECK(county.number("select max(hlc >> 20) from statement where kind = 7") == s.now + kMany - 1);
  // Receipts for our own streams are none of these.
  CHECK(township.number("select count(*) from statement where kind = 1") == 2);
}

TEST_CASE("when what vouches for many records is too much for one envelope, they go in several") {
  Scene s;
  good(s.start());
  good(s.talk());
  for (int i = 0; i < 160; ++i) {
    anchor_of(s.township(), 8000);
    good(s.report(Lane::routine, 10));
  }
  good(s.talk());
  CHECK(s.county().number("select count(*) from record where own = 0") == 160);
  CHECK(s.township().number("select count(*) from alarm") == 0);
}

TEST_CASE("a record that fits no envelope is set aside and shown, and the rest go on") {
  Scene s;
  good(s.start());
  good(s.talk());
  Office& t = s.township();
  good(s.report(Lane::routine, 20));
  anchor_of(t, 1'200'000);
  good(s.report(Lane::routine, 20));
  anchor_of(t, 100);
  good(s.report(Lane::routine, 20));
  good(s.rounds_until(t, "select count(*) from delivery where state = 3", 2));
  CHECK(t.number("select count(*) from delivery where state = 9") == 1);
  CHECK(t.number("select count(*) from alarm where code = 'record.too-large'") == 1);
  CHECK(t.number("select count(*) from matter where state = " +
                 std::to_string(static_cast<int>(node::ReportState::rejected))) == 1);
  CHECK(s.county().number("select count(*) from record where own = 0") == 2);
}

TEST_CASE("an envelope too far beyond a gap is refused, and leaves not even its stream behind") {
  Scene s;
  good(s.start());
  good(s.talk());
  auto& from = s.township().store();
  const auto far = [&](std::uint64_t seq) {
    sync::EnvelopeHead h;
    sync::Incarnation made_up;
    randombytes_buf(made_up.bytes.data(), made_up.bytes.size());
    h.stream = {from.me().office, from.me().node, made_up, s.county().store().me().office, Lane::urgent};
    h.seq = sync::Seq{seq};
    h.previous.bytes.fill(1);
    h.at = sync::Hlc::at(s.now);
    const std::vector<sync::Item> items{{sync::Item::Kind::record, Bytes(200, 7)}};
    const auto box = from.keys().boxes.front().public_key();
    const auto e = sync::seal(h, items, std::span(&box, 1), from.keys(), 9, false).value();
    std::uint64_t refused = 0;
    good(s.county().store().write([&]() -> Result<> {
      sync::Tally tally;
      s.county().inbox().set_now(s.now);
      sync::Gate gate(s.county().inbox(), from.me().node);
      TRY(gate.take({sync::FrameType::envelope, e.bytes}, s.now, tally));
      refused = tally.refused;
      return s.county().inbox().settle(s.now);
    }));
    return refused;
  };
  const auto streams = s.county().number("select count(*) from stream").value();
  // The gate refuses the frame and goes on: nothing is rolled back.
  for (int i = 0; i < 3; ++i) CHECK(far(sync::limit::ahead + 1) == 1);
  CHECK(s.county().number("select count(*) from stream").value() == streams);
  CHECK(far(sync::limit::ahead) == 0);
  CHECK(s.county().number("select count(*) from stream").value() == streams + 1);
}

TEST_CASE("a large envelope that its author has is given back no second time, though it comes in parts") {
  Scene s;
  good(s.start());
  good(s.report(Lane::urgent, 60'000));
  good(s.talk());
  REQUIRE(s.county().number("select max(size) from envelope where own = 0").value() > 20'000);
  // What the township said of its holdings did not arrive, or was said of another copy of it.
  good(s.county().store().write(
      [&] { return s.county().store().db().run("update envelope set back = 1 where own = 0"); }));
  good(s.rounds_until(s.county(), "select count(*) from envelope where back = 1", 0));
}
