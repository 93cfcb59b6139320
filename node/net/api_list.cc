// The list of reports: what it is narrowed by, saved views, and the same list as a table for a spreadsheet.
#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include "node/net/api_desk.h"
#include "node/net/api_names.h"
#include "node/net/csv.h"
#include "node/net/first_grade.h"
#include "node/office/text.h"
#include "node/store/excerpt.h"
#include "node/store/views.h"

namespace yz::node::api {
namespace {

constexpr std::int64_t kListMax = 100'000;
constexpr std::size_t kViewNameBytes = 200;
constexpr std::size_t kSearchBytes = 600;
/// Cases of an export that are in memory at a time, and rows of one piece of it: well below what may wait in a stream.
constexpr std::size_t kExportRows = 2'000, kPieceRows = 100;
/// Rows of one answer whose texts are read again for what was searched for.
constexpr std::size_t kExcerptsMost = 200;

using Parameters = std::map<std::string, std::string, std::less<>>;

constexpr std::array<std::string_view, 17> kKeys{"lane",        "state",    "office", "kind", "class",  "grade",
                                                 "from",        "until",    "by",     "due",  "search", "conflict",
                                                 "attachments", "exercise", "view",   "sort", "order"};

std::unexpected<Error> wrong(std::string_view key, std::string_view en, std::string_view zh, std::string_view code) {
  return std::unexpected(Error{Fault::invalid, std::string(key) + ": " + std::string(en), std::string(code),
                               "“" + std::string(key) + "”：" + std::string(zh)});
}

Result<std::int64_t> whole_number(std::string_view text, std::int64_t least, std::int64_t most) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < least || n > most)
    return fail(Fault::invalid, "limit is a number from " + std::to_string(least) + " to " + std::to_string(most),
                "invalid.limit");
  return n;
}

/// Reads parameters into a filter, one after the other.
class Reading {
 public:
  Reading(Request& r, const Parameters& p) : r_(r), p_(p) {}

  Result<ListFilter> all() {
    TRY(words());
    TRY(office());
    TRY(incident());
    TRY(times());
    TRY(due());
    TRY(order());
    f_.conflict = TRY(yes_or_no("conflict")).value_or(false);
    f_.attachments = TRY(yes_or_no("attachments"));
    f_.exercise = TRY(yes_or_no("exercise"));
    f_.search = said("search");
    if (f_.search.size() > kSearchBytes)
      return wrong("search", "at most 200 characters", "最多200字", "invalid.search");
    return std::move(f_);
  }

 private:
  std::string_view said(std::string_view key) const {
    const auto at = p_.find(key);
    return at == p_.end() ? std::string_view() : std::string_view(at->second);
  }

  Result<> words() {
    if (const auto lane = said("lane"); !lane.empty()) {
      f_.lane = sync::lane_from(lane);
      if (!f_.lane || !sync::is_stream_lane(*f_.lane))
        return fail(Fault::invalid, "the lane is flash, urgent or routine", "invalid.lane");
    }
    if (const auto state = said("state"); !state.empty()) {
      f_.state = report_state_from(state);
      if (!f_.state) return fail(Fault::invalid, "there is no such state", "invalid.state");
    }
    if (const auto kind = said("kind"); !kind.empty()) {
      f_.kind = kind_from(kind);
      if (!f_.kind) return fail(Fault::invalid, "there is no such kind of report", "invalid.kind");
    }
    return {};
  }

  Result<> office() {
    const auto code = said("office");
    if (code.empty()) return {};
    const auto row = TRY(r_.host.directory().office_by_code(code));
    if (!row) return fail(Fault::missing, "no office of this code is known here", "office.missing");
    f_.office = row->id;
    return {};
  }

