// Work that is asked for, and rules that travel down, at the receiver: what may stand where it came, and what may not.
#include <doctest/doctest.h>

#include <array>

#include "node/office/policy.h"
#include "node/store/books.h"
#include "node/store/commissions.h"
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
    r.at = sync::Hlc::at(now - earlier_ms);
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
  CHECK(s.down(RecordType::policy, s.policy(2, "{\"v\":1,\"name\":\"x\"}")) == Refusal::forked);
  CHECK(s.down(RecordType::policy, s.policy(1)) == Refusal::not_permitted);
  CHECK(s.down(RecordType::policy, s.policy(3)) == Refusal::none);
}
