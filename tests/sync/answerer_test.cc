#include "sync/answerer.h"

#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::frames_of;
using yz::fake::Hub;
using yz::fake::Person;
using Store = yz::fake::Store;

namespace {

/// A hub, and a client that a test leads by hand.
struct World {
  Person up{0x10}, down{0x20};
  Store hub_store{up, down}, down_store{down, up};
  Hub hub{up, hub_store};
  std::vector<Nonce> nonces;
  AnswerHead head;
  std::vector<std::pair<FrameType, Bytes>> frames;

  World() { hello(); }
  void hello(Millis now = 1000) { nonces = decode_answer_head(hub.hello(now))->head.nonces; }
  RequestHead request() {
    RequestHead r;
    r.from = down.node;
    r.to = up.node;
    if (!nonces.empty()) {
      r.nonce = nonces.back();
      nonces.pop_back();
    }
    r.epoch = down.epoch;
    r.answer_bytes = 100'000;
    r.nonces_left = static_cast<std::uint8_t>(nonces.size());
    return r;
  }
  /// Sends and reads the answer; false when there was none.
  bool ask(RequestHead r, ByteView body = {}, Millis now = 1000) {
    r.frames = frames_hash(body);
    Bytes b = encode(r, down.keys.node);
    b.insert(b.end(), body.begin(), body.end());
    const auto a = hub.answer(b, now);
    if (!a) return false;
    const auto d = decode_answer_head(*a);
    REQUIRE(d);
    REQUIRE(verify_answer_head(ByteView(*a).first(d->size), up.keys.node.public_key()));
    head = d->head;
    CHECK(head.request == request_hash(ByteView(b).first(kRequestHeadBytes)));
    CHECK(head.to == down.node);
    frames = frames_of(ByteView(*a).subspan(d->size));
    nonces.insert(nonces.begin(), head.nonces.begin(), head.nonces.end());
    return true;
  }
  /// An envelope from below, for the hub.
  Bytes envelope() {
    down_store.write(Lane::urgent, Bytes(100, 5));
    const auto q = down_store.cut(Lane::urgent, 0).value().value();
    Writer w;
    put_frame(w, FrameType::envelope, down_store.envelope(q.row).value());
    return w.take();
  }
  std::size_t count(FrameType t) const {
    return static_cast<std::size_t>(std::ranges::count_if(frames, [&](const auto& f) { return f.first == t; }));
  }
};

/// One of two chunks of something from above has come.
ChunkReceipt first_of_two(const World& w) {
  ChunkReceipt r;
  r.author = w.up.node;
  r.destination = w.down.office;
  r.count = 2;
  r.ranges = {{0, 0}};
  return r;
}

}  // namespace

TEST_CASE("a hello gives nonces that any node can use, within a minute, without anything being kept") {
  World w;
  const Bytes b = w.hub.hello(5000);
  const auto h = decode_answer_head(b);
  REQUIRE(h);
  CHECK(h->head.state == AnswerState::hello);
  CHECK(h->head.to.zero());
  CHECK(h->head.request == request_hash({}));
  CHECK(h->head.nonces.size() == limit::nonces);
  CHECK(std::set<Nonce>(h->head.nonces.begin(), h->head.nonces.end()).size() == limit::nonces);
  CHECK(w.hub_store.data.link.nonce_next == 1);
  for (const auto& [at, good] : {std::pair<Millis, bool>{5000, true}, {64'000, true}, {70'000, false}, {3000, false}}) {
    CAPTURE(at);
    w.nonces = {h->head.nonces[0]};
    CHECK(w.ask(w.request(), {}, at));
    CHECK((w.head.state == AnswerState::ok) == good);
  }
}

TEST_CASE("an exchange fills the client's nonces to six, and each serves once") {
  World w;
  w.nonces.resize(1);
  REQUIRE(w.ask(w.request()));
  CHECK(w.head.state == AnswerState::ok);
  CHECK(w.nonces.size() == limit::nonces);
  RequestHead r = w.request();
  REQUIRE(w.ask(r));
  CHECK(w.head.state == AnswerState::ok);
  REQUIRE(w.ask(r, w.envelope()));
  CHECK(w.head.state == AnswerState::nonce);
  CHECK(w.hub_store.data.accepted.empty());  // nothing of it was read
}

