// The body of an absence: what is in it says node/office/absence.h, how it is written sync/PROTOCOL.md 2.6.
#include "node/net/json.h"
#include "node/office/absence.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

constexpr std::size_t kAbsenceDepth = 4;

auto bad_absence(const char* why) { return fail(Fault::forged, std::string("absence: ") + why, "absence.form"); }

Result<PersonId> person_of(std::string_view typed) {
  const auto raw = from_hex(typed);
  if (!raw) return bad_absence("a person");
  const auto id = PersonId::from(*raw);
  return id ? Result<PersonId>(*id) : bad_absence("a person");
}

Result<std::string> absence_line(const Json& j, std::string_view key) {
  std::string s(j.text(key));
  if (s.size() > kAbsenceLineBytesMax || !one_line(s)) return bad_absence("a line is too long, or not one line");
  return s;
}

Result<sync::Millis> time_of(const Json& j, std::string_view key) {
  const Json* t = j.find(key);
  if (!t || !t->integer() || *t->integer() < 0 || *t->integer() > (std::int64_t{1} << 53)) return bad_absence("a time");
  return *t->integer();
}

}  // namespace

Bytes encode_absence(const AbsenceWord& w) {
  Json j = Json::object({{"v", 1}, {"act", name_of(w.act)}});
  const auto text = [&](const char* key, const std::string& s) {
    if (!s.empty()) j.set(key, s);
  };
  if (w.act == AbsenceWord::Act::away) {
    j.set("absent", hex(w.absent.view()));
    text("absent_name", w.absent_name);
    if (w.deputy) j.set("deputy", hex(w.deputy->view()));
    text("deputy_name", w.deputy_name);
    j.set("from", w.from_ms);
    j.set("until", w.until_ms);
  }
  text("reason", w.reason);
  text("place", w.place);
  text("contact", w.contact);
  const std::string out = dump(j);
  return Bytes(out.begin(), out.end());
}

Result<AbsenceWord> decode_absence(ByteView bytes) {
  const auto parsed = parse_json(text(bytes), {.bytes = sync::limit::body_bytes, .depth = kAbsenceDepth});
  if (!parsed || !parsed->members()) return bad_absence("not one JSON object");
  const Json& j = *parsed;
  if (j.count("v") != 1) return bad_absence("version");
  AbsenceWord w;
  const std::string_view act = j.text("act");
  if (act.empty() || act.size() > kAbsenceLineBytesMax) return bad_absence("which");
  w.act = act == "away" ? AbsenceWord::Act::away : act == "back" ? AbsenceWord::Act::back : AbsenceWord::Act::unknown;
  if (w.act == AbsenceWord::Act::unknown) return w;
  w.reason = TRY(absence_line(j, "reason"));
  w.place = TRY(absence_line(j, "place"));
  w.contact = TRY(absence_line(j, "contact"));
  if (w.act == AbsenceWord::Act::back) return w;
  w.absent = TRY(person_of(j.text("absent")));
  w.absent_name = TRY(absence_line(j, "absent_name"));
  if (j.find("deputy")) w.deputy = TRY(person_of(j.text("deputy")));
  w.deputy_name = TRY(absence_line(j, "deputy_name"));
  w.from_ms = TRY(time_of(j, "from"));
  w.until_ms = TRY(time_of(j, "until"));
  if (w.until_ms <= w.from_ms || w.until_ms - w.from_ms > kAbsenceLongestMs) return bad_absence("its span");
  if (w.deputy == w.absent) return bad_absence("nobody stands in for themselves");
  return w;
}

}  // namespace yz::node
