#include "node/worker.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace yz::node {
namespace {

using Turn = Worker::Turn;

TEST_CASE("an urgent job overtakes those that wait, and each turn keeps its order") {
  Worker worker;
  std::string order;
  std::promise<void> go;
  auto wait = go.get_future();
  worker.post(Turn::idle, [&] { wait.get(); });
  worker.post(Turn::idle, [&] { order += "i"; });
  worker.post(Turn::person, [&] { order += "p"; });
  worker.post(Turn::person, [&] { order += "q"; });
  worker.post(Turn::sync, [&] { order += "s"; });
  go.set_value();
  CHECK(worker.run(Turn::idle, [&] { order += "e"; }));
  CHECK(order == "spqie");
}

TEST_CASE("jobs of many threads run whole, one after another, none lost") {
  Worker worker;
  int count = 0;  // no lock on purpose: only the worker touches it
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&worker, &count, t] {
      for (int i = 0; i < 200; ++i) {
        if (i % 10 == 0)
          worker.run(static_cast<Turn>(t), [&] { ++count; });
        else
          worker.post(static_cast<Turn>(t), [&] { ++count; });
      }
    });
  for (std::thread& t : threads) t.join();
  int seen = 0;
  CHECK(worker.run(Turn::idle, [&] { seen = count; }));
  CHECK(seen == 800);
}

TEST_CASE("a job that waits lets the others run") {
  Worker worker;
  bool came = false, waited = false;
  std::promise<void> waiting;
  worker.post(Turn::person, [&] {
    waiting.set_value();
    worker.pump_until([&] { return came; });
    waited = came;
  });
  waiting.get_future().get();
  CHECK(worker.run(Turn::sync, [&] { came = true; }));
  CHECK(worker.run(Turn::idle, [] {}));
  CHECK(waited);
}

TEST_CASE("who waits for a job is told when the worker stops, and what was dropped is freed") {
  for (int round = 0; round < 20; ++round) {
    Worker worker;
    auto held = std::make_shared<int>(0);
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 3; ++t)
      threads.emplace_back([&worker, &refused, held] {
        while (worker.run(Turn::person, [held] { ++*held; })) {
        }
        ++refused;
      });
    worker.stop();
    for (std::thread& t : threads) t.join();
    threads.clear();
    CHECK(refused == 3);
    CHECK(held.use_count() == 1);
  }
}

}  // namespace
}  // namespace yz::node
