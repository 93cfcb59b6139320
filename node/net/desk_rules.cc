#include "node/net/desk_rules.h"

#include <algorithm>

#include "node/net/json.h"
#include "node/rules/embedded.h"

namespace yz::node {
namespace {

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
