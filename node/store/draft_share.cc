// What machines of one office tell each other of drafts, and what becomes of it.
#include <algorithm>

#include "crypto/hash.h"
#include "crypto/random.h"
#include "node/log.h"
#include "node/store/directory.h"
#include "node/store/drafts.h"
#include "node/store/routes.h"
#include "node/store/siblings.h"
#include "sync/draft_part.h"

namespace yz::node {
namespace {

constexpr std::int64_t kDraftsAtOnce = 64;  // drafts told at a time, from time to time
constexpr std::int64_t kPartsMost = 2048;   // of one machine, before they are whole: 16 MiB

struct Machine {
  NodeId node;
  BoxPublic box;
};

/// Machines that drafts are told to: linked, confirmed, with a key in our node list.
Result<std::vector<Machine>> readers(Store& store) {
  std::vector<Machine> out;
  const auto others = TRY(siblings(store));
  if (others.empty()) return out;
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", store.me().office));
  if (!TRY(q.step())) return out;
  const auto s = sync::decode_statement(q.blob(0));
  if (!s) return fail(Fault::corrupt, "a stored node list is damaged");
  for (const auto& n : TRY(sync::decode_node_list(s->body)).nodes) {
    if (std::ranges::find(others, n.node) == others.end()) continue;
    if (TRY(node_is_revoked(store, n.node)) || TRY(unconfirmed(store, n.node))) continue;
    out.push_back({n.node, n.box});
  }
  return out;
}

bool is_shared(const DraftState& s) {
  const auto shared = [](const DraftVersion& v) { return is_shared_draft(v.extras); };
  return std::ranges::all_of(s.heads, shared) && std::ranges::all_of(s.before, shared);
}

Hash control_key(const Store& store, const NodeId& to, const CaseId& draft, std::uint8_t index) {
  const std::uint8_t kind = static_cast<std::uint8_t>(sync::StatementKind::draft);
  return crypto::hash(crypto::purpose::statement,
                      {ByteView(&kind, 1), store.me().node.view(), to.view(), draft.view(), ByteView(&index, 1)});
}

/// With what heads were written from if it fits; a merge elsewhere then disputes more than it must, and loses nothing.
Result<Bytes> sealed_state(const sync::DraftWay& way, const DraftState& s, const BoxPublic& box) {
  auto sealed = sync::seal_draft(way, encode(s), box);
  if (sealed || sealed.error().fault != Fault::full) return sealed;
  return sync::seal_draft(way, encode(s, false), box);
}

Result<> tell_one(Store& store, const DraftState& s, const Machine& to, sync::Millis now) {
  const Identity& me = store.me();
  const sync::DraftWay way{me.office, me.node, to.node, s.draft, crypto::random_fixed<sync::DraftTag>()};
  std::vector<sync::DraftPart> parts;
  const std::string name = base32(s.draft.view());
  const auto sealed = is_shared(s) ? sealed_state(way, s, to.box) : Result<Bytes>();
  if (!is_shared(s)) {
    // Nothing is told, and it is not asked about again.
  } else if (sealed) {
    parts = sync::split_draft(way, *sealed);
    TRY(store.db().run("delete from alarm where code = 'draft.too-long' and instr(message, ?) > 0", name));
  } else if (sealed.error().fault == Fault::full) {
    TRY(store.alarm("draft.too-long",
                    "a draft is too long to be shared with this office's other machines; finish it here, or"
                    " shorten it: " +
                        name,
                    "", now));
  } else {
    return std::unexpected(sealed.error());
  }
  std::int64_t before = 0;
  {
    Query q = TRY(store.db().query("select parts from draft_told where case_id = ? and peer = ?", s.draft, to.node));
    if (TRY(q.step())) before = q.integer(0);
  }
  for (const sync::DraftPart& p : parts) {
    const sync::Statement said = sync::issue(sync::StatementKind::draft, {me.office, me.node, me.epoch},
                                             TRY(store.tick(now)), now, sync::encode(p), store.keys().node);
    TRY(store.tell(control_key(store, to.node, s.draft, p.index), to.node, sync::FrameType::statement, said.bytes));
  }
  for (auto i = static_cast<std::int64_t>(parts.size()); i < before; ++i)
    TRY(store.db().run("delete from control where key = ?",
                       control_key(store, to.node, s.draft, static_cast<std::uint8_t>(i))));
  return store.db().run(
      "insert into draft_told(case_id, peer, state, parts) values(?, ?, ?, ?) on conflict(case_id, peer) do update set"
      " state = excluded.state, parts = excluded.parts",
      s.draft, to.node, s.name(), parts.size());
}

Result<bool> knows(Store& store, const DraftState& s, const NodeId& peer) {
  Query q = TRY(store.db().query("select 1 from draft_told where case_id = ? and peer = ? and state = ?", s.draft, peer,
                                 s.name()));
  return q.step();
}

/// Officers of ours signed what is fixed: another machine's word alone is not enough. Fault::missing when a
/// certificate has not come yet.
Result<> check_signers(Store& store, const DraftState& s) {
  Directory directory(store);
  for (const auto* list : {&s.heads, &s.before})
    for (const DraftVersion& v : *list)
      for (const auto& signature : v.signatures) {
        const auto officer = TRY(directory.officer(signature.officer));
        if (!officer) return fail(Fault::missing, "a draft's signer is not known here", "unknown-certificate");
        if (officer->office != store.me().office ||
            !sync::verify_record(sync::record_id(v.content), signature, officer->key))
          return fail(Fault::forged, "a draft's signature is wrong", "draft.signature");
      }
  return {};
}

Result<> room_for_draft(Store& store) {
  Query q = TRY(store.db().query("select sum(live = 1), sum(live = 0) from draft_case"));
  TRY(q.step());
  if (q.integer(0) >= kDraftsMost || q.integer(1) >= 2 * kDraftsGone)
    return fail(Fault::denied, "too many drafts are kept already", "draft.many");
  return {};
}

Result<> take_state(Store& store, const DraftState& theirs, const NodeId& from, sync::Millis now) {
  const DraftState ours = TRY(draft_state(store, theirs.draft));
  if (ours.heads.empty()) {
    TRY(room_for_draft(store));
    TRY(keep_draft_state(store, theirs, now));
    return tell_draft(store, theirs.draft, from, now);
  }
  if (ours.case_office != theirs.case_office) return fail(Fault::forged, "a draft changed its case", "draft.form");
  const DraftState all = joined(ours, theirs);
  if (all.name() != ours.name()) {
    TRY(keep_draft_state(store, all, now));
    TRY(tell_draft(store, all.draft, all.name() == theirs.name() ? std::optional(from) : std::nullopt, now));
    return {};
  }
  if (all.name() == theirs.name()) return {};
  // It lacks what we have: it was put back from a copy, or our words crossed.
  TRY(store.db().run("delete from draft_told where case_id = ? and peer = ?", all.draft, from));
  return tell_draft(store, all.draft, std::nullopt, now);
}

Result<> drop_parts(Store& store, const NodeId& peer, const CaseId& draft) {
  return store.db().run("delete from draft_part where peer = ? and case_id = ?", peer, draft);
}

/// Opens and takes in what has come whole; leaves it where it has to wait.
Result<> take_whole(Store& store, const NodeId& from, const CaseId& draft, sync::Millis now) {
  if (TRY(unconfirmed(store, from))) return {};
  sync::DraftWay way{store.me().office, from, store.me().node, draft, {}};
  Bytes sealed;
  {
    Query q = TRY(store.db().query(
        "select tag, parts, bytes from draft_part where peer = ? and case_id = ? order by position", from, draft));
    std::int64_t here = 0, parts = 0;
    while (TRY(q.step())) {
      way.tag = TRY(q.id<sync::DraftTag>(0));
      parts = q.integer(1);
      const Bytes piece = q.blob(2);
      sealed.insert(sealed.end(), piece.begin(), piece.end());
      ++here;
    }
    if (here == 0 || here != parts) return {};
  }
  const auto refuse = [&](const Error& e) -> Result<> {
    TRY(drop_parts(store, from, draft));
    return std::unexpected(e);
  };
  const auto plain = sync::open_draft(way, sealed, store.keys());
  // Sealed to a key that we no longer have: it is told anew when it changes, and when we say what we have.
  if (!plain) return refuse(plain.error());
  const auto theirs = decode_draft_state(*plain, store.me().office);
  if (!theirs) return refuse(theirs.error());
  if (theirs->draft != draft || !is_shared(*theirs))
    return refuse({Fault::forged, "a draft under another's name, or of what is not shared", "draft.form"});
  if (const auto good = check_signers(store, *theirs); !good)
    return good.error().fault == Fault::missing ? Result<>() : refuse(good.error());
  TRY(drop_parts(store, from, draft));
  return take_state(store, *theirs, from, now);
}

/// Of what one machine has begun and not ended the oldest goes.
Result<> bound_parts(Store& store, const NodeId& from, const CaseId& but) {
  for (;;) {
    {
      Query q = TRY(store.db().query("select count(*) from draft_part where peer = ?", from));
      TRY(q.step());
      if (q.integer(0) < kPartsMost) return {};
    }
    TRY(
        store.db().run("delete from draft_part where peer = ?1 and case_id = (select case_id from draft_part where peer"
                       " = ?1 and case_id <> ?2 order by at_ms limit 1)",
                       from, but));
    if (store.db().changes() == 0) return {};
  }
}

}  // namespace

Result<> tell_draft(Store& store, const CaseId& id, const std::optional<NodeId>& but, sync::Millis now) {
  const auto to = TRY(readers(store));
  if (to.empty()) return {};
  const DraftState s = TRY(draft_state(store, id));
  if (s.heads.empty()) return {};
  for (const Machine& r : to)
    if (r.node != but && !TRY(knows(store, s, r.node))) TRY(tell_one(store, s, r, now));
  return {};
}

Result<> take_draft_part(Store& store, const sync::Statement& s, const NodeId& from, sync::Millis now) {
  if (s.office != store.me().office || s.node != from || TRY(side_of(store, from)) != Side::sibling ||
      TRY(node_is_revoked(store, from)))
    return fail(Fault::denied, "a draft by somebody who is no machine of our office", "not-permitted");
  const sync::DraftPart p = TRY(sync::decode_draft_part(s.body));
  Database& db = store.db();
  {
    Query q = TRY(db.query("select tag, max(hlc), parts from draft_part where peer = ? and case_id = ? group by tag",
                           from, p.draft));
    if (TRY(q.step()) && (TRY(q.id<sync::DraftTag>(0)) != p.tag || q.integer(2) != p.count)) {
      if (static_cast<std::uint64_t>(q.integer(1)) > s.at.value) return {};  // an older telling came late
      TRY(drop_parts(store, from, p.draft));
    }
  }
  TRY(bound_parts(store, from, p.draft));
  TRY(db.run(
      "insert into draft_part(peer, case_id, position, tag, parts, hlc, bytes, at_ms) values(?, ?, ?, ?, ?, ?, ?,"
      " ?) on conflict do nothing",
      from, p.draft, p.index, p.tag, p.count, s.at.value, ByteView(p.piece), now));
  return take_whole(store, from, p.draft, now);
}

namespace {

/// Drafts from before there were versions.
Result<> begin_versions(Store& store, sync::Millis now) {
  std::vector<std::int64_t> old;
  {
    Query q = TRY(store.db().query("select matter from draft where seen = x'' limit ?", kDraftsAtOnce));
    while (TRY(q.step())) old.push_back(q.integer(0));
  }
  for (const std::int64_t matter : old) TRY(begin_draft_version(store, matter, now));
  return {};
}

Result<> take_waiting(Store& store, sync::Millis now) {
  std::vector<std::pair<NodeId, CaseId>> whole;
  {
    Query q = TRY(store.db().query(
        "select peer, case_id from draft_part group by peer, case_id having count(*) = max(parts) limit ?",
        kDraftsAtOnce));
    while (TRY(q.step())) whole.emplace_back(TRY(q.id<NodeId>(0)), TRY(q.id<CaseId>(1)));
  }
  for (const auto& [peer, draft] : whole)
    if (auto done = take_whole(store, peer, draft, now); !done) {
      if (done.error().fault == Fault::corrupt) return done;
      log().warn("draft.refused", {{"node", peer}, {"why", done.error()}});
    }
  std::vector<CaseId> waits;
  {
    Query q = TRY(store.db().query("select case_id from draft_case where waits = 1 limit ?", kDraftsAtOnce));
    while (TRY(q.step())) waits.push_back(TRY(q.id<CaseId>(0)));
  }
  for (const CaseId& id : waits) TRY(settle_drafts(store, id, now));
  return {};
}

/// What is gone it hears of only if it may know the draft: it was told of it, or tells us of it.
Result<> tell_untold(Store& store, sync::Millis now) {
  for (const Machine& r : TRY(readers(store))) {
    std::vector<CaseId> untold;
    {
      Query q = TRY(
          store.db().query("select c.case_id from draft_case c left join draft_told t on t.case_id = c.case_id and"
                           " t.peer = ? where t.state is not c.state and (c.live = 1 or t.state is not null) order by"
                           " c.live desc, c.changed_ms desc limit ?",
                           r.node, kDraftsAtOnce));
      while (TRY(q.step())) untold.push_back(TRY(q.id<CaseId>(0)));
    }
    for (const CaseId& id : untold) TRY(tell_one(store, TRY(draft_state(store, id)), r, now));
  }
  return {};
}

/// What is gone is remembered, so that no old copy brings it back; but not for ever.
Result<> forget_gone(Store& store, sync::Millis now) {
  std::vector<CaseId> old;
  {
    Query q = TRY(store.db().query(
        "select case_id from draft_case where live = 0 and (changed_ms < ? or case_id in (select case_id from"
        " draft_case where live = 0 order by changed_ms desc limit ? offset ?)) limit ?",
        now - kDraftsGoneMs, kDraftsAtOnce, kDraftsGone, kDraftsAtOnce));
    while (TRY(q.step())) old.push_back(TRY(q.id<CaseId>(0)));
  }
  for (const CaseId& id : old) {
    std::vector<std::pair<NodeId, std::int64_t>> told;
    {
      Query q = TRY(store.db().query("select peer, parts from draft_told where case_id = ?", id));
      while (TRY(q.step())) told.emplace_back(TRY(q.id<NodeId>(0)), q.integer(1));
    }
    for (const auto& [peer, parts] : told)
      for (std::int64_t i = 0; i < parts; ++i)
        TRY(store.db().run("delete from control where key = ?",
                           control_key(store, peer, id, static_cast<std::uint8_t>(i))));
    TRY(store.db().run("delete from draft_told where case_id = ?", id));
    TRY(store.db().run("delete from draft_version where case_id = ?", id));
    TRY(store.db().run("delete from draft_case where case_id = ?", id));
  }
  return {};
}

}  // namespace

Result<> help_drafts(Store& store, sync::Millis now) {
  TRY(begin_versions(store, now));
  TRY(take_waiting(store, now));
  TRY(tell_untold(store, now));
  return forget_gone(store, now);
}

Result<> forget_drafts_with(Store& store, const NodeId& peer) {
  TRY(store.db().run("delete from draft_told where peer = ?", peer));
  return store.db().run("delete from draft_part where peer = ?", peer);
}

}  // namespace yz::node
