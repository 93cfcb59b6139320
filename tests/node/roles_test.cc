// Who stands in for whom, who signs too, what goes no further, what waits too long, and who only looks.
#include <doctest/doctest.h>

#include <algorithm>

#include "node/net/api_request.h"
#include "node/office/absence.h"
#include "node/office/cosign.h"
#include "node/office/embargo.h"
#include "node/office/escalation.h"
#include "node/store/absences.h"
#include "node/store/people.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::kDay;
using test::kHour;
using test::kMinute;
using test::kNow;
using test::World;

namespace {

namespace role = crypto::role;

template <class F>
F id(std::uint8_t n) {
  F f;
  f.bytes[0] = n;
  return f;
}
const OfficeId town = id<OfficeId>(1), station = id<OfficeId>(2), county = id<OfficeId>(3);

AbsenceWord away(sync::Millis from, sync::Millis until) {
  AbsenceWord w;
  w.absent = id<PersonId>(1);
  w.absent_name = "王芳";
  w.deputy = id<PersonId>(2);
  w.deputy_name = "赵敏";
  w.from_ms = from;
  w.until_ms = until;
  return w;
}
AbsenceFact said(std::uint8_t n, sync::Millis at, AbsenceWord w, std::vector<RecordId> parents = {}) {
  return {id<RecordId>(n), sync::Hlc::at(at), std::move(parents), std::move(w)};
}
AbsenceWord back() {
  AbsenceWord w;
  w.act = AbsenceWord::Act::back;
  return w;
}

Bytes bytes_of(std::string_view s) { return {s.begin(), s.end()}; }

/// One officer more with these roles alone, whose passphrase is the name.
void hire(World& w, const std::string& name, std::uint16_t roles) {
  crypto::SigningKey key = crypto::SigningKey::random();
  crypto::Certificate c = test::certificate(crypto::CertType::officer, w.town, w.town.office());
  c.subject.bytes = crypto::person_id_of(key.public_key()).bytes;
  c.key = key.public_key();
  c.roles = roles;
  c.name = name;
  REQUIRE(c.sign(w.town.authority));
  REQUIRE(w.store().write([&] { return w.directory().learn(c, kNow); }));
  auto row = w.directory().officer(c.digest);
  REQUIRE((row && *row));
  w.officers.push_back({name, **row, std::move(key)});
}

std::string at(sync::Millis ms, World& w) {
  const ApiCall call;
  const api::Request r{w, call, {}};
  return *r.time(ms).string();
}

/// A leader who signs, a clerk who writes, and a clerk who may stand in.
struct Office : World {
  Office() : World(false, true, {"王芳"}) {
    hire(*this, "小李", role::drafter);
    hire(*this, "赵敏", role::drafter | role::duty);
  }
  std::string submitted(const std::string& by = "小李") {
    const std::string c = write(false, by);
    REQUIRE(call("POST", "/api/v1/reports/" + c + "/submit", "{}", by).reply.status == 200);
    return c;
  }
  Answer sign(const std::string& c, const std::string& by) {
    return call("POST", "/api/v1/reports/" + c + "/sign", "{}", by);
  }
  std::string leave(const std::string& deputy = "赵敏", sync::Millis hours = 8) {
    const auto a = call("POST", "/api/v1/absences",
                        R"({"until":")" + at(now_ms + hours * kHour, *this) + R"(","deputy":")" + deputy +
                            R"(","place":"潍安市","reason":"开会"})",
                        "王芳");
    CAPTURE(a.reply.body);
    REQUIRE(a.reply.status == 200);
    return std::string(a.json.text("absence"));
  }
};

}  // namespace

