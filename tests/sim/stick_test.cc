// What a stick tells, and what it tells no more where it was cut.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "node/bundle.h"
#include "node/clock.h"
#include "sync/bundle.h"
#include "tests/sim/scene.h"

namespace yz::sim {
namespace {

constexpr std::size_t kHeadBytes = 360;  // with one reader

struct Stick {
  Scene s;
  std::filesystem::path path;

  Stick() {
    char name[] = "/tmp/yz-stick-XXXXXX";
    REQUIRE(::mkdtemp(name) != nullptr);
    path = std::filesystem::path(name) / "up.yzb";
    s.now = node::wall_now();
    REQUIRE(s.start());
    REQUIRE(s.talk());
  }
  ~Stick() {
    std::error_code ignored;
    std::filesystem::remove_all(path.parent_path(), ignored);
  }

  void write() {
    const auto up = node::links(s.township().store(), true).value().at(0);
    REQUIRE(node::export_bundle(s.township().store(), s.township().directory(), up, path.string(), {}));
  }
  std::uint64_t mark() const {
    std::ifstream in(path, std::ios::binary);
    Bytes head(kHeadBytes);
    in.read(reinterpret_cast<char*>(head.data()), static_cast<std::streamsize>(head.size()));
    return sync::decode_bundle_head(head)->head.mark;
  }
  bool read_whole() {
    const auto read = node::import_bundle(s.county().store(), s.county().inbox(), path.string(), {});
    REQUIRE(read);
    return read->whole;
  }
  std::uint64_t heard() { return s.down->load()->heard.now().number; }
};

}  // namespace

TEST_CASE(
    "a stick that is cut behind what it tells in the clear has told it, with the mark; cut before, it told nothing") {
  Stick t;
  const std::uint64_t before = t.heard();
  REQUIRE(t.s.report(Lane::routine, 200, 70'000));
  t.write();
  const std::uint64_t mark = t.mark();
  REQUIRE(mark > before);
  std::filesystem::resize_file(t.path, kHeadBytes + sync::kBundleBlock - 1);
  CHECK_FALSE(t.read_whole());
  CHECK(t.heard() == before);
  t.write();
  std::filesystem::resize_file(t.path, kHeadBytes + sync::kBundleBlock);
  CHECK_FALSE(t.read_whole());
  CHECK(t.heard() == mark);
}

}  // namespace yz::sim
