// When something was submitted, when it was signed, and how sure that is.
#include "node/store/signed_when.h"

#include <doctest/doctest.h>

#include "node/office/acts.h"
#include "node/office/nil.h"
#include "node/store/absences.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kHour;
using test::kMinute;
using test::kNow;
using test::World;

namespace {

/// By the drafter, and by a second person where there are two.
sync::ReleasedRecord signed_by(World& w, const test::Keys& from, std::uint8_t n, int persons) {
  CaseId id;
  id.bytes[0] = n;
  sync::Record r = w.foreign(from, id).record;
  const RecordId rid = sync::record_id(r.content());
  r.signatures.clear();
  for (int i = 0; i < persons; ++i) {
    CertDigest d;
    d.bytes[0] = static_cast<std::uint8_t>(i + 1);
    const auto role = i == 0 ? sync::SignRole::drafter : sync::SignRole::signer;
    r.signatures.push_back({role, d, sync::sign_record(rid, role, d, from.node)});
  }
  return sync::release(r);
}

void put(World& w, const sync::ReleasedRecord& r, sync::Millis until) {
  REQUIRE(w.store().write([&]() -> Result<> {
    RecordFacts facts;
    facts.at_ms = until + kMinute;
    facts.signed_until = until;
    TRY(put_record(w.store(), r, facts));
    return {};
  }));
}

std::string shown(World& w, const char* key, const CaseId& id) {
  const Json report = w.call("GET", "/api/v1/reports/" + base32(id.view())).json;
  const Json list = w.call("GET", "/api/v1/reports").json;
  const std::string said(report.text(key));
  for (const Json& row : *list.find("reports")->items())
    if (row.text("case") == base32(id.view())) CHECK(row.text(key) == said);  // a list says what the report does
  return said;
}

}  // namespace

TEST_CASE("what one submits and another signs later was signed when that one signed") {
  World w(false, true, {"王芳", "李明"});
  const std::string c = w.write(false, "王芳");
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/submit", "{}", "王芳").reply.status == 200);
  w.now_ms += 149 * kMinute;
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/sign", "{}", "李明").reply.status == 200);
  const Json report = w.call("GET", "/api/v1/reports/" + c, {}, "王芳").json;
  // kNow is 14:26:40 there.
  CHECK(report.text("submitted_at").substr(0, 16) == "2026-06-08T14:26");
  CHECK(report.text("signed_at").substr(0, 16) == "2026-06-08T16:55");
  CHECK(report.find("signed_until")->is_null());
  const Json list = w.call("GET", "/api/v1/reports", {}, "王芳").json;
  CHECK(list.find("reports")->items()->front().text("signed_at") == report.text("signed_at"));
  CHECK(report.find("records")->items()->front().text("submitted_at") == report.text("submitted_at"));
  std::vector<std::string> events;
  for (const Json& e : *report.find("timeline")->items()) events.emplace_back(e.text("event"));
  CHECK(events == std::vector<std::string>{"submitted", "report"});
  // Each is named with what they did.
  const Json& last = report.find("timeline")->items()->back();
  REQUIRE(last.find("persons")->items()->size() == 2);
  CHECK(last.find("persons")->items()->front().text("part") == "drafter");
  CHECK(last.find("persons")->items()->back().text("name") == "李明");
}

TEST_CASE("of what two signed elsewhere it is known from when to when, of what one signed its clock") {
  World w;
  const test::Keys village;
  const auto two = signed_by(w, village, 1, 2), soon = signed_by(w, village, 2, 2), one = signed_by(w, village, 3, 1);
  put(w, two, kNow + 149 * kMinute);
  put(w, soon, kNow + kMinute);
  put(w, one, kNow + 149 * kMinute);
  CHECK(shown(w, "signed_at", two.record.case_id).substr(11, 5) == "14:26");
  CHECK(shown(w, "signed_until", two.record.case_id).substr(11, 5) == "16:55");
  CHECK(shown(w, "submitted_at", two.record.case_id).substr(11, 5) == "14:26");
  CHECK(shown(w, "signed_until", soon.record.case_id).empty());
  CHECK(shown(w, "signed_until", one.record.case_id).empty());
  CHECK(shown(w, "submitted_at", one.record.case_id).empty());
}

TEST_CASE("what was submitted in time and signed too late is late where it was signed") {
  const NilSlot slot{kNow - 12 * kHour, kNow, kNow + 12 * kHour};
  const NilGiven exact[] = {{1, kNow - kHour, kNow + kHour, {}}};
  CHECK(judge_nil(slot, exact, {}, kNow + kHour).state == NilState::late);
  const NilGiven from_below[] = {{1, kNow - kHour, kNow - kHour, kNow + 2 * kHour}};
  const NilVerdict v = judge_nil(slot, from_below, kNow, kNow + 3 * kHour);
  CHECK(v.state == NilState::sent);
  CHECK_FALSE(v.certain);
}

TEST_CASE("a deputy's right has to hold at some moment at which the record may have been signed") {
  World w(false, true, {"王芳", "赵敏"});
  const PersonId absent = w.officers[0].row.person, deputy = w.officers[1].row.person;
  CaseId id;
  id.bytes[0] = 9;
  const sync::Millis begins = kNow, ends = kNow + 8 * kHour;
  REQUIRE(w.store().write([&]() -> Result<> {
    TRY(
        w.store().db().run("insert into matter(case_id, office, own, kind, lane, state, title, changed_ms, sort)"
                           " values(?, ?, 1, 4, 3, 4, '', ?, 3)",
                           id, w.store().me().office, kNow));
    return w.store().db().run(
        "insert into absence(matter, office, absent, absent_name, deputy, deputy_name, from_ms, until_ms, begins, ends,"
        " early, reason, place, contact) select row, ?, ?, '王芳', ?, '赵敏', ?, ?, ?, ?, 0, '', '', '' from matter",
        w.store().me().office, absent, deputy, begins, ends, begins, ends);
  }));
  const auto holds = [&](sync::Millis from, sync::Millis until) {
    return !stands_in_for(w.store(), w.store().me().office, deputy, SignedWhen{from, until}).value().empty();
  };
  CHECK(holds(begins - kHour, begins + kHour));  // submitted before it began
  CHECK(holds(begins - kHour, begins));
  CHECK_FALSE(holds(begins - kHour, begins - 1));
  CHECK(holds(ends - 1, ends + kHour));
  CHECK_FALSE(holds(ends, ends + kHour));
  // Where it was signed the moment is known: what was submitted in time does not make up for it.
  const SignedWhen here = signed_when(ends - kHour, ends + kHour, true);
  CHECK_FALSE(holds(here.from, here.until));
}

TEST_CASE("an instruction names those who carry it out, for who has no certificate of theirs") {
  Act a;
  a.kind = ActKind::instruction;
  a.text = "请核实";
  OfficeId one, two;
  one.bytes[0] = 1;
  two.bytes[0] = 2;
  a.assignees = {one, two};
  CHECK(decode_act(encode_act(a)).value() == a);
  a.assignee_names = {"石桥镇", "白石镇"};
  CHECK(decode_act(encode_act(a)).value() == a);
  a.assignee_names.pop_back();
  CHECK_FALSE(decode_act(encode_act(a)));
}