TEST_CASE("after a nonce that is not good the next request succeeds, however many old ones the client holds") {
  World w;
  w.nonces.assign(8, Nonce{});
  REQUIRE(w.ask(w.request()));
  CHECK(w.head.state == AnswerState::nonce);
  CHECK(w.frames.empty());
  REQUIRE(w.head.nonces.size() == limit::nonces);  // the others are likely as bad
  w.nonces = w.head.nonces;
  REQUIRE(w.ask(w.request()));
  CHECK(w.head.state == AnswerState::ok);
}

TEST_CASE("nonces of another node, or made up, are not good") {
  World w;
  REQUIRE(w.ask(w.request()));
  const Nonce mine = w.nonces.front();
  Person other{0x50};
  Store other_store(w.up, other);
  Hub other_hub(w.up, other_store);
  RequestHead r = w.request();
  r.from = other.node;
  r.nonce = mine;
  const auto a = other_hub.answer(encode(r, other.keys.node), 1000);
  REQUIRE(a);
  CHECK(decode_answer_head(*a)->head.state == AnswerState::nonce);
  for (std::size_t i = 0; i < 16; ++i) {
    r = w.request();
    r.nonce = mine;
    r.nonce.bytes[i] ^= 0x40;
    REQUIRE(w.ask(r));
    CHECK(w.head.state == AnswerState::nonce);
  }
}

TEST_CASE("a client that loses every answer still has nonces that are good for sixty-four more") {
  World w;
  w.nonces.resize(1);
  REQUIRE(w.ask(w.request()));
  const std::vector<Nonce> kept = w.nonces;
  REQUIRE(kept.size() == limit::nonces);
  for (int i = 0; i < 9; ++i) {
    RequestHead r = w.request();
    w.nonces = kept;
    r.nonce = kept[0];
    REQUIRE(w.ask(r));
  }
  w.nonces = {kept[1]};
  REQUIRE(w.ask(w.request()));
  CHECK(w.head.state == AnswerState::ok);
  for (int i = 0; i < 40; ++i) {  // far beyond: one round trip, not an error
    w.nonces = {Nonce{}};
    REQUIRE(w.ask(w.request()));
  }
  w.nonces = {kept[2]};
  REQUIRE(w.ask(w.request()));
  CHECK(w.head.state == AnswerState::nonce);
}

TEST_CASE("a head that is not the peer's, not for us or not signed opens nothing") {
  World w;
  const auto error = [&](const RequestHead& r, const Person& by) {
    CHECK_FALSE(w.hub.answer(encode(r, by.keys.node), 1000));
    return w.hub.error.fault;
  };
  RequestHead r = w.request();
  CHECK(error(r, w.up) == Fault::forged);
  r.to = w.down.node;
  CHECK(error(r, w.down) == Fault::forged);
  r = w.request();
  r.from = w.up.node;
  CHECK(error(r, w.down) == Fault::forged);
  Bytes bent = encode(w.request(), w.down.keys.node);
  for (std::size_t n = 0; n < bent.size(); ++n) {
    Bytes b = bent;
    b[n] ^= 1;
    CHECK_FALSE(w.hub.answer(b, 1000));
  }
  CHECK(w.hub_store.data.link.last_contact == 0);
}

TEST_CASE("an envelope is receipted in the answer, and a second time again") {
  World w;
  const Bytes e = w.envelope();
  for (int i = 0; i < 2; ++i) {
    RequestHead r = w.request();
    r.heard = w.head.mark;
    r.heard_told = w.head.mark_told;
    REQUIRE(w.ask(r, e));
    REQUIRE(w.count(FrameType::statement) == 1);
    const Receipt got = decode_receipt(decode_statement(w.frames[0].second)->body).value();
    CHECK(got.kind == ReceiptKind::stored);
    CHECK(got.covers(Seq{1}));
  }
  CHECK(w.hub_store.data.accepted.size() == 1);
}

