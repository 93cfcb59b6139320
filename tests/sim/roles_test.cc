// What the page would not offer, said all the same: deputies without a word that names them, reports that go further
// than they may, co-signatures of who was not asked. Each is refused, or without effect, where it arrives.
#include <doctest/doctest.h>

#include "crypto/random.h"
#include "node/office/absence_desk.h"
#include "node/office/act_desk.h"
#include "node/office/cosign_desk.h"
#include "node/office/embargo.h"
#include "node/office/signing.h"
#include "node/store/absences.h"
#include "node/store/acts.h"
#include "node/store/cases.h"
#include "node/store/cosigns.h"
#include "sync/forward.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"

using namespace yz;
using namespace yz::sim;
using node::Act;
using node::ActKind;
using node::Cosigner;
using node::CosignState;
using node::Disposal;
using node::ReportState;
using sync::RecordType;
using sync::Refusal;

namespace {

namespace role = crypto::role;

/// The newest report; absences are cases too.
std::int64_t newest_report(Office& o) { return number(o, "select max(row) from matter where sort = 0"); }
ReportState state(Office& o) {
  return node::report_state_from(number(o, "select state from matter where sort = 0 order by row desc limit 1"))
      .value();
}

/// Somebody who works in an office, with the key at hand.
struct Seat {
  /// Who founded the office: every role.
  explicit Seat(Office& o)
      : office(o),
        key(crypto::SigningKey::from_seed(*crypto::Key::from(o.secrets().officer_seed))),
        books(books_of(o)) {
    find();
  }
  Seat(Office& o, const std::string& name, std::uint16_t roles, Millis now)
      : office(o), key(crypto::SigningKey::random()), books(books_of(o)) {
    const auto before = must(o.directory().officers(id_of(o))).front();
    crypto::Certificate c;
    c.type = crypto::CertType::officer;
    c.office = c.issuer = id_of(o);
    c.issuer_key = o.authority().public_key();
    c.not_before_ms = static_cast<std::uint64_t>(now - kHour);
    c.not_after_ms = static_cast<std::uint64_t>(now + 1000 * kHour);
    c.serial = static_cast<std::uint64_t>(now);
    c.level = must(o.directory().office(id_of(o)))->level;
    c.roles = roles;
    c.key = key.public_key();
    c.subject.bytes = crypto::person_id_of(key.public_key()).bytes;
    c.name = name;
    good(c.sign(o.authority()));
    good(o.store().write([&] { return o.directory().learn(c, now); }));
    find();
  }
  void find() {
    for (const auto& r : must(office.directory().officers(id_of(office))))
      if (r.key == key.public_key()) row = r;
  }
  static node::StoreBooks books_of(Office& o) { return {o.store(), o.directory(), 480, false}; }
  node::SigningPerson me(Millis now) const { return {must(node::acting_person(office.store(), row, now)), key}; }
  node::ActDesk acts(Millis now) { return must(node::ActDesk::open(books, now)); }
  node::Desk desk(Millis now) { return must(node::Desk::open(books, rules(), now)); }
  node::CosignDesk cosigns(Millis now) { return must(node::CosignDesk::open(books, now)); }

