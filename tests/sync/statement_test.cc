#include "sync/statement.h"

#include <doctest/doctest.h>

#include "sync/limits.h"
#include "tests/support/sync_fakes.h"
#include "tests/sync/hostile.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Dice;
using yz::fake::Person;

namespace {

StreamName some_stream(Dice& d) {
  StreamName s;
  s.author = d.id<OfficeId>();
  s.node = d.id<NodeId>();
  s.incarnation = d.id<Incarnation>();
  s.destination = d.id<OfficeId>();
  s.lane = static_cast<Lane>(1 + d.below(3));
  return s;
}

Receipt some_receipt(Dice& d, std::uint64_t most_ranges = 64, std::uint64_t most_refused = 64) {
  Receipt r;
  r.kind = static_cast<ReceiptKind>(1 + d.below(3));
  r.stream = some_stream(d);
  r.upto.value = d.chance(30) ? 0 : d.below(1000);
  if (r.upto.value > 0) r.chain = d.id<Hash>();
  std::uint64_t at = r.upto.value;
  for (std::uint64_t n = d.below(most_ranges + 1); n > 0; --n) {
    const Seq from{at + 2 + d.below(5)}, to{from.value + d.below(4)};
    r.ranges.emplace_back(from, to);
    at = to.value;
  }
  std::uint64_t seq = 0;
  for (std::uint64_t n = d.below(most_refused + 1); n > 0; --n)
    r.refused.push_back({d.id<RecordId>(), Seq{seq += d.below(3)}, static_cast<Refusal>(1 + d.below(40))});
  r.registry = d.id<Hash>();
  return r;
}

Head some_head(Dice& d) {
  Head h;
  h.destination = d.id<OfficeId>();
  h.incarnation = d.id<Incarnation>();
  for (auto& l : h.lanes) {
    l.seq.value = d.below(100);
    if (l.seq.value > 0) l.chain = d.id<Hash>();
    l.waiting = static_cast<std::uint32_t>(d.below(50));
    l.oldest_ms = static_cast<Millis>(d.below(1'000'000));
  }
  h.node_list = d.id<Hash>();
  h.registry = d.id<Hash>();
  h.journal = d.id<Hash>();
  h.anchor = d.id<Hash>();
  h.urgent_count = static_cast<std::uint32_t>(d.next());
  h.urgent_digest = d.id<Hash>();
  for (std::uint64_t n = d.below(17); n > 0; --n)
    h.flash.push_back({d.id<RecordId>(), static_cast<Millis>(d.below(1'000'000)), d.id<OfficeId>()});
  return h;
}

NodeList some_list(Dice& d) {
  NodeList l;
  l.version = d.next();
  std::set<NodeId> ids;
  for (std::uint64_t n = 1 + d.below(7); n > 0; --n) ids.insert(d.id<NodeId>());
  for (const NodeId& id : ids)
    l.nodes.push_back({id, d.id<CertDigest>(), d.id<BoxPublic>(), static_cast<Millis>(d.below(1'000'000))});
  for (std::uint64_t n = d.below(5); n > 0; --n)
    l.urls.push_back("https://10.0.0." + std::to_string(d.below(256)) + ":9443");
  return l;
}

ChunkReceipt some_chunk_receipt(Dice& d) {
  ChunkReceipt c;
  c.author = d.id<NodeId>();
  c.destination = d.id<OfficeId>();
  c.attachment = d.id<AttachmentId>();
  std::uint32_t at = 0;
  for (std::uint64_t n = d.below(65); n > 0; --n) {
    const auto from = static_cast<std::uint32_t>(at + 2 + d.below(3)),
               to = static_cast<std::uint32_t>(from + d.below(3));
    c.ranges.emplace_back(from, to);
    at = to;
  }
  c.count = at + 1 + static_cast<std::uint32_t>(d.below(5));
  return c;
}

Want some_want(Dice& d) {
  Want w;
  for (std::uint64_t n = d.below(33); n > 0; --n) w.certificates.push_back(d.id<CertDigest>());
  return w;
}

}  // namespace

