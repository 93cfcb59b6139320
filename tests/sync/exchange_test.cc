#include "sync/exchange.h"

#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/support/sync_fakes.h"
#include "tests/sync/hostile.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::Person;

namespace {

RequestHead some_request(Dice& d) {
  RequestHead h;
  h.from = d.id<NodeId>();
  h.to = d.id<NodeId>();
  h.nonce = d.id<Nonce>();
  h.at.value = d.next();
  h.epoch = d.id<Epoch>();
  h.outstanding = d.id<Digest>();
  h.base = 1 + d.below(1000);
  h.mark = h.base + d.below(1000);
  h.heard = d.next();
  h.base_told = d.id<Told>();
  h.mark_told = d.id<Told>();
  h.heard_told = d.id<Told>();
  h.answer_bytes = static_cast<std::uint32_t>(d.next());
  h.nonces_left = static_cast<std::uint8_t>(d.next());
  h.fresh = d.chance(50);
  h.more = d.chance(50);
  return h;
}

AnswerHead some_answer(Dice& d) {
  AnswerHead h;
  h.from = d.id<NodeId>();
  h.to = d.id<NodeId>();
  h.request = d.id<Hash>();
  h.state = static_cast<AnswerState>(d.below(4));
  h.at.value = d.next();
  h.unix_ms = static_cast<Millis>(d.next() >> 1);
  h.epoch = d.id<Epoch>();
  h.outstanding = d.id<Digest>();
  h.base = 1 + d.below(1000);
  h.mark = h.base + d.below(1000);
  h.heard = d.next();
  h.base_told = d.id<Told>();
  h.mark_told = d.id<Told>();
  h.heard_told = d.id<Told>();
  h.request_bytes = static_cast<std::uint32_t>(d.next());
  h.retry_after_s = static_cast<std::uint16_t>(d.next());
  h.more = d.chance(50);
  for (std::uint64_t n = d.below(9); n > 0; --n) h.nonces.push_back(d.id<Nonce>());
  return h;
}

Result<AnswerHead> decode_whole_answer(ByteView b) {
  const auto a = TRY(decode_answer_head(b));
  if (a.size != b.size()) return fail(Fault::forged, "frames follow");
  return a.head;
}

Have some_have(Dice& d) {
  Have h;
  h.stream = d.id<StreamId>();
  h.seq.value = d.next();
  std::uint32_t at = 0;
  for (std::uint64_t n = d.below(129); n > 0; --n) {
    const auto from = at + 1 + static_cast<std::uint32_t>(d.below(9)),
               to = from + 1 + static_cast<std::uint32_t>(d.below(9));
    h.ranges.emplace_back(from, to);
    at = to;
  }
  h.total = at + static_cast<std::uint32_t>(d.below(9));
  return h;
}

}  // namespace

TEST_CASE("heads come back as they went, and only their node's key vouches for them") {
  const Person p(0x10), q(0x20);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    const RequestHead r = some_request(d);
    const Bytes rb = encode(r, p.keys.node);
    CHECK(rb.size() == kRequestHeadBytes);
    const auto r2 = decode_request_head(rb);
    REQUIRE(r2);
    CHECK(encode(*r2, p.keys.node) == rb);
    CHECK(verify_request_head(rb, p.keys.node.public_key()));
    CHECK_FALSE(verify_request_head(rb, q.keys.node.public_key()));
    const AnswerHead a = some_answer(d);
    const Bytes ab = encode(a, p.keys.node);
    const auto a2 = decode_answer_head(ab);
    REQUIRE(a2);
    CHECK(a2->size == ab.size());
    CHECK(a2->head.nonces == a.nonces);
    CHECK(encode(a2->head, p.keys.node) == ab);
    CHECK(verify_answer_head(ab, p.keys.node.public_key()));
    CHECK_FALSE(verify_answer_head(ab, q.keys.node.public_key()));
    CHECK_FALSE(verify_request_head(ab, p.keys.node.public_key()));  // an answer is no request
  }
}

