// Work that is asked for, and rules that travel down, at the receiver: what may stand where it came, and what may not.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <set>

#include "node/office/policy.h"
#include "node/office/said.h"
#include "node/store/books.h"
#include "node/store/commissions.h"
#include "node/store/policies.h"
#include "node/store/schema.h"
#include "node/store/sqlite.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;
using namespace yz::node;

namespace {

using sync::RecordType;
using sync::Refusal;
using Word = CommissionWord::Act;
using Reply = CommissionReply::Act;

struct Asking : Scene {
  Asking() {
    REQUIRE(start());
    REQUIRE(talk());
    case_id.bytes[0] = 5;
  }
  OfficeId of(Office& o) { return o.store().me().office; }

  /// A record by an office's officer for the other one, whatever its desk would say to it; how the other judged it.
  Refusal judged(Office& from, Office& to, RecordType type, const Bytes& body,
                 sync::SignRole role = sync::SignRole::signer, const OfficeId* case_office = nullptr) {
    sync::Record r;
    r.type = type;
    r.schema = schema;
    r.salt.bytes[0] = ++salt_;
    r.origin = of(from);
    r.at = sync::Hlc::at(at.value_or(now) - earlier_ms);
    r.case_office = case_office ? *case_office : r.origin;
    r.case_id = case_id;
    r.addressees = {addressee.value_or(of(to))};
    r.body = body;
    const auto key = crypto::SigningKey::from_seed(*crypto::Key::from(from.secrets().officer_seed));
    const auto officers = from.directory().officers(of(from));
    REQUIRE(officers);
    REQUIRE(!officers->empty());
    const CertDigest certificate = officers->front().digest;
    r.signatures = {{role, certificate, sync::sign_record(sync::record_id(r.content()), role, certificate, key)}};
    last = sync::record_id(r.content());
    const auto put = from.store().write([&]() -> Result<> {
      RecordFacts facts;
      facts.own = true;
      facts.at_ms = now;
      const std::int64_t row = TRY(put_record(from.store(), sync::release(r), facts));
      return queue_record(from.store(), row, std::array{of(to)}, r.lane, now);
    });
    REQUIRE(put);
    const std::string there = "select count(*) from record where hex(id) = upper('" + hex(last.view()) + "')";
    REQUIRE(rounds_until(to, there, 1));
    const auto why = to.number("select quarantine from record where hex(id) = upper('" + hex(last.view()) + "')");
    REQUIRE(why);
    return static_cast<Refusal>(*why);
  }
  Bytes word(Word act = Word::issue, const char* title = "防火") {
    BodyExtras x;
    x.type = RecordType::commission;
    x.commission.emplace().act = act;
    x.commission->due_ms = now + kHour;
    Report text;
    text.title = title;
    return encode_body(text, x);
  }
  static Bytes reply(Reply act) {
    BodyExtras x;
    x.type = RecordType::reply;
    x.reply.emplace().act = act;
    return encode_body(Report(), x);
  }
  static Bytes policy(std::int64_t version, const char* document = "{\"v\":1}") {
    return encode_policy({version, kBegin, document});
  }
  Refusal down(RecordType type, const Bytes& body, sync::SignRole role = sync::SignRole::signer) {
    return judged(county(), township(), type, body, role);
  }

  CaseId case_id;
  std::optional<OfficeId> addressee;  ///< as the record says, wherever it is sent
  Millis earlier_ms = 0;
  RecordId last;
  std::optional<Millis> at = {};  ///< what the next records are dated; none: now
  std::uint16_t schema = 1;

 private:
  std::uint8_t salt_ = 0;
};

}  // namespace

TEST_CASE("a commission stands with a signer's signature, from above, in its own case") {
  Asking s;
  CHECK(s.down(RecordType::commission, s.word(), sync::SignRole::drafter) == Refusal::not_permitted);
  CHECK(s.down(RecordType::commission, encode_body(Report(), {})) == Refusal::malformed);
  CHECK(s.down(RecordType::commission, s.word(Word::close), sync::SignRole::drafter) == Refusal::not_permitted);
  CHECK(s.down(RecordType::commission, s.word()) == Refusal::none);
  CHECK(s.down(RecordType::commission, s.word(Word::chase), sync::SignRole::drafter) == Refusal::none);
  CHECK(s.township().number("select count(*) from matter where sort = 1 and title = '防火'").value() == 1);
  // A case that asks never becomes a report.
  CHECK(s.down(RecordType::report, encode_body(Report(), {})) == Refusal::not_permitted);
  const OfficeId county = s.of(s.county());
  s.case_id.bytes[0] = 6;
  CHECK(s.judged(s.township(), s.county(), RecordType::commission, s.word()) == Refusal::not_permitted);
  s.case_id.bytes[0] = 7;
  CHECK(s.judged(s.township(), s.county(), RecordType::commission, s.word(), sync::SignRole::signer, &county) ==
        Refusal::not_permitted);
}

