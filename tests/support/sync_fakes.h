#pragma once
// In-memory stand-ins for what sync asks of its owner, and a line that loses, cuts and reorders. Headers only.
#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/hash.h"
#include "sync/answerer.h"
#include "sync/courier.h"
#include "sync/limits.h"
#include "sync/record.h"
#include "sync/statement.h"

namespace yz::fake {

using namespace yz::sync;

/// Numbers from a seed; the same on every machine.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15 + 0x1234567) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  bool chance(unsigned percent) { return below(100) < percent; }
  Bytes bytes(std::size_t n) {
    Bytes b(n);
    for (auto& x : b) x = static_cast<std::uint8_t>(next());
    return b;
  }
  template <class F>
  F id() {
    return F::from(bytes(F::kSize)).value();
  }

 private:
  std::uint64_t state_;
};

/// While it lives, libsodium's randomness comes from a script and then from a seed, so that keys, nonces and jitter
/// repeat.
class ScriptedRandom {
 public:
  explicit ScriptedRandom(std::uint64_t seed, Bytes script = {}) : dice_(seed), script_(std::move(script)) {
    current() = this;
    static randombytes_implementation impl{};
    impl.implementation_name = [] { return "scripted"; };
    impl.random = [] {
      std::uint32_t v = 0;
      current()->fill(&v, sizeof v);
      return v;
    };
    impl.stir = nullptr;
    impl.uniform = nullptr;
    impl.buf = [](void* out, std::size_t n) { current()->fill(out, n); };
    impl.close = nullptr;
    randombytes_set_implementation(&impl);
  }
  ~ScriptedRandom() { randombytes_set_implementation(&randombytes_sysrandom_implementation); }
  ScriptedRandom(const ScriptedRandom&) = delete;
  ScriptedRandom& operator=(const ScriptedRandom&) = delete;
  bool used_up() const { return at_ == script_.size(); }

 private:
  static ScriptedRandom*& current() {
    static ScriptedRandom* c = nullptr;
    return c;
  }
  void fill(void* out, std::size_t n) {
    auto* p = static_cast<std::uint8_t*>(out);
    for (; n > 0 && at_ < script_.size(); --n) *p++ = script_[at_++];
    for (; n > 0; --n) *p++ = static_cast<std::uint8_t>(dice_.next());
  }
  Dice dice_;
  Bytes script_;
  std::size_t at_ = 0;
};

inline crypto::Key key_of(std::uint8_t fill) {
  const Bytes b(32, fill);
  return crypto::Key::from(b).value();
}

/// One office with one node; all keys follow from one byte.
struct Person {
  explicit Person(std::uint8_t fill)
      : keys{crypto::SigningKey::from_seed(key_of(fill)),
             crypto::BoxKey::from_secret(key_of(static_cast<std::uint8_t>(fill + 1))),
             {}},
        nonce_key(key_of(static_cast<std::uint8_t>(fill + 3))) {
    keys.boxes.push_back(crypto::BoxKey::from_secret(key_of(static_cast<std::uint8_t>(fill + 2))));
    office.bytes.fill(fill);
    node.bytes.fill(static_cast<std::uint8_t>(fill + 1));
    incarnation.bytes.fill(static_cast<std::uint8_t>(fill + 2));
    epoch.bytes.fill(static_cast<std::uint8_t>(fill + 3));
  }
  KnownNode known() const { return {node, office, keys.node.public_key()}; }
  Answerer::Me hub() const { return {node, office, epoch, &keys.node, &nonce_key}; }
  Courier::Me courier() const { return {node, epoch, &keys.node}; }
  Issuer issuer() const { return {office, node, epoch}; }

  crypto::Keyring keys;
  crypto::Key nonce_key;
  OfficeId office;
  NodeId node;
  Incarnation incarnation;
  Epoch epoch;
};