TEST_CASE("a statement comes back as it was issued, whatever its kind and body") {
  const Person p(0x10);
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Dice d(seed);
    const auto kind = static_cast<StatementKind>(1 + d.below(8));
    const Statement s = issue(kind, p.issuer(), Hlc{d.next()}, static_cast<Millis>(d.below(1'000'000'000)),
                              d.bytes(d.below(500)), p.keys.node);
    const auto got = decode_statement(s.bytes);
    REQUIRE(got);
    CHECK(got->kind == kind);
    CHECK(got->office == p.office);
    CHECK(got->node == p.node);
    CHECK(got->epoch == p.epoch);
    CHECK(got->at == s.at);
    CHECK(got->unix_ms == s.unix_ms);
    CHECK(got->body == s.body);
    CHECK(got->digest == s.digest);
    CHECK(verify_statement(*got, p.keys.node.public_key()));
  }
}

TEST_CASE("any bit of a statement that changes is noticed") {
  const Person p(0x10);
  Dice d(1);
  const Statement s = issue(StatementKind::want, p.issuer(), Hlc{5}, 6, d.bytes(40), p.keys.node);
  for (std::size_t n = 0; n < s.bytes.size(); ++n)
    for (int bit = 0; bit < 8; ++bit) {
      Bytes changed = s.bytes;
      changed[n] = static_cast<std::uint8_t>(changed[n] ^ 1 << bit);
      const auto got = decode_statement(changed);
      if (!got)
        CHECK(got.error().fault == Fault::forged);
      else
        CHECK_FALSE(verify_statement(*got, p.keys.node.public_key()));
    }
  one_encoding(s.bytes, decode_statement, [](const Statement& x) { return x.bytes; });
  CHECK_FALSE(verify_statement(s, Person(0x20).keys.node.public_key()));
}

TEST_CASE("a statement of another suite, an unknown kind or more than 8 KiB is refused") {
  const Person p(0x10);
  const Bytes good = issue(StatementKind::head, p.issuer(), Hlc{5}, 6, Bytes(10), p.keys.node).bytes;
  const auto with = [&](std::size_t at, int v) {
    Bytes b = good;
    b[at] = static_cast<std::uint8_t>(v);
    return decode_statement(b).has_value();
  };
  CHECK_FALSE(with(4, 2));
  CHECK_FALSE(with(5, 0));
  CHECK_FALSE(with(5, 14));
  CHECK_FALSE(with(6, 1));
  CHECK_FALSE(with(11, 0xff));
  Bytes longest = issue(StatementKind::head, p.issuer(), Hlc{5}, 6, Bytes(8192 - 68 - 64), p.keys.node).bytes;
  CHECK(longest.size() == 8192);
  CHECK(decode_statement(longest));
  longest.push_back(0);
  CHECK_FALSE(decode_statement(longest));
}

TEST_CASE("bodies come back as they went") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    CAPTURE(seed);
    Dice d(seed);
    const auto round = [](const auto& x, auto decode) {
      const Bytes b = encode(x);
      CHECK(b.size() <= 8192 - 68 - 64);  // fits a statement
      const auto y = decode(b);
      REQUIRE(y);
      CHECK(encode(*y) == b);
    };
    round(some_receipt(d), decode_receipt);
    round(some_head(d), decode_head);
    round(some_list(d), decode_node_list);
    round(some_chunk_receipt(d), decode_chunk_receipt);
    round(some_want(d), decode_want);
  }
}

TEST_CASE("each body has one encoding, and every cut or addition is refused") {
  const auto again = [](const auto& x) { return encode(x); };
  Dice d(5);
  for (int i = 0; i < 3; ++i) {
    one_encoding(encode(some_receipt(d, 4, 4)), decode_receipt, again);
    one_encoding(encode(some_head(d)), decode_head, again);
    one_encoding(encode(some_list(d)), decode_node_list, again);
    one_encoding(encode(some_chunk_receipt(d)), decode_chunk_receipt, again);
    one_encoding(encode(some_want(d)), decode_want, again);
  }
}

TEST_CASE("the largest bodies fit a statement") {
  Dice d(6);
  Receipt r = some_receipt(d, 0, 0);
  std::uint64_t at = r.upto.value;
  for (std::size_t i = 0; i < limit::receipt_ranges; ++i, at += 2) r.ranges.emplace_back(Seq{at + 2}, Seq{at + 2});
  for (std::size_t i = 0; i < limit::refused_per_receipt; ++i)
    r.refused.push_back({d.id<RecordId>(), Seq{i}, Refusal::malformed});
  CHECK(decode_receipt(encode(r)));
  NodeList l = some_list(d);
  l.urls.assign(4, std::string(256, 'u'));
  CHECK(decode_node_list(encode(l)));
  const Person p(1);
  CHECK(decode_statement(issue(StatementKind::receipt, p.issuer(), {}, 0, encode(r), p.keys.node).bytes));
  CHECK(decode_statement(issue(StatementKind::node_list, p.issuer(), {}, 0, encode(l), p.keys.node).bytes));
}