TEST_CASE("what binds offices takes no effect in a form that this program does not know") {
  Asking s;
  s.schema = 2;
  CHECK(s.down(RecordType::policy, s.policy(1'000'000), sync::SignRole::drafter) == Refusal::unsupported_type);
  CHECK(s.down(RecordType::commission, s.word(), sync::SignRole::drafter) == Refusal::unsupported_type);
  s.schema = 1;
  s.case_id.bytes[0] = 9;
  CHECK(s.down(RecordType::policy, s.policy(1)) == Refusal::none);
}

TEST_CASE("a case whose first record was refused is what its first good one says") {
  Asking s;
  BodyExtras x;
  Report text;
  text.title = "巡查";
  CHECK(s.judged(s.township(), s.county(), RecordType::commission, s.word(), sync::SignRole::signer) ==
        Refusal::not_permitted);
  CHECK(s.judged(s.township(), s.county(), RecordType::report, encode_body(text, x)) == Refusal::none);
  CHECK(s.county().number("select count(*) from matter where sort = 0 and title = '巡查'").value() == 1);
}

TEST_CASE("only who was asked replies, and only a signer declines") {
  Asking s;
  const OfficeId county = s.of(s.county());
  const auto up = [&](const Bytes& body, sync::SignRole role, const OfficeId* in) {
    return s.judged(s.township(), s.county(), RecordType::reply, body, role, in);
  };
  using enum sync::SignRole;
  REQUIRE(s.down(RecordType::commission, s.word()) == Refusal::none);
  CHECK(up(s.reply(Reply::accept), drafter, &county) == Refusal::none);
  CHECK(up(s.reply(Reply::decline), drafter, &county) == Refusal::not_permitted);
  CHECK(up(s.reply(Reply::decline), signer, &county) == Refusal::none);
  CHECK(up(encode_body(Report(), {}), signer, &county) == Refusal::malformed);
  s.case_id.bytes[0] = 8;
  CHECK(up(s.reply(Reply::accept), signer, nullptr) == Refusal::not_permitted);
}

TEST_CASE("a correction of a commission takes what the commission took, and the newest holds") {
  Asking s;
  CHECK(s.down(RecordType::commission, s.word()) == Refusal::none);
  CHECK(s.down(RecordType::commission, s.word(Word::amend, "假的"), sync::SignRole::drafter) == Refusal::not_permitted);
  CHECK(s.down(RecordType::commission, s.word(Word::amend, "森林防火")) == Refusal::none);
  s.earlier_ms = kHour;
  CHECK(s.down(RecordType::commission, s.word(Word::amend, "早先的")) == Refusal::none);
  CHECK(s.township().number("select count(*) from matter where sort = 1 and title = '森林防火'").value() == 1);
  const auto row = s.township().number("select row from matter where sort = 1");
  REQUIRE(row);
  const auto f = commission_file(s.township().store(), s.township().directory(), *row, s.now);
  REQUIRE(f);
  REQUIRE(f->texts.size() == 3);
  CHECK(f->texts.front().title == "防火");
  CHECK(f->text.title == "森林防火");
  CHECK(f->own == false);
}

TEST_CASE("a policy rules who was not there when it was signed, and its history comes after it") {
  Asking s;
  OfficeId other;
  other.bytes[0] = 9;
  s.addressee = other;
  CHECK(s.down(RecordType::commission, s.word()) == Refusal::not_addressed);
  s.case_id.bytes[0] = 6;
  CHECK(s.down(RecordType::policy, s.policy(3)) == Refusal::none);
  s.earlier_ms = kHour;
  CHECK(s.down(RecordType::policy, s.policy(1)) == Refusal::none);
}

TEST_CASE("a policy comes from above, signed, and each version once") {
  Asking s;
  CHECK(s.judged(s.township(), s.county(), RecordType::policy, s.policy(1)) == Refusal::not_permitted);
  s.case_id.bytes[0] = 9;
  CHECK(s.down(RecordType::policy, s.policy(2), sync::SignRole::drafter) == Refusal::not_permitted);
  CHECK(s.down(RecordType::policy, Bytes{'{', '}'}) == Refusal::malformed);
  CHECK(s.down(RecordType::policy, s.policy(2)) == Refusal::none);
  CHECK(s.down(RecordType::policy, s.policy(2)) == Refusal::none);
  CHECK(s.township().number("select count(*) from policy where version = 2").value() == 1);
  // Another content under that number, and a smaller number, are kept; which holds is told by (clock, content).
  s.at = s.now - kMinute;
  CHECK(s.down(RecordType::policy, s.policy(2, "{\"v\":1,\"name\":\"x\"}")) == Refusal::none);
  const RecordId twin = s.last;
  s.at.reset();
  CHECK(s.down(RecordType::policy, s.policy(1)) == Refusal::none);
  const auto held = [&] {
    const auto all = policies_in_force(s.township().store(), s.of(s.county()), s.now);
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    return all->front();
  };
  CHECK(held().version == 2);
  CHECK(held().record != twin);
  CHECK(s.down(RecordType::policy, s.policy(3)) == Refusal::none);
  CHECK(held().version == 3);
}