/// Everything that one node keeps for one neighbour. `data` is what a transaction rolls back.
class Store : public Outbox, public Inbox, public Link {
 public:
  struct Row {
    StreamName stream;
    Lane lane{};
    Seq seq;
    Bytes bytes;
    int receipted = 0;  ///< how often it went from waiting to stored
  };
  struct ChunkRow {
    AttachmentId attachment;
    std::uint32_t index = 0;
    Bytes bytes;
    bool done = false;
  };
  struct Unfinished {
    Lane lane{};
    std::uint32_t total = 0;
    Intervals have;
    Bytes bytes;
    Millis at = 0;
  };
  struct Data {
    std::map<std::int64_t, Row> rows;
    std::map<std::int64_t, ChunkRow> chunk_rows;
    std::int64_t next_row = 1;
    std::map<Lane, std::deque<Bytes>> pending;  ///< contents not yet cut
    std::map<Lane, std::pair<Seq, Hash>> tips;
    std::map<std::pair<StreamId, Seq>, Envelope> accepted;
    std::map<StreamId, StreamName> streams;
    std::map<std::pair<StreamId, Seq>, Unfinished> parts;
    std::set<std::pair<AttachmentId, std::uint32_t>> chunks_kept;
    std::map<AttachmentId, Chunk> attachments;
    std::map<Hash, std::pair<std::uint64_t, std::pair<FrameType, Bytes>>> control;
    std::uint64_t control_number = 0;
    std::map<std::uint64_t, Told> told;
    std::map<Hash, Statement> heard;
    std::uint64_t hlc = 0;
    LinkState link;
  };

  Store(const Person& me, const Person& peer) : me_(me), peer_(peer) {
    known[me.node] = me.known();
    known[peer.node] = peer.known();
    data.link.peer = peer.node;
    data.link.peer_key = peer.keys.node.public_key();
  }

  // --- what a test puts in ---
  void write(Lane lane, Bytes content) { data.pending[lane].push_back(std::move(content)); }
  /// A row of opaque bytes, without sealing.
  std::int64_t put(Lane lane, std::size_t bytes) {
    const std::int64_t row = data.next_row++;
    Row r;
    r.stream = {me_.office, me_.node, me_.incarnation, peer_.office, lane};
    r.lane = lane;
    auto& tip = data.tips[lane];
    r.seq = tip.first = tip.first.next();
    r.bytes.assign(bytes, static_cast<std::uint8_t>(row));
    data.rows[row] = std::move(r);
    return row;
  }
  std::int64_t put_chunk(const AttachmentId& a, std::uint32_t index, std::uint32_t count, std::size_t bytes) {
    const std::int64_t row = data.next_row++;
    data.chunk_rows[row] = {a, index,
                            sign_chunk(me_.node, peer_.office, a, index, count, Bytes(bytes, 7), me_.keys.node), false};
    return row;
  }
  void state(StatementKind kind, Bytes body) {
    const Statement s = issue(kind, me_.issuer(), Hlc{++data.hlc}, 1000, std::move(body), me_.keys.node);
    const Hash key = statement_key(s).value();
    // The same words again are no news: a receipt that did not change keeps its number.
    auto& slot = data.control[key];
    if (!slot.second.second.empty() && decode_statement(slot.second.second)->body == s.body && !repeat) return;
    const Told before = told(data.control_number).value().value_or(Told{});
    slot = {++data.control_number, {FrameType::statement, s.bytes}};
    const Hash after = crypto::hash(crypto::purpose::told, {before.view(), s.bytes});
    data.told[data.control_number] = Told::from(after.view().first(Told::kSize)).value();
  }
  std::size_t waiting_rows() const {
    std::size_t n = 0;
    for (const auto& [row, r] : data.rows) n += r.receipted == 0;
    for (const auto& [row, c] : data.chunk_rows) n += !c.done;
    for (const auto& [lane, q] : data.pending) n += q.size();
    return n;
  }

