// The two databases of a home commit one after the other; the power may go between them.
#include <doctest/doctest.h>

#include "node/store/books.h"
#include "tests/sim/expect.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {

std::int64_t attachments(Office& o) {
  node::Query q = o.store().blobs().query("select count(*) from attachment where own = 1").value();
  REQUIRE(q.step());
  return q.integer(0);
}

/// Attachments that the draft, if it is there, names; all of them must be whole.
std::int64_t named(Office& o) {
  std::int64_t n = 0;
  node::Query q = o.store().db().query("select report from draft").value();
  while (q.step().value()) {
    const auto body = node::decode_body(q.blob(0));
    REQUIRE(body);
    for (const auto& m : body->extras.attachments) {
      CHECK(node::attachment_complete(o.store(), m).value_or(false));
      ++n;
    }
  }
  return n;
}

/// Cuts the power at each operation of `act` and looks at what is there after the next start.
template <class Prepare, class Act>
void cut_everywhere(Prepare prepare, Act act) {
  std::uint64_t operations = 1;
  for (std::uint64_t k = 0; k <= operations; ++k)
    for (std::uint64_t survival = 0; survival < 3; ++survival) {
      CAPTURE(k);
      CAPTURE(survival);
      seed_libsodium(3);
      Scene s;
      Office& o = s.township();
      good(s.start(o));
      good(prepare(s));
      const std::uint64_t from = o.disk().operations();
      if (k > 0) o.disk().cut_power_at(k);
      const auto done = act(s);
      if (k == 0) {
        good(done);
        operations = o.disk().operations() - from;
        break;
      }
      s.hang_up(o);
      o.disk().power_on(survival);
      good(s.start(o));
      CHECK(attachments(o) == named(o));
      s.hang_up(o);
    }
}

}  // namespace

TEST_CASE("after a power cut no attachment is left that nothing names") {
  cut_everywhere([](Scene&) -> Result<> { return {}; },
                 [](Scene& s) { return s.report(Lane::routine, 50, 70'000, false); });
}

TEST_CASE("after a power cut no draft names an attachment that is gone") {
  cut_everywhere([](Scene& s) { return s.report(Lane::routine, 50, 70'000, false); },
                 [](Scene& s) -> Result<> {
                   node::Store& store = s.township().store();
                   node::StoreBooks books(store, s.township().directory(), 480, false);
                   const auto draft = TRY(books.draft(TRY(s.township().number("select matter from draft"))));
                   return store.write([&]() -> Result<> {
                     for (const auto& m : draft->extras.attachments) node::drop_attachment(store, m.id);
                     return books.drop(*draft, std::nullopt, s.now);
                   });
                 });
}

// Seed 2401056: the commit of the first answer ever failed between the two databases, then the county was put back from
// a copy of before it had the chunk, and each thought that the other had it.
TEST_CASE("chunks that no committed answer speaks of are offered, whatever they count as") {
  seed_libsodium(3);
  Scene s;
  good(s.start());
  good(s.report(Lane::routine, 50, 70'000));
  good(s.township().store().write(
      [&] { return s.township().store().blobs().run("update chunk set state = 2 where position = 0"); }));
  good(s.talk());
  auto q = s.county().store().blobs().query("select count(*) from attachment where own = 0 and complete = 1");
  REQUIRE(q->step().value());
  CHECK(q->integer(0) == 1);
}
