// What has waited too long: for the work list, and as alarms that sound until somebody has taken note of them.
#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/escalation.h"
#include "node/store/absences.h"
#include "node/store/acts.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kLookedAt = 200;
constexpr std::size_t kItemBytesMax = 128;

struct Item {
  std::string name;  ///< the same at every machine of this office
  Awaited what{};
  MatterRow row;
  sync::Millis since = 0;
  std::optional<sync::Millis> due = {};
  bool exercise = false;
  bool by_us = false;  ///< an instruction of ours
  bool again = false;  ///< of a flash report: what came before was looked at, a later version of it was not
};

/// When it was submitted: the clock of what the drafter signed.
std::optional<sync::Millis> submitted_at(const Draft& d) {
  Writer w;  // without a closed block it is no record yet; a signature of zeros stands in for the form's sake
  w.raw(d.content).u8(1).u8(1).id(CertDigest{}).id(Signature{});
  const auto shape = sync::decode_record(w.view());
  return shape ? std::optional(shape->record.at.ms()) : std::nullopt;
}

Result<> add_drafts(Request& r, std::vector<Item>& out) {
  std::vector<std::int64_t> rows;
  {
    Query q = TRY(r.store().db().query(
        "select matter from draft where content is not null and record is null order by matter desc limit ?",
        kLookedAt));
    while (TRY(q.step())) rows.push_back(q.integer(0));
  }
  for (const std::int64_t row : rows) {
    const auto d = TRY(books_of(r).draft(row));
    if (!d || is_task(d->extras.type)) continue;
    const auto since = submitted_at(*d);
    if (!since) continue;
    MatterRow m = TRY(matter_at(r.store(), row));
    m.lane = std::min(m.lane, d->report.lane);
    if (m.title.empty()) m.title = d->report.title;
    out.push_back(
        {"sign_off:" + base32(m.id.view()) + ":" + std::to_string(*since), Awaited::sign_off, std::move(m), *since});
  }
  return {};
}

/// As people say it: minutes up to two hours, hours up to two days.
std::string how_long(sync::Millis ms, bool zh) {
  constexpr std::int64_t hour = 60, day = 24 * hour;
  const std::int64_t minutes = ms / 60'000;
  if (minutes < 2 * hour) return std::to_string(minutes) + (zh ? " 分钟" : " min");
  if (minutes < 2 * day) return std::to_string(minutes / hour) + (zh ? " 小时" : " h");
  return std::to_string(minutes / day) + (zh ? " 天" : " days");
}

std::string name_of_progress(const RecordId& instruction) {
  return "progress:" + hex(instruction.view()).substr(0, 32);
}

/// To us, who are to do it, or from us, who can chase. Whoever only has it to know can do nothing about it.
Result<> add_instructions(Request& r, std::vector<Item>& out) {
  struct Row {
    std::int64_t matter, row;
    RecordId id;
    sync::Millis at;
    std::optional<sync::Millis> due;
    bool exercise, by_us;
  };
  std::vector<Row> rows;
  {
    Query q = TRY(r.store().db().query(
        "select a.matter, a.record, r.id, a.hlc, a.due_ms, a.exercise, a.office from act a join record r on r.row = "
        "a.record"
        " where a.kind = ? and a.state = ? and (a.office = ? or a.duty = ?) order by a.record desc limit ?",
        static_cast<int>(ActKind::instruction), static_cast<int>(ActState::open), r.store().me().office,
        static_cast<int>(Duty::carry_out), kLookedAt));
    while (TRY(q.step())) {
      Row row{q.integer(0),
              q.integer(1),
              TRY(q.id<RecordId>(2)),
              sync::Hlc{static_cast<std::uint64_t>(q.integer(3))}.ms(),
              std::nullopt,
              q.integer(5) != 0,
              TRY(q.id<OfficeId>(6)) == r.store().me().office};
      if (!q.null(4)) row.due = q.integer(4);
      rows.push_back(row);
    }
  }
  for (const Row& row : rows)
    out.push_back({name_of_progress(row.id), Awaited::progress, TRY(matter_at(r.store(), row.matter)), row.at, row.due,
                   row.exercise, row.by_us});
  return {};
}

Result<> add_flash(Request& r, std::vector<Item>& out) {
  for (const ReportState state : {ReportState::received, ReportState::delivered, ReportState::opened}) {
    ListFilter f;
    f.state = state;
    f.lane = sync::Lane::flash;
    f.limit = kLookedAt;
    for (MatterRow& m : TRY(list_cases(r.store(), f)).rows) {
      const auto waits = TRY(first_unseen(r.store(), m));
      if (!waits) continue;
      const bool exercise = (m.flags & record_note::exercise) != 0;
      out.push_back({"flash:" + base32(m.id.view()) + ":" + std::to_string(waits->signed_at), Awaited::acknowledgement,
                     std::move(m), waits->since, std::nullopt, exercise, false, waits->again});
    }
  }
  return {};
}

