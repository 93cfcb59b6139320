// A city, a county and a township act on one case: lost, doubled and reordered on the way, all say the same in the end;
// and what somebody forges, or does alone, is refused where it arrives.
#include "node/store/acts.h"

#include <doctest/doctest.h>

#include "crypto/random.h"
#include "node/office/act_desk.h"
#include "node/store/audit.h"
#include "node/store/cases.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"

using namespace yz;
using namespace yz::sim;
using node::Act;
using node::ActKind;
using node::Disposal;
using node::ReportState;
using sync::RecordType;

namespace {

std::int64_t matter(Office& o) { return number(o, "select max(row) from matter"); }
ReportState state(Office& o) {
  return node::report_state_from(number(o, "select state from matter order by row desc limit 1")).value();
}

/// Who works in an office, with the key at hand.
struct Seat {
  explicit Seat(Office& o)
      : office(o),
        key(crypto::SigningKey::from_seed(*crypto::Key::from(o.secrets().officer_seed))),
        books(o.store(), o.directory(), 480, true) {
    const auto officers = must(o.directory().officers(id_of(o)));
    for (const auto& row : officers)
      if (row.key == key.public_key()) person = node::person_of(row);
  }
  node::ActDesk desk(Millis now) { return must(node::ActDesk::open(books, now)); }
  node::SigningPerson me() const { return {person, key}; }

  Office& office;
  crypto::SigningKey key;
  node::Person person;
  node::StoreBooks books;
};

Act decision(Disposal d) {
  Act a;
  a.kind = ActKind::decision;
  a.disposal = d;
  a.reason = "理由";
  return a;
}
Act order(std::vector<OfficeId> assignees) {
  Act a;
  a.kind = ActKind::instruction;
  a.text = "请查明情况";
  std::ranges::sort(assignees);
  a.assignees = std::move(assignees);
  return a;
}

struct Acted : Chain {
  explicit Acted(bool to_all = true) {
    good(start());
    good(talk());
    if (to_all) good(address_all());
    good(report(Lane::urgent, 100));
    good(talk());
  }
  RecordId version() {
    for (const auto& c : must(node::case_records(township.store(), matter(township))))
      if (node::is_version(c.released.record.type)) return c.released.id;
    FAIL("no version");
    return {};
  }
  /// A record as a dishonest program of the county's would make it, to the township.
  struct Forged {
    RecordType type = RecordType::decision;
    Bytes body = {};
    std::vector<RecordId> parents = {};
    sync::SignRole role = sync::SignRole::signer;
    std::uint16_t flags = 0;
    std::optional<Millis> at = {};  ///< dated so; none: now
  };
  sync::Refusal forge(Office& from, Office& to, Forged f) {
    Seat seat(from);
    const auto file = must(seat.books.case_file(matter(from)));
    sync::Record r;
    r.type = f.type;
    r.salt = crypto::random_fixed<decltype(r.salt)>();
    r.origin = id_of(from);
    r.at = f.at ? sync::Hlc::at(*f.at) : must(from.store().write([&] { return from.store().tick(now); }));
    r.case_office = file.office;
    r.case_id = file.case_id;
    r.parents = std::move(f.parents);
    r.addressees = {id_of(to)};
    r.flags = f.flags;
    r.body = std::move(f.body);
    const RecordId id = sync::record_id(r.content());
    forged = id;
    r.signatures = {
        {f.role, seat.person.certificate, sync::sign_record(id, f.role, seat.person.certificate, seat.key)}};
    good(from.store().write([&]() -> Result<> {
      TRY(seat.books.release(sync::release(r), 0, now));
      return {};
    }));
    good(talk());
    const auto all = must(node::case_records(to.store(), matter(to)));
    for (const auto& c : all)
      if (c.released.id == id) return c.quarantine;
    FAIL("it never came");
    return {};
  }
  RecordId forged;  ///< the last
};

}  // namespace

