#include "node/store/line_superiors.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/store/directory.h"
#include "node/store/moves.h"

namespace yz::node {
namespace {

using sync::LineSuperior;

Result<OfficeId> superior_of(Store& store, const OfficeId& office) {
  Query q = TRY(store.db().query("select superior from office where id = ?", office));
  return TRY(q.step()) ? TRY(q.id<OfficeId>(0)) : OfficeId{};
}

Result<std::vector<LineSuperior>> ours(Store& store, const OfficeId& superior) {
  std::vector<LineSuperior> out;
  Query q =
      TRY(store.db().query("select id, code, name from office o where state = 2 and id <> ?1 and name <> ''"
                           " and exists(select 1 from link where office = o.id and upward = 1) order by id limit ?2",
                           superior, sync::kLineSuperiorsMost));
  while (TRY(q.step())) out.push_back({TRY(q.id<OfficeId>(0)), q.text(1), q.text(2)});
  return out;
}

Result<std::vector<NodeId>> dialled(Store& store, const OfficeId& office) {
  std::vector<NodeId> out;
  Query q = TRY(store.db().query("select peer from link where office = ? and upward = 1 order by peer", office));
  while (TRY(q.step())) out.push_back(TRY(q.id<NodeId>(0)));
  return out;
}

constexpr auto kKind = sync::StatementKind::line_superiors;

/// Each machine that is told has an entry of its own among what is told.
Result<Hash> entry_for(Store& store, const NodeId& peer) {
  sync::Statement about;
  about.kind = kKind;
  about.office = store.me().office;
  about.node = store.me().node;
  about.body = sync::encode(std::vector<LineSuperior>{});
  return crypto::hash(crypto::purpose::statement, {TRY(sync::statement_key(about)).view(), peer.view()});
}

/// To one machine, when it was not told this before; of nothing it is told only after there was something.
Result<> tell_one(Store& store, const NodeId& peer, const Bytes& body, bool nothing, sync::Millis now) {
  const Identity& me = store.me();
  const Hash key = TRY(entry_for(store, peer));
  {
    Query q = TRY(store.db().query("select bytes from control where key = ?", key));
    const bool told = TRY(q.step());
    if (!told && nothing) return {};
    if (told && TRY(sync::decode_statement(q.blob(0))).body == body) return {};
  }
  const sync::Statement s =
      sync::issue(kKind, {me.office, me.node, me.epoch}, TRY(store.tick(now)), now, body, store.keys().node);
  return store.tell(key, peer, sync::FrameType::statement, s.bytes);
}

std::string people_call_it(const LineSuperior& s) { return s.name + " (" + s.code + ")"; }

}  // namespace

Result<> tell_line_superiors(Store& store, sync::Millis now) {
  const OfficeId& me = store.me().office;
  const OfficeId superior = TRY(superior_of(store, me));
  if (superior.zero() || superior == me) return {};
  const auto peers = TRY(dialled(store, superior));
  if (peers.empty()) return {};
  const auto list = TRY(ours(store, superior));
  const Bytes body = sync::encode(list);
  for (const NodeId& peer : peers) TRY(tell_one(store, peer, body, list.empty(), now));
  return {};
}

Result<> tell_parting(Store& store, const OfficeId& line_superior, sync::Millis now) {
  const Bytes body = sync::encode(std::vector<LineSuperior>{});
  for (const NodeId& peer : TRY(dialled(store, line_superior))) TRY(tell_one(store, peer, body, false, now));
  return {};
}

Result<> forget_parting(Store& store, const OfficeId& line_superior) {
  for (const NodeId& peer : TRY(dialled(store, line_superior)))
    TRY(store.db().run("delete from control where key = ?", TRY(entry_for(store, peer))));
  return {};
}

Result<> take_line_superiors(Store& store, const sync::Statement& s, bool news, sync::Millis now) {
  const auto list = TRY(sync::decode_line_superiors(s.body));
  const auto office = TRY(Directory(store).office(s.office));
  if (!office || office->state != OfficeState::below) return {};
  const OfficeId& me = store.me().office;
  if (office->superior != me) {
    // Registered here, certified elsewhere: it tells us nothing but that it leaves.
    if (std::ranges::find(list, me, &LineSuperior::office) != list.end()) return {};
    // Its link ends later (end_parted_links): this very exchange goes over it.
    TRY(Directory(store).set_office_state(s.office, OfficeState::known));
    TRY(store.journal("node", "office.left", office->code, "", now));
    return store.alarm("office.left", "an office is no longer registered here: " + office->name, office->code, now);
  }
  if (!news) return {};
  std::string names;
  for (const LineSuperior& l : list) names.append(names.empty() ? "" : ", ").append(people_call_it(l));
  TRY(store.journal("node", "office.lines", office->code, names, now));
  // What is no longer so is no news any more.
  TRY(store.db().run("delete from alarm where code = 'office.line' and office = ?", office->code));
  for (const LineSuperior& l : list)
    TRY(store.alarm("office.line", office->name + " is registered with a further superior: " + people_call_it(l),
                    office->code, now));
  return {};
}

Result<> end_parted_links(Store& store) {
  std::vector<OfficeId> parted;
  {
    Query q =
        TRY(store.db().query("select distinct l.office from link l join office o on o.id = l.office where l.upward = 0"
                             " and o.state = ?",
                             static_cast<int>(OfficeState::known)));
    while (TRY(q.step())) parted.push_back(TRY(q.id<OfficeId>(0)));
  }
  for (const OfficeId& office : parted) TRY(end_links(store, office));
  return {};
}

Result<std::map<OfficeId, std::vector<LineSuperior>>> line_superiors_below(Store& store) {
  std::map<OfficeId, std::vector<LineSuperior>> out;
  // Each machine of an office says which it dials.
  Query q = TRY(
      store.db().query("select s.office, s.bytes from statement s join office o on o.id = s.office where s.kind = ?1"
                       " and o.state = 1 and o.superior = ?2 and s.node not in (select id from node where state = 9)",
                       static_cast<int>(sync::StatementKind::line_superiors), store.me().office));
  while (TRY(q.step())) {
    const auto s = sync::decode_statement(q.blob(1));
    if (!s) return fail(Fault::corrupt, "a stored statement is damaged", "store.statement");
    for (LineSuperior& l : TRY(sync::decode_line_superiors(s->body))) {
      auto& there = out[TRY(q.id<OfficeId>(0))];
      if (std::ranges::find(there, l.office, &LineSuperior::office) == there.end()) there.push_back(std::move(l));
    }
  }
  return out;
}

}  // namespace yz::node