TEST_CASE("any bit of a head that changes is noticed") {
  const Person p(0x10);
  Dice d(3);
  const Bytes request = encode(some_request(d), p.keys.node);
  for (std::size_t n = 0; n < request.size(); ++n) {
    Bytes b = request;
    b[n] = static_cast<std::uint8_t>(b[n] ^ 1 << (n % 8));
    if (decode_request_head(b)) CHECK_FALSE(verify_request_head(b, p.keys.node.public_key()));
  }
  const Bytes answer = encode(some_answer(d), p.keys.node);
  for (std::size_t n = 0; n < answer.size(); ++n) {
    Bytes b = answer;
    b[n] = static_cast<std::uint8_t>(b[n] ^ 1 << (n % 8));
    if (const auto a = decode_answer_head(b))
      CHECK_FALSE(verify_answer_head(ByteView(b).first(a->size), p.keys.node.public_key()));
  }
  // The signature at the end is bytes of any value; without it there is one encoding.
  const auto bare = [](Bytes b) {
    std::fill(b.end() - 64, b.end(), std::uint8_t{0});
    return b;
  };
  const auto again_request = [&](const RequestHead& h) { return bare(encode(h, p.keys.node)); };
  const auto again_answer = [&](const AnswerHead& h) { return bare(encode(h, p.keys.node)); };
  Bytes r0 = bare(request), a0 = bare(answer);
  one_encoding(
      r0,
      [&](ByteView b) -> Result<RequestHead> {
        if (b.size() >= 64 && !std::ranges::all_of(b.last(64), [](auto x) { return x == 0; }))
          return fail(Fault::forged, "");
        return decode_request_head(b);
      },
      again_request);
  one_encoding(
      a0,
      [&](ByteView b) -> Result<AnswerHead> {
        if (b.size() >= 64 && !std::ranges::all_of(b.last(64), [](auto x) { return x == 0; }))
          return fail(Fault::forged, "");
        return decode_whole_answer(b);
      },
      again_answer);
}

TEST_CASE("heads that cannot be are refused") {
  const Person p(0x10);
  Dice d(4);
  RequestHead r = some_request(d);
  r.base = 5;
  r.mark = 4;
  CHECK_FALSE(decode_request_head(encode(r, p.keys.node)));
  AnswerHead a = some_answer(d);
  a.base = 5;
  a.mark = 4;
  CHECK_FALSE(decode_answer_head(encode(a, p.keys.node)));
  a.mark = 6;
  // Nothing was told up to 0.
  for (const int which : {0, 1, 2}) {
    RequestHead q;
    AnswerHead w;
    Told& told = which == 0 ? q.base_told : which == 1 ? q.mark_told : q.heard_told;
    (which == 0 ? w.base_told : which == 1 ? w.mark_told : w.heard_told).bytes[7] = told.bytes[0] = 1;
    CHECK_FALSE(decode_request_head(encode(q, p.keys.node)));
    CHECK_FALSE(decode_answer_head(encode(w, p.keys.node)));
  }
  a.nonces.assign(8, {});
  Bytes b = encode(a, p.keys.node);
  CHECK(decode_answer_head(b));
  b[7] = static_cast<std::uint8_t>((9 << 4) | (b[7] & 1));
  CHECK_FALSE(decode_answer_head(b));
  CHECK_FALSE(decode_answer_head({}));
  CHECK_FALSE(verify_answer_head({}, p.keys.node.public_key()));
  for (int suite : {0, 2, 255}) {
    b = encode(some_request(d), p.keys.node);
    b[4] = static_cast<std::uint8_t>(suite);
    CHECK_FALSE(decode_request_head(b));
  }
}