  Result<> incident() {
    if (const auto cls = said("class"); !cls.empty()) {
      const IncidentTypes& known = r_.host.rules().data().incidents;
      if (std::ranges::find(known.classes, cls, &IncidentTypes::Class::code) == known.classes.end())
        return fail(Fault::invalid, "there is no such class of incidents", "invalid.class");
      f_.incidents.emplace();
      for (const auto& t : known.types)
        if (t.class_code == cls) f_.incidents->push_back(t.code);
    }
    if (const auto grade = said("grade"); !grade.empty()) {
      if (!incident_level_from(grade))
        return fail(Fault::invalid, "the grade is I, II, III, IV or ungraded", "invalid.grade");
      f_.grade = grade;
    }
    return {};
  }

  /// A day of this office's calendar, or an instant. `after`: the end of that day.
  Result<std::optional<sync::Millis>> time(std::string_view key, bool after) const {
    const std::string_view typed = said(key);
    if (typed.empty()) return std::nullopt;
    const bool day = typed.size() == 10;
    const auto at = instant(day ? std::string(typed) + "T00:00:00+00:00" : std::string(typed));
    if (!at)
      return wrong(key, "a day such as 2026-11-22, or a time such as 2026-11-22T14:05:00+08:00",
                   "须为 2026-11-22 这样的日期或 2026-11-22T14:05:00+08:00 这样的时间", "invalid.time");
    if (!day) return *at;
    return *at - offset() + (after ? sync::kDayMs : 0);
  }
  sync::Millis offset() const { return r_.host.config().office.utc_offset_minutes.count() * 60'000; }

  Result<> times() {
    f_.from = TRY(time("from", false));
    f_.until = TRY(time("until", true));
    const std::string_view by = said("by");
    if (by == "occurred")
      f_.by = TimeOf::occurred;
    else if (by == "received")
      f_.by = TimeOf::received;
    else if (!by.empty() && by != "signed")
      return wrong(by, "the time is occurred, signed or received", "时间只能是 occurred、signed 或 received",
                   "invalid.filter");
    return {};
  }

  Result<> due() {
    const std::string_view due = said("due");
    if (due.empty()) return {};
    const sync::Millis now = r_.now(), midnight = (now + offset()) / sync::kDayMs * sync::kDayMs - offset();
    f_.due_from = due == "today" ? midnight : 0;
    f_.due_until = due == "overdue" ? now
                   : due == "today" ? midnight + sync::kDayMs
                                    : std::numeric_limits<sync::Millis>::max();
    if (due != "overdue" && due != "today" && due != "any")
      return wrong("due", "overdue, today or any", "只能是 overdue、today 或 any", "invalid.filter");
    return {};
  }

  Result<> order() {
    static constexpr std::array<std::string_view, 5> kColumns{"time", "lane", "office", "state", "number"};
    const std::string_view column = said("sort"), order = said("order");
    if (!order.empty() && order != "asc" && order != "desc")
      return wrong("order", "asc or desc", "只能是 asc 或 desc", "invalid.filter");
    f_.ascending = order == "asc";
    if (column.empty()) return {};
    const auto* const at = std::ranges::find(kColumns, column);
    if (at == kColumns.end())
      return wrong("sort", "time, lane, office, state or number", "只能是 time、lane、office、state 或 number",
                   "invalid.filter");
    f_.order = static_cast<OrderBy>(at - kColumns.begin());
    return {};
  }

  Result<std::optional<bool>> yes_or_no(std::string_view key) const {
    const std::string_view word = said(key);
    if (word.empty()) return std::nullopt;
    if (word != "true" && word != "false") return wrong(key, "true or false", "只能是 true 或 false", "invalid.filter");
    return word == "true";
  }

  Request& r_;
  const Parameters& p_;
  ListFilter f_;
};

/// A mistyped name would show more than was asked for.
Result<> known_keys(const Parameters& p, std::initializer_list<std::string_view> further) {
  for (const auto& [key, value] : p)
    if (std::ranges::find(kKeys, key) == kKeys.end() && std::ranges::find(further, key) == further.end())
      return wrong(key.substr(0, 40), "the list is not narrowed by that", "列表没有这个条件", "invalid.member");
  return {};
}

/// The text of a view; parameters that are no text, or that a list does not know, do not come in.
Result<Parameters> parameters_of(const Json& filter) {
  Parameters out;
  for (const auto& m : *filter.members()) {
    if (!m.value.string()) return wrong(m.key.substr(0, 40), "has to be text", "须为文字", "invalid.type");
    if (!m.value.string()->empty()) out[m.key] = *m.value.string();
  }
  return out;
}

Json json_of(const Parameters& p) {
  Json j = Json::object();
  for (const auto& [key, value] : p) j.set(key, value);
  return j;
}

Result<Json> view_json(const SavedView& v) {
  return Json::object({{"name", v.name}, {"filter", TRY(parse_json(v.filter))}});
}

/// What was asked for, over what the view that was named says.
Result<Parameters> asked(Request& r) {
  Parameters p;
  if (const auto name = r.param("view"); !name.empty()) {
    const auto v = TRY(view_named(r.store(), r.officer.person, name));
    if (!v) return fail(Fault::missing, "you have no saved view of this name", "view.missing");
    p = TRY(parameters_of(TRY(parse_json(v->filter))));
  }
  for (const auto& [key, value] : r.query)
    if (key != "view") p[key] = value;
  return p;
}

/// One page after the other; what it needs of the call is copied, for the call is over by then.
class Export {
 public:
  Export(Request& r, ListFilter f) : host_(r.host), language_(r.language), f_(std::move(f)) {
    f_.limit = kExportRows;
    f_.order.reset();  // all of it, which no order but the newest first can promise
    for (const KindInfo& k : host_.rules().data().kinds)
      kinds_.emplace(to_string(k.kind), language_ == Language::zh ? k.zh : k.en);
  }