TEST_CASE("a city's instruction passes the county whole, and all ends follow it to its close") {
  Acted p;
  Seat city(p.city), town(p.township), county(p.county);
  const auto told = must(city.desk(p.now).instruct(city.me(), matter(p.city), order({id_of(p.township)}), {}));
  REQUIRE(told.record);
  good(p.talk());
  CHECK(state(p.township) == ReportState::instructed);
  CHECK(must(p.township.records()).at(*told.record) == must(p.city.own_records()).at(*told.record));
  CHECK(number(p.township, "select count(*) from record where type = 12 and verified = 1") == 1);
  must(town.desk(p.now).progress(town.me(), matter(p.township), *told.record, "已办", true));
  good(p.talk());
  CHECK(state(p.city) == ReportState::feedback_given);
  CHECK(number(p.city, "select count(*) from act where duty = 4") == 1);
  must(city.desk(p.now).close(city.me(), matter(p.city), *told.record, ""));
  good(p.talk());
  CHECK(state(p.city) == ReportState::closed);
  CHECK(state(p.township) == ReportState::closed);
  for (Office* o : {&p.city, &p.county, &p.township})
    CHECK(must(node::verify_store(o->store(), o->directory(), {})).ok());
}

TEST_CASE("a correction that crosses a decision leaves both ends with the same state") {
  Acted p(false);
  Seat county(p.county);
  must(p.county.acknowledge(matter(p.county), p.now));
  good(p.talk());
  p.lower_up = false;
  must(county.desk(p.now).decide(county.me(), matter(p.county), decision(Disposal::returned), {}));
  must(p.township.correct(matter(p.township), text_of(p.random, 50), false, p.now + 10));
  p.lower_up = true;
  good(p.talk());
  // It is about the version before: the new one is not given back, and nobody has looked at it.
  CHECK(state(p.county) == ReportState::received);
  CHECK(state(p.township) == ReportState::opened);
  must(p.county.acknowledge(matter(p.county), p.now));
  good(p.talk());
  CHECK(state(p.county) == ReportState::acknowledged);
  CHECK(state(p.township) == ReportState::acknowledged);
}

TEST_CASE("a withdrawal stands whatever is decided meanwhile") {
  Acted p(false);
  Seat county(p.county);
  p.lower_up = false;
  must(county.desk(p.now).decide(county.me(), matter(p.county), decision(Disposal::adopted), {}));
  must(p.township.withdraw(matter(p.township), p.now));
  p.lower_up = true;
  good(p.talk());
  CHECK(state(p.county) == ReportState::withdrawn);
  CHECK(state(p.township) == ReportState::withdrawn);
  CHECK(number(p.township, "select count(*) from act where kind = 1") == 1);
}

TEST_CASE("acts on lines that lose, cut and double everything reach both ends as if nothing had happened") {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    CAPTURE(seed);
    Acted p;
    Random chance(seed);
    Seat city(p.city), county(p.county), town(p.township);
    std::optional<RecordId> told;
    for (int step = 0; step < 40; ++step) {
      p.now += 500;
      if (step == 3) must(county.desk(p.now).decide(county.me(), matter(p.county), decision(Disposal::filed), {}));
      if (step == 6) told = must(city.desk(p.now).instruct(city.me(), matter(p.city), order({}), {})).record;
      if (step == 9) must(county.desk(p.now).decide(county.me(), matter(p.county), decision(Disposal::adopted), {}));
      if (step == 12) must(city.desk(p.now).close(city.me(), matter(p.city), *told, "阅"));
      for (Hop* hop : {&p.lower, &p.upper}) {
        Mishap m;
        m.no_request = chance.chance(0.2);
        m.no_answer = chance.chance(0.2);
        m.twice = chance.chance(0.2);
        if (chance.chance(0.2)) m.cut = chance.below(2000);
        hop->poll();
        must(hop->exchange(m));
      }
    }
    good(p.talk(200));
    for (Office* o : {&p.county, &p.township}) CHECK(number(*o, "select count(*) from act where kind = 1") == 2);
    CHECK(state(p.township) == ReportState::closed);
    CHECK(state(p.city) == ReportState::closed);
    CHECK(number(p.township, "select count(*) from act where state = 6") == 1);
    CHECK(number(p.township, "select count(*) from record where quarantine <> 0") == 0);
  }
}