TEST_CASE("an absence begins and ends by what was signed, in whatever order it came") {
  struct Row {
    const char* what;
    std::vector<AbsenceFact> facts;
    sync::Millis begins, ends;
  };
  const RecordId first = id<RecordId>(1);
  const Row rows[] = {
      {"as it was said", {said(1, 100, away(200, 900))}, 200, 900},
      {"nothing is made good that was signed before", {said(1, 500, away(200, 900))}, 500, 900},
      {"back early", {said(1, 100, away(200, 900)), said(2, 600, back(), {first})}, 200, 600},
      {"back after its end changes nothing", {said(1, 100, away(200, 900)), said(2, 950, back(), {first})}, 200, 900},
      {"back before it began", {said(1, 100, away(200, 900)), said(2, 150, back(), {first})}, 200, 200},
      {"an older word of being back", {said(1, 100, away(200, 900)), said(2, 50, back(), {first})}, 200, 900},
      {"of two words the earlier", {said(1, 100, away(200, 900)), said(2, 120, away(120, 2000))}, 200, 900},
  };
  for (Row r : rows) {
    CAPTURE(r.what);
    for (int turn = 0; turn < 2; ++turn, std::ranges::reverse(r.facts)) {
      const auto a = standing_of(r.facts);
      REQUIRE(a);
      CHECK(a->begins == r.begins);
      CHECK(a->ends == r.ends);
      CHECK_FALSE(a->running(r.ends));
      CHECK(a->running(r.begins) == (r.begins < r.ends));
    }
  }
  CHECK_FALSE(standing_of(std::vector{said(1, 5, back(), {first})}));
}

TEST_CASE("the body of an absence is read only in its one form") {
  AbsenceWord w = away(kNow, kNow + kDay);
  w.reason = "开会";
  w.place = "潍安市";
  w.contact = "0536-1";
  CHECK(decode_absence(encode_absence(w)).value() == w);
  CHECK(decode_absence(encode_absence(back())).value() == back());
  CHECK(decode_absence(bytes_of(R"({"v":1,"act":"later","x":[1]})")).value().act == AbsenceWord::Act::unknown);
  const auto refused = [](AbsenceWord x) {
    const auto r = decode_absence(encode_absence(x));
    return !r && r.error().fault == Fault::forged;
  };
  const auto with = [&](auto change) {
    AbsenceWord x = w;
    change(x);
    return x;
  };
  CHECK(refused(with([](AbsenceWord& x) { x.until_ms = x.from_ms; })));
  CHECK(refused(with([](AbsenceWord& x) { x.until_ms = x.from_ms + kAbsenceLongestMs + 1; })));
  CHECK(refused(with([](AbsenceWord& x) { x.deputy = x.absent; })));
  CHECK(refused(with([](AbsenceWord& x) { x.place = "两\n行"; })));
  CHECK(refused(with([](AbsenceWord& x) { x.reason = std::string(301, 'a'); })));
  for (const char* bad : {"", "[]", R"({"v":2,"act":"back"})", R"({"v":1})", R"({"v":1,"act":"away"})",
                          R"({"v":1,"act":"away","absent":"zz","from":1,"until":2})"})
    CHECK_FALSE(decode_absence(bytes_of(bad)));
}

TEST_CASE("who was asked to sign too is answered for by nobody else") {
  const auto fact = [](std::uint8_t n, OfficeId by, ActKind kind, sync::Millis at) {
    CosignFact f;
    f.id = id<RecordId>(n);
    f.kind = kind;
    f.office = by;
    f.at = sync::Hlc::at(at);
    return f;
  };
  CosignFact ask = fact(1, town, ActKind::cosign, kNow);
  ask.offices = {station};
  ask.persons = {{id<PersonId>(7), "老周"}};
  const auto answer = [&](std::uint8_t n, OfficeId by, ActKind kind, sync::Millis at, std::uint8_t person) {
    CosignFact f = fact(n, by, kind, at);
    f.signers = {id<PersonId>(person)};
    f.text = "人数不符";
    return f;
  };
  struct Row {
    const char* what;
    std::vector<CosignFact> more;
    CosignState person, office;
  };
  using enum CosignState;
  const Row rows[] = {
      {"nobody yet", {}, waiting, waiting},
      {"the office", {answer(2, station, ActKind::cosigned, kNow + 1, 9)}, waiting, signed_too},
      {"the officer", {answer(2, town, ActKind::cosigned, kNow + 1, 7)}, signed_too, waiting},
      {"another officer of ours", {answer(2, town, ActKind::cosigned, kNow + 1, 8)}, waiting, waiting},
      {"an office that was not asked", {answer(2, county, ActKind::cosigned, kNow + 1, 7)}, waiting, waiting},
      {"before it was asked", {answer(2, station, ActKind::cosigned, kNow - 1, 9)}, waiting, waiting},
      {"declined", {answer(2, station, ActKind::cosign_declined, kNow + 1, 9)}, waiting, declined},
      {"declined, and signed since",
       {answer(3, station, ActKind::cosigned, kNow + 2, 9), answer(2, station, ActKind::cosign_declined, kNow + 1, 9)},
       waiting,
       signed_too},
  };
  for (const Row& r : rows) {
    CAPTURE(r.what);
    std::vector<CosignFact> facts{ask};
    facts.insert(facts.end(), r.more.begin(), r.more.end());
    for (int turn = 0; turn < 2; ++turn, std::ranges::reverse(facts)) {
      const auto all = cosigners_of(town, facts);
      REQUIRE(all.size() == 2);
      CHECK(all[0].state == r.person);
      CHECK(all[1].state == r.office);
      CHECK(all_signed(all) == (r.person == signed_too && r.office == signed_too));
    }
  }
  // Somebody else's wish to have a report signed is none.
  ask.office = county;
  CHECK(cosigners_of(town, std::vector{ask}).empty());
  CHECK_FALSE(all_signed({}));
}

