// 演练: whether one is going on here, and what is begun meanwhile.
#include "node/net/api_desk.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kNameBytes = 120;
constexpr std::string_view kMeta = "exercise";

}  // namespace

/// u64 since, str16 name, str16 who began it.
Result<std::optional<Drill>> drill(Store& store) {
  const auto kept = TRY(store.meta(kMeta));
  if (!kept || kept->empty()) return std::nullopt;
  Reader r(*kept);
  Drill d;
  d.since = static_cast<sync::Millis>(r.u64());
  d.name = r.str16(kNameBytes);
  d.by = r.str16(1024);
  if (!r.done()) return fail(Fault::corrupt, "what was kept of the exercise no longer decodes", "store.exercise");
  return d;
}

Json json_of(const Request& r, const std::optional<Drill>& d) {
  if (!d) return {};
  return Json::object({{"since", r.time(d->since)}, {"name", d->name}, {"by", d->by}});
}

Result<bool> is_exercise(Request& r) {
  if (const Json* said = r.body.find("exercise")) {
    if (!said->boolean()) return fail(Fault::invalid, "exercise is true or false", "invalid.type");
    return *said->boolean();
  }
  return TRY(drill(r.store())).has_value();
}

Result<ApiReply> get_exercise(Request& r) {
  const auto d = TRY(drill(r.store()));
  return reply(Json::object({{"exercise", json_of(r, d)}}));
}

Result<ApiReply> post_exercise(Request& r) {
  TRY(only(r.body, {"on", "name"}));
  const Json* on = r.body.find("on");
  const std::string_view name = r.body.text("name");
  if (!on || !on->boolean() || name.size() > kNameBytes || !one_line(name))
    return fail(Fault::invalid, "say whether it begins or ends; its name is one line", "exercise.form");
  namespace role = crypto::role;
  TRY(need_role(r, role::signer | role::duty));
  std::optional<Drill> d;
  if (*on->boolean()) d = Drill{r.now(), std::string(name), r.officer.name};
  TRY(r.store().write([&]() -> Result<> {
    Writer w;
    if (d) w.u64(static_cast<std::uint64_t>(d->since)).str16(d->name).str16(d->by);
    TRY(r.store().set_meta(kMeta, w.view()));
    return r.store().journal(r.officer.name, d ? "exercise.begin" : "exercise.end", "", "", r.now());
  }));
  return reply(Json::object({{"exercise", json_of(r, d)}}));
}

}  // namespace yz::node::api
