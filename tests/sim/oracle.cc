#include "tests/sim/oracle.h"

#include <algorithm>
#include <set>

#include "sync/envelope.h"

namespace yz::sim {
namespace {

std::uint64_t sum_of(const auto& days) {
  std::uint64_t n = 0;
  for (const auto& [author, day] : days) n += day.used.envelopes + day.flash.envelopes;
  return n;
}

// Private to the inbox; an explicit instantiation may name it all the same.
struct Days {
  friend std::uint64_t counted(const node::StoreInbox&, Days);
};
template <auto Today>
struct OpenInbox {
  friend std::uint64_t counted(const node::StoreInbox& inbox, Days) { return sum_of(inbox.*Today); }
};
template struct OpenInbox<&node::StoreInbox::today_>;

bool is_version(sync::RecordType t) {
  using enum sync::RecordType;
  return t == report || t == followup || t == final_report || t == correction || t == withdrawal || t == zero_report;
}

struct Case {
  std::map<RecordId, sync::Record> versions;
  std::set<RecordId> replaced;
  std::vector<RecordId> heads() const {
    std::vector<RecordId> out;
    for (const auto& [id, r] : versions)
      if (!replaced.contains(id)) out.push_back(id);
    return out;
  }
};

}  // namespace

std::string wrong_in_cases(Office& o) {
  std::map<std::int64_t, Case> cases;
  {
    auto q = o.store().db().query("select matter, id, bytes from record where quarantine = 0");
    if (!q) return "records cannot be read";
    while (q->step().value_or(false)) {
      const auto r = sync::decode_record(q->blob(2));
      if (!r) return "a stored record does not decode";
      if (!is_version(r->record.type)) continue;
      Case& c = cases[q->integer(0)];
      c.versions.emplace(*q->id<RecordId>(1), r->record);
      c.replaced.insert(r->record.parents.begin(), r->record.parents.end());
    }
  }
  for (const auto& [matter, c] : cases) {
    const auto heads = c.heads();
    const bool withdrawn = std::ranges::all_of(
        heads, [&](const RecordId& id) { return c.versions.at(id).type == sync::RecordType::withdrawal; });
    auto q = o.store().db().query("select conflict, state from matter where row = ?", matter);
    if (!q || !q->step().value_or(false)) return "records of no case";
    const bool conflict = q->integer(0) != 0;
    const bool shown_withdrawn = q->integer(1) == static_cast<int>(node::ReportState::withdrawn);
    // Two withdrawals of one thing are one decision.
    if (!withdrawn && conflict != (heads.size() > 1))
      return std::to_string(heads.size()) + " versions stand side by side and the case is " +
             (conflict ? "called a conflict" : "not called a conflict");
    if (shown_withdrawn != withdrawn)
      return withdrawn ? "a withdrawn case is shown as standing" : "a standing case is shown as withdrawn";
    const auto n = o.number(
        "select count(*) from record where replaced = 0 and quarantine = 0 and type in"
        " (1, 2, 3, 4, 5, 14) and matter = " +
        std::to_string(matter));
    if (n.value_or(-1) != static_cast<std::int64_t>(heads.size())) return "a version went out of sight";
  }
  return {};
}

std::string wrong_in_streams(Office& o) {
  auto s = o.store().db().query("select row, tip, chain from stream where own < 2");
  if (!s) return "streams cannot be read";
  while (s->step().value_or(false)) {
    std::multimap<std::uint64_t, std::pair<Hash, Hash>> envelopes;  // number; what it names, what follows from it
    auto q = o.store().db().query("select bytes from envelope where stream = ?", s->integer(0));
    while (q->step().value_or(false)) {
      const auto e = sync::decode_envelope(q->blob(0));
      if (!e) return "a stored envelope does not decode";
      envelopes.emplace(e->head.seq.value, std::pair(e->head.previous, e->chain()));
    }
    // Of two histories either may have been followed.
    std::set<Hash> ends{Hash{}};
    for (std::int64_t seq = 1; seq <= s->integer(1); ++seq) {
      std::set<Hash> next;
      const auto [from, to] = envelopes.equal_range(static_cast<std::uint64_t>(seq));
      for (auto e = from; e != to; ++e)
        if (ends.contains(e->second.first)) next.insert(e->second.second);
      if (next.empty()) return "a stream is called whole beyond a gap or into another history";
      ends = std::move(next);
    }
    if (!ends.contains(*s->id<Hash>(2))) return "a stream's chain value is not that of its envelopes";
  }
  return {};
}

std::string wrong_in_receipts(Office& o) {
  auto q =
      o.store().db().query("select bytes from control where type = ?", static_cast<int>(sync::FrameType::statement));
  if (!q) return "what was told cannot be read";
  while (q->step().value_or(false)) {
    const auto s = sync::decode_statement(q->blob(0));
    if (!s) return "a statement of its own does not decode";
    if (s->node != o.store().me().node) continue;  // another's, passed on
    if (s->kind == sync::StatementKind::chunk_receipt) {
      const auto r = sync::decode_chunk_receipt(s->body);
      for (const auto& [a, b] : r->ranges) {
        auto n = o.store().blobs().query(
            "select count(*) from chunk c join attachment a on a.row = c.attachment"
            " where a.id = ? and a.own = 0 and c.position between ? and ?",
            r->attachment, a, b);
        if (!n->step().value_or(false) || n->integer(0) != b - a + 1) return "a receipt names a chunk that is not here";
      }
    } else if (s->kind == sync::StatementKind::receipt) {
      const auto r = sync::decode_receipt(s->body);
      if (r->kind == sync::ReceiptKind::custody) continue;
      const bool opened = r->kind == sync::ReceiptKind::opened;
      auto n = o.store().db().query(
          "select count(distinct seq) from envelope e join stream s on s.row = e.stream"
          " where s.id = ? and e.own = 0 and e.seq <= ? and (e.done_ms <> 0 or not ?)",
          r->stream.id(), r->upto.value, opened ? 1 : 0);
      if (!n->step().value_or(false) || static_cast<std::uint64_t>(n->integer(0)) != r->upto.value)
        return opened ? "a receipt calls opened what is not" : "a receipt names an envelope that is not here";
    }
  }
  return {};
}

std::string wrong_in_hearing(Office& from, Office& to) {
  auto q = from.store().db().query("select bytes from control where type = ? and peer in (x'', ?)",
                                   static_cast<int>(sync::FrameType::statement), to.store().me().node);
  if (!q) return "what was told cannot be read";
  while (q->step().value_or(false)) {
    const auto s = sync::decode_statement(q->blob(0));
    if (!s) return "a statement of its own does not decode";
    if (s->epoch != from.store().me().epoch) continue;  // of the store that this one was copied from
    const auto key = sync::statement_key(*s);
    if (!key) return "a statement of its own is about nothing";
    // A newer one can have come in a request that broke off, from a store that is an old copy since.
    auto held = to.store().db().query("select bytes from statement where key = ?", *key);
    if (!held->step().value_or(false)) continue;
    const auto has = sync::decode_statement(held->blob(0));
    if (!has || has->order() < s->order())
      return std::string("the other side holds an older word of it than its last, of kind ") +
             std::to_string(static_cast<int>(s->kind));
  }
  return {};
}

std::string wrong_in_words(Office& o, Words& before) {
  auto q = o.store().db().query("select key, epoch, hlc from statement");
  if (!q) return {};  // whoever uses the store next says so
  while (q->step().value_or(false)) {
    auto& [epoch, at] = before[q->blob(0)];
    if (epoch == q->blob(1) && q->integer(2) < at) return "an older word of a neighbour replaced its newest";
    epoch = q->blob(1);
    at = q->integer(2);
  }
  return {};
}

std::string wrong_in_quota(Office& o) {
  const auto envelopes = o.number("select count(*) from envelope where own = 0");
  auto q =
      o.store().blobs().query("select count(*) from chunk c join attachment a on a.row = c.attachment where own=0");
  if (!envelopes || !q || !q->step().value_or(false)) return {};  // whoever uses the store next says so
  const auto stored = static_cast<std::uint64_t>(*envelopes + q->integer(0));
  const std::uint64_t used = counted(o.inbox(), Days{});
  if (used > stored)
    return std::to_string(used) + " things count against the senders' days, " + std::to_string(stored) + " are stored";
  return {};
}

std::string wrong_in_directory(Office& o) {
  const auto n = o.number("select count(*) from officer where name = '" + std::string(kForgedName) + "'");
  if (n.value_or(-1) != 0) return "a forged certificate is believed";
  return {};
}

}  // namespace yz::sim