TEST_CASE("forged acts and those of one person are refused where they arrive") {
  using sync::Refusal;
  Acted p;
  const std::vector<RecordId> on{p.version()};
  const Bytes adopted = encode_act(decision(Disposal::adopted)), returned = encode_act(decision(Disposal::returned));
  CHECK(p.forge(p.county, p.township, {.body = adopted, .parents = on}) == Refusal::none);
  CHECK(p.forge(p.county, p.township, {.body = adopted}) == Refusal::malformed);
  CHECK(p.forge(p.county, p.township, {.body = Bytes{'{', '}'}, .parents = on}) == Refusal::malformed);
  // Two records' types and bodies do not change places, and only a report goes before it is signed.
  CHECK(p.forge(p.county, p.township, {RecordType::instruction, adopted, on}) == Refusal::malformed);
  CHECK(p.forge(p.county, p.township, {.body = adopted, .parents = on, .flags = sync::record_flag::provisional}) ==
        Refusal::malformed);
  CHECK(p.forge(p.county, p.township, {.body = adopted, .parents = on, .role = sync::SignRole::drafter}) ==
        Refusal::not_permitted);
  // An assignee that is not told, and a township that decides for its county.
  CHECK(p.forge(p.county, p.township, {RecordType::instruction, encode_act(order({id_of(p.city)})), on}) ==
        Refusal::malformed);
  CHECK(p.forge(p.township, p.county, {.body = adopted, .parents = on}) == Refusal::not_permitted);
  CHECK(p.forge(p.township, p.county, {RecordType::instruction, encode_act(order({})), on}) == Refusal::not_permitted);
  // Somebody else's instruction is not theirs to close.
  Seat city(p.city);
  const auto told = must(city.desk(p.now).instruct(city.me(), matter(p.city), order({}), {}));
  good(p.talk());
  Act close;
  close.kind = ActKind::close;
  CHECK(p.forge(p.county, p.township, {RecordType::annotation, encode_act(close), {*told.record}}) ==
        Refusal::not_permitted);
  CHECK(state(p.township) == ReportState::instructed);
  // Where two persons are certified, one alone does not adopt or instruct, but may give back.
  good(p.township.store().write(
      [&] { return p.township.store().db().run("update office set one_person = 0 where id = ?", id_of(p.county)); }));
  CHECK(p.forge(p.county, p.township, {.body = adopted, .parents = on}) == Refusal::not_permitted);
  CHECK(p.forge(p.county, p.township, {RecordType::instruction, encode_act(order({})), on}) == Refusal::not_permitted);
  CHECK(p.forge(p.county, p.township, {.body = returned, .parents = on}) == Refusal::none);
}