  // --- Outbox ---
  Result<std::vector<Queued>> waiting(Lane lane, std::int64_t after, std::size_t most) override {
    std::vector<Queued> out;
    for (auto it = data.rows.upper_bound(after); it != data.rows.end() && out.size() < most; ++it)
      if (it->second.lane == lane && it->second.receipted == 0)
        out.push_back({it->first, it->second.stream.id(), lane, it->second.seq,
                       static_cast<std::uint32_t>(it->second.bytes.size())});
    return out;
  }
  Result<std::optional<Queued>> cut(Lane lane, std::uint64_t) override {
    if (!uncut(lane).value()) return std::nullopt;
    auto& q = data.pending[lane];
    std::vector<Item> items;
    std::size_t bytes = 0;
    while (!q.empty() && items.size() < 8 && (items.empty() || bytes + q.front().size() <= 64 * 1024)) {
      bytes += q.front().size();
      items.push_back({Item::Kind::record, std::move(q.front())});
      q.pop_front();
    }
    auto& [seq, previous] = data.tips[lane];
    EnvelopeHead head;
    head.stream = {me_.office, me_.node, me_.incarnation, peer_.office, lane};
    head.seq = seq.next();
    head.previous = previous;
    head.at.value = ++data.hlc;
    const BoxPublic reader = peer_.keys.boxes[0].public_key();
    const Envelope e = TRY(seal(head, items, std::span(&reader, 1), me_.keys, 1, lane == Lane::flash));
    seq = head.seq;
    previous = e.chain();
    ++cuts;
    const std::int64_t row = data.next_row++;
    data.rows[row] = {head.stream, lane, head.seq, e.bytes, 0};
    return Queued{row, head.stream.id(), lane, head.seq, static_cast<std::uint32_t>(e.bytes.size())};
  }
  Result<bool> uncut(Lane lane) override {
    const auto it = data.pending.find(lane);
    return it != data.pending.end() && !it->second.empty();
  }
  Result<Bytes> envelope(std::int64_t row) override {
    ++fetched;
    return data.rows.at(row).bytes;
  }
  Result<std::vector<QueuedChunk>> chunks(std::int64_t after, std::size_t most) override {
    std::vector<QueuedChunk> out;
    for (auto it = data.chunk_rows.upper_bound(after); it != data.chunk_rows.end() && out.size() < most; ++it)
      if (!it->second.done) out.push_back({it->first, static_cast<std::uint32_t>(it->second.bytes.size())});
    return out;
  }
  Result<Bytes> chunk(std::int64_t row) override { return data.chunk_rows.at(row).bytes; }
  Result<ControlItems> control(std::uint64_t base, std::size_t most_bytes) override {
    std::map<std::uint64_t, const std::pair<FrameType, Bytes>*> sorted;
    for (const auto& [key, item] : data.control)
      if (item.first > base) sorted[item.first] = &item.second;
    ControlItems out;
    out.mark = base;
    std::size_t bytes = 0;
    for (const auto& [number, item] : sorted) {
      if (!out.frames.empty() && bytes + item->second.size() > most_bytes) return out;
      bytes += item->second.size();
      out.frames.push_back(*item);
      out.mark = number;
    }
    return out;
  }
  Result<std::optional<Told>> told(std::uint64_t number) override {
    if (number == 0) return Told{};
    const auto it = data.told.find(number);
    if (it == data.told.end()) return std::nullopt;
    return it->second;
  }
  Result<std::uint64_t> newest_told() override { return data.control_number; }
  Result<Digest> outstanding() override { return Digest{}; }

