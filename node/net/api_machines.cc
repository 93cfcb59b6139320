// The machines of this office, and those of offices below that wait for a word.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/net/join.h"
#include "node/store/node_key.h"
#include "node/store/siblings.h"

namespace yz::node::api {
namespace {

namespace role = crypto::role;

/// "2 办公室二号机" is the second machine, and how people call it.
std::string_view people_call_it(std::string_view name) {
  const std::size_t blank = name.find(' ');
  return blank == std::string_view::npos ? std::string_view() : name.substr(blank + 1);
}

/// By the first six or more of its hexadecimal digits.
Result<NodeId> node_named(Request& r, std::string_view typed) {
  std::string low(typed);
  for (char& c : low) c = static_cast<char>(c >= 'A' && c <= 'F' ? c + 32 : c);
  std::vector<NodeId> found;
  Query q = TRY(r.store().db().query("select id from node where lower(hex(id)) like ? || '%' limit 2", low));
  const bool hexadecimal = low.size() >= 6 && low.find_first_not_of("0123456789abcdef") == std::string::npos;
  while (hexadecimal && TRY(q.step())) found.push_back(TRY(q.id<NodeId>(0)));
  if (found.size() == 1) return found[0];
  return fail(found.empty() ? Fault::missing : Fault::invalid,
              "a machine is named by six or more digits of its id; see yizhan node list", "node.unknown");
}

Error no_such_officer(const std::string& name) {
  return {Fault::denied,
          "there is no officer " + name +
              " in this office: a new machine is for somebody who is there; an administrator of people adds officers",
          "invite.stranger",
          "本单位没有“" + name + "”这个人：新机器要给已有的人员用（姓名一字不差）；添加人员由人员管理员在“人员”里办"};
}

}  // namespace

Result<ApiReply> get_nodes(Request& r) {
  Json list = Json::array();
  Query q = TRY(
      r.store().db().query("select n.id, n.office, n.state, l.last_contact_ms, n.name, n.key, n.confirmed from node n"
                           " left join link l on l.peer = n.id order by n.office <> ?, n.office, n.at_ms",
                           r.store().me().office));
  while (TRY(q.step())) {
    const auto contact = q.null(3) || q.integer(3) == 0 ? std::nullopt : std::optional(q.integer(3));
    const std::string name = q.text(4);
    list.add(Json::object({{"node", hex(q.blob(0))},
                           {"office", r.code_of(TRY(q.id<OfficeId>(1)))},
                           {"office_name", r.office_name(TRY(q.id<OfficeId>(1)))},
                           {"name", people_call_it(name)},
                           {"number", std::string_view(name).substr(0, name.find(' '))},
                           {"state", q.integer(2) == 9 ? "revoked" : "good"},
                           {"confirmed", q.integer(6) != 0},
                           {"fingerprint", node_fingerprint(TRY(q.id<PublicKey>(5)))},
                           {"this", TRY(q.id<NodeId>(0)) == r.store().me().node},
                           {"last_contact", r.time(contact)}}));
  }
  return reply(Json::object({{"nodes", std::move(list)}, {"rotating", TRY(node_key_waits(r.store()))}}));
}

Result<ApiReply> post_node_invitation(Request& r) {
  TRY(only(r.body, {"name", "officer", "roles", "url", "valid_minutes"}));
  Invite invite;
  invite.machine = true;
  invite.name = r.body.text("name");
  invite.officer = r.body.text("officer");
  if (invite.officer.empty()) invite.officer = r.officer.name;
  if (!one_line(invite.name) || !one_line(invite.officer))
    return fail(Fault::invalid, "names are one line of text", "invalid.name");
  const auto there = TRY(r.host.directory().officer_by_name(r.store().me().office, invite.officer));
  if (there && there->state != OfficerState::active)
    return fail(Fault::conflict, "an officer of that name was suspended or has left: use another name",
                "officer.exists");
  // Whoever is not there yet is added as an officer with the machine: that is for those who may add people.
  if (!there) {
    TRY(need_role(r, role::admin_keys, "role.admin-keys"));
    if (!(r.officer.roles & role::admin_people)) return std::unexpected(no_such_officer(invite.officer));
  }
  invite.roles = role::drafter | role::reviewer | role::signer | role::duty;
  if (const Json* list = r.body.find("roles")) invite.roles = TRY(roles_from(*list));
  if (const Json* urls = r.body.find("url"); urls && urls->items())
    for (const Json& u : *urls->items())
      if (const auto* s = u.string()) invite.urls.push_back(*s);
  invite.valid_minutes = r.body.count("valid_minutes", 72 * 60);
  std::string typed = TRY(r.host.invite(r.officer, invite));
  Json roles = Json::array();
  for (const auto name : role_names(there ? there->roles : invite.roles)) roles.add(name);
  return reply(Json::object({{"invitation", std::move(typed)},
                             {"officer", invite.officer},
                             {"exists", there.has_value()},
                             {"roles", std::move(roles)}}));
}

/// The digits that the machine's people read out must be its own, all of them.
Result<ApiReply> post_node_confirm(Request& r) {
  TRY(only(r.body, {"fingerprint"}));
  TRY(need_role(r, role::admin_keys));
  const NodeId node = TRY(node_named(r, r.parts[0]));
  const auto known = TRY(r.host.directory().node(node));
  if (!known) return fail(Fault::conflict, "this machine was revoked", "node.revoked");
  if (!crypto::same_digits(r.body.text("fingerprint"), node_fingerprint(known->key)))
    return fail(Fault::forged,
                "these are not the digits of that machine's key: do not confirm it, and call the office again",
                "node.differs");
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.store().journal(r.officer.name, "node.confirm", hex(node.view()), "", r.now()));
    return confirm_machine(r.store(), node, r.now());
  }));
  r.host.wake(sync::Lane::urgent);
  return reply(Json::object({{"node", hex(node.view())}, {"office", r.code_of(known->office)}, {"confirmed", true}}));
}

}  // namespace yz::node::api
