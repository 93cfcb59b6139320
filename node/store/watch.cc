#include "node/store/watch.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "node/store/alike.h"
#include "node/store/heads.h"
#include "node/store/line_superiors.h"
#include "node/store/link.h"
#include "node/store/policies.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

using sync::Millis;

constexpr Millis kSilent = 26 * sync::kHourMs;      // a head comes at least daily
constexpr Millis kRegistrySettles = sync::kHourMs;  // a new certificate may be on its way
constexpr Millis kAnnouncedLimit = 60 * sync::kMinuteMs;
constexpr std::array<std::string_view, 6> kCodes{
    "held.back", "gap", "not.taken", "nothing.heard", "registry.differs", "announced.missing"};

struct Contact {
  OfficeId office;
  Side side{};
  Millis since = 0, last = 0;
  sync::Epoch epoch;  // of its store now
  /// How long this neighbour has been within reach without a break since `then`; 0 when it is not now.
  Millis with_us(Millis then, Millis now) const {
    if (last == 0 || now - last > kContactGapMs) return 0;
    return std::max<Millis>(0, now - std::max(since, then));
  }
};

class Look {
 public:
  Look(Store& store, Directory& directory, Millis now, const Patience& patience)
      : store_(store), directory_(directory), now_(now), patience_(patience) {}

  Result<> all() {
    TRY(read_contacts());
    TRY(read_statements());
    for (const auto& [id, e] : expected_) TRY(stream(e));
    TRY(silence());
    TRY(not_taken());
    return settle();
  }

 private:
  /// The furthest that anybody's signature says of a stream to us.
  struct Expected {
    sync::StreamName name;
    std::uint64_t upto = 0, by_head = 0;                                         // by anybody; by its author
    std::vector<std::pair<sync::Receipt, std::pair<OfficeId, Millis>>> custody;  // with issuer and when it came
  };
  struct Raised {
    std::string_view code;
    std::string message, office;
    auto operator<=>(const Raised&) const = default;
  };

  Result<> read_contacts() {
    Query q =
        TRY(store_.db().query("select peer, office, upward, contact_since_ms, last_contact_ms, peer_epoch from link"));
    while (TRY(q.step())) {
      Contact c{TRY(q.id<OfficeId>(1)), static_cast<Side>(q.integer(2)), q.integer(3), q.integer(4),
                TRY(q.id<sync::Epoch>(5))};
      contacts_.emplace(TRY(q.id<NodeId>(0)), c);
    }
    Query life = TRY(store_.db().query("select coalesce(max(at_ms), 0) from journal where action = 'incarnation'"));
    if (TRY(life.step())) began_ = life.integer(0);
    return {};
  }

  Result<> read_statements() {
    Query q = TRY(store_.db().query("select kind, bytes, at_ms from statement where kind in (1, 2)"));
    while (TRY(q.step())) {
      const auto s = sync::decode_statement(q.blob(1));
      if (!s) return fail(Fault::corrupt, "a stored statement is damaged", "store.statement");
      if (s->kind == sync::StatementKind::head)
        TRY(head(*s, q.integer(2)));
      else
        TRY(receipt(*s, q.integer(2)));
    }
    return {};
  }

  Expected& expect(const sync::StreamName& name, std::uint64_t upto) {
    Expected& e = expected_[name.id()];
    e.name = name;
    e.upto = std::max(e.upto, upto);
    return e;
  }

  Result<> head(const sync::Statement& s, Millis came) {
    const auto h = sync::decode_head(s.body);
    if (!h || h->destination != store_.me().office) return {};
    constexpr std::array kLanes{sync::Lane::flash, sync::Lane::urgent, sync::Lane::routine};
    for (std::size_t i = 0; i < kLanes.size(); ++i)
      if (const std::uint64_t seq = h->lanes[i].seq.value; seq > 0)
        expect({s.office, s.node, h->incarnation, h->destination, kLanes[i]}, seq).by_head = seq;
    Millis& newest = heard_[s.office];
    newest = std::max(newest, came);
    // Who stands above us tells us neither all its people nor what it sends up: neither is missing here.
    if (TRY(above_us(s.office))) return {};
    TRY(compare_registry(s.office, s.office, h->registry, came));
    for (const auto& a : h->flash) {
      if (a.to == store_.me().office) continue;
      const Millis age = (now_ - came) + std::max<Millis>(0, s.unix_ms - a.at_ms);
      if (age > kAnnouncedLimit && age < 30 * 24 * sync::kHourMs && !TRY(here(a.record)))
        TRY(raise("announced.missing", "a flash was sent to another office and nothing of it has come here", s.office,
                  TRY(name_of(a.to))));
    }
    return {};
  }