  Office& office;
  crypto::SigningKey key;
  node::StoreBooks books;
  node::OfficerRow row;
};

node::Report text(Random& random, bool waits = false, Millis until = 0) {
  node::Report r;
  r.title = "春耕备耕进展情况";
  r.body = text_of(random, 20);
  if (waits) r.fields.set(node::kEmbargoUntil, until);
  return r;
}

struct Roles : Chain {
  Roles() {
    good(start());
    good(talk());
    good(address_all());
  }
  /// `later`: the word of it is still on its way.
  void leave(Seat& leader, const Seat& deputy, Millis until, bool later) {
    Office& o = leader.office;
    node::AbsenceWord w;
    w.absent = leader.row.person;
    w.absent_name = leader.row.name;
    w.deputy = deputy.row.person;
    w.deputy_name = deputy.row.name;
    w.from_ms = now;
    w.until_ms = until;
    w.reason = "开会";
    node::AbsenceReaders to;
    if (&o != &city) to.above = {id_of(&o == &township ? county : city)};
    if (&o == &county) to.below = {id_of(township)};
    auto desk = must(node::AbsenceDesk::open(leader.books, now));
    must(desk.away(leader.me(now), w, to));
    if (later) keep_back(o, now + 1000 * kHour);
  }
  void keep_back(Office& o, Millis until) {
    good(o.store().write([&] {
      return o.store().db().run(
          "update delivery set held_until = ? where record in (select row from record where type = 17)", until);
    }));
  }
  /// What became of the newest record of this type at that office, and what is shown of its deputy.
  std::pair<Refusal, std::int64_t> newest(Office& o, RecordType type) {
    const std::string of =
        " from record where type = " + std::to_string(static_cast<int>(type)) + " order by row desc limit 1";
    return {static_cast<Refusal>(number(o, "select quarantine" + of)), number(o, "select flags & 12288" + of)};
  }
  std::int64_t report_of(Seat& drafter, Seat& signer, node::Report r) {
    const auto d = must(drafter.desk(now).write(drafter.me(now), drafter.desk(now).new_case(), std::move(r), false,
                                                {id_of(county), id_of(city)}));
    must(drafter.desk(now).submit(drafter.me(now), d.matter));
    now += 10;
    must(signer.desk(now).sign(signer.me(now), d.matter, ""));
    return newest_report(signer.office);
  }
};

Act order(const OfficeId& assignee) {
  Act a;
  a.kind = ActKind::instruction;
  a.text = "请查明情况";
  a.assignees = {assignee};
  return a;
}

}  // namespace

TEST_CASE("a deputy's report is shown as one as soon as the word that names them is here, in any order") {
  for (const bool later : {false, true}) {
    CAPTURE(later);
    Roles p;
    Seat leader(p.township), clerk(p.township, "小李", role::drafter, p.now),
        deputy(p.township, "赵敏", role::drafter, p.now);
    p.leave(leader, deputy, p.now + 8 * kHour, later);
    p.now += 10;
    p.report_of(clerk, deputy, text(p.random));
    good(p.talk());
    if (later) {
      // It is an upward report: it stands, and says what is missing.
      CHECK(p.newest(p.county, RecordType::report) == std::pair(Refusal::none, node::record_note::unentitled));
      p.keep_back(p.township, 0);
      good(p.talk());
    }
    CHECK(p.newest(p.county, RecordType::report) == std::pair(Refusal::none, node::record_note::deputy));
    CHECK(number(p.county, "select flags & 12288 from matter where sort = 0") == node::record_note::deputy);
    CHECK(number(p.county, "select count(*) from absence where reason = '开会'") == 1);
    // The time is over: the same two persons, and nobody is away.
    p.now += 9 * kHour;
    const auto late = clerk.desk(p.now).write(clerk.me(p.now), clerk.desk(p.now).new_case(), text(p.random), false, {});
    REQUIRE(late);
    must(clerk.desk(p.now).submit(clerk.me(p.now), late->matter));
    CHECK(deputy.desk(p.now).sign(deputy.me(p.now), late->matter, "").error().code == "denied.role");
    // A program that lets them sign all the same is shown.
    auto forced = deputy.me(p.now);
    forced.person.roles |= role::signer;
    must(deputy.desk(p.now).sign(forced, late->matter, ""));
    good(p.talk());
    CHECK(p.newest(p.county, RecordType::report) == std::pair(Refusal::none, node::record_note::unentitled));
  }
}