  // --- Inbox ---
  Result<std::optional<KnownNode>> node(const NodeId& id) override {
    const auto it = known.find(id);
    if (it == known.end()) return std::nullopt;
    return it->second;
  }
  Result<> accept(const Envelope& e, const NodeId&, Tally& tally) override {
    if (fail_next) return fail(std::exchange(fail_next, std::nullopt).value(), "planned");
    const auto id = e.head.stream.id();
    data.streams[id] = e.head.stream;
    touched_.insert(id);
    if (!data.accepted.emplace(std::pair(id, e.head.seq), e).second) {
      ++doubled;
      return {};
    }
    ++tally.envelopes;
    tally.flash = tally.flash || e.head.stream.lane == Lane::flash;
    return {};
  }
  Result<std::optional<Bytes>> keep_part(const Part& p, const NodeId&, Millis now) override {
    ++parts_in;
    if (data.accepted.contains({p.stream, p.seq})) {
      if (data.streams.contains(p.stream)) touched_.insert(p.stream);
      ++doubled;
      return std::nullopt;
    }
    if (!data.parts.contains({p.stream, p.seq})) {
      std::vector<std::pair<Millis, std::pair<StreamId, Seq>>> same;
      for (const auto& [key, u] : data.parts)
        if (u.lane == p.lane) same.emplace_back(u.at, key);
      std::sort(same.begin(), same.end());
      if (same.size() >= limit::unfinished_per_lane) data.parts.erase(same.front().second);
    }
    Unfinished& u = data.parts[{p.stream, p.seq}];
    if (u.total != p.total) {
      u = {};
      u.total = p.total;
      u.bytes.resize(p.total);
    }
    u.lane = p.lane;
    u.at = now;
    if (u.have.covers(p.offset, p.offset + static_cast<std::uint32_t>(p.bytes.size()))) ++doubled_parts;
    std::copy(p.bytes.begin(), p.bytes.end(), u.bytes.begin() + p.offset);
    u.have.add(p.offset, p.offset + static_cast<std::uint32_t>(p.bytes.size()));
    if (!u.have.covers(0, u.total)) return std::nullopt;
    return u.bytes;
  }
  Result<> drop_parts(const StreamId& s, Seq seq, const NodeId&) override {
    data.parts.erase({s, seq});
    return {};
  }
  Result<std::vector<Have>> unfinished(const NodeId&) override {
    std::vector<Have> out;
    for (const auto& [key, u] : data.parts) out.push_back({key.first, key.second, u.total, u.have.ranges(128)});
    return out;
  }
  Result<> apply(const Statement& s, const NodeId&, Tally& tally) override {
    const Hash key = TRY(statement_key(s));
    const auto it = data.heard.find(key);
    if (it != data.heard.end() && !(it->second.order() < s.order())) return {};
    data.heard[key] = s;
    ++tally.received[0];
    if (s.kind == StatementKind::receipt) {
      const Receipt r = TRY(decode_receipt(s.body));
      for (auto& [row, x] : data.rows)
        if (x.receipted == 0 && x.stream == r.stream && r.covers(x.seq)) {
          ++x.receipted;
          ++tally.sent[static_cast<std::size_t>(x.lane)];
        }
    }
    if (s.kind == StatementKind::chunk_receipt) {
      const ChunkReceipt r = TRY(decode_chunk_receipt(s.body));
      for (auto& [row, c] : data.chunk_rows)
        for (const auto& [a, b] : r.ranges)
          if (c.attachment == r.attachment && a <= c.index && c.index <= b) c.done = true;
    }
    return {};
  }
  Result<> learn(FrameType, ByteView, const NodeId&, Tally&) override {
    ++learned;
    return {};
  }
  Result<> keep_chunk(const Chunk& c, const NodeId&, Tally& tally) override {
    if (!data.chunks_kept.insert({c.attachment, c.index}).second) ++doubled;
    Chunk keep = c;
    keep.ciphertext = {};
    keep.bytes.clear();
    data.attachments[c.attachment] = keep;
    touched_attachments_.insert(c.attachment);
    ++tally.received[4];
    return {};
  }
  Result<> settle(Millis) override {
    for (const StreamId& id : touched_) {
      Receipt r;
      r.kind = ReceiptKind::stored;
      r.stream = data.streams.at(id);
      for (auto it = data.accepted.find({id, r.upto.next()}); it != data.accepted.end();
           it = data.accepted.find({id, r.upto.next()})) {
        r.upto = r.upto.next();
        r.chain = it->second.chain();
      }
      for (const auto& [key, e] : data.accepted) {
        if (key.first != id || key.second <= r.upto) continue;
        if (!r.ranges.empty() && r.ranges.back().second.next() == key.second)
          r.ranges.back().second = key.second;
        else if (r.ranges.size() < limit::receipt_ranges)
          r.ranges.emplace_back(key.second, key.second);
      }
      repeat = true;  // told again, since the other side seems not to know
      state(StatementKind::receipt, encode(r));
      repeat = false;
    }
    for (const AttachmentId& a : touched_attachments_) {
      const Chunk& c = data.attachments.at(a);
      ChunkReceipt r{c.author, c.destination, a, c.count, {}};
      Intervals have;
      for (const auto& [id, index] : data.chunks_kept)
        if (id == a) have.add(index, index + 1);
      for (const auto& [from, to] : have.ranges(limit::receipt_ranges)) r.ranges.emplace_back(from, to - 1);
      repeat = true;
      state(StatementKind::chunk_receipt, encode(r));
      repeat = false;
    }
    touched_.clear();
    touched_attachments_.clear();
    return {};
  }
  void refused(const NodeId&, const Error& e) override { refusals.push_back(e); }