  Result<> receipt(const sync::Statement& s, Millis came) {
    const auto r = sync::decode_receipt(s.body);
    if (!r) return {};
    // Those below do not register our people: of them they know who has written to them.
    if (r->kind == sync::ReceiptKind::stored && r->stream.author == store_.me().office &&
        TRY(lies_below(store_, s.office, store_.me().office)))
      return {};
    if (r->kind == sync::ReceiptKind::stored && r->stream.author == store_.me().office)
      return compare_registry(s.office, store_.me().office, r->registry, came);
    if (r->kind != sync::ReceiptKind::custody || r->stream.destination != store_.me().office ||
        s.office == r->stream.author)
      return {};
    // Who was put back from a copy may have lost what it had: that is a gap, and no wrong.
    const auto now_there = contacts_.find(s.node);
    if (now_there != contacts_.end() && now_there->second.epoch != s.epoch) return {};
    if (s.at.ms() <= began_) return {};  // nor who gave it to us before we were put back
    const std::uint64_t upto = r->ranges.empty() ? r->upto.value : r->ranges.back().second.value;
    expect(r->stream, upto).custody.push_back({*r, {s.office, came}});
    return {};
  }

  /// `who` says what it has registered for `about`. What became known here within the hour may not be there yet.
  Result<> compare_registry(const OfficeId& who, const OfficeId& about, const Hash& theirs, Millis came) {
    if (theirs.zero() || !TRY(near(who))) return {};  // who went elsewhere, or whom we left, hears less than before
    Query q =
        TRY(store_.db().query("select max(at_ms) from (select at_ms from office where id = ?1 union all select"
                              " at_ms from node where office = ?1 union all select at_ms from officer where"
                              " office = ?1)",
                              about));
    TRY(q.step());
    if (came < q.integer(0) + kRegistrySettles || theirs == TRY(directory_.registry(about))) return {};
    return raise("registry.differs", "the certificates of an office are not the same here and there", who, "");
  }

  /// By certificates, or because we registered with it.
  Result<bool> above_us(const OfficeId& office) {
    const auto o = TRY(directory_.office(office));
    return (o && o->state == OfficeState::superior) || TRY(lies_below(store_, store_.me().office, office));
  }

  /// It stands above or below us now, or is registered with us or we with it.
  Result<bool> near(const OfficeId& office) {
    const auto o = TRY(directory_.office(office));
    if (o && (o->state == OfficeState::below || o->state == OfficeState::superior)) return true;
    return TRY(lies_below(store_, office, store_.me().office)) || TRY(lies_below(store_, store_.me().office, office));
  }

  Result<bool> here(const RecordId& id) {
    Query q = TRY(store_.db().query("select 1 from record where id = ?", id));
    return q.step();
  }

  /// What is missing of a stream to us, since when, and whether somebody has it in hand.
  Result<> stream(const Expected& e) {
    Database& db = store_.db();
    std::int64_t row = 0, tip = 0, since = 0, then = 0, held = 0;
    {
      Query q = TRY(db.query("select row, tip, missing_ms, missing_tip from stream where id = ?", e.name.id()));
      if (!TRY(q.step())) {
        if (!TRY(may_begin(e.name.node))) return {};
        TRY(
            db.run("insert into stream(id, author, node, incarnation, destination, lane, own, chain)"
                   " values(?, ?, ?, ?, ?, ?, 0, ?)",
                   e.name.id(), e.name.author, e.name.node, e.name.incarnation, e.name.destination,
                   static_cast<int>(e.name.lane), Hash{}));
        return stream(e);
      }
      row = q.integer(0), tip = q.integer(1), since = q.integer(2), then = q.integer(3);
    }
    if (static_cast<std::uint64_t>(tip) < e.upto) {
      Query q = TRY(db.query("select count(distinct seq) from envelope where stream = ? and seq > ? and seq <= ?", row,
                             tip, e.upto));
      TRY(q.step());
      held = q.integer(0);
    }
    const bool missing = static_cast<std::uint64_t>(tip + held) < e.upto;
    if (!missing || since == 0 || then != tip || since > now_) {
      since = missing ? now_ : 0;
      TRY(db.run("update stream set missing_ms = ?, missing_tip = ? where row = ?", since, tip, row));
    }
    if (!missing || now_ - since <= patience_.of(e.name.lane)) return {};
    const std::string what = std::string(sync::name_of(e.name.lane)) + " " + std::to_string(tip + 1);
    for (const auto& [r, who] : e.custody)
      if (r.covers(sync::Seq{static_cast<std::uint64_t>(tip) + 1}) &&
          in_reach(who.first, std::max(since, who.second)) > patience_.of(e.name.lane))
        return raise("held.back", "an office has taken what is for us and does not hand it on", who.first,
                     TRY(name_of(e.name.author)) + " " + what);
    if (static_cast<std::uint64_t>(tip) >= e.by_head) return {};  // not the author's word
    return raise("gap", "a signed head names what has not come", e.name.author, what);
  }

  /// A peer must not fill our disk with streams that it makes up.
  Result<bool> may_begin(const NodeId& node) {
    Query n = TRY(store_.db().query("select count(*) from stream where own = 0 and tip = 0 and node = ?", node));
    TRY(n.step());
    return n.integer(0) < static_cast<std::int64_t>(sync::limit::empty_streams);
  }

  Millis in_reach(const OfficeId& office, Millis since) const {
    Millis longest = 0;
    for (const auto& [peer, c] : contacts_)
      if (c.office == office) longest = std::max(longest, c.with_us(since, now_));
    return longest;
  }

