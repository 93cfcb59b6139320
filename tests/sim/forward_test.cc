// A county passes a township's report on to the city: unchanged, edited, altered, and beside the township's own copy.
#include <doctest/doctest.h>

#include "node/store/audit.h"
#include "node/store/forwards.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"

using namespace yz;
using namespace yz::sim;
using node::ReportState;

namespace {

/// The newest case.
std::int64_t newest(Office& o) { return number(o, "select max(row) from matter"); }
ReportState state(Office& o) {
  return node::report_state_from(number(o, "select state from matter order by row desc limit 1")).value();
}
std::vector<node::CaseRecord> records(Office& o) { return must(node::case_records(o.store(), newest(o))); }
sync::ReleasedRecord newest_forward(Office& o) {
  const auto all = records(o);
  const auto forwards = node::outermost_forwards(all);
  REQUIRE_FALSE(forwards.empty());
  return forwards.back()->released;
}
std::vector<node::TextLayer> layers(Office& o) { return must(node::text_layers(newest_forward(o))); }
bool older(Office& o) { return number(o, "select flags & 1024 from matter order by row desc limit 1") != 0; }

/// A report lies at the county.
struct AtCounty : Chain {
  explicit AtCounty(Lane lane = Lane::urgent, bool to_all = false) {
    good(start());
    good(talk());
    if (to_all) good(address_all());
    good(report(lane, 100));
    if (to_all) upper_up = false;
    good(talk());
    upper_up = true;
  }
  node::Report text(Office& o) {
    const auto all = records(o);
    for (const auto& c : all)
      if (node::is_version(c.released.record.type)) return must(node::decode_body(c.released.record.body)).report;
    FAIL("no version");
    return {};
  }
  node::Forwarding edition(const std::string& added) {
    node::Forwarding f;
    f.edit = text(county);
    f.edit->title = "青山县转报：" + f.edit->title;
    f.edit->body += "\n" + added;
    f.note = "已派人核实";
    return f;
  }
  node::Outcome forward(node::Forwarding f = {}) { return must(county.forward(newest(county), std::move(f), now)); }
};

}  // namespace

TEST_CASE("an edited report reaches the city with the original as the township signed it") {
  AtCounty p;
  const auto done = p.forward(p.edition("县里已派出工作组。"));
  CHECK(done.state == ReportState::forwarded);
  CHECK(done.queued == Lane::urgent);
  good(p.talk());
  const auto all = layers(p.city);
  REQUIRE(all.size() == 2);
  CHECK(all[0].original);
  CHECK(all[0].record.record.origin == p.township.store().me().office);
  CHECK(all[1].record.record.origin == p.county.store().me().office);
  CHECK(all[1].note == "已派人核实");
  CHECK(all[1].report->title.starts_with("青山县转报："));
  REQUIRE(all[1].changed.size() == 2);
  CHECK(all[1].changed[0].name == "title");
  REQUIRE(all[1].changed[1].passages.size() == 1);
  CHECK(all[1].changed[1].passages[0] == node::Passage{2, "", "县里已派出工作组。"});
  // The township's own bytes, the record under its own id, and the mark that it came in nested.
  const auto own = must(p.township.own_records());
  CHECK(own.at(all[0].record.id) == all[0].record.bytes);
  CHECK(must(p.city.records()).at(all[0].record.id) == all[0].record.bytes);
  CHECK(number(p.city, "select count(*) from record where flags & 512") == 1);
  CHECK(number(p.city, "select count(*) from matter where flags & 512") == 0);
  CHECK(number(p.city, "select count(*) from matter") == 1);
  CHECK(state(p.city) == ReportState::received);
  CHECK(state(p.county) == ReportState::forwarded);
  CHECK(state(p.township) == ReportState::forwarded);
  CHECK(number(p.city, "select count(*) from record where quarantine <> 0 or verified = 0") == 0);
  for (Office* o : {&p.city, &p.county, &p.township}) sound(*o);
}

TEST_CASE("a report passed on unchanged says so, and carries no second copy of the text") {
  AtCounty p;
  p.forward();
  good(p.talk());
  const auto all = layers(p.city);
  REQUIRE(all.size() == 2);
  CHECK_FALSE(all[1].edited);
  CHECK(all[1].changed.empty());
  CHECK(*all[1].report == *all[0].report);
  CHECK(all[1].record.bytes.size() < all[0].record.bytes.size() + 1500);
}

