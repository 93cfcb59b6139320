// What an officer has begun to type into a form and not signed, and what they have read: kept by a name until it is
// done, theirs alone. Nothing of it is signed, listed or leaves here.
#include <algorithm>

#include "node/net/api_desk.h"
#include "node/net/api_needed.h"
#include "node/office/text.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kKeptNameBytes = 120, kTextBytes = 64 * 1024;
constexpr std::int64_t kMost = 200;  // of one officer

/// Its name without what tells the text from its time: both lie in `meta`, under "kept." and "kept_at.".
Result<std::string> place_of(const Request& r) {
  const std::string& name = r.parts[0];
  if (name.empty() || name.size() > kKeptNameBytes || !one_line(name))
    return fail(Fault::invalid, "the name is one line of at most 120 bytes", "invalid.name");
  return hex(r.officer.person.view()) + "." + name;
}

Result<> forget(Store& store, const std::string& place) {
  return store.db().run("delete from meta where key in ('kept.' || ?, 'kept_at.' || ?)", place, place);
}

/// Nobody is kept from writing by what they once left unfinished: the oldest goes. What has no time is older than all.
Result<> make_room(const Request& r, const std::string& place) {
  const std::string mine = "kept." + hex(r.officer.person.view()) + ".";
  std::vector<std::string> gone;
  Query q = TRY(r.store().db().query(
      "select substr(m.key, 6) from meta m left join meta t on t.key = 'kept_at.' || substr(m.key, 6)"
      " where substr(m.key, 1, ?) = ? and m.key <> 'kept.' || ? order by t.value desc, m.key limit -1 offset ?",
      static_cast<std::int64_t>(mine.size()), mine, place, kMost - 1));
  while (TRY(q.step())) gone.push_back(q.text(0));
  for (const std::string& old : gone) TRY(forget(r.store(), old));
  return {};
}

/// After all that stands there, whatever the clock says: two texts of one millisecond still have an order.
Result<std::int64_t> time_after_all(const Request& r) {
  const std::string mine = "kept_at." + hex(r.officer.person.view()) + ".";
  Query q = TRY(r.store().db().query("select key from meta where substr(key, 1, ?) = ? order by value desc limit 1",
                                     static_cast<std::int64_t>(mine.size()), mine));
  if (!TRY(q.step())) return r.now();
  return std::max(r.now(), TRY(r.store().meta_number(q.text(0))) + 1);
}

}  // namespace

Result<ApiReply> get_kept(Request& r) {
  const auto kept = TRY(r.store().meta("kept." + TRY(place_of(r))));
  return reply(Json::object({{"name", r.parts[0]}, {"text", kept ? text(*kept) : std::string_view()}}));
}

Result<ApiReply> put_kept(Request& r) {
  TRY(only(r.body, {"text"}));
  const std::string place = TRY(place_of(r)), said = TRY(needed_text(r.body, "text"));
  if (said.size() > kTextBytes) return fail(Fault::invalid, "the text is longer than 64 KiB", "kept.long");
  TRY(r.store().write([&]() -> Result<> {
    if (said.empty()) return forget(r.store(), place);
    TRY(make_room(r, place));
    TRY(r.store().set_meta("kept." + place, view(said)));
    return r.store().set_meta_number("kept_at." + place, TRY(time_after_all(r)));
  }));
  return reply(Json::object({{"name", r.parts[0]}, {"text", said}}));
}

}  // namespace yz::node::api
