// Reports that look like one that is written or read: each with the reason, and with what may be done about it.
#include <algorithm>

#include "node/net/api_desk.h"
#include "node/store/alike.h"

namespace yz::node::api {
namespace {

/// Texts taken into the tables when somebody asks; the rest of a large backlog follows by itself.
constexpr std::size_t kLot = 256;

Result<> catch_up(Request& r) {
  Query q = TRY(r.store().db().query("select 1 from matter where alike = 0 and sort = 0 limit 1"));
  if (!TRY(q.step())) return {};
  return r.store().write([&]() -> Result<> {
    TRY(note_texts(r.store(), kLot));
    return {};
  });
}

Json reasons_json(const Alike& a) {
  Json list = Json::array();
  if (a.text >= 0.2) list.add(Json::object({{"why", "text"}, {"percent", static_cast<int>(a.text * 100 + 0.5)}}));
  if (a.type) list.add(Json::object({{"why", "type"}}));
  if (a.place) list.add(Json::object({{"why", "place"}}));
  if (a.apart) list.add(Json::object({{"why", "time"}, {"minutes", *a.apart}}));
  return list;
}

/// Ours that left and is not settled takes a follow-up; what others sent is put together.
std::string_view offer_for(const Request& r, const MatterRow& m) {
  if (m.office != r.store().me().office) return "merge";
  return after(m.state, Step::follow) ? "follow_up" : "";
}

Result<Json> json_of(Request& r, const NearList& list) {
  Json near = Json::array();
  for (const Near& n : list.near) {
    Json j = TRY(row_json(r, n.row, r.code_of(n.row.office), r.office_name(n.row.office)));
    j.set("own", n.row.office == r.store().me().office);
    j.set("reasons", reasons_json(n.alike));
    j.set("offer", offer_for(r, n.row));
    near.add(std::move(j));
  }
  return Json::object({{"similar", std::move(near)}, {"rows_read", list.rows_read}});
}

}  // namespace

Result<ApiReply> post_similar(Request& r) {
  TRY(only(r.body, {"case", "kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "exercise"}));
  std::int64_t matter = 0;
  Report report;
  std::vector<Source> sources;
  bool exercise = TRY(is_exercise(r));
  if (const std::string_view id = r.body.text("case"); !id.empty()) {
    const MatterRow m = TRY(find_case(r.store(), id));
    matter = m.row;
    exercise = m.flags & record_note::exercise;
    if (const auto draft = TRY(books_of(r).draft(matter))) {
      report = draft->report;
      sources = draft->extras.sources;
    }
  }
  Json words = r.body;
  std::erase_if(*words.members(), [](const auto& m) { return m.key == "exercise"; });
  TRY(read_report(r.host.rules(), words, report));
  TRY(catch_up(r));
  if (!is_compared(report.kind)) return reply(TRY(json_of(r, {})));
  NearList list = TRY(near(r.store(), likeness_of(report, r.now()), exercise, matter));
  // What it was put together from is like it, and no news.
  std::erase_if(list.near,
                [&](const Near& n) { return std::ranges::find(sources, n.row.id, &Source::case_id) != sources.end(); });
  return reply(TRY(json_of(r, list)));
}

Result<ApiReply> get_similar(Request& r) {
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  TRY(catch_up(r));
  const auto l = TRY(likeness_at(r.store(), m.row));
  if (!l) return reply(TRY(json_of(r, {})));
  return reply(TRY(json_of(r, TRY(near(r.store(), *l, (m.flags & record_note::exercise) != 0, m.row)))));
}

}  // namespace yz::node::api
