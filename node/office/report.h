#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sync/lane.h"

namespace yz::node {

/// What a report is. The names are the words of the command line, the API and
/// node/rules/kinds.json; the number is stored and sent: never renumber.
enum class Kind : std::uint8_t {
  first_report = 1,      ///< 紧急信息首报
  followup_report = 2,   ///< 紧急信息续报
  final_report = 3,      ///< 紧急信息终报
  dynamic = 4,           ///< 动态
  experience = 5,        ///< 经验(做法)
  problem = 6,           ///< 问题
  suggestion = 7,        ///< 建议
  research = 8,          ///< 调研
  public_sentiment = 9,  ///< 社情民意
  commissioned = 10,     ///< 约稿
  brief = 11,            ///< 简讯
  zero_report = 12,      ///< 零报告
};

inline constexpr std::array<std::pair<Kind, std::string_view>, 12> kKinds{{
    {Kind::first_report, "first_report"},
    {Kind::followup_report, "followup_report"},
    {Kind::final_report, "final_report"},
    {Kind::dynamic, "dynamic"},
    {Kind::experience, "experience"},
    {Kind::problem, "problem"},
    {Kind::suggestion, "suggestion"},
    {Kind::research, "research"},
    {Kind::public_sentiment, "public_sentiment"},
    {Kind::commissioned, "commissioned"},
    {Kind::brief, "brief"},
    {Kind::zero_report, "zero_report"},
}};

constexpr std::string_view to_string(Kind kind) {
  for (const auto& [k, name] : kKinds)
    if (k == kind) return name;
  return "?";
}
constexpr std::optional<Kind> kind_from(std::string_view name) {
  for (const auto& [k, n] : kKinds)
    if (n == name) return k;
  return std::nullopt;
}
/// For a number read from a record or a table.
constexpr std::optional<Kind> kind_from(std::uint8_t number) {
  for (const auto& [k, n] : kKinds)
    if (static_cast<std::uint8_t>(k) == number) return k;
  return std::nullopt;
}
/// Kinds that nobody may hold back, in whatever lane they travel.
constexpr bool is_emergency(Kind kind) {
  return kind == Kind::first_report || kind == Kind::followup_report || kind == Kind::final_report ||
         kind == Kind::zero_report;
}

/// How a report is to be handled. State secrets have no value here: they must
/// not enter the system at all (rule S01).
enum class Sensitivity : std::uint8_t {
  open = 0,         ///< 公开
  internal = 1,     ///< 内部
  work_secret = 2,  ///< 工作秘密
};
constexpr std::string_view to_string(Sensitivity s) {
  switch (s) {
    case Sensitivity::open:
      return "public";
    case Sensitivity::internal:
      return "internal";
    case Sensitivity::work_secret:
      return "work_secret";
  }
  return "?";
}
constexpr std::optional<Sensitivity> sensitivity_from(std::string_view name) {
  for (auto s : {Sensitivity::open, Sensitivity::internal, Sensitivity::work_secret})
    if (to_string(s) == name) return s;
  return std::nullopt;
}

/// How grave an incident is (an office's level is crypto::Level); orders by gravity, so that `stated < graded` means
/// 轻报.
enum class IncidentLevel : std::uint8_t {
  ungraded = 0,  ///< 未定级: the law gives no figure, or a person has to judge
  iv = 1,        ///< 一般
  iii = 2,       ///< 较大
  ii = 3,        ///< 重大
  i = 4,         ///< 特别重大
};
constexpr std::string_view to_string(IncidentLevel level) {
  switch (level) {
    case IncidentLevel::ungraded:
      return "ungraded";
    case IncidentLevel::iv:
      return "IV";
    case IncidentLevel::iii:
      return "III";
    case IncidentLevel::ii:
      return "II";
    case IncidentLevel::i:
      return "I";
  }
  return "?";
}
constexpr std::optional<IncidentLevel> incident_level_from(std::string_view name) {
  for (auto l : {IncidentLevel::ungraded, IncidentLevel::iv, IncidentLevel::iii, IncidentLevel::ii, IncidentLevel::i})
    if (to_string(l) == name) return l;
  return std::nullopt;
}

/// The value of a field: a count, a measure, yes or no, or text. Times are
/// counts of ms since 1970; a figure that nobody knows yet is the text kUnknown.
using Value = std::variant<std::int64_t, double, bool, std::string>;
inline constexpr std::string_view kUnknown = "unknown";

/// The filled-in fields of a report by their keys in node/rules/report-templates.json,
/// in the order of the keys, so that the same fields always give the same bytes.
struct Fields {
  std::map<std::string, Value, std::less<>> values;

  bool operator==(const Fields&) const = default;
  bool empty() const { return values.empty(); }
  void set(std::string_view key, Value value) { values.insert_or_assign(std::string(key), std::move(value)); }
  const Value* find(std::string_view key) const {
    auto at = values.find(key);
    return at == values.end() ? nullptr : &at->second;
  }
  /// The text of a text field; empty when there is none.
  std::string_view text(std::string_view key) const {
    const Value* v = find(key);
    const std::string* s = v ? std::get_if<std::string>(v) : nullptr;
    return s ? std::string_view(*s) : std::string_view();
  }
  /// A count; none when the field is absent, unknown or not a count.
  std::optional<std::int64_t> count(std::string_view key) const {
    const Value* v = find(key);
    const std::int64_t* n = v ? std::get_if<std::int64_t>(v) : nullptr;
    return n ? std::optional(*n) : std::nullopt;
  }
  /// A count or a measure as a measure.
  std::optional<double> measure(std::string_view key) const {
    if (auto n = count(key)) return static_cast<double>(*n);
    const Value* v = find(key);
    const double* d = v ? std::get_if<double>(v) : nullptr;
    return d ? std::optional(*d) : std::nullopt;
  }
};

/// What an officer writes. Who signed it, where it goes and what became of it is
/// not part of it. Topics, place, figures and the like are in `fields` only.
struct Report {
  Kind kind = Kind::dynamic;
  sync::Lane lane = sync::Lane::routine;
  std::string title;  ///< UTF-8
  std::string body;   ///< UTF-8, its bytes as written
  Fields fields;
  std::optional<std::int64_t> occurred_at;  ///< ms since 1970; emergencies only need it
  Sensitivity sensitivity = Sensitivity::internal;

  bool operator==(const Report&) const = default;
};

/// Whether nobody may hold this report back: an emergency by its kind or by its lane.
constexpr bool is_emergency(Kind kind, sync::Lane lane) {
  return is_emergency(kind) || lane == sync::Lane::flash || lane == sync::Lane::urgent;
}

}  // namespace yz::node
