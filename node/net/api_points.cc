// What one report gave its office in the assessment, and for what: the same facts and scheme as the table of figures.
#include <algorithm>

#include "node/net/api_desk.h"
#include "node/net/desk_rules.h"
#include "node/store/assess.h"

namespace yz::node::api {
namespace {

/// As long as a period of the table may be.
constexpr sync::Millis kScoredMost = 400 * sync::kDayMs;

struct Sides {
  OfficeRow of, by;
};
/// Who assesses whom on this case: we an office directly below us, or our superior us. Nobody else is ours to tell of.
Result<std::optional<Sides>> sides_of(Request& r, const MatterRow& m) {
  const auto self = TRY(r.host.directory().office(r.store().me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  if (m.office == self->id) {
    const auto above = TRY(r.host.directory().superiors());
    return above.empty() ? std::nullopt : std::optional(Sides{*self, above.front()});
  }
  const auto of = TRY(r.host.directory().office(m.office));
  if (!of || of->state != OfficeState::below || of->superior != self->id) return std::nullopt;
  return Sides{*of, *self};
}

/// From when the first of it was stored here: nothing of it counts before.
Result<Period> period_of(Request& r, const MatterRow& m) {
  Query q = TRY(r.store().db().query("select min(at_ms) from record where matter = ?", m.row));
  const sync::Millis first = TRY(q.step()) && !q.null(0) ? q.integer(0) : r.now();
  const sync::Millis began = std::min(first, m.signed_at.value_or(first)) - sync::kDayMs;
  return Period{std::max(began, r.now() - kScoredMost), r.now() + 1};
}

}  // namespace

Result<ApiReply> get_report_points(Request& r) {
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto schemes = TRY(load_schemes());
  const auto scheme = std::ranges::find(schemes, std::string_view("default"), &Scheme::id);
  if (scheme == schemes.end()) return fail(Fault::missing, "there is no such scheme", "stats.scheme");
  Json list = Json::array(), by;
  double total = 0;
  if (const auto sides = TRY(sides_of(r, m))) {
    by = Json::object({{"office", sides->by.code}, {"name", sides->by.name}});
    const auto facts =
        TRY(facts_of(r.store(), r.host.directory(), r.host.rules(), sides->of, sides->by, TRY(period_of(r, m)),
                     static_cast<int>(r.host.config().office.utc_offset_minutes.count()), r.now()));
    for (const Fact& f : facts) {
      if (f.matter != m.row) continue;
      for (const ScoreItem& i : scheme->items) {
        if (!counts(i, f, *scheme)) continue;
        total += i.points;
        list.add(Json::object({{"on", i.on},
                               {"level", i.level ? std::string(crypto::name_of(*i.level)) : std::string()},
                               {"channel", i.channel},
                               {"points", i.points},
                               {"at", r.time(f.at)},
                               {"note", f.note},
                               {"certain", f.certain}}));
      }
    }
  }
  return reply(Json::object({{"scheme", Json::object({{"id", scheme->id}, {"zh", scheme->zh}, {"en", scheme->en}})},
                             {"by", std::move(by)},
                             {"points", std::move(list)},
                             {"total", total}}));
}

}  // namespace yz::node::api
