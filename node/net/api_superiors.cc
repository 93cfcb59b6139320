// Superiors: more than one, where they are, and whether they are reached.
#include "node/net/api_request.h"
#include "node/net/superiors.h"

namespace yz::node::api {
namespace {

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
                       {"reachable", contact && r.now() - *contact <= fresh && s.refusal.empty()},
                       {"refusal", s.refusal}});
}

Result<> need_keys(const Request& r) {
  if (r.officer.roles & crypto::role::admin_keys) return {};
  return fail(Fault::denied, "only an administrator of keys changes superiors", "role.admin-keys");
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

Result<ApiReply> post_superior(Request& r) {
  TRY(only(r.body, {"invitation", "line"}));
  const std::string_view typed = r.body.text("invitation");
  const Invitation i = TRY(decode_invitation(typed));
  if (i.moves)
    return fail(Fault::invalid, "this invitation moves the office to another superior: use office move",
                "superior.move");
  TRY(r.host.add_superior(r.officer, typed, r.body.flag("line")));
  // One try now; without a line it is asked again with every exchange.
  const SyncReport tried = TRY(r.host.sync_with(i.superior));
  const bool waits = TRY(unanswered(r.store(), i.superior)).has_value();
  if (waits && tried.reason.starts_with("join.")) {
    TRY(r.store().write([&] { return forget_asked(r.store(), i.superior); }));
    r.host.lines_changed();
    return fail(Fault::forged, "the superior refused the invitation: " + tried.reason, tried.reason);
  }
  return reply(Json::object({{"office", i.superior_code},
                             {"name", i.superior_name},
                             {"state", waits ? "joining" : "ready"},
                             {"fingerprint", crypto::fingerprint(i.root)}}));
}

Result<ApiReply> delete_superior(Request& r) {
  TRY(need_keys(r));
  const std::int64_t waiting = TRY(r.store().write([&]() -> Result<std::int64_t> {
    TRY(r.store().journal(r.officer.name, "superior.remove", r.parts[0], "", r.now()));
    return remove_superior(r.store(), r.host.directory(), r.parts[0]);
  }));
  r.host.lines_changed();
  return reply(Json::object({{"office", r.parts[0]}, {"waiting", waiting}}));
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