TEST_CASE("a receipt covers what it says and nothing more") {
  Receipt r;
  r.upto = {5};
  r.ranges = {{Seq{8}, Seq{9}}, {Seq{12}, Seq{12}}};
  for (std::uint64_t s : {1, 5, 8, 9, 12}) CHECK(r.covers(Seq{s}));
  for (std::uint64_t s : {0, 6, 7, 10, 11, 13}) CHECK_FALSE(r.covers(Seq{s}));
  CHECK_FALSE(r.covers(Seq{~std::uint64_t{0}}));
}

TEST_CASE("a receipt whose ranges touch, overlap, descend or reach back is refused") {
  Dice d(7);
  Receipt base = some_receipt(d, 0, 0);
  base.upto = {10};
  base.chain = d.id<Hash>();
  const auto ok = [&](std::vector<std::pair<Seq, Seq>> ranges) {
    Receipt r = base;
    r.ranges = std::move(ranges);
    return decode_receipt(encode(r)).has_value();
  };
  const std::uint64_t max = ~std::uint64_t{0};
  CHECK(ok({{Seq{12}, Seq{12}}, {Seq{14}, Seq{max}}}));
  CHECK_FALSE(ok({{Seq{11}, Seq{12}}}));  // then upto would be 12
  CHECK_FALSE(ok({{Seq{5}, Seq{6}}}));
  CHECK_FALSE(ok({{Seq{0}, Seq{0}}}));
  CHECK_FALSE(ok({{Seq{14}, Seq{13}}}));
  CHECK_FALSE(ok({{Seq{12}, Seq{13}}, {Seq{14}, Seq{15}}}));  // one range in two pieces
  CHECK_FALSE(ok({{Seq{12}, Seq{16}}, {Seq{14}, Seq{20}}}));
  CHECK_FALSE(ok({{Seq{14}, Seq{max}}, {Seq{0}, Seq{1}}}));
  base.upto = {max};
  CHECK(ok({}));
  CHECK_FALSE(ok({{Seq{5}, Seq{6}}}));
  CHECK_FALSE(ok({{Seq{0}, Seq{6}}}));
  base.upto = {0};
  base.chain = {};
  CHECK_FALSE(ok({{Seq{0}, Seq{6}}}));
  CHECK_FALSE(ok({{Seq{1}, Seq{6}}}));
  CHECK(ok({{Seq{2}, Seq{6}}}));
  base.chain.bytes[3] = 1;
  CHECK_FALSE(ok({}));
}

TEST_CASE("refusals in a receipt ascend by number") {
  Dice d(8);
  Receipt r = some_receipt(d, 0, 0);
  r.refused = {{d.id<RecordId>(), Seq{4}, Refusal::malformed},
               {d.id<RecordId>(), Seq{4}, Refusal::forked},
               {d.id<RecordId>(), Seq{5}, Refusal::key_gone}};
  CHECK(decode_receipt(encode(r)));
  std::swap(r.refused[0], r.refused[2]);
  CHECK_FALSE(decode_receipt(encode(r)));
}

TEST_CASE("chunk receipts stay within their attachment, without touching ranges") {
  Dice d(9);
  ChunkReceipt c = some_chunk_receipt(d);
  const auto ok = [&](std::uint32_t count, std::vector<std::pair<std::uint32_t, std::uint32_t>> ranges) {
    c.count = count;
    c.ranges = std::move(ranges);
    return decode_chunk_receipt(encode(c)).has_value();
  };
  CHECK(ok(10, {{0, 3}, {5, 9}}));
  CHECK_FALSE(ok(10, {{0, 10}}));
  CHECK_FALSE(ok(10, {{0, 3}, {4, 9}}));
  CHECK_FALSE(ok(10, {{3, 0}}));
  CHECK_FALSE(ok(limit::chunks_max + 1, {}));
  CHECK_FALSE(ok(0, {{0, 0}}));
  CHECK(ok(0, {}));
}

