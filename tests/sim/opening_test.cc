// What was stored and cannot be opened yet: it waits, and is tried again.
#include <doctest/doctest.h>

#include "node/net/sync_port.h"
#include "tests/sim/scene.h"

using namespace yz;
using namespace yz::sim;

namespace {


void good(const Result<>& r) { REQUIRE_MESSAGE(r, (r ? "" : r.error().what)); }

}  // namespace

TEST_CASE("what a full disk kept from being opened is opened when there is room, without anything new coming") {
  Scene s;
  good(s.start());
  good(s.talk());
  good(s.report(Lane::urgent, 100));
  Office& county = s.county();
  for (int i = 0; i < 20 && county.number("select count(*) from envelope where own = 0") == 0; ++i)
    good(s.round(false));
  REQUIRE(county.number("select count(*) from envelope where own = 0 and state = 0") == 1);

  std::vector<std::function<void()>> jobs;
  const auto run = [&] {
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i]();
    jobs.clear();
  };
  node::SyncPort port({.store = county.store(),
                       .directory = county.directory(),
                       .inbox = county.inbox(),
                       .opener = county.opener(),
                       .on_store = {},
                       .open_later = [&](std::function<void()> job) { jobs.push_back(std::move(job)); },
                       .authority = {},
                       .arrived = {},
                       .now = [&s] { return s.now; }});
  county.disk().set_space(county.disk().used());
  port.begin_opening();
  run();
  CHECK(county.number("select count(*) from record where own = 0") == 0);
  port.look_at_waiting();
  CHECK(jobs.empty());  // not in a tight circle
  county.disk().set_space(std::numeric_limits<std::uint64_t>::max());
  s.now += 10'000;
  port.look_at_waiting();
  run();
  CHECK(county.number("select count(*) from record where own = 0") == 1);
  s.now += 10'000;
  port.look_at_waiting();
  CHECK(jobs.empty());  // and there is nothing to try any more
}