TEST_CASE("a body that is cut keeps what came whole, and says nothing was heard of the numbered items") {
  World w;
  w.down_store.state(StatementKind::want, encode(Want{}));
  Writer body;
  const ControlItems said = w.down_store.control(0, 10'000).value();
  for (const auto& [t, b] : said.frames) put_frame(body, t, b);
  const Bytes e = w.envelope();
  body.raw(e);
  RequestHead r = w.request();
  r.mark = 1;
  Bytes all = encode(r, w.down.keys.node);
  all.insert(all.end(), body.view().begin(), body.view().end());
  CHECK_FALSE(w.hub.answer(all, 1000, false));
  CHECK(w.hub_store.data.accepted.size() == 1);
  CHECK(w.hub_store.data.link.heard.now().number == 0);
  CHECK(w.hub_store.data.link.last_contact == 1000);
  r = w.request();
  r.mark = 1;
  REQUIRE(w.ask(r, body.view()));
  CHECK(w.head.heard == 1);
  CHECK(w.hub_store.data.accepted.size() == 1);
}

TEST_CASE("receipts count with the mark that they were told under, never out of half a body or behind a gap") {
  World w;
  w.down_store.state(StatementKind::chunk_receipt, encode(first_of_two(w)));
  Writer body;
  const ControlItems said = w.down_store.control(0, 10'000).value();
  for (const auto& [t, b] : said.frames) put_frame(body, t, b);
  const auto cut_after = [&](RequestHead r, bool whole) {
    r.frames = frames_hash(body.view());
    Bytes all = encode(r, w.down.keys.node);
    all.insert(all.end(), body.view().begin(), body.view().end());
    return w.hub.answer(all, 1000, whole);
  };
  RequestHead r = w.request();
  r.mark = 1;
  CHECK_FALSE(cut_after(r, false));
  CHECK(w.hub_store.data.heard.empty());
  CHECK(w.hub_store.data.link.heard.now().number == 0);
  r = w.request();  // on words that the hub never heard
  r.base = 3;
  r.mark = 4;
  CHECK(cut_after(r, true));
  CHECK(w.hub_store.data.heard.empty());
  r = w.request();
  r.mark = 1;
  CHECK(cut_after(r, true));
  CHECK(w.hub_store.data.heard.size() == 1);
  CHECK(w.hub_store.data.link.heard.now().number == 1);
}

TEST_CASE("what is no receipt counts as it comes: what follows may need it") {
  World w;
  w.down_store.state(StatementKind::want, encode(Want{}));
  Writer body;
  const ControlItems said = w.down_store.control(0, 10'000).value();
  for (const auto& [t, b] : said.frames) put_frame(body, t, b);
  RequestHead r = w.request();
  r.mark = 1;
  Bytes all = encode(r, w.down.keys.node);
  all.insert(all.end(), body.view().begin(), body.view().end());
  CHECK_FALSE(w.hub.answer(all, 1000, false));
  CHECK(w.hub_store.data.heard.size() == 1);
}

TEST_CASE("what waits for something to say has heard all the same") {
  World w;
  w.down_store.state(StatementKind::chunk_receipt, encode(first_of_two(w)));
  const ControlItems said = w.down_store.control(0, 10'000).value();
  Writer body;
  for (const auto& [t, b] : said.frames) put_frame(body, t, b);
  RequestHead r = w.request();
  r.mark = 1;
  r.frames = frames_hash(body.view());
  Answerer a(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  REQUIRE(a.open(encode(r, w.down.keys.node), 1000).value());
  for (const auto& [t, b] : said.frames) REQUIRE(a.take({t, b}, 1000));
  REQUIRE(a.whole(1000));
  CHECK(w.hub_store.data.heard.size() == 1);
  CHECK(w.hub_store.data.link.heard.now().number == 1);
  const auto answer = a.close(Hlc{1}, 50'000, 0);
  REQUIRE(answer);
  CHECK(decode_answer_head(*answer)->head.heard == 1);
  CHECK(w.hub_store.data.heard.size() == 1);
}

TEST_CASE("a frame dropped, added or swapped on the way is noticed: no answer, and nothing counts as heard") {
  for (const int what : {0, 1, 2}) {
    CAPTURE(what);
    World w;
    w.down_store.state(StatementKind::want, encode(Want{}));
    Writer said, envelope, sent;
    const ControlItems items = w.down_store.control(0, 10'000).value();
    for (const auto& [t, b] : items.frames) put_frame(said, t, b);
    envelope.raw(w.envelope());
    RequestHead r = w.request();
    r.mark = 1;
    Writer all;
    r.frames = frames_hash(all.raw(said.view()).raw(envelope.view()).view());
    if (what == 0) sent.raw(envelope.view());
    if (what == 1) sent.raw(all.view()).raw(said.view());
    if (what == 2) sent.raw(envelope.view()).raw(said.view());
    Bytes body = encode(r, w.down.keys.node);
    body.insert(body.end(), sent.view().begin(), sent.view().end());
    CHECK_FALSE(w.hub.answer(body, 1000));
    CHECK(w.hub.error.code == "exchange.frames");
    CHECK(w.hub_store.data.link.heard.now().number == 0);
  }
}

TEST_CASE("a bit flipped on the way accuses nobody, a bad frame that the neighbour signed for does") {
  for (const bool on_the_way : {true, false}) {
    CAPTURE(on_the_way);
    World w;
    const Bytes good = w.envelope();
    Bytes bad = good;
    bad.back() ^= 1;
    RequestHead r = w.request();
    r.frames = frames_hash(on_the_way ? good : bad);
    Bytes body = encode(r, w.down.keys.node);
    body.insert(body.end(), bad.begin(), bad.end());
    CHECK(w.hub.answer(body, 1000).has_value() == !on_the_way);
    CHECK(w.hub_store.refusals.size() == (on_the_way ? 0 : 1));
  }
}

TEST_CASE("a gap in the numbered items is not jumped over") {
  World w;
  RequestHead r = w.request();
  r.base = 5;
  r.mark = 9;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 0);
  r = w.request();
  r.base = 0;
  r.mark = 5;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 5);
  r = w.request();
  r.base = 5;
  r.mark = 7;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 7);
  r = w.request();  // built on an answer before the last: that one was lost
  r.base = 5;
  r.mark = 8;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 7);  // until it builds on that
  r = w.request();           // an older message that came late
  r.base = 5;
  r.mark = 6;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 7);
  r = w.request();  // on a number that we never named
  r.base = 3;
  r.mark = 20;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 7);
  CHECK(w.hub_store.data.link.heard.now().number == 8);
}

TEST_CASE("numbers under which the client tells other words than before are not built on, and the whole tale is") {
  World w;
  Told one, other;
  one.bytes.fill(1);
  other.bytes.fill(2);
  RequestHead r = w.request();
  r.mark = 5;
  r.mark_told = one;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 5);
  CHECK(w.head.heard_told == one);
  r = w.request();  // an old copy that has told as many things since, others
  r.base = 5;
  r.base_told = other;
  r.mark = 6;
  r.mark_told = other;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 5);
  CHECK(w.head.heard_told == one);
  r = w.request();  // it has understood, or knows no better: it is shown what stood here before
  r.mark = 4;
  r.mark_told = other;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 5);
  CHECK(w.head.heard_told == one);
  CHECK(w.hub_store.data.link.heard.now() == Mark{4, other});
  r = w.request();  // it began a new life
  r.epoch.bytes[0] ^= 1;
  r.mark = 4;
  r.mark_told = other;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 4);
  CHECK(w.head.heard_told == other);
}