TEST_CASE("counts beyond the limits are refused by every body") {
  Dice d(10);
  const auto bent = [](Bytes b, std::size_t at, std::uint8_t v) {
    b[at] = v;
    return b;
  };
  const Bytes receipt = encode(some_receipt(d, 0, 0));
  CHECK_FALSE(decode_receipt(bent(receipt, receipt.size() - 2, 65)));
  CHECK_FALSE(decode_receipt(bent(receipt, receipt.size() - 1, 255)));
  CHECK_FALSE(decode_receipt(bent(receipt, 0, 4)));
  CHECK_FALSE(decode_receipt(bent(receipt, 57, 4)));  // lane of the stream
  Head h = some_head(d);
  h.flash.clear();
  const Bytes head = encode(h);
  CHECK_FALSE(decode_head(bent(head, head.size() - 1, 17)));
  CHECK_FALSE(decode_want(Bytes{33}));
  CHECK_FALSE(decode_want(Bytes{255}));
  const Bytes list = encode(some_list(d));
  CHECK_FALSE(decode_node_list(bent(list, 8, 0)));
  CHECK_FALSE(decode_node_list(bent(list, 8, 8)));
  CHECK_FALSE(decode_node_list(bent(list, 9, 5)));
}

TEST_CASE("nodes in a list ascend, each once") {
  Dice d(11);
  NodeList l = some_list(d);
  while (l.nodes.size() < 2) l = some_list(d);
  std::swap(l.nodes[0], l.nodes[1]);
  CHECK_FALSE(decode_node_list(encode(l)));
  l.nodes[0] = l.nodes[1];
  CHECK_FALSE(decode_node_list(encode(l)));
}

TEST_CASE("a statement replaces its older self and nothing else") {
  const Person p(0x10), q(0x20);
  Dice d(12);
  Receipt r = some_receipt(d, 2, 2);
  const auto key = [&](StatementKind k, const Person& by, Bytes body, std::uint64_t at = 1) {
    return statement_key(issue(k, by.issuer(), Hlc{at}, 0, std::move(body), by.keys.node)).value();
  };
  const Hash first = key(StatementKind::receipt, p, encode(r));
  r.upto = {r.upto.value == 0 ? 0 : r.upto.value + 1};
  r.ranges.clear();
  CHECK(key(StatementKind::receipt, p, encode(r), 9) == first);
  CHECK(key(StatementKind::receipt, q, encode(r)) != first);
  r.kind = r.kind == ReceiptKind::opened ? ReceiptKind::stored : ReceiptKind::opened;
  CHECK(key(StatementKind::receipt, p, encode(r)) != first);
  Receipt other = some_receipt(d, 2, 2);
  other.kind = r.kind;
  CHECK(key(StatementKind::receipt, p, encode(other)) != key(StatementKind::receipt, p, encode(r)));
  Head h1 = some_head(d), h2 = some_head(d);
  CHECK(key(StatementKind::head, p, encode(h1)) != key(StatementKind::head, p, encode(h2)));
  h2.destination = h1.destination;
  CHECK(key(StatementKind::head, p, encode(h1)) == key(StatementKind::head, p, encode(h2)));
  CHECK(key(StatementKind::node_list, p, encode(some_list(d))) ==
        key(StatementKind::node_list, p, encode(some_list(d))));
  CHECK(key(StatementKind::want, p, encode(some_want(d))) == key(StatementKind::want, p, encode(some_want(d))));
  // The same attachment, signed by another or for another office, is receipted beside it.
  ChunkReceipt chunks;
  chunks.attachment = d.id<AttachmentId>();
  chunks.count = 3;
  const auto all = [&](ChunkReceipt c) {
    c.ranges = {{0, 2}};
    return key(StatementKind::chunk_receipt, p, encode(c), 9);
  };
  ChunkReceipt by_another = chunks, for_another = chunks;
  by_another.author = d.id<NodeId>();
  for_another.destination = d.id<OfficeId>();
  CHECK(all(chunks) == key(StatementKind::chunk_receipt, p, encode(chunks)));
  CHECK(all(chunks) != all(by_another));
  CHECK(all(chunks) != all(for_another));
  CHECK(key(StatementKind::fork, p, Bytes{1}) != key(StatementKind::fork, p, Bytes{2}));
  const auto wrong = statement_key(issue(StatementKind::receipt, p.issuer(), {}, 0, Bytes{1, 2}, p.keys.node));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().fault == Fault::forged);
}

TEST_CASE("names of receipts and refusals differ") {
  std::set<std::string_view> names;
  for (int k : {1, 2, 3}) names.insert(name_of(static_cast<ReceiptKind>(k)));
  CHECK(names.size() == 3);
  names.clear();
  for (int r : {0, 1, 2, 16, 17, 32, 33, 34, 35, 36, 37}) names.insert(name_of(static_cast<Refusal>(r)));
  CHECK(names.size() == 11);
  CHECK_FALSE(names.contains("unknown"));
  CHECK(name_of(static_cast<Refusal>(999)) == "unknown");
}
