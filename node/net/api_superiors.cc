// Superiors: more than one, where they are, and whether they are reached.
#include "node/home.h"
#include "node/net/api_request.h"
#include "node/net/sentences.h"
#include "node/net/superiors.h"
#include "node/store/line_superiors.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kJoinFileBytes = 64 * 1024;

Json json_of(const Request& r, const SuperiorRow& s) {
  const std::int64_t fresh = 2 * std::chrono::milliseconds(r.host.config().sync.poll_seconds).count();
  const auto contact = s.last_contact > 0 ? std::optional(s.last_contact) : std::nullopt;
  Json urls = Json::array();
  for (const std::string& u : s.urls) urls.add(u);
  return Json::object({{"office", s.office.code},
                       {"name", s.office.name},
                       {"kind", name_of(s.kind)},
                       {"state", s.joined ? "ready" : "joining"},
                       {"url", s.urls.empty() ? std::string() : s.urls.front()},
                       {"urls", std::move(urls)},
                       {"last_contact", r.time(contact)},
                       {"reachable", contact && r.now() - *contact <= fresh && s.failing == 0 && s.refusal.empty()},
                       {"down_since", s.failing > 0 ? r.time(s.failing) : Json()},
                       {"refusal", s.refusal},
                       {"refusal_said", told_by_peer(s.refusal, r.language)}});
}

}  // namespace

Result<Json> superiors_json(Request& r, bool with_direct) {
  Json list = Json::array();
  for (const SuperiorRow& s : TRY(superior_rows(r.store(), r.host.directory())))
    if (with_direct || s.kind != SuperiorRow::Kind::direct) list.add(json_of(r, s));
  return list;
}

Result<ApiReply> get_superiors(Request& r) {
  Json list = TRY(superiors_json(r, true));
  return reply(Json::object({{"superiors", std::move(list)}}));
}

Result<std::string> asked_by_file(Request& r, const Invitation& i) {
  const std::string path(r.body.text("request"));
  if (!path.starts_with('/')) return fail(Fault::invalid, "the path has to be absolute", "invalid.path");
  const auto asked = TRY(unanswered(r.store(), i.superior));
  if (!asked || asked->request.empty()) return fail(Fault::corrupt, "the request is missing", "join.request");
  TRY(write_file(path, asked->request));
  return path;
}

Result<Invitation> answered_by_file(Request& r, bool moves) {
  const std::string path(r.body.text("answer"));
  if (!path.starts_with('/')) return fail(Fault::invalid, "the path has to be absolute", "invalid.path");
  const Bytes bytes = TRY(read_file(path, kJoinFileBytes));
  const JoinAnswerMessage answer = TRY(decode_join_answer(bytes));
  Store& store = r.store();
  for (const OfficeId& id : TRY(unanswered_superiors(store))) {
    const auto asked = TRY(unanswered(store, id));
    if (!asked || !asked->registers || asked->invitation.moves != moves ||
        id_of(asked->invitation) != answer.invitation)
      continue;
    TRY(store.write([&]() -> Result<> {
      TRY(accept_registration(store, r.host.directory(), asked->invitation, asked->request, bytes, r.now()));
      return store.journal(r.officer.name, moves ? "office.move" : "superior.add", asked->invitation.superior_code,
                           "file", r.now());
    }));
    r.host.settle_identity();
    r.host.lines_changed();
    return asked->invitation;
  }
  return fail(Fault::missing, "no request of ours waits for this answer: write one with --request FILE first",
              "join.request");
}

Result<ApiReply> post_superior(Request& r) {
  TRY(only(r.body, {"invitation", "line", "request", "answer"}));
  TRY(need_keys(r));
  const auto said = [](const Invitation& i, bool waits) {
    return reply(Json::object({{"office", i.superior_code},
                               {"name", i.superior_name},
                               {"state", waits ? "joining" : "ready"},
                               {"fingerprint", crypto::fingerprint(i.root)}}));
  };
  if (r.body.find("answer")) return said(TRY(answered_by_file(r, false)), false);
  const std::string_view typed = r.body.text("invitation");
  const Invitation i = TRY(decode_invitation(typed));
  if (i.moves)
    return fail(Fault::invalid, "this invitation moves the office to another superior: use office move",
                "superior.move");
  TRY(r.host.add_superior(r.officer, typed, r.body.flag("line")));
  if (r.body.find("request")) {
    TRY(asked_by_file(r, i));
    return said(i, true);
  }
  // One try now; without a line it is asked again with every exchange.
  const SyncReport tried = TRY(r.host.sync_with(i.superior));
  const bool waits = TRY(unanswered(r.store(), i.superior)).has_value();
  if (waits && tried.reason.starts_with("join.")) {
    TRY(r.store().write([&] { return forget_asked(r.store(), i.superior); }));
    r.host.lines_changed();
    return std::unexpected(refused_by_superior(tried.reason));
  }
  return said(i, waits);
}

Result<ApiReply> delete_superior(Request& r) {
  TRY(need_keys(r));
  Store& store = r.store();
  const OfficeId id = TRY(further_superior(store, r.host.directory(), r.parts[0]));
  bool told = false;
  if (!TRY(unanswered(store, id))) {
    // It hears that we leave, while the link is there: one try. Without a line its people are told by ours.
    TRY(store.write([&] { return tell_parting(store, id, r.now()); }));
    const auto tried = r.host.sync_with(id);
    told = tried && tried->reached;
  }
  const std::int64_t waiting = TRY(store.write([&]() -> Result<std::int64_t> {
    TRY(store.journal(r.officer.name, "superior.remove", r.parts[0], "", r.now()));
    return remove_superior(store, id, r.now());
  }));
  r.host.lines_changed();
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"office", r.parts[0]}, {"waiting", waiting}, {"told", told}}));
}

Result<ApiReply> put_superior_url(Request& r) {
  TRY(only(r.body, {"url"}));
  TRY(need_keys(r));
  std::vector<std::string> urls;
  if (const Json* url = r.body.find("url")) {
    if (const auto* s = url->string()) urls.push_back(*s);
    if (const auto* items = url->items())
      for (const Json& u : *items)
        if (const auto* s = u.string()) urls.push_back(*s);
  }
  TRY(r.store().write([&]() -> Result<> {
    TRY(set_superior_url(r.store(), r.host.directory(), r.parts[0], urls));
    return r.store().journal(r.officer.name, "superior.url", r.parts[0], urls.front(), r.now());
  }));
  r.host.lines_changed();
  return reply(Json::object({{"office", r.parts[0]}, {"url", urls.front()}}));
}

}  // namespace yz::node::api