TEST_CASE("what goes no further waits, but never on its way up when it is urgent") {
  struct Row {
    Kind kind;
    sync::Lane lane;
    std::optional<sync::Millis> until;
    bool here;
    const char *pass, *publish;  ///< codes, "" = allowed
  };
  using sync::Lane;
  const Row rows[] = {
      {Kind::dynamic, Lane::routine, {}, false, "", ""},
      {Kind::dynamic, Lane::routine, kNow + 1, false, "embargo.until", "embargo.until"},
      {Kind::dynamic, Lane::routine, kNow, false, "", ""},
      {Kind::dynamic, Lane::routine, {}, true, "embargo.here", "embargo.here"},
      {Kind::dynamic, Lane::routine, kNow - 1, true, "embargo.here", "embargo.here"},
      {Kind::dynamic, Lane::urgent, kNow + 1, false, "", "embargo.until"},
      {Kind::dynamic, Lane::flash, {}, true, "", "embargo.here"},
      {Kind::first_report, Lane::routine, kNow + 1, false, "", "embargo.until"},
      {Kind::zero_report, Lane::routine, {}, true, "", "embargo.here"},
  };
  for (const Row& r : rows) {
    CAPTURE(to_string(r.kind));
    Report report;
    report.kind = r.kind;
    report.lane = r.lane;
    if (r.until) report.fields.set(kEmbargoUntil, *r.until);
    if (r.here) report.fields.set(kEmbargoHere, true);
    const auto code = [&](Further f) {
      const auto e = forbids(embargo_of(report), f, kNow);
      return e ? e->code : std::string();
    };
    CHECK(code(Further::pass_on) == r.pass);
    CHECK(code(Further::publish) == r.publish);
  }
}

TEST_CASE("what waits is asked of the next one at times that follow from what was signed") {
  struct Row {
    Awaited what;
    sync::Lane lane;
    sync::Millis waited;
    std::optional<sync::Millis> due;  ///< from when it was signed
    Rung rung;
  };
  using enum Awaited;
  using sync::Lane;
  const Row rows[] = {
      {sign_off, Lane::flash, 5 * kMinute - 1, {}, Rung::none},
      {sign_off, Lane::flash, 5 * kMinute, {}, Rung::deputy},
      {sign_off, Lane::flash, 10 * kMinute, {}, Rung::leader},
      {sign_off, Lane::flash, 20 * kMinute, {}, Rung::superior},
      {sign_off, Lane::flash, 30 * kDay, {}, Rung::superior},
      {sign_off, Lane::urgent, 29 * kMinute, {}, Rung::none},
      {sign_off, Lane::urgent, kHour, {}, Rung::leader},
      {sign_off, Lane::routine, 8 * kHour, {}, Rung::deputy},
      {progress, Lane::routine, 2 * kDay, {}, Rung::none},
      {progress, Lane::routine, 7 * kDay, {}, Rung::superior},
      {progress, Lane::flash, 29 * kMinute, {}, Rung::none},
      {progress, Lane::routine, 5 * kHour, 10 * kHour, Rung::deputy},
      {progress, Lane::routine, 10 * kHour, 10 * kHour, Rung::leader},
      {progress, Lane::routine, 15 * kHour, 10 * kHour, Rung::superior},
      {acknowledgement, Lane::flash, 4 * kMinute, {}, Rung::none},
      {acknowledgement, Lane::flash, 10 * kMinute, {}, Rung::leader},
      {sign_off, Lane::flash, -kHour, {}, Rung::none},  // a clock that was ahead
  };
  const PolicyTerms& terms = test::the_rules().data().terms;
  for (const Row& r : rows) {
    CAPTURE(static_cast<int>(r.what));
    CAPTURE(r.waited);
    const auto due = r.due ? std::optional(kNow + *r.due) : std::nullopt;
    const Escalation e = escalation_of(terms, r.what, r.lane, kNow, due, kNow + r.waited);
    CHECK(e.rung == r.rung);
    CHECK(e.next.has_value() == (r.rung != Rung::superior));
    if (!e.next) continue;
    CHECK(*e.next > kNow + r.waited);
    CHECK(escalation_of(terms, r.what, r.lane, kNow, due, *e.next).rung > r.rung);
  }
}

