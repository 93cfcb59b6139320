// Bytes of attachments between the machines of one office (sync/PROTOCOL.md 8.3).
#include <doctest/doctest.h>

#include "node/store/cases.h"
#include "node/store/heads.h"
#include "node/store/siblings.h"
#include "node/store/watch.h"
#include "tests/sim/expect.h"
#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

/// Manifests of good records here, and how many of them are whole and read as what was signed.
std::pair<std::size_t, std::size_t> attachments(Office& o) {
  std::vector<std::int64_t> matters;
  {
    node::Query q = o.store().db().query("select row from matter").value();
    while (q.step().value()) matters.push_back(q.integer(0));
  }
  std::size_t all = 0, whole = 0;
  for (const std::int64_t m : matters)
    for (const auto& a : node::manifests(node::case_records(o.store(), m).value())) {
      ++all;
      std::uint64_t bytes = 0;
      const auto read = node::read_attachment(o.store(), a, [&](ByteView piece) -> Result<> {
        bytes += piece.size();
        return {};
      });
      whole += read && bytes == a.bytes;
    }
  return {all, whole};
}
using Both = std::pair<std::size_t, std::size_t>;

Result<> report_with(Machines& w, Office& o, std::size_t bytes) {
  Office::Wish wish;
  wish.text = text_of(w.random, 40);
  Bytes b(bytes);
  for (auto& x : b) x = static_cast<std::uint8_t>(w.random.next());
  wish.attachments.emplace_back("现场照片.jpg", std::move(b));
  const auto done = TRY(o.write(wish, w.now));
  return done.refused ? Result<>(std::unexpected(*done.refused)) : Result<>();
}

}  // namespace

TEST_CASE("an attachment of either machine's report is whole on both, and at the county once") {
  Machines w;
  good(w.start());
  good(report_with(w, w.one, 150'000));  // before there were two
  good(w.talk(10));
  good(w.join());
  good(w.talk(10));
  good(report_with(w, w.one, 300'000));
  good(report_with(w, *w.two, 70'000));
  good(w.talk(40));
  for (Office* o : w.offices()) CHECK(attachments(*o) == Both{3, 3});
  for (Office* o : {&w.one, w.two.get()}) {
    CHECK(o->number("select count(*) from chunk_want").value() == 0);
    node::Query q = o->store().blobs().query("select count(*) from chunk_copy where done = 0").value();
    REQUIRE(q.step().value());
    CHECK(q.integer(0) == 0);
  }
}

TEST_CASE("an attachment from the county that came to one machine becomes whole on the other, whatever is cut") {
  for (int seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    // The county has two machines here: what its township sends comes to one of them.
    Machines w;
    w.random = Random(static_cast<std::uint64_t>(seed));
    good(w.start());
    good(w.talk(3));
    std::unique_ptr<Office> second = second_machine(w.county, w.now);
    std::optional<Hop> between;
    between.emplace(*second, w.county, w.now);
    const auto talk = [&](int rounds) -> Result<> {
      while (rounds-- > 0) {
        TRY(w.talk(1));
        TRY(second->store().write([&] { return node::tell_and_watch(second->store(), second->directory(), w.now); }));
        TRY(between->dial());
        if (!between->ready()) continue;
        between->poll();
        for (int i = 0; i < 20 && TRY(between->exchange()); ++i) w.now += 20;
      }
      return {};
    };
    good(talk(5));
    for (int i = 0; i < 3; ++i) {
      good(report_with(w, w.one, 60'000 + w.random.below(200'000)));
      good(talk(static_cast<int>(w.random.between(1, 3))));
      between->hang_up(w.county);
      Office& cut = w.random.chance(0.5) ? *second : w.county;
      w.one_up->hang_up(cut);
      between->hang_up(cut);
      cut.close();
      cut.disk().power_on(w.random.next());
      good(cut.open());
      good(cut.open_received(w.now));
    }
    good(talk(40));
    CHECK(attachments(w.county) == Both{3, 3});
    CHECK(attachments(*second) == Both{3, 3});
  }
}

TEST_CASE("what was attached to a draft on one machine and signed on the other reaches the county") {
  Machines w;
  good(w.start());
  good(w.talk(2));
  good(w.join());
  good(w.talk(8));
  good(
      w.county.store().write([&] { return node::confirm_machine(w.county.store(), w.two->store().me().node, w.now); }));
  good(w.talk(6));
  Office::Wish wish;
  wish.text = text_of(w.random, 40);
  wish.attachments.emplace_back("名单.txt", Bytes(90'000, 7));
  wish.send = false;
  const auto id = w.one.write(wish, w.now).value().case_id;
  good(w.talk(4));
  const auto matter = node::matter(w.two->store(), id).value();
  REQUIRE(matter.has_value());
  const auto sent = w.two->send(matter->row, w.now);
  REQUIRE(sent.has_value());
  REQUIRE_FALSE(sent->refused.has_value());
  good(w.talk(4));
  good(w.power_cut(w.one, 5));  // its start sweeps what nothing names
  good(w.talk(40));
  for (Office* o : w.offices()) CHECK(attachments(*o) == Both{1, 1});
}

}  // namespace yz::sim