  /// Nothing at the end.
  Result<std::optional<std::string>> piece() {
    std::string out;
    if (!begun_) out = begin();
    begun_ = true;
    if (at_ == page_.rows.size()) {
      if (ended_) return out.empty() ? std::nullopt : std::optional(std::move(out));
      page_ = TRY(list_cases(host_.store(), f_));
      at_ = 0;
      f_.after = page_.next;
      ended_ = page_.next.empty();
    }
    const ApiCall none;
    const Request r{host_, none, {}, language_};
    for (std::size_t n = 0; n < kPieceRows && at_ < page_.rows.size(); ++n) out += TRY(line(r, page_.rows[at_++]));
    return out;
  }

 private:
  bool zh() const { return language_ == Language::zh; }

  std::string begin() const {
    const std::vector<std::string> zh{"编号",     "标题",     "类别",     "紧急程度", "状态",       "单位",
                                      "单位代码", "事发时间", "送签时间", "签发时间", "签发不晚于", "收到时间",
                                      "事件类型", "等级",     "核验",     "演练",     "附件数",     "事项"};
    const std::vector<std::string> en{"number",           "title",       "kind",          "urgency",      "state",
                                      "office",           "office code", "occurred at",   "submitted at", "signed at",
                                      "signed not after", "received at", "incident type", "grade",        "verified",
                                      "exercise",         "attachments", "case"};
    return std::string(csv::kBom) + csv::row(this->zh() ? zh : en);
  }

  using Words = std::pair<std::string_view, std::string_view>;
  /// As the page says it.
  static constexpr Words kLanes[] = {{"flash", "特急"}, {"urgent", "加急"}, {"routine", "平件"}};
  static constexpr Words kStates[] = {{"draft", "草稿"},
                                      {"in_review", "待签发"},
                                      {"returned", "已退回"},
                                      {"signed", "待发出"},
                                      {"sent", "已发出"},
                                      {"delivered", "已送达"},
                                      {"opened", "对方已核验"},
                                      {"acknowledged", "已签收"},
                                      {"withdrawn", "已撤回"},
                                      {"rejected", "对方拒收"},
                                      {"received", "新收到"},
                                      {"adopted", "已采用"},
                                      {"not_adopted", "未采用"},
                                      {"filed", "备查"},
                                      {"instructed", "有批示"},
                                      {"forwarded", "已转报"},
                                      {"forward_waits", "转报，待送达"},
                                      {"in_follow_through", "督办中"},
                                      {"feedback_given", "已反馈"},
                                      {"closed", "已办结"},
                                      {"archived", "已归档"}};
  std::string said(std::span<const Words> words, std::string_view name) const {
    std::string plain(name);
    std::ranges::replace(plain, '_', ' ');
    if (!zh()) return plain;
    const auto at = std::ranges::find(words, name, &Words::first);
    return at == words.end() ? plain : std::string(at->second);
  }