Result<std::optional<std::int64_t>> hushed_step(Store& store, const std::string& item) {
  Query q = TRY(store.db().query("select max(step) from hushed where item = ?", item));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  return q.integer(0);
}

/// Whom the step asks, by name where there is one.
Result<std::string> asks(Request& r, const Item& i, Rung rung) {
  const bool zh = r.language == Language::zh;
  const OfficeId& us = r.store().me().office;
  // What we asked of others, nobody but we can chase.
  const bool chases = i.what == Awaited::progress && i.by_us;
  if (rung == Rung::superior && !chases) {
    if (i.what == Awaited::acknowledgement && !i.row.own) return std::string(zh ? "本级主要领导" : "the office's head");
    const auto above = TRY(r.host.directory().superiors());
    const std::string name = above.empty() ? std::string() : above.front().name;
    return zh ? name + "值班员（电话）"
              : "the duty officer of " + (name.empty() ? "the superior" : name) + " (telephone)";
  }
  std::string names;
  const auto add = [&](const std::string& n) {
    if (!n.empty() && names.find(n) == std::string::npos) names += (names.empty() ? "" : zh ? "、" : ", ") + n;
  };
  if (rung == Rung::deputy)
    for (const AbsenceRow& a : TRY(absences(r.store(), r.now(), false, 16)))
      if (a.office == us && a.absence.running(r.now())) add(a.absence.word.deputy_name);
  if (names.empty())
    for (const OfficerRow& o : TRY(r.host.directory().officers(us)))
      if (o.state == OfficerState::active && (o.roles & crypto::role::signer)) add(o.name);
  return names;
}

std::string_view what_of(const Item& i, bool zh) {
  switch (i.what) {
    case Awaited::sign_off:
      return zh ? "送签未签" : "waits to be signed off";
    case Awaited::progress:
      return zh ? "批示未见办理" : "nothing was heard of an instruction";
    case Awaited::acknowledgement:
      if (i.again) return zh ? "特急后续来文未签收" : "what followed a flash report is not acknowledged";
      return zh ? "特急未签收" : "a flash report is not acknowledged";
  }
  return {};
}

/// Those whom our own report reached and who have not signed for it, by name.
Result<std::string> owing(Request& r, const MatterRow& m) {
  std::string names;
  Query q = TRY(r.store().db().query(
      "select distinct d.destination from delivery d join record v on v.row = d.record where v.matter = ? and v.own = 1"
      " and v.replaced = 0 and v.quarantine = 0 and v.type in (1, 2, 3, 4) and d.state in (2, 3)",
      m.row));
  while (TRY(q.step()))
    names += (names.empty() ? "" : r.language == Language::zh ? "、" : ", ") + r.office_name(TRY(q.id<OfficeId>(0)));
  return names;
}

/// What the alarm says. What an office above has not signed for, nobody here can settle: it says who to telephone.
Result<std::string> message_of(Request& r, const Item& i, Rung rung, const std::string& whom,
                               const std::string& title) {
  const bool zh = r.language == Language::zh;
  const std::string waited = how_long(r.now() - i.since, zh);
  std::string said;
  if (i.what == Awaited::acknowledgement && i.row.own) {
    const std::string above = TRY(owing(r, i.row));
    const bool names_caller = rung != Rung::superior && !whom.empty();
    if (zh)
      said = above + (i.again ? "未签收本单位特急的后续来文 " : "未签收本单位的特急 ") + waited + "，请" +
             (names_caller ? whom : "") + "打电话给" + above + "值班室：" + title;
    else
      said = above + " has not acknowledged our flash report for " + waited + "; " +
             (names_caller ? whom + " is asked to telephone" : "telephone") + " its duty room: " + title;
  } else {
    said = what_of(i, zh);
    said += zh ? " " + waited + "，请" + whom + (i.by_us ? "催办：" : "处理：") + title
               : " for " + waited + "; " + whom + " is asked to act: " + title;
  }
  if (i.exercise) said += zh ? "（演练）" : " (exercise)";
  return said;
}

/// What a row of the work list waits for.
std::optional<Awaited> awaited_in(std::string_view group) {
  if (group == "to_sign" || group == "in_review") return Awaited::sign_off;
  if (group == "carry_out" || group == "awaited" || group == "to_close") return Awaited::progress;
  if (group == "new" || group == "owed" || group == "waiting") return Awaited::acknowledgement;
  return std::nullopt;
}

}  // namespace

