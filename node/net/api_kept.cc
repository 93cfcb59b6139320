// What an officer has begun to type into a form and not signed, and what they have read: kept by a name until it is
// done, theirs alone. Nothing of it is signed, listed or leaves here.
#include "node/net/api_desk.h"
#include "node/office/text.h"

namespace yz::node::api {
namespace {

constexpr std::size_t kNameBytes = 120, kTextBytes = 64 * 1024;
constexpr std::int64_t kMost = 200;  // of one officer

std::string of_person(const Request& r) { return "kept." + hex(r.officer.person.view()) + "."; }

Result<std::string> key_of(const Request& r) {
  const std::string& name = r.parts[0];
  if (name.empty() || name.size() > kNameBytes || !one_line(name))
    return fail(Fault::invalid, "the name is one line of at most 120 bytes", "invalid.name");
  return of_person(r) + name;
}

Result<> has_room(const Request& r, std::string_view key) {
  const std::string mine = of_person(r);
  Query q = TRY(r.store().db().query("select count(*) from meta where substr(key, 1, ?) = ? and key <> ?",
                                     static_cast<std::int64_t>(mine.size()), mine, key));
  TRY(q.step());
  if (q.integer(0) < kMost) return {};
  return fail(Fault::invalid, "200 texts wait unfinished already: finish or empty some first", "kept.many");
}

}  // namespace

Result<ApiReply> get_kept(Request& r) {
  const auto kept = TRY(r.store().meta(TRY(key_of(r))));
  return reply(Json::object({{"name", r.parts[0]}, {"text", kept ? text(*kept) : std::string_view()}}));
}

Result<ApiReply> put_kept(Request& r) {
  TRY(only(r.body, {"text"}));
  const std::string key = TRY(key_of(r));
  const std::string_view said = r.body.text("text");
  if (said.size() > kTextBytes) return fail(Fault::invalid, "the text is longer than 64 KiB", "kept.long");
  TRY(r.store().write([&]() -> Result<> {
    if (said.empty()) return r.store().db().run("delete from meta where key = ?", key);
    TRY(has_room(r, key));
    return r.store().set_meta(key, view(said));
  }));
  return reply(Json::object({{"name", r.parts[0]}, {"text", said}}));
}

}  // namespace yz::node::api
