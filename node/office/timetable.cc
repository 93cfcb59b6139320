#include "node/office/timetable.h"

#include <algorithm>
#include <chrono>

#include "sync/instant.h"

namespace yz::node {
namespace {

constexpr std::int64_t kLatestDay = 193'000;  // the year 2498
constexpr std::int64_t kDaysMost = 31;

bool digits(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}
std::int64_t number(std::string_view digits_only) {
  std::int64_t n = 0;
  for (const char c : digits_only) n = n * 10 + (c - '0');
  return n;
}
std::string two(std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); }

/// The day of the office's calendar.
std::int64_t day_at(std::int64_t ms, int offset_min) {
  const std::int64_t local = ms + offset_min * sync::kMinuteMs;
  return local >= 0 ? local / sync::kDayMs : (local - sync::kDayMs + 1) / sync::kDayMs;
}
bool on(const Timetable& t, std::int64_t day) {
  return day >= t.from_day.value_or(day) && day <= t.to_day.value_or(day);
}

/// Every time of these timetables for the office in those days, ascending; one minute may stand there twice.
struct Moment {
  std::int64_t ms = 0;
  const Timetable* of = nullptr;
};
std::vector<Moment> moments(const std::vector<Timetable>& all, std::string_view level, std::string_view code,
                            std::int64_t first_day, std::int64_t last_day, int offset_min) {
  std::vector<Moment> out;
  for (const Timetable& t : all) {
    if (!meant_for(t, level, code)) continue;
    for (std::int64_t day = first_day; day <= last_day; ++day)
      if (on(t, day))
        for (const std::int64_t m : t.at_min)
          out.push_back({day * sync::kDayMs + (m - offset_min) * sync::kMinuteMs, &t});
  }
  std::ranges::stable_sort(out, {}, &Moment::ms);
  return out;
}

}  // namespace

std::optional<std::int64_t> minute_from(std::string_view s) {
  if (s.size() != 5 || s[2] != ':' || !digits(s.substr(0, 2)) || !digits(s.substr(3))) return std::nullopt;
  const std::int64_t h = number(s.substr(0, 2)), m = number(s.substr(3));
  if (h > 23 || m > 59) return std::nullopt;
  return h * 60 + m;
}

std::string minute_text(std::int64_t minute) { return two(minute / 60) + ":" + two(minute % 60); }

std::optional<std::int64_t> day_from(std::string_view s) {
  if (s.size() != 10 || s[4] != '-' || s[7] != '-' || !digits(s.substr(0, 4)) || !digits(s.substr(5, 2)) ||
      !digits(s.substr(8)))
    return std::nullopt;
  const std::chrono::year_month_day d{std::chrono::year(static_cast<int>(number(s.substr(0, 4)))),
                                      std::chrono::month(static_cast<unsigned>(number(s.substr(5, 2)))),
                                      std::chrono::day(static_cast<unsigned>(number(s.substr(8))))};
  if (!d.ok()) return std::nullopt;
  const std::int64_t day = std::chrono::sys_days(d).time_since_epoch().count();
  if (day < 0 || day > kLatestDay) return std::nullopt;
  return day;
}

std::string day_text(std::int64_t day) {
  const std::chrono::year_month_day d{std::chrono::sys_days(std::chrono::days(day))};
  return std::to_string(static_cast<int>(d.year())) + "-" + two(static_cast<unsigned>(d.month())) + "-" +
         two(static_cast<unsigned>(d.day()));
}

bool meant_for(const Timetable& t, std::string_view level, std::string_view code) {
  return std::ranges::find(t.levels, level) != t.levels.end() || std::ranges::find(t.offices, code) != t.offices.end();
}

std::vector<ZeroDue> zero_reports_due(const PolicyTerms& terms, std::string_view level, std::string_view code,
                                      std::int64_t from, std::int64_t to, int offset_min) {
  std::vector<ZeroDue> out;
  if (to <= from) return out;
  from = std::max(from, to - kDaysMost * sync::kDayMs);
  // One day more: the time before the first one says since when its report counts.
  const auto all =
      moments(terms.zero_reports, level, code, day_at(from, offset_min) - 1, day_at(to, offset_min), offset_min);
  std::int64_t before = 0;
  for (const Moment& m : all) {
    if (!out.empty() && out.back().at_ms == m.ms) continue;
    if (m.ms > from && m.ms <= to) out.push_back({std::max(before, m.ms - sync::kDayMs), m.ms, m.of->name});
    before = m.ms;
  }
  return out;
}

std::optional<Shift> shift_at(const PolicyTerms& terms, std::string_view level, std::string_view code, std::int64_t at,
                              int offset_min) {
  const std::int64_t day = day_at(at, offset_min);
  const auto all = moments(terms.watches, level, code, day - 1, day + 1, offset_min);
  Shift s;
  for (const Moment& m : all) {
    if (m.ms <= at) {
      if (m.ms != s.from_ms) s = {m.ms, 0, 0, m.of->name};
      s.persons = std::max(s.persons, m.of->persons);
    } else if (s.from_ms != 0) {
      // A change after more than a day is another period's first.
      s.to_ms = std::min(m.ms, s.from_ms + sync::kDayMs);
      break;
    }
  }
  if (s.from_ms == 0 || at >= s.from_ms + sync::kDayMs) return std::nullopt;
  if (s.to_ms == 0) s.to_ms = s.from_ms + sync::kDayMs;
  return s;
}

}  // namespace yz::node