TEST_CASE("a deputy signs while the leader is away, visibly, and no longer") {
  Office o;
  const std::string before = o.submitted();
  CHECK(o.sign(before, "赵敏").json.text("code") == "denied.role");
  const std::string absence = o.leave();
  CHECK(o.count("select count(*) from record where type = 17 and own = 1") == 1);
  {
    // What was submitted before counts by when it is signed.
    o.now_ms += kMinute;
    REQUIRE(o.sign(before, "赵敏").reply.status == 200);
    const Json shown = o.call("GET", "/api/v1/reports/" + before, {}, "王芳").json;
    CHECK(shown.text("signed_for") == "王芳");
    CHECK(dump(*shown.find("flags")).find("unentitled") == std::string::npos);
  }

  const std::string c = o.submitted();
  CHECK(o.sign(c, "小李").json.text("code") == "denied.role");  // not who was not named
  const auto signed_off = o.sign(c, "赵敏");
  CHECK(signed_off.reply.status == 200);
  const Json shown = o.call("GET", "/api/v1/reports/" + c, {}, "王芳").json;
  CHECK(shown.text("signer") == "赵敏");
  CHECK(shown.text("signed_for") == "王芳");
  CHECK(dump(*shown.find("flags")).find("deputy") != std::string::npos);

  // A deputy names no deputy, publishes no rules, and signs nothing of their own.
  CHECK(o.call("POST", "/api/v1/absences", R"({"until":")" + at(o.now_ms + kHour, o) + R"(","officer":"王芳"})", "赵敏")
            .json.text("code") == "denied.role");
  const std::string own = o.submitted("赵敏");
  CHECK(o.sign(own, "赵敏").json.text("code") == "denied.same_person");
  const std::string of_the_absent = o.submitted("王芳");
  CHECK(o.sign(of_the_absent, "赵敏").json.text("code") == "denied.deputy");

  const auto list = o.call("GET", "/api/v1/absences", {}, "小李").json;
  REQUIRE(list.find("absences")->items()->size() == 1);
  CHECK(list.find("absences")->items()->front().text("state") == "running");
  CHECK(list.find("absences")->items()->front().text("place") == "潍安市");

  SUBCASE("it ends by itself") {
    o.now_ms += 9 * kHour;
    const std::string late = o.submitted();
    CHECK(o.sign(late, "赵敏").json.text("code") == "denied.role");
    CHECK(o.sign(late, "王芳").reply.status == 200);
  }
  SUBCASE("it ends when the leader is back") {
    o.now_ms += kHour;
    CHECK(o.call("POST", "/api/v1/absences/" + absence + "/back", "{}", "赵敏").json.text("code") == "denied.role");
    CHECK(o.call("POST", "/api/v1/absences/" + absence + "/back", "{}", "王芳").json.text("state") == "back");
    CHECK(o.call("POST", "/api/v1/absences/" + absence + "/back", "{}", "王芳").json.text("code") == "absence.over");
    o.now_ms += 1000;
    CHECK(o.sign(o.submitted(), "赵敏").json.text("code") == "denied.role");
    // What was signed meanwhile stays as it was shown.
    CHECK(o.call("GET", "/api/v1/reports/" + c, {}, "王芳").json.text("signed_for") == "王芳");
  }
}