TEST_CASE("a deputy's instruction has no effect before the word that names them, and all of it after") {
  for (const bool later : {false, true}) {
    CAPTURE(later);
    Roles p;
    good(p.report(Lane::urgent, 50));
    good(p.talk());
    Seat leader(p.county), clerk(p.county, "小孟", role::drafter, p.now),
        deputy(p.county, "孙敏", role::drafter, p.now);
    p.leave(leader, deputy, p.now + 8 * kHour, later);
    p.now += 10;
    must(clerk.acts(p.now).instruct(clerk.me(p.now), newest_report(p.county), order(id_of(p.township)), {.on = true}));
    p.now += 10;
    must(deputy.desk(p.now).sign(deputy.me(p.now), newest_report(p.county), ""));
    good(p.talk());
    if (later) {
      CHECK(p.newest(p.township, RecordType::instruction).first == Refusal::unproven_deputy);
      CHECK(state(p.township) != ReportState::instructed);
      CHECK(number(p.county,
                   "select count(*) from delivery d join record r on r.row = d.record where r.type = 12 and"
                   " d.state = 8") == 0);
      p.keep_back(p.county, 0);
      good(p.talk());
    }
    CHECK(p.newest(p.township, RecordType::instruction).first == Refusal::none);
    CHECK(state(p.township) == ReportState::instructed);
    CHECK(number(p.township, "select count(*) from refused") == 0);
    // Those below learn who signs, not why the head is away.
    CHECK(number(p.township, "select count(*) from absence where deputy_name = '孙敏' and reason = ''") == 1);
    CHECK(number(p.city, "select count(*) from absence where reason = '开会'") == 1);
  }
}

TEST_CASE("nobody becomes a signer by their own word, or signs what the absent wrote") {
  Roles p;
  good(p.report(Lane::urgent, 50));
  good(p.talk());
  Seat leader(p.county), clerk(p.county, "小孟", role::drafter, p.now), deputy(p.county, "孙敏", role::drafter, p.now);
  SUBCASE("an absence that only a clerk signed") {
    auto forced = clerk.me(p.now);
    forced.person.roles |= role::signer;
    node::AbsenceWord w;
    w.absent = leader.row.person;
    w.absent_name = leader.row.name;
    w.deputy = deputy.row.person;
    w.from_ms = p.now;
    w.until_ms = p.now + kHour;
    auto desk = must(node::AbsenceDesk::open(clerk.books, p.now));
    must(desk.away(forced, w, {{id_of(p.city)}, {id_of(p.township)}}));
    good(p.talk());
    CHECK(p.newest(p.township, RecordType::delegation).first == Refusal::not_permitted);
    CHECK(p.newest(p.city, RecordType::delegation).first == Refusal::not_permitted);
    CHECK(number(p.township, "select count(*) from absence") == 0);
  }
  SUBCASE("what the absent one began") {
    p.leave(leader, deputy, p.now + 8 * kHour, false);
    p.now += 10;
    auto as_drafter = leader.me(p.now);
    as_drafter.person.roles = role::drafter;
    must(leader.acts(p.now).instruct(as_drafter, newest_report(p.county), order(id_of(p.township)), {.on = true}));
    p.now += 10;
    CHECK(deputy.desk(p.now).sign(deputy.me(p.now), newest_report(p.county), "").error().code == "denied.deputy");
    auto forced = deputy.me(p.now);
    forced.person.stands_for.clear();
    must(deputy.desk(p.now).sign(forced, newest_report(p.county), ""));
    good(p.talk());
    CHECK(p.newest(p.township, RecordType::instruction).first == Refusal::unproven_deputy);
    CHECK(state(p.township) != ReportState::instructed);
  }
}