TEST_CASE("parts come back as they went, with one encoding") {
  Dice d(5);
  const Bytes piece = d.bytes(20);
  const Part p{d.id<StreamId>(), Lane::routine, Seq{7}, 100'000, 5000, piece};
  const Bytes b = encode(p);
  CHECK(b.size() == 33 + 20);
  const auto q = decode_part(b);
  REQUIRE(q);
  CHECK(encode(*q) == b);
  // A part has no end of its own: cutting or adding makes another part, which the envelope's signature catches.
  for (std::size_t n = 0; n < 34; ++n) CHECK_FALSE(decode_part(ByteView(b).first(n)));
  for (std::size_t n = 0; n < b.size(); ++n)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes c = b;
      c[n] = static_cast<std::uint8_t>(c[n] ^ 1 << bit);
      if (const auto r = decode_part(c)) CHECK(encode(*r) == c);
    }
}

TEST_CASE("a part that reaches beyond its envelope is refused") {
  Dice d(6);
  const Bytes piece = d.bytes(20);
  const auto ok = [&](std::uint32_t total, std::uint32_t offset, std::uint64_t seq, Lane lane) {
    return decode_part(encode(Part{d.id<StreamId>(), lane, Seq{seq}, total, offset, piece})).has_value();
  };
  CHECK(ok(20, 0, 1, Lane::flash));
  CHECK(ok(limit::envelope_bytes, limit::envelope_bytes - 20, 1, Lane::urgent));
  CHECK_FALSE(ok(19, 0, 1, Lane::flash));
  CHECK_FALSE(ok(limit::envelope_bytes, limit::envelope_bytes - 19, 1, Lane::flash));
  CHECK_FALSE(ok(100, 0xffffffff, 1, Lane::flash));
  CHECK_FALSE(ok(limit::envelope_bytes + 1, 0, 1, Lane::flash));
  CHECK_FALSE(ok(0xffffffff, 0, 1, Lane::flash));
  CHECK_FALSE(ok(100, 0, 0, Lane::flash));
  CHECK_FALSE(ok(100, 0, 1, Lane::control));
  CHECK_FALSE(ok(100, 0, 1, Lane::bulk));
  CHECK_FALSE(decode_part(encode(Part{d.id<StreamId>(), Lane::flash, Seq{1}, 100, 5, {}})));
}

TEST_CASE("what a receiver says it has comes back as it went, with one encoding") {
  Dice d(7);
  for (int i = 0; i < 100; ++i) {
    const Bytes b = encode(some_have(d));
    const auto h = decode_have(b);
    REQUIRE(h);
    CHECK(encode(*h) == b);
  }
  one_encoding(encode(some_have(d)), decode_have, [](const Have& h) { return encode(h); });
  const auto ok = [&](std::uint32_t total, std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges) {
    return decode_have(encode(Have{{}, Seq{1}, total, std::move(ranges)})).has_value();
  };
  CHECK(ok(10, {{0, 10}}));
  CHECK_FALSE(ok(10, {{0, 11}}));
  CHECK_FALSE(ok(10, {{5, 5}}));
  CHECK_FALSE(ok(10, {{6, 5}}));
  CHECK_FALSE(ok(10, {{0, 5}, {5, 6}}));
  CHECK_FALSE(ok(10, {{0, 5}, {3, 6}}));
  CHECK_FALSE(ok(limit::envelope_bytes + 1, {}));
  Bytes b = encode(Have{{}, Seq{1}, 10, {}});
  b.back() = 129;
  CHECK_FALSE(decode_have(b));
}