TEST_CASE("an absence that cannot be is refused with what is wrong with it") {
  Office o;
  hire(o, "审计员", role::auditor);
  const auto code = [&](const std::string& body, const std::string& as = "王芳") {
    return std::string(o.call("POST", "/api/v1/absences", body, as).json.text("code"));
  };
  const std::string later = at(o.now_ms + kHour, o), past = at(o.now_ms - kHour, o);
  CHECK(code("{}") == "invalid.time");
  CHECK(code(R"({"until":")" + past + "\"}") == "absence.span");
  CHECK(code(R"({"until":")" + at(o.now_ms + 400 * kDay, o) + "\"}") == "absence.span");
  CHECK(code(R"({"until":")" + later + R"(","deputy":"王芳"})") == "absence.deputy");
  CHECK(code(R"({"until":")" + later + R"(","deputy":"审计员"})") == "absence.deputy");
  CHECK(code(R"({"until":")" + later + R"(","deputy":"无此人"})") == "officer.unknown");
  CHECK(code(R"({"until":")" + later + R"("})", "小李") == "absence.signer");
  CHECK(code(R"({"until":")" + later + R"(","officer":"小李"})") == "absence.signer");
  CHECK(code(R"({"until":")" + later + R"(","until2":1})") == "invalid.member");
  CHECK(o.count("select count(*) from record where type = 17") == 0);
}

TEST_CASE("an auditor reads everything and changes nothing, whatever the address") {
  World w(false, true, {"王芳", "小李"});
  const std::string c = w.write(true, "小李");
  hire(w, "审计员", role::auditor);
  std::size_t denied = 0;
  for (const api::Route& route : api::routes()) {
    if (!route.login || route.path.find("/session") != std::string_view::npos) continue;
    CAPTURE(route.path);
    std::string path(route.path);
    for (const auto& [from, to] :
         {std::pair<std::string, std::string>{"{case}", c}, {"{name}", "x"}, {"{code}", "370783"}, {"{row}", "1"}})
      if (const auto i = path.find(from); i != std::string::npos) path.replace(i, from.size(), to);
    const auto a = w.call(std::string(route.method), path, route.method == "GET" ? "" : "{}", "审计员");
    if (route.method == "GET") {
      CHECK(a.reply.status != 403);
      continue;
    }
    const bool reads = a.reply.status != 403;
    const bool may_read = path.ends_with("/verify") || path.ends_with("/check") || path.ends_with("/diff") ||
                          path.ends_with("/passphrase") || path.ends_with("/officers/renew") ||
                          path.ends_with("/looked") || path.starts_with("/api/v1/kept/");
    CHECK(reads == may_read);
    if (!reads) CHECK(a.json.text("code") == "denied.auditor");
    denied += reads ? 0 : 1;
  }
  CHECK(denied > 60);
  CHECK(w.call("GET", "/api/v1/journal", {}, "审计员").reply.status == 200);
}

TEST_CASE("the words of a leader who is away are signed by the deputy, and by no other signer") {
  Office o;
  hire(o, "孙立", role::signer);
  test::Keys village;
  CaseId c;
  c.bytes[0] = 9;
  o.put(o.foreign(village, c));
  const std::string path = "/api/v1/reports/" + base32(c.view());
  REQUIRE(o.call("POST", path + "/instruct", R"({"text":"请查","leader":"王芳"})", "小李").reply.status == 200);
  CHECK(o.call("POST", path + "/sign", "{}", "赵敏").json.text("code") == "denied.role");
  CHECK(o.call("POST", path + "/sign", "{}", "孙立").json.text("code") == "denied.leader");
  o.leave();
  CHECK(o.call("POST", path + "/sign", "{}", "孙立").json.text("code") == "denied.leader");
  const auto signed_ = o.call("POST", path + "/sign", "{}", "赵敏");
  CHECK_MESSAGE(signed_.reply.status == 200, signed_.reply.body);
}