TEST_CASE("a report under embargo goes no further by an honest program, nor by another one's word") {
  Roles p;
  Seat town(p.township), county(p.county);
  const Millis until = p.now + 10 * kHour;
  must(town.desk(p.now).write(town.me(p.now), town.desk(p.now).new_case(), text(p.random, true, until), true,
                              {id_of(p.county)}));
  good(p.talk());
  REQUIRE(state(p.county) == ReportState::received);
  CHECK(p.county.forward(newest_report(p.county), {}, p.now).error().code == "embargo.until");
  Act adopted;
  adopted.disposal = Disposal::adopted;
  CHECK(county.acts(p.now).decide(county.me(p.now), newest_report(p.county), adopted, {}).error().code ==
        "embargo.until");

  // Another program's: a forward to the city, and a word to the township that it was published.
  const auto file = must(county.books.case_file(newest_report(p.county)));
  const auto original = must(county.books.original(newest_report(p.county), std::nullopt));
  const auto forge = [&](RecordType type, Bytes body, const OfficeId& to) {
    sync::Record r;
    r.type = type;
    r.salt = crypto::random_fixed<decltype(r.salt)>();
    r.origin = id_of(p.county);
    r.at = must(p.county.store().write([&] { return p.county.store().tick(p.now); }));
    r.case_office = file.office;
    r.case_id = file.case_id;
    r.parents = {original.record.id};
    r.addressees = {to};
    r.sensitivity = original.record.record.sensitivity;
    r.body = std::move(body);
    r.signatures = {node::signature(county.me(p.now), sync::SignRole::signer, r.content())};
    good(p.county.store().write([&]() -> Result<> {
      TRY(county.books.release(sync::release(r), 0, p.now));
      return {};
    }));
    good(p.talk());
  };
  const Bytes forward = must(sync::encode_forward({"", {}, original.record, original.certificates}));
  adopted.kind = ActKind::decision;
  forge(RecordType::forward, forward, id_of(p.city));
  CHECK(p.newest(p.city, RecordType::forward).first == Refusal::not_permitted);
  CHECK(number(p.city, "select count(*) from record where type = 1 and quarantine = 0") == 0);
  forge(RecordType::decision, encode_act(adopted), id_of(p.township));
  CHECK(p.newest(p.township, RecordType::decision).first == Refusal::not_permitted);

  // When the time has come nothing is left of it.
  p.now = until + 10;
  must(p.county.forward(newest_report(p.county), {}, p.now));
  good(p.talk());
  CHECK(number(p.city, "select count(*) from record where type = 1 and quarantine = 0") == 1);
}

TEST_CASE("what left before it was signed off stays so until another person signs it, whoever says they are one") {
  Roles p;
  Seat town(p.township), other(p.township, "孙敏", role::all, p.now);
  auto on_duty = town.me(p.now);
  on_duty.person.roles = role::drafter | role::duty;
  node::Report r = text(p.random);
  r.kind = node::Kind::first_report;
  r.lane = Lane::flash;
  r.occurred_at = p.now - kMinute;
  must(town.desk(p.now).write(on_duty, town.desk(p.now).new_case(), std::move(r), true, {id_of(p.county)}));
  good(p.talk());
  const auto provisional = [&](Office& o) {
    return (number(o, "select flags from matter where sort = 0 order by row desc limit 1") &
            node::record_note::provisional) != 0;
  };
  REQUIRE(provisional(p.county));
  p.now += 10;
  auto pretended = town.me(p.now);
  CHECK(town.desk(p.now).sign(pretended, newest_report(p.township), "").error().code == "denied.same_person");
  pretended.person.id = other.row.person;  // another program lets them through; the certificate is still theirs
  must(town.desk(p.now).sign(pretended, newest_report(p.township), ""));
  good(p.talk());
  CHECK(p.newest(p.county, RecordType::cosignature).first == Refusal::not_permitted);
  CHECK(provisional(p.county));
}

TEST_CASE("an embargo holds back no urgent report from the superior's superior") {
  Roles p;
  Seat town(p.township);
  node::Report r = text(p.random, true, p.now + 10 * kHour);
  r.lane = Lane::urgent;
  r.fields.set(node::kEmbargoHere, true);
  must(town.desk(p.now).write(town.me(p.now), town.desk(p.now).new_case(), std::move(r), true, {id_of(p.county)}));
  good(p.talk());
  must(p.county.forward(newest_report(p.county), {}, p.now));
  good(p.talk());
  CHECK(p.newest(p.city, RecordType::forward).first == Refusal::none);
  CHECK(number(p.city, "select count(*) from record where type = 1 and quarantine = 0") == 1);
}

