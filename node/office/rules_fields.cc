#include <algorithm>
#include <charconv>
#include <cmath>

#include "node/office/rules_compiled.h"

namespace yz::node {
namespace {

/// Edits that turn a into b.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] != b[j - 1])});
      diagonal = above;
    }
  }
  return row[b.size()];
}

struct Named {
  std::string_view code, zh, en;
};
/// " (did you mean a, b?)" from up to five near names, or nothing.
std::string near(std::string_view typed, const std::vector<Named>& names) {
  if (typed.size() > 100) return {};  // no name is that long, and the distance takes the product of the lengths
  std::vector<std::pair<std::size_t, std::string_view>> found;
  for (const Named& n : names) {
    const std::size_t d = distance(typed, n.code);
    const bool inside = typed.size() >= 3 && (n.code.find(typed) != n.code.npos || typed.find(n.code) != typed.npos ||
                                              n.zh.find(typed) != n.zh.npos || typed == n.en);
    if (inside || d <= std::max<std::size_t>(1, typed.size() / 3)) found.emplace_back(inside ? 0 : d, n.code);
  }
  std::sort(found.begin(), found.end());
  std::string out;
  for (std::size_t i = 0; i < std::min<std::size_t>(5, found.size()); ++i)
    out += (i ? ", " : "") + std::string(found[i].second);
  return out.empty() ? out : " (did you mean " + out + "?)";
}

bool says_unknown(std::string_view s) {
  for (std::string_view w : {"unknown", "不详", "不明", "未知", "待核实", "正在核实", "核实中"})
    if (s == w) return true;
  return false;
}
std::string plain(double v) { return std::to_string(static_cast<std::int64_t>(v)); }

/// By its code in any case, or by its name in either language.
const Named* choose(std::string_view typed, const std::vector<Named>& names) {
  auto same = [](std::string_view a, std::string_view b) {
    auto low = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return low(x) == low(y); });
  };
  for (const Named& n : names)
    if (same(typed, n.code) || typed == n.zh || same(typed, n.en)) return &n;
  return nullptr;
}

}  // namespace

Result<Value> Rules::parse_field(std::string_view key, std::string_view text) const {
  if (!valid_utf8(key)) return fail(Fault::invalid, "a field's name is not valid UTF-8", "field.unknown");
  const FieldSpec* f = field(key);
  if (!f) {
    std::vector<Named> names;
    for (const FieldSpec& s : compiled_->data.templates.fields)
      if (!s.by_node) names.push_back({s.key, s.zh, s.en});
    std::string shown(key.substr(0, 64));
    while (!valid_utf8(shown)) shown.pop_back();
    return fail(Fault::invalid, "there is no field " + shown + near(key, names), "field.unknown");
  }
  auto bad = [&](const std::string& why) { return fail(Fault::invalid, f->key + ": " + why, "field.invalid"); };
  if (f->by_node)
    return fail(Fault::invalid, f->key + " is not set as a field: the report and its signatures give it",
                "field.by_node");
  if (!valid_utf8(text)) return bad("not valid UTF-8");
  if (text.size() > kFieldBytesMax)
    return fail(Fault::full, f->key + ": longer than " + std::to_string(kFieldBytesMax) + " bytes", "field.too_long");

  const std::string_view t = trimmed(text);
  if (t.empty()) return bad("empty");
  if (f->type == FieldType::text) return Value(says_unknown(t) ? std::string(kUnknown) : std::string(text));

  const std::string s = half_width(t);
  // What the node itself gives is never unknown.
  if (says_unknown(s) && f->source == FieldSource::person && f->type != FieldType::choice &&
      f->type != FieldType::incident_type)
    return Value(std::string(kUnknown));
  auto range = [&] { return "a number from " + plain(f->min) + " to " + plain(f->max) + " is needed"; };
  switch (f->type) {
    case FieldType::text:
      break;
    case FieldType::integer: {
      std::int64_t n = 0;
      auto [end, e] = std::from_chars(s.data(), s.data() + s.size(), n);
      if (s[0] == '-' || e != std::errc() || end != s.data() + s.size()) return bad("whole " + range().substr(2));
      if (static_cast<double>(n) < f->min || static_cast<double>(n) > f->max) return bad(range());
      return Value(n);
    }
    case FieldType::number: {
      double d = 0;
      auto [end, e] = std::from_chars(s.data(), s.data() + s.size(), d, std::chars_format::fixed);
      if (s[0] == '-' || e != std::errc() || end != s.data() + s.size() || !std::isfinite(d)) return bad(range());
      if (d < f->min || d > f->max) return bad(range());
      return Value(d);
    }
    case FieldType::boolean: {
      for (std::string_view yes : {"true", "yes", "1", "是", "有"})
        if (s == yes) return Value(true);
      for (std::string_view no : {"false", "no", "0", "否", "无"})
        if (s == no) return Value(false);
      return bad("true or false is needed");
    }
    case FieldType::datetime: {
      if (auto at = instant(s)) return Value(*at);
      return bad("a time such as 2026-06-08T14:30:00+08:00 is needed");
    }
    case FieldType::choice: {
      std::vector<Named> names;
      for (const auto& c : f->choices) names.push_back({c.code, c.zh, c.en});
      if (const Named* n = choose(s, names)) return Value(std::string(n->code));
      std::string all;
      for (const Named& n : names) all += (all.empty() ? "" : ", ") + std::string(n.code);
      return bad("one of " + all + " is needed");
    }
    case FieldType::incident_type: {
      std::vector<Named> names;
      for (const auto& i : compiled_->data.incidents.types) names.push_back({i.code, i.zh, i.en});
      if (const Named* n = choose(s, names)) return Value(std::string(n->code));
      return bad("no such type of incident" + near(s, names));
    }
  }
  return bad("cannot be set");
}

Result<> Rules::set_field(Report& report, std::string_view key, std::string_view text) const {
  Value value = TRY(parse_field(key, text));
  const FieldSource source = field(key)->source;
  if (source == FieldSource::occurred_at)
    report.occurred_at = std::get<std::int64_t>(value);
  else if (source == FieldSource::sensitivity)
    report.sensitivity = *sensitivity_from(std::get<std::string>(value));
  else
    report.fields.set(key, std::move(value));
  return {};
}

}  // namespace yz::node