TEST_CASE("a chunk holds under its author's key only, whole and unchanged") {
  const Person p(0x10), q(0x20);
  Dice d(8);
  const Bytes text = d.bytes(100);
  const auto id = d.id<AttachmentId>();
  const Bytes b = sign_chunk(p.node, q.office, id, 3, 5, text, p.keys.node);
  const auto c = decode_chunk(b);
  REQUIRE(c);
  CHECK(c->author == p.node);
  CHECK(c->destination == q.office);
  CHECK(c->attachment == id);
  CHECK(c->index == 3);
  CHECK(c->count == 5);
  CHECK(std::ranges::equal(c->ciphertext, text));
  CHECK(c->bytes == b);
  CHECK(verify_chunk(b, p.keys.node.public_key()));
  CHECK_FALSE(verify_chunk(b, q.keys.node.public_key()));
  CHECK_FALSE(verify_chunk({}, p.keys.node.public_key()));
  for (std::size_t n = 0; n < b.size(); ++n) {
    Bytes x = b;
    x[n] = static_cast<std::uint8_t>(x[n] ^ 1 << (n % 8));
    CHECK_FALSE((decode_chunk(x) && verify_chunk(x, p.keys.node.public_key())));
    const Bytes cut(b.begin(), b.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK_FALSE((decode_chunk(cut) && verify_chunk(cut, p.keys.node.public_key())));
  }
}

TEST_CASE("a chunk of absurd size, number or count is refused") {
  const Person p(0x10);
  const auto ok = [&](std::uint32_t index, std::uint32_t count, std::size_t bytes) {
    return decode_chunk(sign_chunk(p.node, p.office, {}, index, count, Bytes(bytes), p.keys.node)).has_value();
  };
  CHECK(ok(0, 1, 16));
  CHECK(ok(limit::chunks_max - 1, limit::chunks_max, 16));
  CHECK(ok(0, 1, 64 * 1024 + 64));
  CHECK_FALSE(ok(0, 1, 64 * 1024 + 65));
  CHECK_FALSE(ok(0, 1, 15));
  CHECK_FALSE(ok(1, 1, 16));
  CHECK_FALSE(ok(0, 0, 16));
  CHECK_FALSE(ok(0, limit::chunks_max + 1, 16));
}

TEST_CASE("frames come out whole and in order, however the bytes arrive") {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    Writer w;
    std::vector<std::pair<FrameType, Bytes>> sent;
    for (int i = 0; i < 12; ++i) {
      sent.emplace_back(static_cast<FrameType>(1 + d.below(7)), d.bytes(d.below(300)));
      put_frame(w, sent.back().first, sent.back().second);
    }
    FrameReader r;
    std::vector<std::pair<FrameType, Bytes>> got;
    ByteView rest = w.view();
    while (true) {
      const auto f = r.next();
      REQUIRE(f);
      if (*f) {
        got.emplace_back((*f)->type, Bytes((*f)->bytes.begin(), (*f)->bytes.end()));
        continue;
      }
      if (rest.empty()) break;
      const std::size_t n = std::min<std::size_t>(rest.size(), 1 + d.below(97));
      r.add(rest.first(n));
      rest = rest.subspan(n);
    }
    CHECK(r.empty());
    CHECK(got == sent);
  }
}

TEST_CASE("a frame that is cut waits for the rest, and an unknown one ends the body") {
  Writer w;
  put_frame(w, FrameType::statement, Bytes(10, 1));
  for (std::size_t n = 0; n < w.size(); ++n) {
    FrameReader r;
    r.add(w.view().first(n));
    const auto f = r.next();
    REQUIRE(f);
    CHECK_FALSE(*f);
    CHECK(r.empty() == (n == 0));
  }
  for (const Bytes& bad : {Bytes{0, 0, 0, 0, 0}, Bytes{8, 0, 0, 0, 0}, Bytes{255, 0, 0, 0, 1, 9},
                           Bytes{4, 0xff, 0xff, 0xff, 0xff}, Bytes{4, 0, 0x10, 0, 0x41}}) {
    FrameReader r;
    r.add(bad);
    for (int i = 0; i < 2; ++i) {
      const auto f = r.next();
      REQUIRE_FALSE(f);
      CHECK(f.error().fault == Fault::forged);
    }
  }
  FrameReader r;
  r.add(Bytes{4, 0, 0x10, 0, 0x40});  // the longest that may be, of which nothing came yet
  const auto f = r.next();
  REQUIRE(f);
  CHECK_FALSE(*f);
}
