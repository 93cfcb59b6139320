// 统计、考核: figures of each office over a period, the list each was counted from, and the same as a table to take
// away.
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

#include "node/net/api_desk.h"
#include "node/net/csv.h"
#include "node/net/desk_rules.h"
#include "node/store/assess.h"

namespace yz::node::api {
namespace {

constexpr sync::Millis kLongest = 400 * sync::kDayMs;

struct Figured {
  Period period;
  bool own = false;
  Scheme scheme;
  OfficeRow by;
  std::vector<OfficeRow> of;
};

auto bad_time() {
  return fail(Fault::invalid, "a time is a day (2026-11-01), a month (2026-11) or RFC 3339", "stats.time");
}

/// Midnight of a day here; of "2026-11" of its first.
Result<sync::Millis> begin_of(const Request& r, std::string_view s, std::string_view day) {
  const std::int64_t offset = r.host.config().office.utc_offset_minutes.count();
  char zone[40];
  std::snprintf(zone, sizeof zone, "%c%02d:%02d", offset < 0 ? '-' : '+', static_cast<int>(std::abs(offset) / 60),
                static_cast<int>(std::abs(offset) % 60));
  const auto t = instant(std::string(s) + std::string(day) + "T00:00:00" + zone);
  return t ? Result<sync::Millis>(*t) : bad_time();
}

Result<sync::Millis> time_of(const Request& r, std::string_view s) {
  if (s.size() == 10) return begin_of(r, s, "");
  if (s.size() == 7) return begin_of(r, s, "-01");
  const auto t = instant(s);
  return t ? Result<sync::Millis>(*t) : bad_time();
}

std::string next_month(std::string_view month) {
  int year = 0, m = 0;
  std::from_chars(month.data(), month.data() + 4, year);
  std::from_chars(month.data() + 5, month.data() + 7, m);
  char out[40];
  std::snprintf(out, sizeof out, "%04d-%02d", m == 12 ? year + 1 : year, m == 12 ? 1 : m + 1);
  return out;
}

/// `month`, or `from` and `to` (both days count whole); else this month so far.
Result<Period> period_of(const Request& r) {
  Period p;
  if (const auto month = r.param("month"); !month.empty()) {
    if (month.size() != 7) return bad_time();
    p.from = TRY(time_of(r, month));
    p.to = TRY(time_of(r, next_month(month)));
  } else if (const auto from = r.param("from"); !from.empty()) {
    const auto to = r.param("to");
    p.from = TRY(time_of(r, from));
    p.to = to.empty() ? r.now() : TRY(time_of(r, to)) + (to.size() == 10 ? sync::kDayMs : 0);
  } else {
    const Json now = r.time(r.now());
    p.from = TRY(time_of(r, now.string()->substr(0, 7)));
    p.to = r.now();
  }
  if (p.from >= p.to || p.to - p.from > kLongest)
    return fail(Fault::invalid, "a period begins before it ends, and has at most 400 days", "stats.time");
  return p;
}

/// When an office that was directly below us left for another superior.
Result<std::optional<sync::Millis>> left_at(const Request& r, const OfficeRow& o) {
  if (o.state != OfficeState::moved) return std::nullopt;
  Query q =
      TRY(r.store().db().query("select max(at_ms) from journal where action = 'office.moved' and detail = ?", o.code));
  if (!TRY(q.step()) || q.null(0)) return std::nullopt;
  return q.integer(0);
}

/// An office that moved has another code now; it is asked for by the one that it had here, too.
Result<std::string> code_now(const Request& r, std::string_view code) {
  if (code.empty() || TRY(r.host.directory().office_by_code(code))) return std::string(code);
  Query q = TRY(r.store().db().query(
      "select detail from journal where action = 'office.moved' and subject = ? order by row desc limit 1", code));
  return TRY(q.step()) ? q.text(0) : std::string(code);
}

Result<Figured> asked(Request& r) {
  TRY(r.host.open_received());
  Figured a;
  a.period = TRY(period_of(r));
  a.own = r.param("own") == "true";
  const auto schemes = TRY(load_schemes());
  const std::string_view named = r.param("scheme");
  const auto s = std::ranges::find(schemes, named.empty() ? std::string_view("default") : named, &Scheme::id);
  if (s == schemes.end()) return fail(Fault::missing, "there is no such scheme", "stats.scheme");
  a.scheme = *s;
  const auto self = TRY(r.host.directory().office(r.store().me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  a.by = *self;
  if (a.own) {
    const auto above = TRY(r.host.directory().superiors());
    if (above.empty()) return fail(Fault::missing, "this office has no superior", "stats.superior");
    a.of = {*self};
    a.by = above.front();
    return a;
  }
  const std::string code = TRY(code_now(r, r.param("office")));
  for (const OfficeRow& o : TRY(r.host.directory().offices())) {
    if (!code.empty() && o.code != code) continue;
    const auto left = TRY(left_at(r, o));
    const bool here = o.state == OfficeState::below && o.superior == self->id;
    // What it did while it was ours is not undone by its leaving.
    if (here || (left && *left > a.period.from)) a.of.push_back(o);
  }
  if (a.of.empty() && !code.empty())
    return fail(Fault::missing, "no office of this code lies directly below ours", "office.missing");
  return a;
}

Result<std::vector<Fact>> facts_for(Request& r, const Figured& a, const OfficeRow& of) {
  Period period = a.period;
  if (const auto left = TRY(left_at(r, of))) period.to = std::min(period.to, *left);
  return facts_of(r.store(), r.host.directory(), r.host.rules(), of, a.by, period,
                  static_cast<int>(r.host.config().office.utc_offset_minutes.count()), r.now());
}

std::int64_t minutes(sync::Millis ms) { return ms / 60'000; }

/// 12 or 2.5, never 2.4999.
std::string plain_number(double d) {
  char out[32];
  std::snprintf(out, sizeof out, "%.2f", d);
  std::string s = out;
  while (s.ends_with('0')) s.pop_back();
  if (s.ends_with('.')) s.pop_back();
  return s == "-0" ? "0" : s;
}

Json points_json(const Assessment& a, const Scheme& s) {
  Json list = Json::array();
  for (const Points& p : a.points) {
    const ScoreItem& i = s.items[p.item];
    list.add(Json::object({{"item", p.item},
                           {"on", i.on},
                           {"level", i.level ? std::string(crypto::name_of(*i.level)) : std::string()},
                           {"channel", i.channel},
                           {"each", i.points},
                           {"count", p.count},
                           {"points", p.points}}));
  }
  return list;
}

Json office_json(const OfficeRow& o, const Assessment& a, const Scheme& s) {
  Json figures = Json::object();
  for (const auto& [f, name] : kFigures) {
    const auto n = a.counts.find(f);
    figures.set(name, n == a.counts.end() ? std::size_t{0} : n->second);
  }
  return Json::object({{"office", o.code},
                       {"name", o.name},
                       {"figures", std::move(figures)},
                       {"acknowledge_minutes", a.acknowledge_ms ? Json(minutes(*a.acknowledge_ms)) : Json()},
                       {"score", a.score},
                       {"points", points_json(a, s)}});
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 20> kHeadings{
    {{"收到信息", "received"},
     {"其中紧急", "urgent"},
     {"附件", "with attachments"},
     {"已签收", "acknowledged"},
     {"采用", "adopted"},
     {"不采用", "not adopted"},
     {"退回", "returned"},
     {"转报", "passed on"},
     {"综合采用", "used in a digest"},
     {"批示", "instructions"},
     {"首报及时", "first reports in time"},
     {"按时签发、迟到", "signed in time, arrived later"},
     {"首报迟报", "first reports late"},
     {"约稿完成", "commissions done"},
     {"约稿迟交", "commissions late"},
     {"约稿未交", "commissions missed"},
     {"零报告按时", "nil reports in time"},
     {"零报告迟报", "nil reports late"},
     {"零报告漏报", "nil reports missed"},
     {"零报告期间失联", "nil reports: not in contact"}}};

}  // namespace

Result<ApiReply> get_stats(Request& r) {
  const Figured a = TRY(asked(r));
  Json offices = Json::array(), figures = Json::array(), schemes = Json::array();
  for (const OfficeRow& o : a.of) offices.add(office_json(o, assess(TRY(facts_for(r, a, o)), a.scheme), a.scheme));
  for (const auto& [f, name] : kFigures) figures.add(name);
  for (const Scheme& s : TRY(load_schemes())) schemes.add(Json::object({{"id", s.id}, {"zh", s.zh}, {"en", s.en}}));
  return reply(Json::object({{"from", r.time(a.period.from)},
                             {"to", r.time(a.period.to)},
                             {"own", a.own},
                             {"by", Json::object({{"office", a.by.code}, {"name", a.by.name}})},
                             {"scheme", a.scheme.id},
                             {"schemes", std::move(schemes)},
                             {"figures", std::move(figures)},
                             {"offices", std::move(offices)}}));
}

Result<ApiReply> get_stats_list(Request& r) {
  const Figured a = TRY(asked(r));
  const auto figure = figure_from(r.param("figure"));
  // A figure, or what an item of the scheme gave points for.
  const ScoreItem* item = nullptr;
  if (const std::string_view given = r.param("item"); !given.empty()) {
    std::size_t n = 0;
    const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), n);
    if (error == std::errc() && end == given.data() + given.size() && n < a.scheme.items.size())
      item = &a.scheme.items[n];
  }
  if (!figure && !item) return fail(Fault::invalid, "there is no such figure", "stats.figure");
  Json list = Json::array();
  for (const OfficeRow& o : a.of)
    for (const Fact& f : TRY(facts_for(r, a, o))) {
      if (item ? !counts(*item, f, a.scheme) : f.figure != *figure) continue;
      Json j = Json::object();
      if (f.matter != 0) {
        const MatterRow m = TRY(matter_at(r.store(), f.matter));
        j = TRY(row_json(r, m, r.code_of(m.office), r.office_name(m.office)));
        j.set("sort", name_of(m.sort));
      } else {
        j.set("case", nullptr);
        j.set("office", o.code);
        j.set("office_name", o.name);
      }
      j.set("figure", name_of(f.figure));
      j.set("at", r.time(f.at));
      j.set("minutes", minutes(f.value));
      j.set("note", f.note);
      j.set("certain", f.certain);
      j.set("level", f.level ? std::string(crypto::name_of(*f.level)) : std::string());
      list.add(std::move(j));
    }
  return reply(
      Json::object({{"from", r.time(a.period.from)}, {"to", r.time(a.period.to)}, {"items", std::move(list)}}));
}

Result<ApiReply> get_stats_csv(Request& r) {
  const Figured a = TRY(asked(r));
  const bool zh = r.language == Language::zh;
  std::vector<std::string> cells{zh ? "单位代码" : "code", zh ? "单位" : "office"};
  for (const auto& [in_zh, in_en] : kHeadings) cells.emplace_back(zh ? in_zh : in_en);
  cells.emplace_back(zh ? "平均签收分钟" : "minutes to acknowledge");
  cells.emplace_back((zh ? "得分（" : "score (") + (zh ? a.scheme.zh : a.scheme.en) + (zh ? "）" : ")"));
  std::string out = std::string(csv::kBom) + csv::row(cells);
  for (const OfficeRow& o : a.of) {
    const Assessment got = assess(TRY(facts_for(r, a, o)), a.scheme);
    cells = {o.code, o.name};
    for (const auto& [f, name] : kFigures) {
      const auto n = got.counts.find(f);
      cells.push_back(std::to_string(n == got.counts.end() ? 0 : n->second));
    }
    cells.push_back(got.acknowledge_ms ? std::to_string(minutes(*got.acknowledge_ms)) : "");
    cells.push_back(plain_number(got.score));
    out += csv::row(cells);
  }
  ApiReply reply;
  reply.content_type = "text/csv; charset=utf-8";
  const std::string from = *r.time(a.period.from).string(), to = *r.time(a.period.to - 1).string();
  reply.file_name = (zh ? "统计 " : "statistics ") + from.substr(0, 10) + " " + to.substr(0, 10) + ".csv";
  reply.body = std::move(out);
  return reply;
}

}  // namespace yz::node::api
