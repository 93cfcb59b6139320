// To whom: offices by their codes, and how far each delivery got.
#include <algorithm>
#include <array>

#include "node/net/api_request.h"
#include "node/store/above.h"
#include "sync/limits.h"

namespace yz::node::api {

Result<std::vector<OfficeId>> addressees_from(Request& r, const Json& list) {
  if (!list.items()) return fail(Fault::invalid, "to has to be a list of office codes", "invalid.to");
  if (list.items()->size() > sync::limit::addressees)
    return fail(Fault::invalid, "a report goes to at most 16 offices", "report.addressees");
  const auto above = TRY(offices_above(r.store(), r.host.directory()));
  std::vector<OfficeId> out;
  for (const Json& code : *list.items()) {
    const std::string typed = code.string() ? *code.string() : std::string();
    const auto at = std::ranges::find(above, typed, &Above::code);
    if (at == above.end()) {
      std::string known;
      for (const Above& a : above) known += (known.empty() ? "" : ", ") + a.code + " " + a.name;
      const bool zh = r.language == Language::zh;
      return fail(Fault::missing,
                  (zh ? "没有可以报送的单位 " : "no office to report to has the code ") + typed.substr(0, 40) +
                      (zh ? "；可以报送：" : "; there are: ") + (known.empty() ? (zh ? "（无）" : "(none)") : known),
                  "addressee.missing");
    }
    out.push_back(at->id);
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

Result<std::optional<std::vector<OfficeId>>> named_addressees(Request& r) {
  const Json* list = r.body.find("to");
  if (!list) return std::nullopt;
  return TRY(addressees_from(r, *list));
}

Result<ApiReply> get_addressees(Request& r) {
  static constexpr std::array<std::string_view, 3> kRanks{"superior", "line", "higher"};
  Json list = Json::array();
  for (const Above& a : TRY(offices_above(r.store(), r.host.directory())))
    list.add(Json::object({{"office", a.code}, {"name", a.name}, {"rank", kRanks[static_cast<std::size_t>(a.rank)]}}));
  return reply(Json::object({{"addressees", std::move(list)}, {"gravest_to", r.host.config().report.gravest_to}}));
}

namespace {

Json states_json(const Request& r, const std::vector<DeliveryState>& all) {
  Json list = Json::array();
  for (const DeliveryState& d : all) {
    const auto at = d.at_ms > 0 ? std::optional(d.at_ms) : std::nullopt;
    list.add(Json::object({{"office", r.code_of(d.office)},
                           {"name", r.office_name(d.office)},
                           {"state", d.state},
                           {"at", r.time(at)},
                           {"stored_at", r.time(d.stored_ms > 0 ? std::optional(d.stored_ms) : std::nullopt)},
                           {"opened_at", r.time(d.opened_ms > 0 ? std::optional(d.opened_ms) : std::nullopt)}}));
  }
  return list;
}

}  // namespace

Result<Json> deliveries_json(Request& r, std::int64_t matter) {
  return states_json(r, TRY(case_deliveries(r.store(), r.host.directory(), matter)));
}

Result<Json> record_deliveries_json(const Request& r, const RecordId& record) {
  return states_json(r, TRY(record_deliveries(r.store(), r.host.directory(), record)));
}

}  // namespace yz::node::api
