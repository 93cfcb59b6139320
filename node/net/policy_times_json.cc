// Timetables and skip-level addressing, as a policy says them.
#include <set>

#include "node/net/policy_parts.h"
#include "node/office/text.h"
#include "node/office/timetable.h"

namespace yz::node::policy_parts {
namespace {

constexpr std::size_t kTimesMost = 24, kTimesNameBytesMost = 120, kCodeBytesMost = 32, kTimetablesMost = 256;
constexpr std::int64_t kPersonsMost = 20;

/// Words of a list, each of which has to be good; none when it is no such list.
template <class Good>
std::optional<std::vector<std::string>> words(const Json& e, const char* key, std::size_t most, Good good) {
  std::vector<std::string> out;
  const Json* list = e.find(key);
  if (!list) return out;
  if (!list->items() || list->items()->size() > most) return std::nullopt;
  for (const Json& w : *list->items()) {
    if (!w.string() || !good(*w.string())) return std::nullopt;
    if (std::ranges::find(out, *w.string()) == out.end()) out.push_back(*w.string());
  }
  return out;
}

bool good_code(const std::string& s) {
  return !s.empty() && s.size() <= kCodeBytesMost && std::ranges::all_of(s, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
  });
}

/// A member that is a day; false when it is there and none.
bool read_day(const Json& e, const char* key, std::optional<std::int64_t>& to) {
  const Json* d = e.find(key);
  if (!d || d->is_null()) return true;
  to = d->string() ? day_from(*d->string()) : std::nullopt;
  return to.has_value();
}

std::optional<Timetable> read_one(const Json& e, const std::string& at, bool watch, const Tell& tell) {
  const auto bad = [&](PolicySaid why) {
    tell("policy.form", at, std::move(why));
    return std::nullopt;
  };
  Timetable t;
  t.name = e.text("name");
  if (t.name.size() > kTimesNameBytesMost || !one_line(t.name))
    return bad({"name is one short line", "名称写短短一行"});
  const auto levels = words(e, "levels", std::size(kLevels),
                            [](const std::string& s) { return std::ranges::find(kLevels, s) != std::end(kLevels); });
  const auto offices = words(e, "offices", kEntriesMax, good_code);
  if (!levels)
    return bad({"levels is a list of province, city, county, township, unit",
                "层级只能是 province、city、county、township、unit"});
  if (!offices) return bad({"offices is a list of codes", "另加单位须是单位代码，逗号分开"});
  if (levels->empty() && offices->empty())
    return bad({"which levels, or which offices", "请选哪些层级，或写另加的单位代码"});
  const auto at_words = words(e, "at", kTimesMost, [](const std::string& s) { return minute_from(s).has_value(); });
  if (!at_words || at_words->empty())
    return bad({"at is a list of times such as 16:30", "时刻要写成 16:30，几个用逗号分开"});
  t.levels = *levels;
  t.offices = *offices;
  for (const std::string& s : *at_words) t.at_min.push_back(*minute_from(s));
  std::ranges::sort(t.at_min);
  if (!read_day(e, "from", t.from_day) || !read_day(e, "to", t.to_day))
    return bad({"from and to are days such as 2026-10-01", "日期要写成 2026-10-01"});
  if (t.from_day && t.to_day && *t.to_day < *t.from_day)
    return bad({"the period ends before it begins", "到期日在开始日之前"});
  if (const Json* n = e.find("persons"); watch && n) {
    if (!n->integer() || *n->integer() < 0 || *n->integer() > kPersonsMost)
      return bad({"persons is a whole number from 0 to 20", "人数是 0 到 20 的整数"});
    t.persons = *n->integer();
  }
  return t;
}

void read_list(const Json& document, const char* key, std::vector<Timetable>& to, const Into& in) {
  const Json* list = document.find(key);
  if (!list) return;
  std::vector<Timetable> read;
  each_of(document, key, in.tell, [&](const Json& e, const std::string& at) {
    if (auto t = read_one(e, at, std::string_view(key) == "watch", in.tell)) read.push_back(*std::move(t));
  });
  // The topmost says all there is; whoever stands below only adds to it.
  if (!in.stricter && !in.superior) to.clear();
  for (Timetable& t : read)
    if (to.size() < kTimetablesMost && std::ranges::find(to, t) == to.end()) to.push_back(std::move(t));
}

}  // namespace

void read_times(const Json& document, const Into& in) {
  read_list(document, "zero_report", in.rules.terms.zero_reports, in);
  read_list(document, "watch", in.rules.terms.watches, in);
}

