// Attachments of an office that was put back from a copy (sync/PROTOCOL.md 5.4).
#include <doctest/doctest.h>

#include "node/office/body.h"
#include "node/store/attachments.h"
#include "node/store/handed.h"
#include "node/store/life.h"
#include "node/store/lost_chunks.h"
#include "tests/sim/chain.h"
#include "tests/sim/expect.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// How many manifests are here, and of how many all bytes.
std::pair<int, int> attachments(Office& o) {
  std::pair<int, int> n;
  auto q = o.store().db().query("select bytes from record where type = ? and quarantine = 0",
                                static_cast<int>(sync::RecordType::manifest));
  REQUIRE(q);
  while (q->step().value()) {
    const auto m = node::decode_manifest(sync::decode_record(q->blob(0))->record.body);
    REQUIRE(m);
    ++n.first;
    n.second += node::attachment_complete(o.store(), *m).value() ? 1 : 0;
  }
  return n;
}
using Both = std::pair<int, int>;

/// The township's machine is lost, and its copy goes on.
Result<> put_back(Chain& c, std::unique_ptr<test::CrashDisk> copy) {
  c.lower.hang_up(c.township);
  c.township.close();
  c.township.put_back(std::move(copy));
  TRY(c.township.open());
  TRY(c.township.store().write([&] { return node::begin_life(c.township.store(), c.now); }));
  return c.lower.redial();
}

}  // namespace

TEST_CASE("the bytes of an office's own attachments come back from whoever had them, past a relay too") {
  for (const bool city_only : {false, true}) {
    CAPTURE(city_only);
    Chain c;
    good(c.start());
    good(c.talk());
    if (city_only) c.township.address({c.city.store().me().office});
    auto copy = c.township.disk().clone();
    good(c.report(Lane::urgent, 60, 150'000));
    good(c.talk());
    REQUIRE(attachments(city_only ? c.city : c.county) == Both{1, 1});
    good(put_back(c, std::move(copy)));
    REQUIRE(attachments(c.township) == Both{0, 0});
    good(c.talk());
    CHECK(attachments(c.township) == Both{1, 1});
    CHECK(c.township.number("select count(*) from alarm where code = 'attachment.forged'").value() == 0);
    // Nobody goes on sending what is there.
    node::Query q = c.county.store().blobs().query("select count(*) from attachment where done = 0").value();
    REQUIRE(q.step().value());
    CHECK(q.integer(0) == 0);
  }
}

// Seed 2505926: the county was asked for bytes while the last of them were still on their way to it.
TEST_CASE("bytes that are asked back before they are all here go when they are") {
  Chain c;
  good(c.start());
  good(c.talk());
  auto copy = c.township.disk().clone();
  good(c.report(Lane::urgent, 60, 150'000));
  good(c.talk());
  REQUIRE(attachments(c.county) == Both{1, 1});
  node::Database& blobs = c.county.store().blobs();
  Bytes late;
  std::int64_t row = 0;
  {
    node::Query q = blobs.query("select bytes, attachment from chunk where position = 1").value();
    REQUIRE(q.step().value());
    late = q.blob(0), row = q.integer(1);
  }
  good(c.county.store().write([&]() -> Result<> {
    TRY(blobs.exec("delete from chunk where position = 1"));
    return blobs.exec("update attachment set have = have - 1, complete = 0, content = null");
  }));
  good(put_back(c, std::move(copy)));
  good(c.talk());
  REQUIRE(attachments(c.township) == Both{1, 0});
  good(c.county.store().write([&]() -> Result<> {
    TRY(blobs.run("insert into chunk(attachment, position, bytes, size, state) values(?, 1, ?, ?, 2)", row,
                  ByteView(late), late.size()));
    TRY(blobs.run("update attachment set have = have + 1, complete = 1 where row = ?", row));
    return node::attachment_arrived(c.county.store(), row, c.now);
  }));
  good(c.talk());
  CHECK(attachments(c.township) == Both{1, 1});
}

// Seed 2509007: the copy had the manifest, not opened yet, and a clock ten years behind.
TEST_CASE("a manifest that is opened after a restore asks for its bytes, whatever the clocks say") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.report(Lane::urgent, 60, 150'000));
  good(c.talk());
  REQUIRE(attachments(c.county) == Both{1, 1});
  node::Store& county = c.county.store();
  c.lower.hang_up(c.county);
  good(county.write([&]() -> Result<> {
    TRY(county.blobs().exec("delete from chunk; delete from attachment"));
    TRY(county.db().exec("update record set quarantine = 1 where type = 15"));
    TRY(node::begin_life(county, c.now - 10 * 365 * sync::kDayMs));
    TRY(county.db().exec("update record set quarantine = 0 where type = 15"));
    node::Query q = TRY(county.db().query("select bytes from record where type = 15"));
    if (!TRY(q.step())) return fail(Fault::missing, "no manifest");
    return node::tell_chunks_of(county, TRY(sync::decode_record(q.blob(0))), c.township.store().me().node, c.now);
  }));
  good(c.lower.redial());
  good(c.talk());
  CHECK(attachments(c.county) == Both{1, 1});
}

TEST_CASE("bytes that came back go on to whom the lost machine still owed them") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  auto copy = c.township.disk().clone();
  c.upper_up = false;
  good(c.report(Lane::urgent, 60, 150'000));
  good(c.talk(20));
  REQUIRE(attachments(c.county).second == 1);
  // The county's machine loses what it only carried, and the township's is lost.
  good(c.county.store().write([&]() -> Result<> {
    TRY(
        c.county.store().db().exec("delete from carry where envelope in (select row from envelope where own = 2);"
                                   "delete from envelope where own = 2; delete from stream where own = 2"));
    TRY(c.county.store().blobs().exec(
        "delete from chunk where attachment in (select row from attachment where own = 2);"
        "delete from attachment where own = 2"));
    return node::begin_life(c.county.store(), c.now);
  }));
  good(c.upper.redial());
  good(put_back(c, std::move(copy)));
  c.upper_up = true;
  good(c.talk());
  CHECK(attachments(c.township) == Both{1, 1});
  CHECK(attachments(c.city).second == 1);
}

TEST_CASE("only the office that wrote an attachment gets its bytes by asking") {
  Chain c;
  good(c.start());
  good(c.talk());
  good(c.address_all());
  good(c.report(Lane::urgent, 60, 90'000));
  good(c.talk());
  REQUIRE(attachments(c.county) == Both{1, 1});
  sync::ChunkReceipt asks;
  asks.author = c.county.store().me().node;
  asks.destination = c.city.store().me().office;
  {
    node::Query q = c.county.store().blobs().query("select id, count from attachment where own = 0").value();
    REQUIRE(q.step().value());
    asks.attachment = q.id<sync::AttachmentId>(0).value();
    asks.count = static_cast<std::uint32_t>(q.integer(1));
  }
  const NodeId county = c.county.store().me().node;
  good(c.city.store().write(
      [&] { return c.city.store().state(sync::StatementKind::chunk_receipt, sync::encode(asks), county, c.now); }));
  good(c.talk());
  node::Query q = c.county.store().blobs().query("select count(*) from attachment where handed = 1").value();
  REQUIRE(q.step().value());
  CHECK(q.integer(0) == 0);
}