  // --- Link ---
  Result<LinkState> load() override { return data.link; }
  Result<> save(const LinkState& s) override {
    old_copies += s.forgotten;
    data.link = s;
    if (s.forgotten && as_old_copy) as_old_copy();
    return {};
  }

  Data data;
  std::map<NodeId, KnownNode> known;
  std::vector<Error> refusals;
  std::optional<Fault> fail_next;  ///< the next accept fails with it
  std::size_t doubled = 0, doubled_parts = 0, parts_in = 0, learned = 0, cuts = 0, fetched = 0;
  bool repeat = false;
  int old_copies = 0;  ///< how often the link was saved as that of an old copy
  std::function<void()> as_old_copy;

 private:
  const Person& me_;
  const Person& peer_;
  std::set<StreamId> touched_;
  std::set<AttachmentId> touched_attachments_;
};

/// The hub's whole side: takes a request body, whole or cut short, and gives the answer body.
struct Hub {
  Hub(const Person& me, Store& s) : person(me), store(s), sender(s) {}
  /// Nothing when the body was cut (then what came whole was kept), or refused (see `error`).
  std::optional<Bytes> answer(ByteView body, Millis now, bool whole = true) {
    Answerer a(person.hub(), store, store, store, sender);
    if (body.size() < kRequestHeadBytes) return std::nullopt;
    const auto saved = store.data;
    const auto opened = a.open(body.first(kRequestHeadBytes), now);
    if (!opened) {
      error = opened.error();
      return std::nullopt;
    }
    if (*opened) {
      FrameReader reader;
      reader.add(body.subspan(kRequestHeadBytes));
      for (;;) {
        const auto f = reader.next();
        if (!f || !*f) break;
        if (auto took = a.take(**f, now); !took) {
          error = took.error();
          store.data = saved;
          return std::nullopt;
        }
      }
    }
    if (!whole) {
      (void)store.settle(now);
      return std::nullopt;
    }
    auto out = a.close(Hlc{++store.data.hlc}, now, 0);
    if (!out) {
      error = out.error();
      store.data = saved;
      return std::nullopt;
    }
    return std::move(*out);
  }
  Bytes hello(Millis now) { return hello_answer(person.hub(), Hlc{++store.data.hlc}, now); }

  const Person& person;
  Store& store;
  Sender sender;
  Error error{};
};

/// Frames of a body behind its head.
inline std::vector<std::pair<FrameType, Bytes>> frames_of(ByteView after_head) {
  FrameReader r;
  r.add(after_head);
  std::vector<std::pair<FrameType, Bytes>> out;
  for (;;) {
    const auto f = r.next();
    if (!f || !*f) return out;
    out.emplace_back((*f)->type, Bytes((*f)->bytes.begin(), (*f)->bytes.end()));
  }
}
inline std::vector<std::pair<FrameType, Bytes>> frames_of(const Courier::Outgoing& o) {
  return o.hello ? std::vector<std::pair<FrameType, Bytes>>{} : frames_of(ByteView(o.body).subspan(kRequestHeadBytes));
}
/// Lane of an envelope or part frame; bulk for chunks, control for the rest.
inline Lane lane_of(const std::pair<FrameType, Bytes>& f) {
  if (f.first == FrameType::envelope)
    return static_cast<Lane>(f.second.size() > 5 && f.second[0] == 'Y' ? f.second[5] : 0);
  if (f.first == FrameType::part) return decode_part(f.second)->lane;
  return f.first == FrameType::chunk ? Lane::bulk : Lane::control;
}

}  // namespace yz::fake