TEST_CASE("in an office of three the administrators and the auditor are different persons") {
  struct Row {
    std::uint16_t roles;
    const char* code;  ///< "" = allowed
  };
  const Row rows[] = {
      {role::drafter | role::signer, ""},
      {role::admin_people | role::drafter, ""},
      {role::admin_people | role::admin_keys, "roles.admin"},
      {role::admin_keys | role::admin_policy, "roles.admin"},
      {role::all, "roles.admin"},
      {role::auditor, ""},
      {role::auditor | role::admin_people, "roles.auditor"},
      {role::auditor | role::drafter, "roles.auditor"},
  };
  World large(false, true, {"王芳", "小李", "赵敏"}), small(false, true, {"王芳"});
  for (const Row& r : rows) {
    CAPTURE(r.roles);
    const auto said = check_roles(large.store(), id<PersonId>(9), r.roles);
    CHECK((said ? "" : said.error().code) == r.code);
    CHECK(check_roles(small.store(), id<PersonId>(9), r.roles));  // two persons do five persons' work
  }
}

TEST_CASE("a report waits for those who sign it too, for a time, and an emergency for nobody") {
  World w(false, true, {"王芳", "小李", "老周"});
  const auto ask = [&](const std::string& c, const std::string& more) {
    return w.call("POST", "/api/v1/reports/" + c + "/cosign/ask", R"({"officers":["老周"])" + more + "}", "小李");
  };
  const std::string hold = R"(,"hold_until":")" + at(w.now_ms + 24 * kHour, w) + "\"";
  const std::string urgent = w.write(false, "小李", "urgent");
  CHECK(ask(urgent, hold).json.text("code") == "cosign.emergency");
  CHECK(ask(urgent, "").reply.status == 200);
  const std::string c = w.write(false, "小李");
  CHECK(ask(c, R"(,"hold_until":")" + at(w.now_ms + 80 * kHour, w) + "\"").json.text("code") == "cosign.hold");
  CHECK(w.call("POST", "/api/v1/reports/" + c + "/cosign/ask", "{}", "小李").json.text("code") == "cosign.nobody");
  REQUIRE(ask(c, hold).reply.status == 200);
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/submit", "{}", "小李").reply.status == 200);
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/sign", "{}", "王芳").reply.status == 200);
  const auto held = [&] { return w.count("select count(*) from delivery where held_until > 0 and envelope is null"); };
  CHECK(held() == 2);  // the report and the word of who is asked
  const auto show = [&] { return w.call("GET", "/api/v1/reports/" + c, {}, "老周").json; };
  CHECK(show().find("cosigners")->items()->front().text("state") == "waiting");
  CHECK_FALSE(show().find("held_until")->is_null());
  const auto sign = [&](const std::string& as, const std::string& body = "{}") {
    return w.call("POST", "/api/v1/reports/" + c + "/cosign", body, as);
  };
  CHECK(sign("小李").json.text("code") == "denied.not_asked");
  CHECK(sign("老周", R"({"decline":true})").json.text("code") == "invalid.reason");
  REQUIRE(sign("老周", R"({"decline":true,"reason":"人数不符"})").reply.status == 200);
  CHECK(show().find("cosigners")->items()->front().text("reason") == "人数不符");
  CHECK(held() == 2);  // a refusal sends nothing
  SUBCASE("signed after all") {
    w.now_ms += 1000;
    REQUIRE(sign("老周").reply.status == 200);
    CHECK(held() == 0);
    CHECK(sign("老周").json.text("code") == "cosign.done");
  }
  SUBCASE("a signer sends it without") {
    CHECK(w.call("POST", "/api/v1/reports/" + c + "/cosign/go", "{}", "王芳").reply.status == 200);
    CHECK(held() == 0);
    CHECK(w.call("POST", "/api/v1/reports/" + c + "/cosign/go", "{}", "王芳").json.text("code") == "cosign.not-held");
  }
  SUBCASE("the time runs out") {
    w.now_ms += 25 * kHour;
    CHECK(show().find("held_until")->is_null());
  }
}