Json times_json(const std::vector<Timetable>& all, bool watch) {
  Json out = Json::array();
  for (const Timetable& t : all) {
    Json levels = Json::array(), offices = Json::array(), at = Json::array();
    for (const auto& l : t.levels) levels.add(l);
    for (const auto& c : t.offices) offices.add(c);
    for (const std::int64_t m : t.at_min) at.add(minute_text(m));
    Json one = Json::object(
        {{"name", t.name}, {"levels", std::move(levels)}, {"offices", std::move(offices)}, {"at", std::move(at)}});
    if (t.from_day) one.set("from", day_text(*t.from_day));
    if (t.to_day) one.set("to", day_text(*t.to_day));
    if (watch) one.set("persons", t.persons);
    out.add(std::move(one));
  }
  return out;
}

void read_skip(const Json& document, const Into& in) {
  const Json* skip = document.find("skip_level");
  if (!skip) return;
  PolicyTerms& terms = in.rules.terms;
  if (const Json* levels = skip->find("levels")) {
    const auto all = words(*skip, "levels", 4, [](const std::string& s) {
      const auto l = incident_level_from(s);
      return l && *l != IncidentLevel::ungraded;
    });
    if (!levels->items() || !all || all->empty())
      return in.tell("policy.form", "skip_level", {"levels is a list of I to IV", "levels 须是 I 到 IV 的列表"});
    IncidentLevel lowest = IncidentLevel::i;
    for (const std::string& l : *all) lowest = std::min(lowest, *incident_level_from(l));
    if (in.superior && lowest > in.superior->terms.skip_from)
      in.tell("policy.laxer", "skip_level", {"the superior wants more of them", "上级要求越级直报的更多"});
    terms.skip_from = in.stricter ? std::min(lowest, terms.skip_from) : lowest;
  } else if (!skip->find("classes")) {
    return in.tell("policy.form", "skip_level", {"levels is a list of I to IV", "levels 须是 I 到 IV 的列表"});
  }
  if (skip->find("classes") && !in.stricter && !in.superior) terms.skip.clear();
  each_of(*skip, "classes", in.tell, [&](const Json& e, const std::string& in_list) {
    const std::string at = "skip_level." + in_list;
    SkipRule r;
    r.class_code = e.text("class");
    if (r.class_code.empty() || r.class_code == "*" || !knows_class(in.rules, r.class_code))
      return in.tell(
          "policy.unknown", at,
          {"there is no class " + r.class_code.substr(0, 64), "没有这个类别：" + r.class_code.substr(0, 64)});
    r.from = e.text("from");
    if (r.from == "*") r.from.clear();
    if (!r.from.empty() && std::ranges::find(kLevels, r.from) == std::end(kLevels))
      return in.tell("policy.unknown", at, {"there is no such level of offices", "没有这个层级"});
    const auto lowest = incident_level_from(e.text("lowest"));
    if (!lowest || *lowest == IncidentLevel::ungraded)
      return in.tell("policy.form", at, {"lowest is I, II, III or IV", "级别只能是 I、II、III、IV"});
    r.lowest = *lowest;
    const auto same = [&](const SkipRule& o) { return o.class_code == r.class_code && o.from == r.from; };
    if (in.superior)
      if (const auto above = std::ranges::find_if(in.superior->terms.skip, same);
          above != in.superior->terms.skip.end() && r.lowest > above->lowest)
        in.tell("policy.laxer", at, {"the superior wants more of them", "上级要求越级直报的更多"});
    const auto there = std::ranges::find_if(terms.skip, same);
    if (there != terms.skip.end())
      there->lowest = in.stricter ? std::min(there->lowest, r.lowest) : r.lowest;
    else if (terms.skip.size() < kEntriesMax)
      terms.skip.push_back(std::move(r));
  });
}

Json skip_json(const RuleSet& rules) {
  Json levels = Json::array(), classes = Json::array();
  for (const auto l : {IncidentLevel::i, IncidentLevel::ii, IncidentLevel::iii, IncidentLevel::iv})
    if (l >= rules.terms.skip_from) levels.add(to_string(l));
  for (const SkipRule& r : rules.terms.skip)
    classes.add(Json::object(
        {{"class", r.class_code}, {"from", r.from.empty() ? "*" : r.from}, {"lowest", to_string(r.lowest)}}));
  return Json::object({{"levels", std::move(levels)}, {"classes", std::move(classes)}});
}

}  // namespace yz::node::policy_parts