TEST_CASE("the same record nested and by itself is one record, whichever comes first") {
  for (const bool nested_first : {true, false}) {
    CAPTURE(nested_first);
    AtCounty p(Lane::urgent, true);  // the township's envelope for the city is held up at the county
    if (!nested_first) good(p.talk());
    p.forward(p.edition("补充。"));
    good(p.talk());
    CHECK(number(p.city, "select count(*) from matter") == 1);
    CHECK(number(p.city, "select count(*) from record where type = 1") == 1);
    CHECK(number(p.city, "select count(*) from record where flags & 512") == 0);
    CHECK(number(p.city, "select count(*) from refused") == 0);
    CHECK(layers(p.city).size() == 2);
    CHECK(number(p.township, "select count(*) from delivery where state = 3") == 2);
    sound(p.city);
  }
}

TEST_CASE("a flash that the county keeps and passes on nested only is not missing") {
  AtCounty p(Lane::flash);
  p.forward();
  good(p.talk());
  p.now += 2 * kHour;
  good(p.talk());
  CHECK(number(p.city, "select count(*) from alarm where code = 'announced.missing'") == 0);
}

TEST_CASE("an answer to a flash, on its way down, is nothing that a superior misses") {
  AtCounty p(Lane::flash);
  must(p.county.acknowledge(newest(p.county), p.now));
  p.forward();
  good(p.talk());
  p.now += 2 * kHour;
  good(p.talk());
  CHECK(number(p.city, "select count(*) from alarm where code = 'announced.missing'") == 0);
}

TEST_CASE("what was changed inside is refused, and the case is not touched by it") {
  struct Wrong {
    const char* what;
    std::function<void(Chain&, sync::Record&)> change;
    sync::Refusal why;
  };
  const auto nested = [](sync::Record& r, const std::function<void(sync::Record&)>& change, bool sign = false) {
    auto f = sync::decode_forward(r.body).value();
    sync::Record inner = f.nested.record;
    change(inner);
    (void)sign;
    f.nested = sync::release(inner);
    r.parents = {f.nested.id};
    r.body = sync::encode_forward(f).value();
  };
  const Wrong all[] = {
      {"a letter of the original",
       [&](Chain&, sync::Record& r) { nested(r, [](sync::Record& in) { in.body.back() ^= 1; }); },
       sync::Refusal::bad_signature},
      {"the capacity that somebody signed in",
       [&](Chain&, sync::Record& r) {
         nested(r, [](sync::Record& in) { in.signatures.front().role = sync::SignRole::reviewer; });
       },
       sync::Refusal::bad_signature},
      {"for whom it was",
       [&](Chain& c, sync::Record& r) {
         nested(r, [&](sync::Record& in) { in.addressees = {c.township.store().me().office}; });
       },
       sync::Refusal::not_addressed},
      {"the case", [&](Chain&, sync::Record& r) { r.case_id.bytes[0] ^= 1; }, sync::Refusal::malformed},
      {"what it is made on", [&](Chain&, sync::Record& r) { r.parents.front().bytes[0] ^= 1; },
       sync::Refusal::malformed},
      {"bytes behind the end", [&](Chain&, sync::Record& r) { r.body.push_back(0); }, sync::Refusal::malformed},
  };
  for (const Wrong& w : all) {
    CAPTURE(w.what);
    AtCounty p;
    p.upper_up = false;
    p.forward();
    // The county signs what it changed: its own signature is good.
    good(p.county.store().write([&]() -> Result<> {
      node::Query q = TRY(p.county.store().db().query("select row, bytes from record where type = 6"));
      REQUIRE(TRY(q.step()));
      const std::int64_t row = q.integer(0);
      sync::Record r = TRY(sync::decode_record(q.blob(1))).record;
      TRY(q.run());
      w.change(p, r);
      const auto key = crypto::SigningKey::from_seed(*crypto::Key::from(p.county.secrets().officer_seed));
      auto& s = r.signatures.front();
      s.signature = sync::sign_record(sync::record_id(r.content()), s.role, s.officer, key);
      const auto changed = sync::release(r);
      return p.county.store().db().run("update record set id = ?, bytes = ? where row = ?", changed.id,
                                       ByteView(changed.bytes), row);
    }));
    p.upper_up = true;
    good(p.talk());
    CHECK(number(p.city, "select count(*) from record where quarantine = 0") == 0);
    CHECK(number(p.city, "select quarantine from record where type = 6") == static_cast<int>(w.why));
    CHECK(number(p.city, "select count(*) from refused") == 1);
  }
}