TEST_CASE("a client that tells everything from 0 is shown what was heard before, however many answers it misses") {
  World w;
  Told one, other;
  one.bytes.fill(1);
  other.bytes.fill(2);
  RequestHead r = w.request();
  r.mark = 5;
  r.mark_told = one;
  REQUIRE(w.ask(r));
  for (std::uint64_t mark :
       {7U, 7U, 9U}) {  // a copy from before the first answer; it has told more than the other since
    r = w.request();
    r.mark = mark;
    r.mark_told = other;
    REQUIRE(w.ask(r));
    CHECK(w.head.heard == 5);
    CHECK(w.head.heard_told == one);
  }
}

TEST_CASE("whoever heard something else of us under our numbers is told everything again") {
  World w;
  w.hub_store.state(StatementKind::want, encode(Want{}));
  w.hub_store.state(StatementKind::node_list, encode(NodeList{1, {{w.up.node, {}, {}, 0}}, {}}));
  RequestHead r = w.request();
  r.heard = 2;
  r.heard_told = w.hub_store.told(2).value().value();
  REQUIRE(w.ask(r));
  CHECK(w.frames.empty());
  for (const std::uint64_t heard : {1, 2, 3}) {
    r = w.request();
    r.heard = heard;
    r.heard_told.bytes.fill(9);
    REQUIRE(w.ask(r));
    CHECK(w.count(FrameType::statement) == 2);
    CHECK(w.head.base == 0);
    CHECK(w.head.base_told.zero());
    CHECK(w.head.mark == 2);
    CHECK(w.head.mark_told == w.hub_store.told(2).value());
    CHECK_FALSE(w.hub_store.data.link.forgotten);  // it may speak of the store before a restore
  }
}