  /// "2026-11-22 14:05", which a spreadsheet takes for a time.
  static std::string minute(const Json& t) {
    const std::string* s = t.string();
    return s && s->size() >= 16 ? s->substr(0, 10) + " " + s->substr(11, 5) : std::string();
  }

  const std::pair<std::string, std::string>& office(const Request& r, const OfficeId& id) {
    auto at = offices_.find(id);
    if (at == offices_.end()) at = offices_.emplace(id, std::pair(r.code_of(id), r.office_name(id))).first;
    return at->second;
  }

  /// What its newest version is, in the page's words: of a first report that has its final one, 终报.
  std::string kind_of(const MatterRow& m, std::string_view version) const {
    static constexpr Words kFurther[] = {
        {"followup", "续报"}, {"final", "终报"}, {"correction", "更正"}, {"withdrawal", "撤回"}};
    const auto known = kinds_.find(to_string(m.kind));
    const std::string kind = known == kinds_.end() ? std::string(to_string(m.kind)) : known->second;
    if (std::ranges::find(kFurther, version, &Words::first) == std::end(kFurther)) return kind;
    const std::string further = said(kFurther, version);
    return version == "correction" ? kind + (zh() ? " · " : ", ") + further : further;
  }

  /// Where the report states no grade, as the rules have it, said to be so.
  static Result<std::string> grade_of(const Request& r, const MatterRow& m, bool zh) {
    if (!m.grade.empty()) return m.grade;
    const std::string grade = TRY(first_grade(r, m));
    if (grade.empty() || grade == to_string(IncidentLevel::ungraded)) return std::string();
    static constexpr Words kGrades[] = {{"I", "特别重大"}, {"II", "重大"}, {"III", "较大"}, {"IV", "一般"}};
    const auto word = std::ranges::find(kGrades, std::string_view(grade), &Words::first);
    return zh && word != std::end(kGrades) ? "初判：" + std::string(word->second) : "by its figures: " + grade;
  }

  Result<std::string> line(const Request& r, const MatterRow& m) {
    const auto& [code, name] = office(r, m.office);
    const Json row = TRY(row_json(r, m, code, name));
    const std::string_view state = row.flag("forward_waits") ? "forward_waits" : name_of(m.state);
    const auto* type = host_.rules().incident_type(m.incident);
    const auto word = [&](bool b) { return std::string(b ? (zh() ? "是" : "yes") : (zh() ? "否" : "no")); };
    // What nobody has signed has nothing that could be verified.
    const bool unsigned_yet = !m.signed_at;
    const std::array<std::string, 18> cells{m.number,
                                            m.title,
                                            kind_of(m, row.text("version")),
                                            said(kLanes, name_of(m.lane)),
                                            said(kStates, state),
                                            name,
                                            code,
                                            minute(r.time(m.occurred)),
                                            minute(r.time(m.submitted)),
                                            minute(r.time(m.signed_at)),
                                            minute(r.time(m.signed_until)),
                                            minute(r.time(m.received)),
                                            !type  ? m.incident
                                            : zh() ? type->zh
                                                   : type->en,
                                            TRY(grade_of(r, m, zh())),
                                            unsigned_yet ? std::string() : word(m.verified),
                                            word((m.flags & record_note::exercise) != 0),
                                            std::to_string(m.attachments),
                                            base32(m.id.view())};
    return csv::row(cells);
  }

