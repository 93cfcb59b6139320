#include "sync/sender.h"

#include <doctest/doctest.h>

#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::frames_of;
using yz::fake::lane_of;
using yz::fake::Person;
using Store = yz::fake::Store;

namespace {

struct World {
  Person me{0x10}, peer{0x20};
  Store store{me, peer};
  Sender sender{store};
  Sender::Budget budget{
      .bytes = 100'000, .part_bytes = 8'000, .first = Lane::flash, .last = Lane::bulk, .link_bps = 0, .expires = 0};
  Sender::Filled filled;
  AttachmentId attachment{};

  std::vector<std::pair<FrameType, Bytes>> fill(Sender::Token t, Millis now = 1000) {
    Writer w;
    filled = sender.fill(w, t, budget, now).value();
    return frames_of(w.view());
  }
  void receipted(std::int64_t row) { ++store.data.rows.at(row).receipted; }
  void chunks(std::uint32_t n, std::size_t bytes = 2000) {
    for (std::uint32_t i = 0; i < n; ++i) store.put_chunk(attachment, i, n, bytes);
  }
};

std::string lanes(const std::vector<std::pair<FrameType, Bytes>>& frames) {
  // Opaque rows have no header to look at: their size tells the lane in these tests.
  std::string s;
  for (const auto& [type, bytes] : frames) {
    if (type == FrameType::chunk)
      s += 'b';
    else if (type == FrameType::part)
      s += "?fur"[static_cast<int>(decode_part(bytes)->lane)];
    else
      s += bytes.size() < 200 ? 'f' : bytes.size() < 300 ? 'u' : 'r';
  }
  return s;
}

}  // namespace

TEST_CASE("flash goes before urgent before routine, whatever was written first") {
  World w;
  for (int i = 0; i < 3; ++i) {
    w.store.put(Lane::routine, 300);
    w.store.put(Lane::urgent, 200);
    w.store.put(Lane::flash, 100);
  }
  CHECK(lanes(w.fill(1)) == "fffuuurrr");
  CHECK_FALSE(w.filled.more);
  CHECK_FALSE(w.filled.bulk);
}

TEST_CASE("routine and bulk share four to one") {
  World w;
  for (int i = 0; i < 12; ++i) w.store.put(Lane::routine, 300);
  w.chunks(3);
  CHECK(lanes(w.fill(1)) == "rrrrbrrrrbrrrrb");
  CHECK(w.filled.bulk);
}

