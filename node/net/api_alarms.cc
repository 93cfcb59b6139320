// What a person has looked at: alarms, one by one, and what is new as a whole. Nothing of it is signed or leaves here.
#include <charconv>

#include "node/net/api_request.h"
#include "node/office/text.h"

namespace yz::node::api {
namespace {

std::string looked_key(const Request& r) { return "looked." + hex(r.officer.person.view()); }

}  // namespace

Result<ApiReply> get_alarms(Request& r) { return reply(Json::object({{"alarms", TRY(stored_alarms(r, true))}})); }

Result<ApiReply> post_alarm_seen(Request& r) {
  TRY(only(r.body, {}));
  const std::string& typed = r.parts[0];
  std::int64_t row = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), row);
  if (error != std::errc() || end != typed.data() + typed.size())
    return fail(Fault::missing, "there is no such alarm", "alarm.missing");
  TRY(r.store().write([&]() -> Result<> {
    std::string code, message, office;
    {
      Query q = TRY(r.store().db().query("select code, message, office, seen from alarm where row = ?", row));
      if (!TRY(q.step())) return fail(Fault::missing, "there is no such alarm", "alarm.missing");
      if (q.integer(3) > 0) return {};
      code = q.text(0);
      message = q.text(1);
      office = q.text(2);
    }
    TRY(r.store().db().run("update alarm set seen = ? where row = ?", r.now(), row));
    return r.store().journal(r.officer.name, "alarm.seen", office, code + ": " + message, r.now());
  }));
  return reply(Json::object({{"row", row}, {"seen", true}}));
}

Result<ApiReply> get_looked(Request& r) {
  const std::int64_t at = TRY(r.store().meta_number(looked_key(r)));
  return reply(Json::object({{"at", at > 0 ? r.time(at) : Json()}}));
}

Result<ApiReply> post_looked(Request& r) {
  TRY(only(r.body, {"at"}));
  sync::Millis at = r.now();
  // Back to where it was: somebody said it by mistake.
  if (const Json* said = r.body.find("at")) {
    const auto back = said->is_null()  ? std::optional<sync::Millis>(0)
                      : said->string() ? instant(*said->string())
                                       : std::nullopt;
    if (!back || *back < 0 || *back > at)
      return fail(Fault::invalid, "at is a time that has been, or null", "invalid.time");
    at = *back;
  }
  TRY(r.store().write([&] { return r.store().set_meta_number(looked_key(r), at); }));
  return reply(Json::object({{"at", at > 0 ? r.time(at) : Json()}}));
}

}  // namespace yz::node::api
