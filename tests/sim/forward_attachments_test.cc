// Attachments of what a county passes on: the city has the very bytes that the township signed, and sees what the
// county left out or put in their place.
#include <doctest/doctest.h>

#include <utility>

#include "crypto/seal.h"
#include "node/store/audit.h"
#include "node/store/enclosures.h"
#include "node/store/handed.h"
#include "node/store/life.h"
#include "node/store/records.h"
#include "sync/exchange.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/sim/machines.h"

using namespace yz;
using namespace yz::sim;
using node::Enclosure;

namespace {

std::int64_t blobs(Office& o, std::string_view sql) {
  auto q = must(o.store().blobs().query(sql));
  REQUIRE(must(q.step()));
  return q.integer(0);
}
std::int64_t newest_report(Office& o) { return number(o, "select max(row) from matter where sort = 0"); }
std::vector<node::CaseRecord> records(Office& o, std::int64_t m) { return must(node::case_records(o.store(), m)); }
std::vector<Enclosure> shown(Office& o) { return must(node::enclosures(o.store(), records(o, newest_report(o)))); }
Result<Bytes> read(Office& o, const node::Manifest& m) {
  Bytes all;
  TRY(node::read_attachment(o.store(), m, [&](ByteView b) -> Result<> {
    all.insert(all.end(), b.begin(), b.end());
    return {};
  }));
  return all;
}
node::EvidenceCheck evidence(Office& o) {
  const Bytes file = must(node::make_evidence(o.store(), o.directory(), newest_report(o)));
  const auto checked = must(node::check_evidence(file));
  for (const auto& problem : checked.audit.problems) MESSAGE(problem.what, " ", problem.where);
  CHECK(checked.audit.ok());
  return checked;
}
bool accused(Office& o) { return number(o, "select count(*) from alarm where code = 'attachment.forged'") > 0; }

/// A report with attachments comes to the county.
struct Passed : Chain {
  explicit Passed(std::vector<std::size_t> sizes = {150'000}, bool to_all = false) {
    good(start());
    good(talk());
    if (to_all) good(address_all());
    if (!sizes.empty()) write(std::move(sizes));
  }
  void write(std::vector<std::size_t> sizes) {
    Office::Wish w;
    w.text = text_of(random, 80);
    int n = 0;
    for (const std::size_t size : sizes) {
      Bytes b(size);
      for (auto& x : b) x = static_cast<std::uint8_t>(random.next());
      files.push_back(b);
      w.attachments.emplace_back("现场" + std::to_string(++n) + ".jpg", std::move(b));
    }
    const auto done = must(township.write(w, now));
    REQUIRE_FALSE(done.refused);
  }
  /// Until the county has the report and its manifests; their chunks stay at the township.
  void text_alone() {
    for (int i = 0; i < 200 && number(county, "select count(*) from record where type = 15") == 0; ++i) {
      lower.poll();
      must(lower.exchange());
      now += 20;
    }
    lower_up = false;
    REQUIRE(number(county, "select count(*) from record where type = 15") > 0);
    REQUIRE(blobs(county, "select count(*) from attachment where complete = 1") == 0);
  }
  node::Outcome forward(std::optional<std::vector<std::string>> attachments = {}) {
    node::Forwarding f;
    f.attachments = std::move(attachments);
    return must(county.forward(newest_report(county), std::move(f), now));
  }
  /// The city has exactly what the township attached, as it attached it, from the township and by way of the county.
  void all_there() {
    const auto there = shown(city);
    REQUIRE(there.size() == files.size());
    for (std::size_t i = 0; i < there.size(); ++i) {
      CHECK(name_of(there[i].state) == "whole");
      CHECK(there[i].office == township.store().me().office);
      CHECK(must(read(city, there[i].manifest)) == files[i]);
    }
    CHECK_FALSE(accused(city));
  }
  node::PassedCount counted() {
    const auto all = records(city, newest_report(city));
    for (const auto& c : all)
      if (c.released.record.type == sync::RecordType::forward) {
        const auto layers = must(sync::unfold(c.released));
        return node::passed_count(layers.front(), layers.back().record, all);
      }
    FAIL("no forward at the city");
    return {};
  }
  std::vector<Bytes> files;
};

}  // namespace

TEST_CASE("attachments go along with what is passed on, and the county stores nothing twice") {
  Passed p({150'000, 10, 0});
  good(p.talk());
  const auto before = blobs(p.county, "select sum(length(bytes)) from chunk");
  p.forward();
  good(p.talk());
  p.all_there();
  for (const Enclosure& e : shown(p.city)) CHECK(e.handed_on_by == p.county.store().me().office);
  CHECK(blobs(p.county, "select sum(length(bytes)) from chunk") == before);
  CHECK(blobs(p.county, "select count(*) from attachment where done = 0") == 0);
  CHECK(p.counted().named == 3);
  CHECK(p.counted().left_out == 0);
  // The author's own manifest, byte for byte.
  const auto own = must(p.township.own_records());
  std::size_t inside = 0;
  for (const auto& c : records(p.city, newest_report(p.city)))
    if (sync::is_handed_on(c.released.record)) {
      const auto h = must(sync::decode_handed_on(c.released.record.body));
      CHECK(own.at(h.manifest.id) == h.manifest.bytes);
      ++inside;
    }
  CHECK(inside == 3);
  for (Office* o : {&p.city, &p.county})
    CHECK(number(*o, "select attachments from matter order by row desc limit 1") == 3);
  for (Office* o : {&p.city, &p.county, &p.township}) sound(*o);
  CHECK(evidence(p.city).attachments == 3);
  CHECK(evidence(p.city).forged.empty());
  CHECK(evidence(p.county).forged.empty());
}

TEST_CASE("what is passed on before its attachments are here goes at once, and they follow") {
  Passed p({150'000, 40'000});
  p.text_alone();
  p.forward();
  good(p.talk());
  REQUIRE(shown(p.city).size() == 2);
  for (const Enclosure& e : shown(p.city)) CHECK(name_of(e.state) == "coming");
  CHECK(read(p.city, shown(p.city)[0].manifest).error().code == "attachment.incomplete");
  p.lower_up = true;
  good(p.talk(120));
  p.all_there();
}

TEST_CASE("an attachment that stays behind is seen, and can be handed on later") {
  Passed p({3'000, 4'000, 5'000});
  good(p.talk());
  p.forward(std::vector<std::string>{"现场2.jpg"});
  good(p.talk());
  CHECK(p.counted().named == 3);
  CHECK(p.counted().left_out == 2);
  std::size_t whole = 0;
  for (const Enclosure& e : shown(p.city)) {
    whole += e.state == Enclosure::State::whole;
    if (e.state == Enclosure::State::whole) continue;
    CHECK(name_of(e.state) == "left_out");
    CHECK(e.by == p.county.store().me().office);
    CHECK_FALSE(e.manifest.name.empty());
    CHECK(e.manifest.key.empty());
  }
  CHECK(whole == 1);
  auto desk = must(p.county.desk(p.now));
  CHECK(desk.hand_on(p.county.signer(), newest_report(p.county), std::vector<std::string>{"现场2.jpg"}).error().code ==
        "attachment.missing");
  must(desk.hand_on(p.county.signer(), newest_report(p.county), std::nullopt));
  good(p.talk());
  const auto there = shown(p.city);
  REQUIRE(there.size() == 3);
  for (const Enclosure& e : there) CHECK(name_of(e.state) == "whole");
  CHECK(p.counted().left_out == 0);
  CHECK(desk.hand_on(p.county.signer(), newest_report(p.county), std::nullopt).error().code == "attachment.missing");
}

TEST_CASE("without attachments nothing of them leaves the county but their names in the report") {
  Passed p({30'000});
  good(p.talk());
  p.forward(std::vector<std::string>{});
  good(p.talk());
  CHECK(number(p.city, "select count(*) from record where type = 15") == 0);
  CHECK(blobs(p.city, "select count(*) from attachment") == 0);
  REQUIRE(shown(p.city).size() == 1);
  CHECK(name_of(shown(p.city)[0].state) == "left_out");
  node::Forwarding unknown;
  unknown.attachments = {"x.jpg"};
  CHECK(p.county.forward(newest_report(p.county), std::move(unknown), p.now).error().code == "attachment.missing");
}

TEST_CASE("what its author sends to both is not sent twice") {
  Passed p({90'000}, true);
  good(p.talk());
  p.forward();
  good(p.talk());
  p.all_there();
  CHECK(blobs(p.county, "select count(*) from attachment where handed = 1") == 0);
  CHECK(blobs(p.city, "select count(*) from attachment") == 1);
}

TEST_CASE("attachments of an earlier version go along with the correction") {
  Passed p({20'000});
  good(p.talk());
  node::Report r =
      must(node::decode_body(records(p.township, newest_report(p.township))[0].released.record.body)).report;
  r.body += "更正";
  must(p.township.correct(newest_report(p.township), r, p.now));
  good(p.talk());
  p.forward();
  good(p.talk());
  p.all_there();
  CHECK(p.counted().named == 1);
}

TEST_CASE("attachments of reports that are put together come with their author's signature") {
  Passed p({20'000, 300});
  good(p.talk());
  p.write({500});
  good(p.talk());
  std::vector<std::int64_t> sources;
  {
    auto q = must(p.county.store().db().query("select row from matter where own = 0 and sort = 0"));
    while (must(q.step())) sources.push_back(q.integer(0));
  }
  REQUIRE(sources.size() == 2);
  node::Report r;
  r.kind = node::Kind::brief;
  r.lane = Lane::urgent;
  r.title = "青山县两件情况综合";
  r.body = text_of(p.random, 60);
  auto desk = must(p.county.desk(p.now));
  CHECK(desk.merge(p.county.signer(), desk.new_case(), r, sources, true, {}, {}, 20'000).error().code ==
        "attachment.size");
  const auto done = must(desk.merge(p.county.signer(), desk.new_case(), r, sources, true));
  REQUIRE_MESSAGE(!done.refused, done.refused->what);
  good(p.talk());
  p.all_there();
  CHECK(number(p.city, "select count(*) from matter") == 1);
  CHECK(number(p.city, "select attachments from matter") == 3);
  sound(p.city);
}

TEST_CASE("what is passed on at another machine of the county takes the attachments along that came to the first") {
  Passed p(std::vector<std::size_t>{});
  const auto second = second_machine(p.county, p.now);
  std::optional<Hop> between, up;
  between.emplace(*second, p.county, p.now);
  up.emplace(*second, p.city, p.now);
  const auto talk = [&](int rounds) -> Result<> {
    while (rounds-- > 0) {
      TRY(p.talk(1));
      TRY(second->store().write([&] { return node::tell_and_watch(second->store(), second->directory(), p.now); }));
      for (Hop* hop : {&*between, &*up}) {
        TRY(hop->dial());
        if (!hop->ready()) continue;
        hop->poll();
        for (int i = 0; i < 20 && TRY(hop->exchange()); ++i) p.now += 20;
      }
    }
    return {};
  };
  good(talk(8));
  p.write({120'000});
  good(talk(12));
  node::Forwarding f;
  must(second->forward(newest_report(*second), std::move(f), p.now));
  good(talk(30));
  p.all_there();
  CHECK(blobs(p.county, "select count(*) from attachment where handed = 1") == 0);
  for (Office* o : {&p.county, second.get()}) {
    REQUIRE(shown(*o).size() == 1);
    CHECK(shown(*o)[0].passed_on);
    sound(*o);
  }
}

TEST_CASE("a county that was put back from a copy goes on handing over, and the city keeps what it had") {
  for (const bool before : {true, false}) {
    CAPTURE(before);  // the copy knows nothing of the forward, or of what became of it
    Passed p({90'000});
    good(p.talk());
    if (!before) p.forward();
    auto copy = p.county.disk().clone();
    if (before) p.forward();
    good(p.talk(before ? 60 : 2));
    for (Hop* hop : {&p.lower, &p.upper}) hop->hang_up(p.county);
    p.county.close();
    p.county.put_back(std::move(copy));
    good(p.county.open());
    good(p.county.store().write([&] { return node::begin_life(p.county.store(), p.now); }));
    good(p.county.open_received(p.now));
    for (Hop* hop : {&p.lower, &p.upper}) good(hop->redial());
    p.now += kHour;
    good(p.talk(120));
    p.all_there();
    CHECK(blobs(p.county, "select count(*) from attachment where done = 0") == 0);
    CHECK(number(p.county, "select count(*) from record where type = 15 and own = 1") == 1);
  }
}

TEST_CASE("a county that puts another picture in the place of a township's is found out by its own signatures") {
  Passed p({50'000});
  good(p.talk());
  p.forward();
  // In its own store, where the township's picture lies, it seals another one under the same key.
  p.county_does = [&, done = false]() mutable {
    if (std::exchange(done, true)) return;
    const node::Manifest m = node::manifests(records(p.county, newest_report(p.county))).front();
    const crypto::Key key = must(crypto::Key::from(m.key));
    Office& o = p.county;
    for (std::uint32_t i = 0; i < m.chunks; ++i) {
      Writer place;
      place.u32(i).u32(m.chunks).id(m.id);
      const std::size_t size = i + 1 < m.chunks ? node::kChunkPlainBytes : m.bytes - i * node::kChunkPlainBytes;
      const Bytes other = crypto::aead_seal(key, Bytes(size, 0x41), place.view());
      const Bytes frame =
          sync::sign_chunk(o.store().me().node, o.store().me().office, m.id, i, m.chunks, other, o.store().keys().node);
      good(o.store().write([&] {
        return o.store().blobs().run(
            "update chunk set bytes = ? where position = ? and attachment = (select row from attachment where own = 0)",
            frame, i);
      }));
    }
  };
  good(p.talk());
  REQUIRE(shown(p.city).size() == 1);
  const Enclosure e = shown(p.city)[0];
  CHECK(name_of(e.state) == "forged");
  CHECK(e.by == p.county.store().me().office);
  CHECK(read(p.city, e.manifest).error().code == "attachment.content");
  CHECK(number(p.city,
               "select count(*) from alarm a join office o on a.office = lower(hex(o.id)) where a.code ="
               " 'attachment.forged' and o.code = '370783'") == 1);
  CHECK(number(p.city, "select count(*) from alarm where code = 'attachment.forged'") == 1);
  CHECK_FALSE(accused(p.township));
  // Whoever has the file sees it without asking anybody.
  const auto file = evidence(p.city);
  REQUIRE(file.forged.size() == 1);
  CHECK(file.forged[0].office == "370783");
  CHECK(file.forged[0].attachment == "现场1.jpg");
}

TEST_CASE("a picture of another case, though the township signed it, is not shown as one of this report") {
  Passed p({500});
  good(p.talk());
  const auto first = newest_report(p.county);
  p.write({700});
  good(p.talk());
  const auto second = newest_report(p.county);
  REQUIRE(first != second);
  p.forward(std::vector<std::string>{});
  // With the second report the county hands on the first one's picture.
  const auto theirs = records(p.county, first), mine = records(p.county, second);
  sync::Record r;
  for (const auto& c : mine)
    if (c.released.record.type == sync::RecordType::forward) {
      r = c.released.record;
      r.parents = {c.released.id};
    }
  r.type = sync::RecordType::manifest;
  const node::Manifest old = node::manifests(theirs).front();
  node::Manifest named = old;
  for (const auto& c : theirs)
    if (c.released.record.type == sync::RecordType::manifest) named.from = c.released.id;
  auto inside = must(node::authors_manifest(p.county.store(), named));
  r.body = must(sync::encode_handed_on({inside.record, inside.certificates}));
  const auto by = p.county.signer();
  const RecordId id = sync::record_id(r.content());
  r.signatures = {{sync::SignRole::signer, by.person.certificate,
                   sync::sign_record(id, sync::SignRole::signer, by.person.certificate, by.key)}};
  good(p.county.store().write([&]() -> Result<> {
    node::RecordFacts facts;
    facts.own = true;
    facts.at_ms = p.now;
    const auto row = TRY(node::put_record(p.county.store(), sync::release(r), facts));
    TRY(node::queue_record(p.county.store(), row, r.addressees, r.lane, p.now));
    return node::hand_on_attachment(p.county.store(), named, r.addressees);
  }));
  good(p.talk());
  std::vector<std::string> states;
  for (const Enclosure& e : shown(p.city)) {
    states.emplace_back(name_of(e.state));
    CHECK(e.by == p.county.store().me().office);
  }
  CHECK(states == std::vector<std::string>{"not_named", "left_out"});
  const auto file = evidence(p.city);
  REQUIRE(file.forged.size() == 1);
  CHECK(file.forged[0].office == "370783");
}

TEST_CASE("an honest county hands on nothing that is not what the township signed, and is accused of nothing") {
  Passed p({50'000});
  p.text_alone();
  // The township's own store gives other bytes than those that its people signed.
  Office& o = p.township;
  good(o.store().write([&]() -> Result<> {
    Bytes frame;
    {
      auto q = TRY(o.store().blobs().query("select bytes from chunk where position = 0"));
      TRY(q.step());
      frame = q.blob(0);
    }
    const auto c = TRY(sync::decode_chunk(frame));
    Bytes other(c.ciphertext.begin(), c.ciphertext.end());
    other[40] ^= 1;
    frame = sync::sign_chunk(c.author, c.destination, c.attachment, c.index, c.count, other, o.store().keys().node);
    return o.store().blobs().run("update chunk set bytes = ? where position = 0", frame);
  }));
  p.forward();
  p.lower_up = true;
  good(p.talk(120));
  CHECK(accused(p.county));
  CHECK(number(p.county,
               "select count(*) from alarm a join office o on a.office = lower(hex(o.id)) where a.code ="
               " 'attachment.forged' and o.level = 4") == 1);
  CHECK_FALSE(accused(p.city));
  CHECK(blobs(p.city, "select count(*) from attachment") == 0);
  REQUIRE(shown(p.city).size() == 1);
  CHECK(name_of(shown(p.city)[0].state) == "coming");
}