TEST_CASE("a forward whose signers nobody knows waits for their certificates, and then it is good") {
  AtCounty p;
  p.upper_up = false;
  p.forward();
  good(p.county.store().write([&]() -> Result<> {
    node::Query q = TRY(p.county.store().db().query("select row, bytes from record where type = 6"));
    REQUIRE(TRY(q.step()));
    const std::int64_t row = q.integer(0);
    sync::Record r = TRY(sync::decode_record(q.blob(1))).record;
    TRY(q.run());
    auto f = TRY(sync::decode_forward(r.body));
    f.certificates.clear();
    r.body = TRY(sync::encode_forward(f));
    const auto key = crypto::SigningKey::from_seed(*crypto::Key::from(p.county.secrets().officer_seed));
    auto& s = r.signatures.front();
    s.signature = sync::sign_record(sync::record_id(r.content()), s.role, s.officer, key);
    const auto changed = sync::release(r);
    return p.county.store().db().run("update record set id = ?, bytes = ? where row = ?", changed.id,
                                     ByteView(changed.bytes), row);
  }));
  // The city has lost what it knew of the township's officers.
  good(p.city.store().write([&]() -> Result<> {
    return p.city.store().db().run("delete from officer where office = ?", p.township.store().me().office);
  }));
  p.upper_up = true;
  good(p.talk());
  CHECK(number(p.city, "select count(*) from record where quarantine <> 0") == 0);
  CHECK(layers(p.city).size() == 2);
  CHECK(number(p.city, "select count(*) from refused") == 0);
}

TEST_CASE("a version that came to the county after it had passed the case on is offered at both ends") {
  AtCounty p;
  p.lower_up = false;
  auto better = p.text(p.township);
  better.title += "（更正）";
  must(p.township.correct(newest(p.township), better, p.now));
  p.now += kMinute;
  p.forward(p.edition("补充。"));  // without knowing of the correction
  good(p.talk());
  CHECK_FALSE(older(p.county));
  p.lower_up = true;
  good(p.talk());
  CHECK(older(p.county));
  CHECK(state(p.county) == ReportState::received);  // it can be passed on again
  CHECK_FALSE(older(p.city));                       // the city knows of no other yet
  CHECK(state(p.township) != ReportState::forwarded);
  p.now += kMinute;
  const auto again = p.forward();
  CHECK(again.state == ReportState::forwarded);
  good(p.talk());
  CHECK(older(p.city));
  CHECK(layers(p.city)[0].report->title.ends_with("（更正）"));
  CHECK(state(p.township) == ReportState::forwarded);
  for (Office* o : {&p.city, &p.county, &p.township}) sound(*o);
}

TEST_CASE("who passes on what was not for it is told so; nobody passes on a report of its own, or less urgently") {
  AtCounty p;
  CHECK(p.township.forward(newest(p.township), {}, p.now).error().code == "denied.own");
  node::Forwarding slow;
  slow.lane = Lane::routine;
  CHECK(p.county.forward(newest(p.county), slow, p.now).error().code == "forward.lane");
  node::Forwarding fast;
  fast.lane = Lane::flash;
  CHECK(p.forward(fast).queued == Lane::flash);
  good(p.talk());
  CHECK(number(p.city, "select lane from matter") == 1);
  node::Forwarding none;
  none.record = RecordId{};
  CHECK(p.county.forward(newest(p.county), none, p.now).error().code == "forward.not_addressed");
  // The city has no superior.
  CHECK(p.city.forward(newest(p.city), {}, p.now).error().code == "forward.nowhere");
}

TEST_CASE("the city acknowledges to whom it has the case from") {
  AtCounty p;
  p.forward();
  good(p.talk());
  must(p.city.acknowledge(newest(p.city), p.now));
  good(p.talk());
  CHECK(number(p.county, "select count(*) from record where type = 13 and quarantine = 0") == 1);
  CHECK(number(p.township, "select count(*) from record where type = 13") == 0);
}

TEST_CASE("evidence holds every layer, and a layer that was changed shows") {
  AtCounty p;
  p.forward(p.edition("补充。"));
  good(p.talk());
  const Bytes file = must(node::make_evidence(p.city.store(), p.city.directory(), newest(p.city)));
  const auto check = must(node::check_evidence(file));
  for (const auto& problem : check.audit.problems) MESSAGE(problem.what, " ", problem.where);
  CHECK(check.audit.ok());
  CHECK(check.layers == 1);
  // Every copy of the township's text in the file, nested or not, is under its officer's signature.
  const std::string canary(kCanary);
  const std::string all(file.begin(), file.end());
  std::size_t copies = 0;
  for (auto at = all.find(canary); at != std::string::npos; at = all.find(canary, at + 1)) {
    Bytes spoilt = file;
    spoilt[at] = 'c';
    const auto spoilt_check = node::check_evidence(spoilt);
    CHECK((!spoilt_check || !spoilt_check->audit.ok()));
    ++copies;
  }
  CHECK(copies >= 4);
}