TEST_CASE("a version or a word that is dated far ahead answers no later urge") {
  constexpr Millis kFar = 1000 * kHour;
  Acted p(false);
  Seat county(p.county), town(p.township);
  const auto records = must(node::case_records(p.township.store(), matter(p.township)));
  auto written = must(node::decode_body(records.front().released.record.body));
  written.extras.type = RecordType::followup;
  written.report.body += text_of(p.random, 50);
  REQUIRE(p.forge(p.township, p.county,
                  {.type = RecordType::followup,
                   .body = encode_body(written.report, written.extras),
                   .parents = {p.version()},
                   .at = p.now + kFar}) == sync::Refusal::none);
  Act urge;
  urge.kind = ActKind::urge;
  must(county.desk(p.now).ask(county.me(), matter(p.county), urge, {}, {}));
  good(p.talk());
  const auto open = [&](Office& o) { return number(o, "select count(*) from act where kind = 7 and state = 1"); };
  CHECK(open(p.county) == 1);
  CHECK(open(p.township) == 1);
  CHECK(number(p.township, "select count(*) from act where kind = 7 and duty = 2") == 1);
  REQUIRE_FALSE(must(p.township.correct(matter(p.township), text_of(p.random, 50), false, p.now)).refused);
  good(p.talk());
  CHECK(open(p.county) == 0);
  CHECK(open(p.township) == 0);

  const auto told = must(county.desk(p.now).instruct(county.me(), matter(p.county), order({}), {}));
  good(p.talk());
  Act word;
  word.kind = ActKind::progress;
  word.text = "在办";
  REQUIRE(
      p.forge(
          p.township, p.county,
          {.type = RecordType::annotation, .body = encode_act(word), .parents = {*told.record}, .at = p.now + kFar}) ==
      sync::Refusal::none);
  must(county.desk(p.now).ask(county.me(), matter(p.county), urge, {}, told.record));
  good(p.talk());
  CHECK(open(p.county) == 1);
  CHECK(open(p.township) == 1);
  p.now += kMinute;
  must(town.desk(p.now).progress(town.me(), matter(p.township), *told.record, "已办", false));
  good(p.talk());
  CHECK(open(p.county) == 0);
  CHECK(open(p.township) == 0);
}

TEST_CASE("a decision that is dated far ahead does not stand against the next one") {
  Acted p(false);
  Seat county(p.county);
  REQUIRE(
      p.forge(p.county, p.township,
              {.body = encode_act(decision(Disposal::filed)), .parents = {p.version()}, .at = p.now + 1000 * kHour}) ==
      sync::Refusal::none);
  p.now += kMinute;
  must(county.desk(p.now).decide(county.me(), matter(p.county), decision(Disposal::adopted), {}));
  good(p.talk());
  CHECK(state(p.county) == ReportState::adopted);
  CHECK(state(p.township) == ReportState::adopted);
}

TEST_CASE("closing, merging and urging take a role at the receiver too") {
  using sync::Refusal;
  namespace role = crypto::role;
  Acted p;
  Seat county(p.county);
  const auto told = must(county.desk(p.now).instruct(county.me(), matter(p.county), order({}), {}));
  good(p.talk());
  const auto roles = [&](std::uint16_t bits) {
    good(p.township.store().write([&] {
      return p.township.store().db().run("update officer set roles = ? where office = ?", bits, id_of(p.county));
    }));
  };
  const auto said = [&](ActKind kind, const RecordId& on) {
    Act a;
    a.kind = kind;
    if (kind == ActKind::question) a.text = "何时办结";
    if (kind == ActKind::merged)
      a.merged = node::MergedInto{id_of(p.county), crypto::random_fixed<CaseId>(), on, "综合"};
    return p.forge(p.county, p.township, {.type = RecordType::annotation, .body = encode_act(a), .parents = {on}});
  };
  roles(role::auditor | role::admin_people);
  for (const ActKind k : {ActKind::urge, ActKind::question, ActKind::merged})
    CHECK(said(k, p.version()) == Refusal::not_permitted);
  CHECK(said(ActKind::close, *told.record) == Refusal::not_permitted);
  roles(role::drafter);
  CHECK(said(ActKind::urge, p.version()) == Refusal::none);
  CHECK(said(ActKind::merged, p.version()) == Refusal::not_permitted);
  CHECK(said(ActKind::close, *told.record) == Refusal::not_permitted);
  roles(role::duty);
  CHECK(said(ActKind::merged, p.version()) == Refusal::none);
  CHECK(state(p.township) == ReportState::instructed);
  roles(role::reviewer);
  CHECK(said(ActKind::close, *told.record) == Refusal::none);
  CHECK(state(p.township) == ReportState::closed);
}