TEST_CASE("what waits too long stands in the work list and among the alarms until somebody has taken note") {
  World w(false, true, {"王芳", "小李"});
  const std::string c = w.write(false, "小李", "urgent");
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/submit", "{}", "小李").reply.status == 200);
  const auto alarm = [&]() -> std::optional<Json> {
    const Json status = w.call("GET", "/api/v1/status", {}, "王芳").json;
    for (const Json& a : *status.find("alarms")->items())
      if (a.text("code") == "escalated.sign_off") return a;
    return std::nullopt;
  };
  CHECK_FALSE(alarm());
  w.now_ms += 31 * kMinute;
  const auto first = alarm();
  REQUIRE(first);
  CHECK(first->count("step") == 1);
  CHECK(first->flag("sounds"));
  const Json work = w.call("GET", "/api/v1/work", {}, "王芳").json;
  CHECK(work.find("items")->items()->front().find("escalated")->count("step") == 1);
  const auto seen = [&](std::int64_t step) {
    return w.call("POST", "/api/v1/escalations/seen",
                  R"({"item":")" + std::string(first->text("item")) + R"(","step":)" + std::to_string(step) + "}",
                  "王芳");
  };
  CHECK(seen(2).json.text("code") == "escalation.missing");  // not there yet
  CHECK(seen(1).reply.status == 200);
  CHECK_FALSE(alarm());
  w.now_ms += 31 * kMinute;
  REQUIRE(alarm());
  CHECK(alarm()->count("step") == 2);
  REQUIRE(w.call("POST", "/api/v1/reports/" + c + "/sign", "{}", "王芳").reply.status == 200);
  CHECK_FALSE(alarm());
}

TEST_CASE("whoever took note of a flash report stops what it asks, and what follows it later asks by its own name") {
  World w;
  const test::Keys village;
  CaseId c;
  c.bytes[0] = 7;
  const auto put = [&](sync::RecordType type, sync::Millis at_ms, std::vector<RecordId> parents, bool ours = false) {
    sync::Record r = w.foreign(village, c, std::move(parents), "石门村桥断", type, at_ms).record;
    r.lane = sync::Lane::flash;
    if (ours) r.origin = w.store().me().office;
    const auto released = sync::release(r);
    w.put(released);
    return released.id;
  };
  const auto said = [&]() -> std::string {
    const Json all = w.call("GET", "/api/v1/escalations").json;
    const auto& list = *all.find("escalations")->items();
    return list.empty() ? std::string() : std::string(list.front().text("message"));
  };
  const RecordId first = put(sync::RecordType::report, kNow, {});
  w.now_ms = kNow + 6 * kMinute;
  CHECK(said().starts_with("a flash report is not acknowledged for 6 min"));
  put(sync::RecordType::acknowledgement, kNow + 7 * kMinute, {first}, true);
  CHECK(said().empty());
  const RecordId next = put(sync::RecordType::followup, kNow + 10 * kMinute, {first});
  CHECK(said().empty());
  put(sync::RecordType::annotation, kNow + 12 * kMinute, {next}, true);  // a question is no signature for it
  w.now_ms = kNow + 20 * kMinute;
  CHECK(said().starts_with("what followed a flash report is not acknowledged for 10 min"));
}

TEST_CASE("a row of the work list says how late it is itself, and not what else of its case is late") {
  World w(false, true, {"王芳", "小李"});
  const test::Keys village;
  CaseId c;
  c.bytes[0] = 7;
  sync::Record r = w.foreign(village, c, {}, "石门村桥断", sync::RecordType::report, kNow).record;
  r.lane = sync::Lane::flash;
  w.put(sync::release(r));
  w.now_ms = kNow + 6 * kMinute;
  const auto item = [&](std::string_view group) -> Json {
    const Json work = w.call("GET", "/api/v1/work", {}, "王芳").json;
    for (const Json& i : *work.find("items")->items())
      if (i.text("group") == group) return i;
    return {};
  };
  REQUIRE(item("new").find("escalated"));
  CHECK(item("new").find("escalated")->text("what") == "acknowledgement");
  // What is typed now waits for nobody too long.
  REQUIRE(w.call("POST", "/api/v1/reports/" + base32(c.view()) + "/decide",
                 R"({"outcome":"adopted","publication":"每日要情","issue":3})", "小李")
              .reply.status == 200);
  REQUIRE(item("to_sign").find("escalated"));
  CHECK(item("to_sign").find("escalated")->is_null());
  CHECK(item("new").find("escalated")->count("step") == 1);
}
