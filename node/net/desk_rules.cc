#include "node/net/desk_rules.h"

#include <algorithm>

#include "node/net/json.h"
#include "node/rules/embedded.h"

namespace yz::node {
namespace {

constexpr std::size_t kNilTimesMost = 24;

/// "16:30"; -1 when it is none.
std::int64_t minutes_of(std::string_view s) {
  const auto digit = [&](std::size_t i) { return s[i] >= '0' && s[i] <= '9' ? s[i] - '0' : 100; };
  if (s.size() != 5 || s[2] != ':') return -1;
  const int h = digit(0) * 10 + digit(1), m = digit(3) * 10 + digit(4);
  return h < 24 && m < 60 ? h * 60 + m : -1;
}

auto wrong(const char* what) { return fail(Fault::corrupt, std::string("scoring.json: ") + what, "rules.scoring"); }

double number_of(const Json& j, std::string_view key) {
  const Json* v = j.find(key);
  if (!v) return 0;
  if (const auto* n = v->integer()) return static_cast<double>(*n);
  return v->number() ? *v->number() : 0;
}

Result<ScoreItem> item_of(const Json& j) {
  ScoreItem i;
  i.on = j.text("on");
  i.channel = j.text("channel");
  i.points = number_of(j, "points");
  if (const std::string_view level = j.text("level"); level == "central")
    i.central = true;
  else if (!level.empty() && !(i.level = crypto::level_from(level)))
    return wrong("level");
  if (i.on.empty()) return wrong("item");
  return i;
}

Result<Scheme> scheme_of(const Json& j) {
  Scheme s;
  s.id = j.text("id");
  s.zh = j.text("zh");
  s.en = j.text("en");
  s.base = number_of(j, "base");
  if (j.find("floor")) s.floor = number_of(j, "floor");
  const Json* items = j.find("items");
  if (s.id.empty() || s.zh.empty() || !items || !items->items()) return wrong("scheme");
  for (const Json& i : *items->items()) s.items.push_back(TRY(item_of(i)));
  return s;
}

}  // namespace

std::vector<std::int64_t> nil_times(const Rules&) {
  std::vector<std::int64_t> out;
  const auto file = parse_json(embedded("deadlines"));
  const Json* nil = file ? file->find("zero_report") : nullptr;
  if (!nil) return out;
  const auto take = [&](std::string_view s) {
    if (const auto m = minutes_of(s); m >= 0) out.push_back(m);
  };
  if (const Json* at = nil->find("at"); at && at->items()) {
    for (const Json& one : *at->items())
      if (one.string()) take(*one.string());
  } else {
    take(nil->text("at"));
  }
  std::ranges::sort(out);
  out.erase(std::ranges::unique(out).begin(), out.end());
  if (out.size() > kNilTimesMost) out.resize(kNilTimesMost);
  return out;
}

Result<std::vector<Scheme>> load_schemes() {
  const auto file = parse_json(embedded("scoring"));
  const Json* schemes = file ? file->find("schemes") : nullptr;
  const Json* channels = file ? file->find("channels") : nullptr;
  if (!schemes || !schemes->items() || !channels || !channels->items()) return wrong("form");
  std::vector<Scheme::Channel> known;
  for (const Json& c : *channels->items()) {
    Scheme::Channel channel{std::string(c.text("id")), {}};
    if (const Json* names = c.find("names"); names && names->items())
      for (const Json& n : *names->items())
        if (n.string()) channel.names.push_back(*n.string());
    known.push_back(std::move(channel));
  }
  std::vector<Scheme> out;
  for (const Json& j : *schemes->items()) {
    out.push_back(TRY(scheme_of(j)));
    out.back().channels = known;
  }
  if (out.empty()) return wrong("no scheme");
  return out;
}

}  // namespace yz::node