  /// Who stands under us, or under one of those, sends a head every day. Of whom no word ever came, the time runs from
  /// when its certificate did.
  Result<> never_heard() {
    Query q =
        TRY(store_.db().query("select o.id, o.at_ms from office o join office p on p.id = o.superior where"
                              " o.certificate is not null and o.id <> ?1 and (o.superior = ?1 or p.superior = ?1)",
                              store_.me().office));
    while (TRY(q.step())) heard_.try_emplace(TRY(q.id<OfficeId>(0)), q.integer(1));
    return {};
  }

  Result<> silence() {
    TRY(never_heard());
    for (const auto& [peer, c] : contacts_)
      if (c.side == Side::below && c.last > 0) {
        Millis& newest = heard_[c.office];
        newest = std::max(newest, c.last);
      }
    for (const auto& [office, last] : heard_) {
      if (last == 0 || now_ - last <= kSilent) continue;
      const auto known = TRY(directory_.office(office));
      if (!known || known->state == OfficeState::revoked || !TRY(near(office))) continue;
      const auto hop = TRY(next_hop(store_, office));
      const auto by = hop ? contacts_.find(*hop) : contacts_.end();
      const bool another = by != contacts_.end() && by->second.office != office;
      TRY(raise("nothing.heard", "nothing was heard of an office for more than 26 hours", office,
                another ? TRY(name_of(by->second.office)) : std::string()));
    }
    return {};
  }

  /// What waits for a neighbour that has been within reach all the while.
  Result<> not_taken() {
    for (const auto& [peer, c] : contacts_)
      for (const sync::Lane lane : {sync::Lane::flash, sync::Lane::urgent, sync::Lane::routine}) {
        Query q = TRY(
            store_.db().query("select min(at_ms) from (select e.at_ms from envelope e join stream s on s.row = e.stream"
                              " where e.own = 1 and e.state = 0 and e.peer = ?1 and s.lane = ?2 union all select"
                              " e.at_ms from carry y join envelope e on e.row = y.envelope join stream s on s.row ="
                              " e.stream where y.state = 0 and y.peer = ?1 and s.lane = ?2)",
                              peer, static_cast<int>(lane)));
        if (!TRY(q.step()) || q.null(0) || c.with_us(q.integer(0), now_) <= patience_.of(lane)) continue;
        TRY(raise("not.taken", "a neighbour is within reach and does not take what waits for it", c.office,
                  sync::name_of(lane)));
      }
    return {};
  }

  Result<std::string> name_of(const OfficeId& id) {
    const auto o = TRY(directory_.office(id));
    return o ? o->name : hex(id.view());
  }

  Result<> raise(std::string_view code, std::string message, const OfficeId& office, std::string_view detail) {
    const auto o = TRY(directory_.office(office));
    if (!detail.empty()) message.append(": ").append(detail);
    raised_.insert({code, std::move(message), o ? o->code : hex(office.view())});
    return {};
  }

  /// The alarms become what was seen now.
  Result<> settle() {
    std::set<Raised> standing;
    for (const std::string_view code : kCodes) {
      Query q = TRY(store_.db().query("select message, office from alarm where code = ?", code));
      while (TRY(q.step())) standing.insert({code, q.text(0), q.text(1)});
    }
    for (const Raised& r : standing)
      if (!raised_.contains(r)) {
        TRY(store_.db().run("delete from alarm where code = ? and message = ? and office = ?", r.code, r.message,
                            r.office));
        TRY(store_.journal("node", "alarm.over", r.office, std::string(r.code) + ": " + r.message, now_));
      }
    for (const Raised& r : raised_)
      if (!standing.contains(r)) {
        TRY(store_.alarm(r.code, r.message, r.office, now_));
        TRY(store_.journal("node", "alarm", r.office, std::string(r.code) + ": " + r.message, now_));
      }
    return {};
  }

  Store& store_;
  Directory& directory_;
  Millis now_;
  Patience patience_;
  Millis began_ = 0;  // when this store was put back from a copy
  std::map<NodeId, Contact> contacts_;
  std::map<sync::StreamId, Expected> expected_;
  std::map<OfficeId, Millis> heard_;  // when the newest head of an office came
  std::set<Raised> raised_;
};

}  // namespace

Millis Patience::of(sync::Lane lane) const {
  return lane == sync::Lane::flash ? flash : lane == sync::Lane::urgent ? urgent : routine;
}

Result<> watch(Store& store, Directory& directory, Millis now, const Patience& patience) {
  TRY(tell_policies_that_begin(store, now));
  return Look(store, directory, now, patience).all();
}

Result<> tell_and_watch(Store& store, Directory& directory, Millis now, const Patience& patience) {
  TRY(help_siblings(store, now));
  TRY(tell_line_superiors(store, now));
  TRY(end_parted_links(store));
  TRY(note_texts(store, 64));
  TRY(tell_heads_if_due(store, directory, now));
  return watch(store, directory, now, patience);
}

}  // namespace yz::node
