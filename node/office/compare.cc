#include "node/office/compare.h"

#include <algorithm>
#include <array>

#include "node/office/rules.h"

namespace yz::node {
namespace {

constexpr std::array<std::string_view, 5> kMembers{"title", "body", "kind", "occurred_at", "sensitivity"};
/// They say something of one version, not of the case.
constexpr std::array<std::string_view, 2> kOfOneVersion{"sequence_no", "change_reason"};
/// Text fields that name a place, a person or an office.
constexpr std::array<std::string_view, 9> kNamesAndPlaces{"place",           "contact",       "on_site_commander",
                                                          "leaders_on_site", "drafter_phone", "source_units",
                                                          "co_reporters",    "organiser",     "water_source_affected"};

bool among(const auto& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

/// A field that a foreign body calls like a member of the report is told apart from it.
constexpr std::string_view kForeign = "fields.";

/// The members that a head's content gives; of one that is withdrawn or unreadable nothing.
struct Side {
  const Version* version = nullptr;
  Flat values;
  bool speaks() const { return version->content.has_value(); }
};

/// The figures of a text, in order; those of full width count as the others.
std::vector<std::string> figures(const std::optional<Value>& v) {
  std::vector<std::string> out;
  const auto* text = v ? std::get_if<std::string>(&*v) : nullptr;
  bool within = false;
  for (std::size_t i = 0; text && i < text->size(); ++i) {
    char c = (*text)[i];
    // U+FF10 to U+FF19 are EF BC 90 to EF BC 99.
    const bool wide = text->compare(i, 2, "\xef\xbc") == 0 && i + 2 < text->size() && (*text)[i + 2] >= '\x90' &&
                      (*text)[i + 2] <= '\x99';
    if (wide) {
      c = static_cast<char>((*text)[i + 2] - '\x90' + '0');
      i += 2;
    }
    const bool digit = c >= '0' && c <= '9';
    if (digit && !within) out.emplace_back();
    if (digit) out.back() += c;
    within = digit;
  }
  return out;
}

std::optional<Value> value_of(const Flat& f, const std::string& name) {
  const auto at = f.find(name);
  return at == f.end() ? std::nullopt : std::optional(at->second);
}

/// Three ways: nobody, one change, or several.
void judge(Difference& d, const std::vector<Side>& sides) {
  std::optional<std::size_t> changed;
  bool several = !d.has_base;
  for (std::size_t h = 0; h < sides.size(); ++h) {
    if (!sides[h].speaks()) continue;
    d.from = h;  // the newest, unless one change is found
    if (!d.has_base || d.sides[h] == d.base) continue;
    several |= changed && d.sides[*changed] != d.sides[h];
    changed = h;
  }
  if (several || !changed) return;
  d.how = Difference::How::taken;
  d.from = *changed;
}

/// Figures, times and names that come together from several versions are a statement nobody has signed: unless one
/// head holds all of them as they would be, a person decides on each.
void guard(std::vector<Difference>& all, const std::vector<Side>& sides) {
  const std::size_t heads = sides.size();
  std::size_t newest = 0;
  for (std::size_t h = 0; h < heads; ++h)
    if (sides[h].speaks()) newest = h;
  const auto holds_all = [&](std::size_t h) {
    return std::ranges::all_of(all, [&](const Difference& d) {
      return !d.guarded || (d.how == Difference::How::taken && d.sides[h] == d.sides[d.from]);
    });
  };
  for (std::size_t h = 0; h < heads; ++h)
    if (holds_all(h)) return;
  for (Difference& d : all) {
    if (!d.guarded) continue;
    d.how = Difference::How::disputed;
    d.from = newest;  // figures that are shown together come from one version
  }
}

/// The common ancestors' tables; false when they cannot serve as what was before.
bool bases(const CaseGraph& graph, const std::vector<std::size_t>& common, std::vector<Flat>& out) {
  for (const std::size_t i : common) {
    if (!graph.at(i).content) return false;
    out.push_back(flat(*graph.at(i).content));
  }
  return !out.empty();
}

void compare_fields(CaseView& v, const std::vector<Side>& sides, const std::vector<Flat>& before,
                    const std::function<bool(std::string_view)>& guarded) {
  std::set<std::string> names;
  for (const Side& s : sides)
    for (const auto& [name, value] : s.values) names.insert(name);
  for (const std::string& name : names) {
    Difference d;
    d.name = name;
    d.guarded = guarded(name);
    std::vector<const std::optional<Value>*> said;
    for (const Side& s : sides) d.sides.push_back(s.speaks() ? value_of(s.values, name) : std::nullopt);
    for (std::size_t h = 0; h < sides.size(); ++h)
      if (sides[h].speaks()) said.push_back(&d.sides[h]);
    if (std::ranges::all_of(said, [&](auto* s) { return *s == *said.front(); })) continue;
    d.guarded |= std::ranges::any_of(said, [&](auto* s) { return figures(*s) != figures(*said.front()); });
    if (!before.empty()) {
      d.base = value_of(before.front(), name);
      // Several common ancestors that differ are no ground to judge on.
      d.has_base = std::ranges::all_of(before, [&](const Flat& f) { return value_of(f, name) == d.base; });
      if (!d.has_base) d.base.reset();
    }
    judge(d, sides);
    v.differences.push_back(std::move(d));
  }
  guard(v.differences, sides);
}

void compare_withdrawal(CaseView& v, const std::vector<Side>& sides) {
  const auto gone = [](const Side& s) { return s.version->withdrawal; };
  v.withdrawn = std::ranges::all_of(sides, gone);
  if (v.withdrawn || std::ranges::none_of(sides, gone)) return;
  Difference d;
  d.name = kWithdrawn;
  d.guarded = true;
  for (const Side& s : sides) d.sides.emplace_back(Value(gone(s)));
  d.has_base = v.has_base;
  if (v.has_base) d.base = Value(false);
  for (std::size_t h = 0; h < sides.size(); ++h)
    if (!gone(sides[h])) d.from = h;  // until somebody decides, what was reported stays in sight
  v.differences.insert(v.differences.begin(), std::move(d));
}

}  // namespace

Flat flat(const Report& r) {
  Flat f;
  for (const auto& [key, value] : r.fields.values)
    if (!among(kOfOneVersion, key))
      f.insert_or_assign(among(kMembers, key) || key == kWithdrawn ? std::string(kForeign) + key : key, value);
  f.insert_or_assign("title", r.title);
  f.insert_or_assign("body", r.body);
  f.insert_or_assign("kind", std::string(to_string(r.kind)));
  f.insert_or_assign("sensitivity", std::string(to_string(r.sensitivity)));
  if (r.occurred_at) f.insert_or_assign("occurred_at", *r.occurred_at);
  return f;
}

void put_flat(Report& r, std::string_view name, const Value* value) {
  const std::string* text = value ? std::get_if<std::string>(value) : nullptr;
  if (name == "title") {
    r.title = text ? *text : std::string();
  } else if (name == "body") {
    r.body = text ? *text : std::string();
  } else if (name == "kind") {
    if (text) r.kind = kind_from(*text).value_or(r.kind);
  } else if (name == "sensitivity") {
    if (text) r.sensitivity = sensitivity_from(*text).value_or(r.sensitivity);
  } else if (name == "occurred_at") {
    const auto* ms = value ? std::get_if<std::int64_t>(value) : nullptr;
    r.occurred_at = ms ? std::optional(*ms) : std::nullopt;
  } else {
    const std::string key(name.starts_with(kForeign) ? name.substr(kForeign.size()) : name);
    if (value)
      r.fields.set(key, *value);
    else
      r.fields.values.erase(key);
  }
}

bool person_decides(const Rules& rules, std::string_view name) {
  if (name == "occurred_at" || among(kNamesAndPlaces, name)) return true;
  if (among(kMembers, name)) return false;
  const FieldSpec* spec = rules.field(name);
  return !spec || spec->type != FieldType::text;  // what we do not know may be a figure
}

const Difference* CaseView::difference(std::string_view name) const {
  const auto at = std::ranges::find(differences, name, &Difference::name);
  return at == differences.end() ? nullptr : &*at;
}

std::vector<std::string> CaseView::disputed() const {
  std::vector<std::string> out;
  for (const Difference& d : differences)
    if (d.how == Difference::How::disputed) out.push_back(d.name);
  return out;
}

CaseView view_of(const CaseGraph& graph, const CaseGraph::Standpoint& point,
                 const std::function<bool(std::string_view)>& guarded) {
  CaseView v;
  const std::size_t n = std::min(point.heads.size(), kJoinedAtOnce);
  v.heads.assign(point.heads.begin(), point.heads.begin() + static_cast<std::ptrdiff_t>(n));
  v.more = point.heads.size() - n;
  const CaseGraph::Common common = graph.common(v.heads);
  v.common = common.versions;
  std::vector<Flat> before;
  v.has_base = common.known && bases(graph, common.versions, before);
  if (!v.has_base) before.clear();

  std::vector<Side> sides;
  const Version* newest = nullptr;
  for (const CaseGraph::Head& h : v.heads) {
    const Version& version = graph.at(h.newest());
    sides.push_back({&version, version.content ? flat(*version.content) : Flat()});
    v.unreadable |= version.unreadable();
    v.lane = std::min(v.lane, version.lane);
    if (!version.content) continue;
    newest = &version;
    v.sequence = std::max(v.sequence, version.sequence);
  }
  if (newest) {
    compare_fields(v, sides, before, guarded);
    v.report = newest->content;
    v.report->lane = v.lane;
    for (const Difference& d : v.differences)
      put_flat(*v.report, d.name, d.sides[d.from] ? &*d.sides[d.from] : nullptr);
  }
  compare_withdrawal(v, sides);
  return v;
}

}  // namespace yz::node