TEST_CASE("an office that was asked signs a report too, and all who have it see that") {
  Roles p;
  Seat town(p.township), city(p.city), county(p.county);
  must(town.desk(p.now).write(town.me(p.now), town.desk(p.now).new_case(), text(p.random), true,
                              {id_of(p.county), id_of(p.city)}));
  node::CosignWish wish;
  wish.offices = {id_of(p.city)};
  wish.text = "请核对数字";
  must(town.cosigns(p.now).ask(town.me(p.now), newest_report(p.township), wish));
  good(p.talk());
  const auto asked = [&](Office& o) { return must(node::cosigners_of_case(o.store(), newest_report(o))); };
  for (Office* o : {&p.township, &p.county, &p.city}) {
    REQUIRE(asked(*o).size() == 1);
    CHECK(asked(*o).front().state == CosignState::waiting);
  }
  CHECK(number(p.city, "select count(*) from act where duty = 5") == 1);
  // The county was not asked; what it says all the same changes nothing.
  CHECK(county.cosigns(p.now)
            .answer(county.me(p.now), newest_report(p.county), asked(p.county), true, "", {})
            .error()
            .code == "denied.not_asked");
  Cosigner pretended = asked(p.county).front();
  pretended.office = id_of(p.county);
  must(county.cosigns(p.now).answer(county.me(p.now), newest_report(p.county), std::span(&pretended, 1), true, "",
                                    {id_of(p.township), id_of(p.city)}));
  good(p.talk());
  CHECK(asked(p.township).front().state == CosignState::waiting);
  // A clerk of the city does not sign for it, whatever their program lets them do.
  Seat clerk(p.city, "小孟", role::drafter, p.now);
  CHECK(clerk.cosigns(p.now).answer(clerk.me(p.now), newest_report(p.city), asked(p.city), true, "", {}).error().code ==
        "denied.role");
  auto forced = clerk.me(p.now);
  forced.person.roles |= role::signer;
  must(clerk.cosigns(p.now).answer(forced, newest_report(p.city), asked(p.city), true, "", {id_of(p.county)}));
  good(p.talk());
  CHECK(p.newest(p.township, RecordType::cosignature).first == Refusal::unproven_deputy);
  CHECK(asked(p.township).front().state == CosignState::waiting);

  p.now += 10;
  must(city.cosigns(p.now).answer(city.me(p.now), newest_report(p.city), asked(p.county), false, "人数不符",
                                  {id_of(p.county)}));
  good(p.talk());
  for (Office* o : {&p.township, &p.county}) {
    CHECK(asked(*o).front().state == CosignState::declined);
    CHECK(asked(*o).front().text == "人数不符");
  }
  p.now += 10;
  must(city.cosigns(p.now).answer(city.me(p.now), newest_report(p.city), asked(p.city), true, "", {id_of(p.county)}));
  good(p.talk());
  for (Office* o : {&p.township, &p.county, &p.city}) CHECK(asked(*o).front().state == CosignState::signed_too);
}

TEST_CASE("what waits for a co-signature goes to who is asked, and to the others when they have signed") {
  Roles p;
  Seat town(p.township), city(p.city);
  const auto d = must(
      town.desk(p.now).write(town.me(p.now), town.desk(p.now).new_case(), text(p.random), false, {id_of(p.county)}));
  node::CosignWish wish;
  wish.offices = {id_of(p.city)};
  wish.hold_until_ms = p.now + 24 * kHour;
  must(town.cosigns(p.now).ask(town.me(p.now), d.matter, wish));
  must(town.desk(p.now).send(town.me(p.now), d.matter));
  good(p.talk());
  CHECK(number(p.city, "select count(*) from record where type = 1") == 1);
  CHECK(number(p.county, "select count(*) from record where type = 1") == 0);
  SUBCASE("they sign") {
    const auto asked = must(node::cosigners_of_case(p.city.store(), newest_report(p.city)));
    must(city.cosigns(p.now).answer(city.me(p.now), newest_report(p.city), asked, true, "", {}));
  }
  SUBCASE("the time runs out") { p.now += 25 * kHour; }
  SUBCASE("somebody waits no longer") { must(town.cosigns(p.now).let_go(town.me(p.now), newest_report(p.township))); }
  good(p.talk());
  CHECK(number(p.county, "select count(*) from record where type = 1 and quarantine = 0") == 1);
}
