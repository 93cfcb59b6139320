// Invitations: written, listed, withdrawn while nobody has used them.
#include <array>

#include "node/net/api_admin.h"
#include "node/net/join.h"
#include "node/net/join_parts.h"
#include "node/net/loopback.h"

namespace yz::node::api {
namespace {

using namespace join_parts;

std::string_view kind_of(std::int64_t flags) {
  if (flags & kForMachine) return "machine";
  if (flags & kMoves) return "move";
  return flags & kLineOnly ? "line" : "new";
}

/// What a person may still do with it. `used`: by whom is in `used_by`.
std::string_view state_of(bool used, std::int64_t flags, std::int64_t tries, sync::Millis until, sync::Millis now) {
  if (used) return "used";
  if (flags & kTakenBack) return "withdrawn";
  if (tries >= kMostTries) return "dead";
  return until < now ? "expired" : "open";
}

constexpr std::size_t kShown = 1000;

}  // namespace

Result<ApiReply> post_invitation(Request& r) {
  TRY(only(r.body, {"code", "name", "level", "url", "valid_hours", "valid_minutes", "two_person", "line", "move"}));
  Invite invite;
  invite.code = r.body.text("code");
  invite.name = r.body.text("name");
  const auto level = crypto::level_from(r.body.text("level"));
  if (!level) return fail(Fault::invalid, "the level is province, city, county, township or unit", "invalid.level");
  invite.level = *level;
  if (invite.code.empty() || invite.name.empty() || !one_line(invite.name))
    return fail(Fault::invalid, "an invitation needs the office's code and name", "invalid.name");
  if (const Json* url = r.body.find("url")) {
    if (const auto* s = url->string()) invite.urls.push_back(*s);
    if (const auto* items = url->items())
      for (const Json& u : *items)
        if (const auto* s = u.string()) invite.urls.push_back(*s);
  }
  const std::int64_t hours = r.body.count("valid_hours", 72);
  if (hours < 1 || hours > kMostValidMinutes / 60)
    return fail(Fault::invalid, "an invitation is valid for 1 hour to 90 days", "invalid.valid_hours");
  invite.valid_minutes = r.body.count("valid_minutes", hours * 60);
  if (invite.valid_minutes < 1 || invite.valid_minutes > kMostValidMinutes)
    return fail(Fault::invalid, "an invitation is valid for 1 minute to 90 days", "invalid.valid_minutes");
  invite.one_person = !r.body.flag("two_person");
  invite.line = r.body.flag("line");
  invite.moves = r.body.flag("move");
  // Said in so many words that it is no line: then a mistyped code is refused, not taken for one.
  const auto me = TRY(r.host.directory().office(r.store().me().office));
  if (r.body.find("line") && !invite.line && me && !crypto::code_under(me->code, invite.code))
    return std::unexpected(code_elsewhere(me->code));
  std::string typed = TRY(r.host.invite(r.officer, invite));
  const auto made = decode_invitation(typed);
  const bool line = made && made->line_only;
  Json urls = Json::array();
  if (made)
    for (const std::string& u : made->urls) urls.add(u);
  const bool only_here = made && std::ranges::all_of(made->urls, on_loopback);
  return reply(Json::object({{"invitation", std::move(typed)},
                             {"line", line},
                             {"move", invite.moves},
                             {"urls", std::move(urls)},
                             {"only_here", only_here}}));
}

Result<ApiReply> get_invitations(Request& r) {
  Json list = Json::array();
  Query q = TRY(r.store().db().query(
      "select id, office_code, name, level, flags, urls, made_ms, until_ms, tries, used_by, officer from invitation"
      " order by made_ms desc, id limit ?",
      kShown));
  while (TRY(q.step())) {
    const std::int64_t flags = q.integer(4);
    const bool used = !q.null(9), machine = (flags & kForMachine) != 0;
    Json urls = Json::array();
    const std::string all = q.text(5);
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end = std::min(all.find('\n', at), all.size());
      urls.add(all.substr(at, end - at));
      at = end + 1;
    }
    std::string used_by;
    if (used) used_by = machine ? hex(q.blob(9)) : r.code_of(TRY(q.id<OfficeId>(9)));
    list.add(Json::object({{"id", hex(q.blob(0))},
                           {"kind", kind_of(flags)},
                           {"office", q.text(1)},
                           {"name", q.text(2)},
                           {"level", crypto::name_of(static_cast<crypto::Level>(q.integer(3)))},
                           {"officer", q.text(10)},
                           {"urls", std::move(urls)},
                           {"made", r.time(q.integer(6))},
                           {"until", r.time(q.integer(7))},
                           {"state", state_of(used, flags, q.integer(8), q.integer(7), r.now())},
                           {"used_by", std::move(used_by)}}));
  }
  return reply(Json::object({{"invitations", std::move(list)}}));
}

/// Nobody can use it from now on. The row stays: whoever comes with the paper is told that it was withdrawn.
Result<ApiReply> delete_invitation(Request& r) {
  TRY(need_keys(r));
  std::string id, code;
  {
    Query q =
        TRY(r.store().db().query("select lower(hex(id)), office_code, used_by is not null, flags from invitation"
                                 " where lower(hex(id)) like ? || '%' limit 2",
                                 r.parts[0]));
    const bool hexadecimal =
        r.parts[0].size() >= 6 && r.parts[0].find_first_not_of("0123456789abcdef") == std::string::npos;
    const auto none = [] {
      return fail(Fault::missing, "an invitation is named by six or more digits of its id; see yizhan invitation list",
                  "invite.unknown");
    };
    if (!hexadecimal || !TRY(q.step())) return none();
    id = q.text(0);
    code = q.text(1);
    if (q.integer(2) != 0)
      return fail(Fault::conflict, "this invitation was used already: revoke the office or machine instead",
                  "invite.used");
    if (q.integer(3) & kTakenBack) return fail(Fault::conflict, "this invitation was withdrawn", "invite.withdrawn");
    if (TRY(q.step())) return none();
  }
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.store().db().run("update invitation set flags = flags | ? where lower(hex(id)) = ?", kTakenBack, id));
    return r.store().journal(r.officer.name, "invite.withdraw", code, id.substr(0, 8), r.now());
  }));
  return reply(Json::object({{"id", id}, {"state", "withdrawn"}}));
}

}  // namespace yz::node::api