  ApiHost& host_;
  Language language_;
  ListFilter f_;
  std::map<std::string, std::string, std::less<>> kinds_;
  std::map<OfficeId, std::pair<std::string, std::string>> offices_;
  CaseList page_;
  std::size_t at_ = 0;  ///< of page_: the next one to be written
  bool begun_ = false, ended_ = false;
};

Result<Json> excerpt_json(Store& store, const MatterRow& m, std::string_view searched, std::size_t& left) {
  Json list = Json::array();
  for (const ExcerptPart& p : TRY(excerpt_of(store, m, searched, left)))
    list.add(Json::object({{"text", p.text}, {"hit", p.hit}}));
  return list;
}

}  // namespace

Result<ApiReply> get_reports(Request& r) {
  TRY(r.host.open_received());  // what was receipted is listed
  const Parameters p = TRY(asked(r));
  TRY(known_keys(p, {"limit", "after"}));
  ListFilter f = TRY(Reading(r, p).all());
  if (const auto limit = r.param("limit"); !limit.empty())
    f.limit = static_cast<std::size_t>(TRY(whole_number(limit, 1, kListMax)));
  f.after = r.param("after");
  const CaseList list = TRY(list_cases(r.store(), f));
  Names names(r);
  Json reports = Json::array();
  reports.items()->reserve(list.rows.size());
  std::size_t excerpts_left = kExcerptOctets;
  for (const MatterRow& m : list.rows) {
    const auto& [code, name] = names.of(m.office);
    Json row = TRY(row_json(r, m, code, name));
    if (!f.search.empty() && reports.items()->size() < kExcerptsMost)
      row.set("excerpt", TRY(excerpt_json(r.store(), m, f.search, excerpts_left)));
    reports.add(std::move(row));
  }
  Json j = Json::object({{"reports", std::move(reports)}, {"next", list.next.empty() ? Json() : Json(list.next)}});
  if (list.among) j.set("among", *list.among);
  return reply(std::move(j));
}

Result<ApiReply> get_reports_export(Request& r) {
  TRY(r.host.open_received());
  const Parameters p = TRY(asked(r));
  TRY(known_keys(p, {}));
  auto out = std::make_shared<Export>(r, TRY(Reading(r, p).all()));
  // What leaves as a table leaves the node's care: it is written down who took it, before the first row goes.
  std::string first = TRY(out->piece()).value_or(std::string());
  TRY(r.store().write(
      [&] { return r.store().journal(r.officer.name, "reports.export", r.param("view"), dump(json_of(p)), r.now()); }));
  ApiReply reply;
  reply.content_type = "text/csv; charset=utf-8";
  reply.file_name = "reports.csv";
  reply.body = std::move(first);
  reply.more = [out = std::move(out)] { return out->piece(); };
  return reply;
}

Result<ApiReply> get_views(Request& r) {
  Json list = Json::array();
  for (const SavedView& v : TRY(views(r.store(), r.officer.person))) list.add(TRY(view_json(v)));
  return reply(Json::object({{"views", std::move(list)}}));
}

Result<ApiReply> put_view(Request& r) {
  TRY(only(r.body, {"filter"}));
  const std::string& name = r.parts[0];
  if (name.empty() || name.size() > kViewNameBytes || !one_line(name))
    return fail(Fault::invalid, "a view needs a name of one line", "invalid.name");
  const Json* filter = r.body.find("filter");
  if (!filter || !filter->members()) return fail(Fault::invalid, "filter has to be an object", "invalid.type");
  const Parameters p = TRY(parameters_of(*filter));
  if (p.contains("view")) return wrong("view", "a view names no other", "视图里不能再用视图", "invalid.member");
  TRY(known_keys(p, {}));
  TRY(Reading(r, p).all());
  const SavedView v{name, dump(json_of(p))};
  TRY(r.store().write([&] { return keep_view(r.store(), r.officer.person, v, r.now()); }));
  return reply(TRY(view_json(v)));
}

Result<ApiReply> delete_view(Request& r) {
  const bool was = TRY(r.store().write([&] { return forget_view(r.store(), r.officer.person, r.parts[0]); }));
  if (!was) return fail(Fault::missing, "you have no saved view of this name", "view.missing");
  return reply(Json::object({{"name", r.parts[0]}}));
}

}  // namespace yz::node::api
