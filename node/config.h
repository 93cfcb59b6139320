#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "node/fault.h"
#include "node/log.h"
#include "node/store/watch.h"

namespace yz::node {

/// Where a port listens: a numeric address or name, and a port (0: the system picks a free one).
struct Endpoint {
  std::string host;
  std::uint16_t port = 0;
  bool loopback() const;
  bool operator==(const Endpoint&) const = default;
};
/// "127.0.0.1:8700" or "[::1]:8700". Fault::invalid otherwise.
Result<Endpoint> endpoint_from(std::string_view);
std::string address(const Endpoint&);

/// Everything of a node that a person may set in HOME/config.toml; config.example.toml has the same keys, section by
/// section, with the same defaults and a sentence each (a test holds the two together). A file need hold only what
/// differs. Sizes of the protocol itself are not settings: see sync/limits.h.
struct Config {
  /// Proxies and certificates of the page. Empty `tls_cert` means plain HTTP, allowed on loopback only.
  struct Web {
    std::optional<Endpoint> listen = Endpoint{"127.0.0.1", 8700};
    std::string tls_cert, tls_key;
    std::vector<std::string> hosts;
    std::uint32_t connections_max = 200;
    bool operator==(const Web&) const = default;
  } web;

  struct Sync {
    std::optional<Endpoint> listen;
    std::string tls_cert, tls_key;
    std::vector<std::string> addresses;
    std::chrono::seconds poll_seconds{25};
    std::string congestion_control;
    std::uint32_t connections_max = 12'000;
    bool operator==(const Sync&) const = default;
  } sync;

  struct Join {
    bool automatic = true;
    bool operator==(const Join&) const = default;
  } join;

  struct LogTo {
    LogLevel level = LogLevel::info;
    bool stderr_only = false;
    bool operator==(const LogTo&) const = default;
  } log;

  struct Backup {
    std::uint32_t reminder_days = 7;
    bool operator==(const Backup&) const = default;
  } backup;

  struct Office {
    Language language = Language::zh;
    std::chrono::minutes utc_offset_minutes{480};
    bool operator==(const Office&) const = default;
  } office;

  struct Report {
    std::string gravest_to = "all";
    bool operator==(const Report&) const = default;
  } report;

  struct Watch {
    std::chrono::seconds flash_seconds{600}, urgent_seconds{3'600}, routine_seconds{86'400};
    bool operator==(const Watch&) const = default;
  } watch;

  struct Limits {
    std::uint32_t attachment_mib = 100;
    std::uint32_t case_attachments_mib = 500;
    std::uint32_t disk_reserve_mib = 8;
    std::uint32_t daily_envelopes = 20'000;
    std::uint32_t daily_mib = 4'096;
    bool operator==(const Limits&) const = default;
  } limits;

  bool operator==(const Config&) const = default;
};

/// Fault::invalid, naming the key, the line and what would be right; an unknown key names the nearest known one.
/// Holds check().
Result<Config> parse_config(std::string_view text);
/// HOME/config.toml; without such a file, the defaults. Fault::missing when it is there and can't be read.
Result<Config> load_config(const std::string& home);
/// What no single key can say: TLS in pairs, no plain page beyond loopback, waits in order. Call it again after the
/// command line has overridden something.
Result<> check(const Config&);
Patience patience_of(const Config&);
/// Every key as "section.key", in the example's order.
std::vector<std::string> config_keys();

}  // namespace yz::node