TEST_CASE("the share of four to one holds across messages too small for a chunk beside them") {
  World w;
  for (int i = 0; i < 40; ++i) w.store.put(Lane::routine, 900);
  w.chunks(10, 20'000);
  w.budget.bytes = 6'000;
  std::string all;
  for (Sender::Token t = 1; t <= 18; ++t) all += lanes(w.fill(t));
  const auto bulk = static_cast<std::size_t>(std::count(all.begin(), all.end(), 'b'));
  const std::size_t routine = all.size() - bulk;
  CAPTURE(all);
  CHECK(bulk >= 5);
  CHECK(routine >= 4 * bulk - 4);
  CHECK(routine <= 4 * bulk + 8);
}

TEST_CASE("who has nothing leaves his turn to the other") {
  World w;
  w.chunks(5);
  CHECK(lanes(w.fill(1)) == "bbbbb");
  World v;
  for (int i = 0; i < 9; ++i) v.store.put(Lane::routine, 300);
  CHECK(lanes(v.fill(1)) == "rrrrrrrrr");
}

TEST_CASE("a lower lane does not slip into the room that a higher one could not use") {
  World w;
  w.budget.bytes = 1000;
  w.store.put(Lane::flash, 150);
  w.store.put(Lane::flash, 15'000);
  w.store.put(Lane::urgent, 250);
  w.store.put(Lane::routine, 350);
  CHECK(lanes(w.fill(1)) == "f");
  CHECK(w.filled.more);
}

TEST_CASE("only the lanes that are allowed go") {
  World w;
  w.store.put(Lane::flash, 100);
  w.store.put(Lane::urgent, 200);
  w.store.put(Lane::routine, 300);
  w.chunks(1);
  w.budget.first = w.budget.last = Lane::flash;
  CHECK(lanes(w.fill(1)) == "f");
  w.budget.first = Lane::urgent;
  w.budget.last = Lane::routine;
  CHECK(lanes(w.fill(2)) == "ur");
  CHECK(w.sender.ready(Lane::urgent, Lane::bulk, 1000).value());
  CHECK_FALSE(w.sender.ready(Lane::flash, Lane::routine, 1000).value());
}

TEST_CASE("what is in flight is not sent a second time, and what is receipted never again") {
  World w;
  const auto row = w.store.put(Lane::routine, 300);
  CHECK(w.fill(1).size() == 1);
  CHECK(w.fill(2).empty());
  CHECK_FALSE(w.sender.ready(Lane::flash, Lane::bulk, 1000).value());
  w.receipted(row);
  w.sender.settle(1, true, 1000);
  CHECK(w.fill(3).empty());
  CHECK_FALSE(w.sender.ready(Lane::flash, Lane::bulk, 100'000).value());
}

TEST_CASE("what was delivered without a receipt is offered again, later") {
  World w;
  w.store.put(Lane::routine, 300);
  w.chunks(1);
  CHECK(w.fill(1, 1000).size() == 2);
  w.sender.settle(1, true, 1000);
  CHECK(w.fill(2, 2000).empty());
  CHECK_FALSE(w.sender.ready(Lane::flash, Lane::bulk, 2000).value());
  CHECK(w.sender.ready(Lane::flash, Lane::bulk, 12'000).value());
  CHECK(w.fill(3, 12'000).size() == 2);
}

TEST_CASE("what the peer certainly never read goes again at once") {
  World w;
  w.store.put(Lane::routine, 300);
  w.store.put(Lane::urgent, 50'000);
  const auto first = w.fill(1);
  w.sender.settle(1, false, 1000);
  CHECK(w.fill(2) == first);
}

TEST_CASE("large envelopes go in parts that cover them exactly, small ones whole") {
  World w;
  w.store.put(Lane::routine, limit::whole_bytes);
  w.store.put(Lane::routine, limit::whole_bytes + 1);
  const auto frames = w.fill(1);
  REQUIRE(frames.size() == 4);
  CHECK(frames[0].first == FrameType::envelope);
  Intervals got;
  for (std::size_t i = 1; i < 4; ++i) {
    const Part p = decode_part(frames[i].second).value();
    CHECK(p.total == limit::whole_bytes + 1);
    CHECK(p.bytes.size() <= 8000);
    got.add(p.offset, p.offset + static_cast<std::uint32_t>(p.bytes.size()));
  }
  CHECK(got.covers(0, limit::whole_bytes + 1));
}

TEST_CASE("after the line broke the peer is asked first, and then only what is missing goes") {
  World w;
  w.store.put(Lane::routine, 40'000);
  w.budget.bytes = 17'000;
  CHECK(w.fill(1).size() == 2);  // [0, 16000)
  w.sender.lost();
  // The unknown pieces wait; what was never sent may go.
  const auto next = w.fill(2);
  REQUIRE_FALSE(next.empty());
  CHECK(decode_part(next[0].second)->offset == 16'000);
  Have h;
  h.stream = w.store.data.rows.at(1).stream.id();
  h.seq = {1};
  h.total = 40'000;
  h.ranges = {{0, 8000}};
  w.sender.peer_has({h}, true);
  w.budget.bytes = 1'000'000;
  Intervals got;
  for (const auto& f : w.fill(3)) {
    const Part p = decode_part(f.second).value();
    CHECK(p.offset >= 8000);
    got.add(p.offset, p.offset + static_cast<std::uint32_t>(p.bytes.size()));
  }
  CHECK(got.covers(8000, 16'000));
  CHECK(got.covers(32'000, 40'000));
}

TEST_CASE("a piece that the peer has given up is sent again") {
  World w;
  w.store.put(Lane::routine, 40'000);
  w.budget.bytes = 17'000;
  CHECK(w.fill(1).size() == 2);  // [0, 16000)
  CHECK(w.fill(2).size() == 2);
  w.sender.settle(1, true, 1000);
  w.sender.peer_has({}, false);  // of another message's time: nothing follows from what it does not name
  const auto third = w.fill(3);
  REQUIRE(third.size() == 1);
  CHECK(decode_part(third[0].second)->offset == 32'000);
  w.sender.settle(3, false, 1000);
  w.sender.settle(2, true, 1000);
  Have h{w.store.data.rows.at(1).stream.id(), {1}, 40'000, {{16'000, 32'000}}};
  w.sender.peer_has({h}, false);
  const auto fourth = w.fill(4);
  REQUIRE(fourth.size() == 2);
  CHECK(decode_part(fourth[0].second)->offset == 0);
  CHECK(decode_part(fourth[1].second)->offset == 8000);
}

TEST_CASE("a flash whose fate is unknown goes again without asking") {
  World w;
  w.store.put(Lane::flash, 100);
  w.store.put(Lane::urgent, 200);
  CHECK(w.fill(1).size() == 2);
  w.sender.lost();
  CHECK(lanes(w.fill(2)) == "f");
  w.sender.peer_has({}, true);
  CHECK(lanes(w.fill(3)) == "u");
}

TEST_CASE("a message that expires unanswered is sent again, and nothing stays in flight for ever") {
  World w;
  w.budget.expires = 15'000;
  w.store.put(Lane::routine, 300);
  CHECK(w.fill(1, 1000).size() == 1);
  // The answering side has few names for its messages: a second one under the same name must not hide the first.
  w.store.put(Lane::routine, 300);
  w.budget.expires = 16'000;
  CHECK(w.fill(1, 2000).size() == 1);
  CHECK(w.fill(2, 3000).empty());
  CHECK(w.sender.ready(Lane::flash, Lane::bulk, 20'000).value());
  CHECK(w.fill(3, 20'000).size() == 2);
}

TEST_CASE("what has been sent and receipted leaves no trace in memory") {
  World w;
  w.budget.expires = 1;
  for (int round = 0; round < 200; ++round) {
    const auto row = w.store.put(Lane::routine, 40'000);
    w.budget.bytes = 20'000;
    const auto t = static_cast<Sender::Token>(round);
    CHECK_FALSE(w.fill(t, 1000 + round).empty());
    Have h{w.store.data.rows.at(row).stream.id(), w.store.data.rows.at(row).seq, 40'000, {{0, 8000}}};
    w.sender.peer_has({h}, false);
    w.receipted(row);
  }
  CHECK(w.fill(9999, 100'000).empty());
  CHECK(w.sender.held() == 0);
}

TEST_CASE("a stored length that disagrees with the bytes stops the sender") {
  World w;
  w.store.put(Lane::routine, 300);
  struct Liar : Store {
    using Store::Store;
    Result<Bytes> envelope(std::int64_t) override { return Bytes(299); }
  } liar(w.me, w.peer);
  liar.put(Lane::routine, 300);
  Sender s(liar);
  Writer out;
  const auto r = s.fill(out, 1, w.budget, 0);
  REQUIRE_FALSE(r);
  CHECK(r.error().fault == Fault::corrupt);
}

TEST_CASE("the first frame may be larger than the room, unless the owner sets a hard limit") {
  World w;
  w.store.put(Lane::routine, 15'000);
  w.budget.bytes = 4'000;
  w.budget.first_bytes = 4'000;
  CHECK(w.fill(1).empty());
  CHECK(w.filled.more);
  w.budget.first_bytes = 0;
  CHECK(w.fill(2).size() == 1);
}

TEST_CASE("envelopes are cut when there is room for them, one after the other") {
  World w;
  Dice d(1);
  for (int i = 0; i < 30; ++i) w.store.write(Lane::routine, d.bytes(1000));
  CHECK(w.sender.ready(Lane::routine, Lane::routine, 0).value());
  w.budget.bytes = 12'000;
  w.budget.part_bytes = 8000;
  const auto first = w.fill(1);
  CHECK_FALSE(first.empty());
  CHECK(w.store.cuts <= 2);
  w.budget.bytes = 1'000'000;
  w.fill(2);
  CHECK(w.store.data.pending[Lane::routine].empty());
  CHECK_FALSE(w.sender.ready(Lane::routine, Lane::routine, 0).value());
}