Result<std::optional<Unseen>> first_unseen(Store& store, const MatterRow& m) {
  std::int64_t seen = 0;
  {
    Query q = TRY(store.db().query(
        "select max(v.hlc) from record a join parent p on p.child = a.id"
        " join record v on v.id = p.parent and v.matter = a.matter where a.matter = ?1 and a.quarantine = 0 and"
        " (a.type in (11, 12, 13) or exists(select 1 from act x where x.record = a.row and x.kind in (9, 10)))"
        " and a.office <> ?2 and (?3 or a.office = ?4)",
        m.row, m.office, m.own ? 1 : 0, store.me().office));
    if (TRY(q.step()) && !q.null(0)) seen = q.integer(0);
  }
  Query q = TRY(store.db().query(
      "select bytes, signed_until_ms, signed_here, at_ms, hlc from record where matter = ? and office = ? and"
      " quarantine = 0 and type in (1, 2, 3, 4) and hlc > ? order by hlc limit 1",
      m.row, m.office, seen));
  if (!TRY(q.step())) return std::nullopt;
  const sync::Millis signed_at = TRY(signed_at_row(q, 0)).from;
  return Unseen{signed_at, m.own ? signed_at : std::max(signed_at, q.integer(3)), q.integer(4), seen > 0};
}

Result<std::optional<sync::Millis>> receipt_due(const Request& r, const MatterRow& m) {
  const auto first = TRY(first_unseen(r.store(), m));
  const auto from = first ? std::optional(first->signed_at) : m.signed_at;
  return from ? std::optional(*from + overdue_after(m.lane)) : std::nullopt;
}

Json escalation_in(const Json& escalations, const Work& w) {
  const auto what = awaited_in(w.group);
  const std::string asked = w.record ? name_of_progress(*w.record) : std::string();
  const Json* furthest = nullptr;
  for (const Json& e : *escalations.items()) {
    if (!what || e.text("what") != name_of(*what) || e.text("case") != base32(w.row.id.view())) continue;
    if (what == Awaited::progress && !asked.empty() && e.text("item") != asked) continue;
    if (!furthest || furthest->count("step") < e.count("step")) furthest = &e;
  }
  if (!furthest) return {};
  return Json::object({{"step", furthest->count("step")},
                       {"asks", furthest->text("asks")},
                       {"whom", furthest->text("whom")},
                       {"what", furthest->text("what")},
                       {"since", furthest->text("since")}});
}

Result<Json> escalations_json(Request& r, bool hushed_too) {
  std::vector<Item> items;
  TRY(add_drafts(r, items));
  TRY(add_instructions(r, items));
  TRY(add_flash(r, items));
  std::ranges::stable_sort(items, {}, [](const Item& i) { return std::pair(i.row.lane, i.since); });
  Json list = Json::array();
  for (const Item& i : items) {
    const Escalation e = escalation_of(r.host.rules().data().terms, i.what, i.row.lane, i.since, i.due, r.now());
    if (e.rung == Rung::none) continue;
    const auto step = static_cast<std::int64_t>(e.rung);
    const bool hushed = TRY(hushed_step(r.store(), i.name)).value_or(0) >= step;
    if (hushed && !hushed_too) continue;
    const std::string whom = TRY(asks(r, i, e.rung));
    const std::string title = i.row.title.empty() ? i.row.number : i.row.title;
    std::string said = TRY(message_of(r, i, e.rung, whom, title));
    list.add(Json::object({{"item", i.name},
                           {"what", name_of(i.what)},
                           {"step", step},
                           {"asks", name_of(e.rung)},
                           {"whom", whom},
                           {"case", base32(i.row.id.view())},
                           {"title", title},
                           {"lane", name_of(i.row.lane)},
                           {"since", r.time(i.since)},
                           {"next_at", r.time(e.next)},
                           {"office", r.code_of(i.row.office)},
                           {"sounds", i.row.lane != sync::Lane::routine && !hushed},
                           {"hushed", hushed},
                           {"exercise", i.exercise},
                           {"message", std::move(said)}}));
  }
  return list;
}

Result<ApiReply> get_escalations(Request& r) {
  TRY(r.host.open_received());
  return reply(Json::object({{"escalations", TRY(escalations_json(r, true))}}));
}

Result<ApiReply> post_escalation_seen(Request& r) {
  TRY(only(r.body, {"item", "step"}));
  const std::string item(r.body.text("item"));
  const std::int64_t step = r.body.count("step");
  if (item.empty() || item.size() > kItemBytesMax || step < 1 || step > 3)
    return fail(Fault::invalid, "item and step are those of the list", "escalation.item");
  const Json all = TRY(escalations_json(r, true));
  const bool there = std::ranges::any_of(
      *all.items(), [&](const Json& j) { return j.text("item") == item && j.count("step") >= step; });
  if (!there) return fail(Fault::missing, "nothing of this name waits too long any more", "escalation.missing");
  TRY(r.store().write([&]() -> Result<> {
    TRY(r.store().db().run("delete from hushed where at_ms < ?", r.now() - sync::Millis{400} * 24 * 3'600'000));
    TRY(r.store().db().run(
        "insert into hushed(item, step, officer, at_ms) values(?, ?, ?, ?) on conflict(item, step) do nothing", item,
        step, r.officer.name, r.now()));
    return r.store().journal(r.officer.name, "escalation.seen", item.substr(0, 64), std::to_string(step), r.now());
  }));
  return reply(Json::object({{"item", item}, {"step", step}, {"seen", true}}));
}

}  // namespace yz::node::api