TEST_CASE("what the client has heard is said once, and said again when it has lost it") {
  World w;
  w.hub_store.state(StatementKind::want, encode(Want{}));
  w.hub_store.state(StatementKind::node_list, encode(NodeList{1, {{w.up.node, {}, {}, 0}}, {}}));
  RequestHead r = w.request();
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::statement) == 2);
  CHECK(w.head.base == 0);
  CHECK(w.head.mark == 2);
  r = w.request();
  r.heard = 2;
  r.heard_told = w.hub_store.told(2).value().value();
  REQUIRE(w.ask(r));
  CHECK(w.frames.empty());
  r = w.request();  // its store was restored to an older state without our noticing
  r.heard = 1;
  r.heard_told = w.hub_store.told(1).value().value();
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::statement) == 1);
  CHECK(w.head.base == 1);
}

TEST_CASE("a hub restored to fewer items tells a client everything anew once it has understood") {
  World w;
  w.hub_store.state(StatementKind::want, encode(Want{}));
  RequestHead r = w.request();
  r.heard = 80;  // numbers of the store before
  REQUIRE(w.ask(r));
  r = w.request();  // it saw the new epoch
  r.heard = 0;
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::statement) == 1);
}

TEST_CASE("a nonce that this store cannot remember giving shows that it is an old copy, and no made-up one does") {
  World w;
  REQUIRE(w.ask(w.request()));
  const LinkState before = w.hub_store.data.link;
  REQUIRE(w.ask(w.request()));
  REQUIRE(w.ask(w.request()));
  REQUIRE(w.ask(w.request()));
  REQUIRE(w.ask(w.request()));
  w.hub_store.data.link = before;
  RequestHead r = w.request();
  std::swap(r.nonce, w.nonces.front());  // the newest
  RequestHead invented = r;
  invented.nonce.bytes[15] ^= 1;
  REQUIRE(w.ask(invented));
  CHECK(w.head.state == AnswerState::nonce);
  CHECK_FALSE(w.hub_store.data.link.forgotten);
  w.hub_store.data.link = before;
  REQUIRE(w.ask(r));
  CHECK(w.head.state == AnswerState::nonce);
  CHECK(w.hub_store.data.link.forgotten);
}

TEST_CASE("another store of the client starts its numbers anew") {
  World w;
  RequestHead r = w.request();
  r.mark = 50;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 50);
  r = w.request();
  r.epoch.bytes[0] ^= 1;
  r.base = 30;
  r.mark = 31;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 0);
  r = w.request();
  r.epoch.bytes[0] ^= 1;
  r.mark = 31;
  REQUIRE(w.ask(r));
  CHECK(w.head.heard == 31);
}

TEST_CASE("more than eight kilobytes of statements come in several answers, and the client is told so") {
  World w;
  for (std::uint8_t i = 0; i < 60; ++i) {
    Head h;
    h.destination.bytes.fill(i);
    w.hub_store.state(StatementKind::head, encode(h));
  }
  std::size_t got = 0;
  std::uint64_t heard = 0;
  int answers = 0;
  do {
    RequestHead r = w.request();
    r.heard = heard;
    r.heard_told = w.hub_store.told(heard).value().value();
    REQUIRE(w.ask(r));
    std::size_t bytes = 0;
    for (const auto& f : w.frames) bytes += f.second.size();
    CHECK(bytes <= limit::statements_bytes);
    got += w.frames.size();
    CHECK(w.head.base == heard);
    heard = w.head.mark;
    REQUIRE(++answers < 20);
  } while (w.head.more);
  CHECK(got == 60);
  CHECK(heard == 60);
}

TEST_CASE("what waits for below goes down within the client's limit, and more is announced") {
  World w;
  for (int i = 0; i < 20; ++i) w.hub_store.put(Lane::routine, 2000);
  RequestHead r = w.request();
  r.answer_bytes = 9000;
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::envelope) == 4);
  CHECK(w.head.more);
  r = w.request();
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::envelope) == 16);  // the first four are on their way
  CHECK_FALSE(w.head.more);
  r = w.request();
  r.fresh = true;  // they never came
  REQUIRE(w.ask(r));
  CHECK(w.count(FrameType::envelope) == 20);
}

