// Keys that lie in two places: the locked one in the key file, the certificate that names it in the store.
#include <doctest/doctest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "node/cli/local.h"
#include "node/node.h"
#include "node/root_key.h"

using namespace yz;
using namespace yz::node;

namespace {

struct HomeFolder {
  std::string path;
  crypto::SecretText passphrase{view(std::string_view("ferry at night forty-seven"))};
  HomeFolder() {
    char name[] = "/tmp/yz-key.XXXXXX";
    path = std::string(::mkdtemp(name)) + "/home";
  }
  ~HomeFolder() { std::filesystem::remove_all(std::filesystem::path(path).parent_path()); }
  std::unique_ptr<Node> open() {
    auto node = Node::open(path, 1000, "", passphrase.expose());
    REQUIRE_MESSAGE(node, (node ? std::string() : node.error().what));
    return std::move(*node);
  }
  Result<> found() {
    NewOffice o;
    o.code = "370783";
    o.name = "青山县";
    o.officer = "李明";
    o.level = crypto::Level::county;
    o.root = true;
    auto made = init_home(path, o, passphrase);
    return made ? Result<>() : std::unexpected(made.error());
  }
  /// The key file can't be written while this is there: as if the power had gone before.
  void block(bool on) {
    if (on)
      REQUIRE(::mkdir((path + "/keys.new").c_str(), 0700) == 0);
    else
      REQUIRE(::rmdir((path + "/keys.new").c_str()) == 0);
  }
};

}  // namespace

TEST_CASE(
    "who renews his key and loses power between the store and the key file is let in, and signs with the new one") {
  HomeFolder home;
  REQUIRE(home.found());
  PublicKey before;
  {
    const auto node = home.open();
    before = node->unlock("", home.passphrase.expose())->officer.key;
    home.block(true);
    CHECK_FALSE(node->renew_officer("", home.passphrase.expose()));
  }
  home.block(false);
  {
    const auto node = home.open();
    const auto signer = node->unlock("", home.passphrase.expose());
    REQUIRE_MESSAGE(signer, (signer ? std::string() : signer.error().what));
    CHECK(signer->officer.key != before);
    CHECK(signer->key.public_key() == signer->officer.key);
    // In one life as well: the disk has room again.
    home.block(true);
    CHECK_FALSE(node->renew_officer("", home.passphrase.expose()));
    home.block(false);
    const auto again = node->unlock("", home.passphrase.expose());
    REQUIRE_MESSAGE(again, (again ? std::string() : again.error().what));
    CHECK(again->officer.key != signer->officer.key);
  }
  const auto node = home.open();
  REQUIRE(node->renew_officer("", home.passphrase.expose()));
  CHECK(node->unlock("", home.passphrase.expose()));
}

TEST_CASE("an officer who was half added when the power went is added at the next try, and only once") {
  HomeFolder home;
  REQUIRE(home.found());
  const std::string words = "another long passphrase";
  const auto node = home.open();
  const auto by = node->unlock("", home.passphrase.expose())->officer;
  auto keys = node->home_lock().keys().value();
  const auto other = crypto::SigningKey::random();
  keys.slots.push_back(crypto::lock_slot(crypto::SlotKind::officer, "赵敏", view(words), Bytes(64, 1)));
  REQUIRE(node->home_lock().save_keys(keys));
  REQUIRE(node->add_officer(by, "赵敏", crypto::role::drafter, "", view(words)));
  const auto signer = node->unlock("赵敏", view(words));
  REQUIRE_MESSAGE(signer, (signer ? std::string() : signer.error().what));
}

TEST_CASE("a root holder's key file opens with its passphrase alone, and nothing else is one") {
  HomeFolder home;
  std::filesystem::create_directories(home.path);
  const std::string path = home.path + "/holder";
  REQUIRE(make_root_key(path, "a", home.passphrase));
  CHECK(make_root_key(path, "a", home.passphrase).error().code == "cli.file_exists");
  const Bytes bytes = read_file(path, kRootFileBytes).value();
  const auto file = decode_root_key(bytes);
  REQUIRE(file);
  CHECK(open_root_key(*file, home.passphrase.expose())->public_key() == file->key);
  CHECK(open_root_key(*file, view(std::string_view("something else"))).error().fault == Fault::denied);
  for (std::size_t n = 0; n < bytes.size(); ++n) CHECK_FALSE(decode_root_key(ByteView(bytes).first(n)));
  RootKeyFile false_name = *file;
  false_name.key.bytes[0] ^= 1;
  CHECK(open_root_key(false_name, home.passphrase.expose()).error().fault == Fault::corrupt);
}