TEST_CASE("two policies under one number hold alike whatever came first") {
  std::set<std::string> held;
  for (const bool later_first : {false, true}) {
    Asking s;
    s.case_id.bytes[0] = 9;
    const Millis signed_at = s.now;
    for (const int i : {0, 1}) {
      const bool later = (i == 0) == later_first;
      s.at = signed_at + (later ? 1000 : 0);
      const std::string document = later ? R"({"v":1,"name":"b"})" : R"({"v":1,"name":"a"})";
      REQUIRE(s.down(RecordType::policy, s.policy(1, document.c_str())) == Refusal::none);
    }
    auto& store = s.township().store();
    const auto all = policies_in_force(store, s.of(s.township()), s.now);
    REQUIRE(all);
    REQUIRE(all->size() == 1);
    held.insert(document_of(store, all->front()).value());
    const auto shown = policies(store).value();
    REQUIRE(shown.size() == 2);
    CHECK(std::ranges::count(shown, true, &StoredPolicy::superseded) == 1);
    CHECK(policy_version(store, s.of(s.county()), 1)->record == all->front().record);
  }
  CHECK(held == std::set<std::string>{R"({"v":1,"name":"b"})"});
}

TEST_CASE("what holds is known without a look at the policies that do not") {
  Asking s;
  s.case_id.bytes[0] = 9;
  for (int version = 1; version <= 3; ++version)
    REQUIRE(s.down(RecordType::policy, s.policy(version)) == Refusal::none);
  auto& store = s.township().store();
  REQUIRE(store.write([&] {
    return store.db().run(
        "update record set bytes = x'00' where type = 16 and row not in (select max(row) from record)");
  }));
  const auto all = policies_in_force(store, s.of(s.township()), s.now);
  REQUIRE(all);
  CHECK(ruled_by(store, RuleSet(), *all, "x").has_value());
  CHECK(policies(store)->size() == 3);
  CHECK(last_version(store).value() == 0);  // none of them is the township's own
}

namespace {

/// What the upgrade to version 16 does, to a store that its later migrations were made on already.
bool upgraded(Database& db) {
  const auto all = main_migrations();
  const auto at = std::ranges::find(all, 16, &Migration::version);
  return at != all.end() && db.exec(std::string(at->sql)).has_value();
}

}  // namespace

TEST_CASE("what an earlier program took as of no known type is judged and sorted by this one, once") {
  Asking s;
  REQUIRE(s.down(RecordType::commission, s.word()) == Refusal::none);
  const RecordId asked = s.last;
  s.case_id.bytes[0] = 6;
  REQUIRE(s.down(RecordType::commission, s.word(), sync::SignRole::drafter) == Refusal::not_permitted);
  const RecordId forged = s.last;
  s.case_id.bytes[0] = 9;
  REQUIRE(s.down(RecordType::policy, s.policy(1)) == Refusal::none);
  // As a program left it that knew no such types: good, unreadable, reports without a title.
  auto& db = s.township().store().db();
  REQUIRE(
      db.exec("drop table policy; alter table act drop column signed_hlc; delete from meta where key ="
              " 'policies_kept'; delete from answer; delete from passed;"
              " update record set quarantine = 0, flags = 64 where type in (9, 10, 16);"
              " update matter set sort = 0, title = '', state = 20, occurred_ms = null; delete from refused"));
  REQUIRE(upgraded(db));
  REQUIRE(s.county().store().write(
      [&] { return s.county().store().db().run("update delivery set state = 3, refusal = 0 where state = 8"); }));
  s.hang_up(s.township());
  REQUIRE(s.start(s.township()));
  for (int i = 0; i < 20; ++i) REQUIRE(s.round());
  auto& town = s.township();
  const auto quarantine = [&](const RecordId& id) {
    return static_cast<Refusal>(
        town.number("select quarantine from record where id = x'" + hex(id.view()) + "'").value());
  };
  CHECK(quarantine(asked) == Refusal::none);
  CHECK(quarantine(forged) == Refusal::not_permitted);
  CHECK(town.number("select count(*) from matter where sort = 1 and title = '防火'").value() == 1);
  CHECK(town.number("select count(*) from matter where sort = 2").value() == 1);
  CHECK(town.number("select count(*) from policy").value() == 1);
  CHECK(town.number("select count(*) from record where flags & 64").value() == 1);  // the forged one, as it was
  const auto rows = commission_rows(town.store(), 10);
  REQUIRE(rows);
  CHECK(rows->size() == 1);
  // Its author hears now that it is refused.
  CHECK(s.county().number("select count(*) from delivery where state = 8").value() == 1);
}