TEST_CASE("an answer that is never confirmed is offered again after a while, whoever has how many nonces") {
  World w;
  w.hub_store.put(Lane::routine, 2000);
  RequestHead r = w.request();
  r.nonces_left = 4;  // no new nonces for this one
  REQUIRE(w.ask(r, {}, 1000));
  CHECK(w.count(FrameType::envelope) == 1);
  w.hub_store.put(Lane::routine, 2000);
  r = w.request();
  r.nonces_left = 4;
  REQUIRE(w.ask(r, {}, 2000));
  CHECK(w.count(FrameType::envelope) == 1);
  w.hello(30'000);
  REQUIRE(w.ask(w.request(), {}, 30'000));
  CHECK(w.count(FrameType::envelope) == 2);
}

TEST_CASE("what the client has of a large envelope is not sent again") {
  World w;
  const auto row = w.hub_store.put(Lane::routine, 60'000);
  RequestHead r = w.request();
  r.answer_bytes = 20'000;
  REQUIRE(w.ask(r));
  REQUIRE(w.count(FrameType::part) == 1);
  const Part first = decode_part(w.frames[0].second).value();
  const auto end = static_cast<std::uint32_t>(first.bytes.size());
  CHECK(w.frames[0].second.size() + kFrameHeadBytes <= 20'000);
  Writer body;
  put_frame(body, FrameType::have, encode(Have{first.stream, first.seq, 60'000, {{0, end}}}));
  r = w.request();
  r.fresh = true;
  REQUIRE(w.ask(r, body.view()));
  Intervals got;
  for (const auto& f : w.frames) {
    const Part p = decode_part(f.second).value();
    CHECK(p.offset >= end);
    got.add(p.offset, p.offset + static_cast<std::uint32_t>(p.bytes.size()));
  }
  CHECK(got.covers(end, 60'000));
  (void)row;
}

TEST_CASE("a long poll has something to hear when something waits, or when its nonce was not good") {
  World w;
  Answerer a(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  REQUIRE(a.open(encode(w.request(), w.down.keys.node), 1000).value());
  CHECK_FALSE(a.something_to_say(1000).value());
  w.hub_store.put(Lane::routine, 100);
  CHECK(a.something_to_say(1000).value());
  w.hub_store.data.rows.clear();
  w.hub_store.state(StatementKind::want, encode(Want{}));
  CHECK(a.something_to_say(1000).value());
  Answerer b(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  RequestHead r = w.request();
  r.nonce = {};
  CHECK_FALSE(b.open(encode(r, w.down.keys.node), 1000).value());
  CHECK(b.something_to_say(1000).value());
}

TEST_CASE("two requests open at once do not undo each other's nonces and marks") {
  World w;
  w.nonces.resize(1);
  REQUIRE(w.ask(w.request()));
  const RequestHead one = [&] {
    RequestHead r = w.request();
    r.mark = 3;
    return r;
  }();
  RequestHead two = w.request();
  two.base = 3;
  two.mark = 5;
  RequestHead bad = w.request();
  bad.nonce = {};
  Answerer a(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  Answerer b(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  Answerer c(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  REQUIRE_FALSE(c.open(encode(bad, w.down.keys.node), 1000).value());
  REQUIRE(a.open(encode(one, w.down.keys.node), 1000).value());
  REQUIRE(b.open(encode(two, w.down.keys.node), 1000).value());
  REQUIRE(a.close({}, 1000, 0));
  REQUIRE(b.close({}, 1000, 0));
  REQUIRE(c.close({}, 1000, 0));
  CHECK(w.hub_store.data.link.heard.now().number == 5);
  for (const RequestHead& again : {one, two}) {
    REQUIRE(w.ask(again));
    CHECK(w.head.state == AnswerState::nonce);
  }
}

TEST_CASE("a bad frame between good ones harms nobody, and retry-after is passed on") {
  World w;
  Writer body;
  put_frame(body, FrameType::envelope, Bytes(300, 1));
  body.raw(w.envelope());
  put_frame(body, FrameType::have, Bytes(3));
  put_frame(body, FrameType::chunk, sign_chunk(w.down.node, w.up.office, {}, 0, 2, Bytes(40), w.down.keys.node));
  REQUIRE(w.ask(w.request(), body.view()));
  CHECK(w.hub_store.data.accepted.size() == 1);
  CHECK(w.hub_store.refusals.size() == 1);
  CHECK(w.count(FrameType::statement) == 2);  // one receipt, one chunk receipt
  Answerer a(w.up.hub(), w.hub_store, w.hub_store, w.hub_store, w.hub.sender);
  REQUIRE(a.open(encode(w.request(), w.down.keys.node), 1000).value());
  CHECK(decode_answer_head(a.close({}, 1000, 30).value())->head.retry_after_s == 30);
}
