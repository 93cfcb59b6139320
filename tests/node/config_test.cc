#include "node/config.h"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

using namespace yz;
using namespace yz::node;

namespace {

std::string example() {
  std::ifstream in(YZ_SOURCE_DIR "/node/config.example.toml");
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The sentence with which a text is refused; empty if it is not.
std::string refusal(std::string_view text) {
  const auto config = parse_config(text);
  if (config) return {};
  CHECK(config.error().fault == Fault::invalid);
  CHECK(config.error().code.starts_with("config."));
  return config.error().what;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

}  // namespace

TEST_CASE("the example file is the defaults") {
  const auto config = parse_config(example());
  REQUIRE(config);
  CHECK(*config == Config{});
  CHECK(*parse_config("") == Config{});
}

TEST_CASE("the example file has every key, once, in its section") {
  std::vector<std::string> found;
  std::string section, line;
  std::ifstream in(YZ_SOURCE_DIR "/node/config.example.toml");
  while (std::getline(in, line)) {
    if (line.starts_with('['))
      section = line.substr(1, line.find(']') - 1);
    else if (!line.empty() && !line.starts_with('#'))
      found.push_back(section + "." + line.substr(0, line.find(' ')));
  }
  CHECK(found == config_keys());
}

TEST_CASE("what a file says is taken, and what it leaves out stays") {
  const auto config = parse_config(R"(
[web]
listen = ""
hosts = ["yizhan.lan"]
[sync]
listen = "0.0.0.0:8701"
poll_seconds = 7
congestion_control = "bbr"
connections_max = 64
[join]
automatic = false
[log]
level = "debug"
[office]
language = "en"
utc_offset_minutes = -60
)");
  REQUIRE(config);
  CHECK_FALSE(config->web.listen);
  CHECK(config->web.hosts == std::vector<std::string>{"yizhan.lan"});
  CHECK(config->sync.listen == Endpoint{"0.0.0.0", 8701});
  CHECK(config->sync.poll_seconds == std::chrono::seconds(7));
  CHECK(config->sync.congestion_control == "bbr");
  CHECK(config->sync.connections_max == 64);
  CHECK_FALSE(config->join.automatic);
  CHECK(config->log.level == LogLevel::debug);
  CHECK(config->office.language == Language::en);
  CHECK(config->office.utc_offset_minutes == std::chrono::minutes(-60));
  CHECK(config->limits.daily_mib == Config{}.limits.daily_mib);
}

TEST_CASE("an unknown key is refused with its line and the name that was meant") {
  CHECK(has(refusal("[sync]\npol_seconds = 3\n"), "sync.pol_seconds (line 2); did you mean sync.poll_seconds?"));
  CHECK(has(refusal("[snyc]\npoll_seconds = 3\n"), "snyc (line 1); did you mean sync?"));
  const std::string far = refusal("[sync]\nwallpaper = \"blue\"\n");
  CHECK(has(far, "unknown key sync.wallpaper"));
  CHECK_FALSE(has(far, "did you mean"));
  CHECK(has(refusal("poll_seconds = 3\n"), "unknown section or key poll_seconds"));
  CHECK(has(refusal("sync = 3\n"), "is a section"));
}

TEST_CASE("a value of the wrong kind or out of bounds is refused with its key and what would be right") {
  CHECK(
      has(refusal("[sync]\npoll_seconds = 301\n"), "sync.poll_seconds (line 2) must be a whole number from 1 to 300"));
  CHECK(has(refusal("[sync]\npoll_seconds = -1\n"), "from 1 to 300"));
  CHECK(has(refusal("[watch]\nflash_seconds = 601\n"), "from 10 to 600"));  // stricter, never laxer
  CHECK(has(refusal("[sync]\npoll_seconds = \"25\"\n"), "whole number"));
  CHECK(has(refusal("[sync]\nconnections_max = 4294967296\n"), "from 4 to 100000"));
  CHECK(has(refusal("[join]\nautomatic = 1\n"), "true or false"));
  CHECK(has(refusal("[log]\nlevel = \"loud\"\n"), "\"debug\""));
  CHECK(has(refusal("[office]\nlanguage = 1\n"), "\"zh\""));
  CHECK(has(refusal("[web]\nhosts = [1]\n"), "list of strings"));
  CHECK(has(refusal("[web]\nlisten = \"8700\"\n"), "ADDRESS:PORT"));
}

TEST_CASE("every number's bounds hold at both ends") {
  for (const std::string& name : config_keys()) {
    CAPTURE(name);
    const std::string section = name.substr(0, name.find('.')), key = name.substr(name.find('.') + 1);
    const std::string why = refusal("[" + section + "]\n" + key + " = 9223372036854775807\n");
    REQUIRE_FALSE(why.empty());
    if (!has(why, "whole number")) continue;
    const std::size_t from = why.find("from ") + 5, to = why.find(" to ") + 4;
    const long long least = std::stoll(why.substr(from)), most = std::stoll(why.substr(to));
    const auto refused = [&](long long n) {
      return has(refusal("[" + section + "]\n" + key + " = " + std::to_string(n) + "\n"), "whole number");
    };
    CHECK(refused(least - 1));
    CHECK_FALSE(refused(least));
    CHECK_FALSE(refused(most));
    CHECK(refused(most + 1));
  }
}

TEST_CASE("keys that contradict each other are refused") {
  CHECK(has(refusal("[web]\ntls_cert = \"a.pem\"\n"), "go together"));
  CHECK(has(refusal("[sync]\ntls_key = \"a.pem\"\n"), "go together"));
  CHECK(has(refusal("[web]\nlisten = \"0.0.0.0:8700\"\n"), "beyond this machine"));
  CHECK(refusal("[web]\nlisten = \"0.0.0.0:8700\"\ntls_cert = \"c\"\ntls_key = \"k\"\n").empty());
  CHECK(has(refusal("[limits]\ncase_attachments_mib = 50\n"), "more than"));
}

TEST_CASE("broken TOML is refused with its line, however it is broken") {
  CHECK(has(refusal("[web]\nlisten = \n"), "line 2"));
  CHECK_FALSE(refusal("[web]\n[web]\n").empty());
  const std::string whole = example();
  for (std::size_t n = 0; n < whole.size(); n += 7) (void)parse_config(std::string_view(whole).substr(0, n));
  // What toml++'s own assertions would make the end of the process.
  for (const char* text :
       {"[*join]\n", "[?eb]\n", "[,og]\n", "[web]\nhosts = [}\n", "= 3\n", "[]\n", "[web]\nlisten"}) {
    CAPTURE(text);
    CHECK_FALSE(refusal(text).empty());
  }
}

TEST_CASE("Chinese stands in comments and strings, not in keys") {
  CHECK(parse_config("[web] # 网页 \"'\nhosts = [\"值班室\", '甲\"乙', \"a\\\"丙\"] # 名\n")->web.hosts.size() == 3);
  CHECK(has(refusal("[web]\n端口 = 1\n"), "line 2: a letter beyond ASCII"));
  CHECK(has(refusal("[web]\nlisten = \"\"　\n"), "line 2: a letter beyond ASCII"));
  CHECK(has(refusal("ts\xcc\x8a"), "beyond ASCII"));
  CHECK(has(refusal("[web]\ntls_cert = \"\"\"\na\"\"\"\n"), "one line"));
}

TEST_CASE("an address is a host and a port, written in one way") {
  CHECK(*endpoint_from("127.0.0.1:8700") == Endpoint{"127.0.0.1", 8700});
  CHECK(*endpoint_from("[::1]:0") == Endpoint{"::1", 0});
  CHECK(address(*endpoint_from("[::1]:8700")) == "[::1]:8700");
  CHECK(address(*endpoint_from("localhost:65535")) == "localhost:65535");
  CHECK(endpoint_from("[::1]:1")->loopback());
  CHECK(endpoint_from("127.9.9.9:1")->loopback());
  CHECK_FALSE(endpoint_from("0.0.0.0:1")->loopback());
  for (const char* bad : {"", ":", ":80", "host", "host:", "host:65536", "host:8o", "host:-1", "::1:80", "a b:80",
                          "[]:80", "host:123456", "ho/st:80"}) {
    CAPTURE(bad);
    CHECK_FALSE(endpoint_from(bad));
  }
}

TEST_CASE("a home without a file has the defaults, and one with a file what it says") {
  std::string home = "/tmp/yz-config-XXXXXX";
  REQUIRE(mkdtemp(home.data()) != nullptr);
  CHECK(*load_config(home) == Config{});
  std::ofstream(home + "/config.toml") << "[backup]\nreminder_days = 30\n";
  CHECK(load_config(home)->backup.reminder_days == 30);
  std::filesystem::remove(home + "/config.toml");
  std::filesystem::create_directory(home + "/config.toml");
  const auto unreadable = load_config(home);
  REQUIRE_FALSE(unreadable);
  CHECK(unreadable.error().fault == Fault::missing);
  std::filesystem::remove_all(home);
}