TEST_CASE("policies of before are in the table after the upgrade") {
  Asking s;
  s.case_id.bytes[0] = 9;
  for (int version = 1; version <= 2; ++version)
    REQUIRE(s.down(RecordType::policy, s.policy(version)) == Refusal::none);
  for (Office* o : {&s.county(), &s.township()}) {
    REQUIRE(o->store().db().exec("drop table policy; alter table act drop column signed_hlc"));
    REQUIRE(upgraded(o->store().db()));
    s.hang_up(*o);
    REQUIRE(s.start(*o));
    CHECK(o->number("select count(*) from policy").value() == 2);
    CHECK(o->number("select count(*) from meta where key = 'policies_kept'").value() == 0);
    CHECK(policies_in_force(o->store(), s.of(s.township()), s.now)->front().version == 2);
  }
}

TEST_CASE("a reply that is dated far ahead does not decide against what is said after it came") {
  Asking s;
  const OfficeId county = s.of(s.county());
  REQUIRE(s.down(RecordType::commission, s.word()) == Refusal::none);
  s.at = s.now + 1000 * kHour;
  REQUIRE(s.judged(s.township(), s.county(), RecordType::reply, s.reply(Reply::decline), sync::SignRole::signer,
                   &county) == Refusal::none);
  s.at.reset();
  REQUIRE(s.down(RecordType::commission, s.word(Word::refuse)) == Refusal::none);
  for (Office* o : {&s.county(), &s.township()}) {
    const auto matter = o->number("select row from matter where sort = 1").value();
    const auto f = commission_file(o->store(), o->directory(), matter, s.now);
    REQUIRE_MESSAGE(f, (f ? "" : f.error().what));
    REQUIRE(f->asked.size() == 1);
    CHECK(f->asked[0].stage == AskedState::opened);
  }
}

TEST_CASE("how a commission stands costs twice as much with twice as many replies") {
  Asking s;
  const OfficeId county = s.of(s.county()), town = s.of(s.township());
  auto& store = s.county().store();
  REQUIRE(s.down(RecordType::commission, s.word()) == Refusal::none);
  const auto matter = s.county().number("select row from matter where sort = 1").value();
  std::uint32_t made = 0;
  const auto replies = [&](std::uint32_t many) {
    REQUIRE(store.write([&]() -> Result<> {
      for (std::uint32_t i = 0; i < many; ++i) {
        sync::Record r;
        r.type = RecordType::reply;
        ++made;
        for (int b = 0; b < 4; ++b)
          r.salt.bytes[static_cast<std::size_t>(b)] = static_cast<std::uint8_t>(made >> (8 * b));
        r.salt.bytes[8] = 1;  // no report has the commission's own id
        r.origin = town;
        r.case_office = county;
        r.case_id = s.case_id;
        r.at = sync::Hlc::at(s.now + made);
        r.addressees = {county};
        BodyExtras x;
        x.type = RecordType::reply;
        x.reply.emplace().act = Reply::answer;
        CaseRef& report = x.reply->report.emplace();
        report.office = town;
        std::ranges::copy(std::span(r.salt.bytes).first(16), report.id.bytes.begin());
        r.body = encode_body(Report(), x);
        r.signatures = {{sync::SignRole::signer, CertDigest{}, Signature{}}};
        RecordFacts facts;
        facts.at_ms = s.now + made;
        TRY(put_record(store, sync::release(r), facts));
      }
      return {};
    }));
  };
  const auto cost = [&] {
    const std::uint64_t before = rows_read();
    const auto f = commission_file(store, s.county().directory(), matter, s.now);
    REQUIRE(f);
    CHECK(f->asked.at(0).answers.size() == made);
    // Each is handed to the one office that it concerns.
    const SaidByOffice said(f->events);
    CHECK(said.of(town).size() == f->events.size());
    CHECK(said.of(county).empty());
    return rows_read() - before;
  };
  replies(1000);
  const std::uint64_t thousand = cost();
  const std::uint64_t putting = rows_read();
  replies(500);
  const std::uint64_t earlier = rows_read() - putting;
  replies(500);
  CHECK(rows_read() - putting - earlier <=
        earlier + earlier / 10);  // and a reply that comes costs as much as the first
  const std::uint64_t both = cost();
  CHECK(both <= 2 * thousand);
  CHECK(both <= 5 * made);
}
