#include "node/config.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <limits>
#include <stdexcept>

#include "sync/limits.h"

// toml++ 3.3 asserts on what it should refuse: a header such as `[*]` would end the process. Here it is one more error.
namespace {
constexpr void must_hold(bool expression) {
  if (!expression) throw std::invalid_argument("not TOML");
}
}  // namespace
#define TOML_ASSERT(expression) must_hold(static_cast<bool>(expression))
#include <toml++/toml.h>

namespace yz::node {
namespace {

/// The example is 4 kB; something far larger is not a configuration.
constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{1} << 20U;
constexpr std::int64_t kU32Max = std::numeric_limits<std::uint32_t>::max();

/// Names every key once: the reader, the list of keys and the hints for misspelt ones all walk through here. The
/// numbers are the least and the most that a key may be.
template <class Config, class Visitor>
void visit(Config& c, Visitor&& key) {
  key("web", "listen", c.web.listen);
  key("web", "tls_cert", c.web.tls_cert);
  key("web", "tls_key", c.web.tls_key);
  key("web", "hosts", c.web.hosts);
  key("web", "connections_max", c.web.connections_max, 4, 10'000);
  key("sync", "listen", c.sync.listen);
  key("sync", "tls_cert", c.sync.tls_cert);
  key("sync", "tls_key", c.sync.tls_key);
  key("sync", "addresses", c.sync.addresses);
  key("sync", "poll_seconds", c.sync.poll_seconds, 1, 300);
  key("sync", "congestion_control", c.sync.congestion_control);
  key("sync", "connections_max", c.sync.connections_max, 4, 100'000);
  key("join", "automatic", c.join.automatic);
  key("log", "level", c.log.level);
  key("log", "stderr_only", c.log.stderr_only);
  key("backup", "reminder_days", c.backup.reminder_days, 0, 3'650);
  key("office", "language", c.office.language);
  key("office", "utc_offset_minutes", c.office.utc_offset_minutes, -12 * 60, 14 * 60);
  key("report", "gravest_to", c.report.gravest_to);
  key("watch", "flash_seconds", c.watch.flash_seconds, 10, 600);
  key("watch", "urgent_seconds", c.watch.urgent_seconds, 10, 3'600);
  key("watch", "routine_seconds", c.watch.routine_seconds, 10, 86'400);
  key("limits", "attachment_mib", c.limits.attachment_mib, 1, sync::limit::attachment_bytes >> 20U);
  key("limits", "case_attachments_mib", c.limits.case_attachments_mib, 1, 65'536);
  key("limits", "disk_reserve_mib", c.limits.disk_reserve_mib, 1, 65'536);
  key("limits", "daily_envelopes", c.limits.daily_envelopes, 100, kU32Max);
  key("limits", "daily_mib", c.limits.daily_mib, 10, kU32Max);
}

std::unexpected<Error> wrong(std::string what, std::string code) {
  return fail(Fault::invalid, "config.toml: " + std::move(what), "config." + std::move(code));
}

/// Insertions, deletions and replacements between two words.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

/// "; did you mean X?" for the candidate that is near enough to be a slip of the hand, else nothing.
std::string hint(std::string_view word, const std::vector<std::string>& candidates) {
  const auto nearest =
      std::ranges::min_element(candidates, {}, [&](const std::string& c) { return distance(word, c); });
  if (nearest == candidates.end() || distance(word, *nearest) > std::max<std::size_t>(2, word.size() / 3)) return {};
  return "; did you mean " + *nearest + "?";
}

std::string at(const toml::node& node) { return " (line " + std::to_string(node.source().begin.line) + ")"; }

Result<> refuse_unknown(const toml::table& file) {
  std::vector<std::string> sections, keys;
  Config c;
  visit(c, [&](const char* section, const char* key, auto&&...) {
    if (sections.empty() || sections.back() != section) sections.emplace_back(section);
    keys.push_back(std::string(section) + "." + key);
  });
  for (const auto& [section, node] : file) {
    const std::string name(section.str());
    const toml::table* table = node.as_table();
    if (std::ranges::find(sections, name) == sections.end())
      return wrong("unknown section or key " + name + at(node) + hint(name, sections), "unknown_key");
    if (table == nullptr) return wrong(name + at(node) + " is a section, written [" + name + "]", "type");
    for (const auto& [key, value] : *table) {
      const std::string full = name + "." + std::string(key.str());
      if (std::ranges::find(keys, full) == keys.end())
        return wrong("unknown key " + full + at(value) + hint(full, keys), "unknown_key");
    }
  }
  return {};
}

/// Letters beyond ASCII may stand in strings and comments only, and a string stays on its line. TOML allows no more for
/// bare keys anyway, and toml++ 3.3 runs into undefined behaviour on such letters there (found by fuzzing).
Result<> refuse_odd_letters(std::string_view file_text) {
  std::size_t line = 1;
  char inside = 0;  // the quotation mark or # that we are inside of
  for (std::size_t i = 0; i < file_text.size(); ++i) {
    const char c = file_text[i];
    if (c == '\n') {
      ++line;
      inside = 0;
    } else if (inside == 0 && (c == '"' || c == '\'')) {
      if (file_text.substr(i).starts_with(std::string(3, c)))
        return wrong("line " + std::to_string(line) + ": a string stays on one line", "syntax");
      inside = c;
    } else if (inside == 0 && c == '#') {
      inside = c;
    } else if (inside == '"' && c == '\\') {
      if (i + 1 < file_text.size() && file_text[i + 1] != '\n') ++i;
    } else if (inside == c && c != '#') {
      inside = 0;
    } else if (inside == 0 && static_cast<unsigned char>(c) > '~') {
      return wrong("line " + std::to_string(line) + ": a letter beyond ASCII outside quotation marks", "syntax");
    }
  }
  return {};
}

/// Takes one value of the file into one field; an overload per type of field. Keeps the first error.
class Taker {
 public:
  explicit Taker(const toml::table& file) : file_(file) {}
  Result<> result() && {
    if (error_) return std::unexpected(std::move(*error_));
    return {};
  }

  template <class Field>
  void operator()(const char* section, const char* key, Field& field, std::int64_t least = 0, std::int64_t most = 0) {
    const toml::node* node = file_[section][key].node();
    if (node == nullptr || error_) return;
    const std::string why = take(*node, field, least, most);
    if (!why.empty()) error_ = wrong(std::string(section) + "." + key + at(*node) + " " + why, "value").error();
  }

 private:
  static std::string take(const toml::node& node, std::string& field, std::int64_t, std::int64_t) {
    if (!node.is_string()) return "must be a string";
    field = node.as_string()->get();
    return {};
  }
  static std::string take(const toml::node& node, bool& field, std::int64_t, std::int64_t) {
    if (!node.is_boolean()) return "must be true or false";
    field = node.as_boolean()->get();
    return {};
  }
  static std::string take(const toml::node& node, std::vector<std::string>& field, std::int64_t, std::int64_t) {
    const toml::array* list = node.as_array();
    if (list == nullptr) return "must be a list of strings";
    field.clear();
    for (const toml::node& item : *list) {
      if (!item.is_string()) return "must be a list of strings";
      field.push_back(item.as_string()->get());
    }
    return {};
  }
  static std::string take(const toml::node& node, std::optional<Endpoint>& field, std::int64_t, std::int64_t) {
    if (!node.is_string()) return "must be \"ADDRESS:PORT\", or \"\" for none";
    const std::string& value = node.as_string()->get();
    field.reset();
    if (value.empty()) return {};
    auto endpoint = endpoint_from(value);
    if (!endpoint) return "must be \"ADDRESS:PORT\", or \"\" for none";
    field = std::move(*endpoint);
    return {};
  }
  static std::string take(const toml::node& node, LogLevel& field, std::int64_t, std::int64_t) {
    const auto level = node.is_string() ? log_level_from(node.as_string()->get()) : std::nullopt;
    if (!level) return "must be \"debug\", \"info\", \"warn\" or \"error\"";
    field = *level;
    return {};
  }
  static std::string take(const toml::node& node, Language& field, std::int64_t, std::int64_t) {
    const auto language = node.is_string() ? language_from(node.as_string()->get()) : std::nullopt;
    if (!language) return "must be \"zh\" or \"en\"";
    field = *language;
    return {};
  }
  static std::string take(const toml::node& node, std::uint32_t& field, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    std::string why = take_number(node, number, least, most);
    if (why.empty()) field = static_cast<std::uint32_t>(number);
    return why;
  }
  template <class Rep, class Period>
  static std::string take(const toml::node& node, std::chrono::duration<Rep, Period>& field, std::int64_t least,
                          std::int64_t most) {
    std::int64_t number = 0;
    std::string why = take_number(node, number, least, most);
    if (why.empty()) field = std::chrono::duration<Rep, Period>(number);
    return why;
  }
  static std::string take_number(const toml::node& node, std::int64_t& number, std::int64_t least, std::int64_t most) {
    number = node.is_integer() ? node.as_integer()->get() : least;
    if (node.is_integer() && number >= least && number <= most) return {};
    return "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  }

  const toml::table& file_;
  std::optional<Error> error_;
};

}  // namespace

bool Endpoint::loopback() const { return host == "localhost" || host == "::1" || host.starts_with("127."); }

Result<Endpoint> endpoint_from(std::string_view s) {
  const auto refuse = [&] { return fail(Fault::invalid, "an address is written ADDRESS:PORT", "config.address"); };
  const std::size_t colon = s.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return refuse();
  std::string_view host = s.substr(0, colon);
  const std::string_view digits = s.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return refuse();  // an IPv6 address without its brackets: where would the port begin?
  }
  const auto fits = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
           c == ':';
  };
  if (host.empty() || host.size() > 253 || !std::ranges::all_of(host, fits)) return refuse();
  if (digits.empty() || digits.size() > 5) return refuse();
  std::uint32_t port = 0;
  for (char d : digits) {
    if (d < '0' || d > '9') return refuse();
    port = port * 10 + static_cast<std::uint32_t>(d - '0');
  }
  if (port > 65'535) return refuse();
  return Endpoint{std::string(host), static_cast<std::uint16_t>(port)};
}

std::string address(const Endpoint& e) {
  const bool six = e.host.find(':') != std::string::npos;
  return (six ? "[" + e.host + "]" : e.host) + ":" + std::to_string(e.port);
}

Result<> check(const Config& c) {
  if (c.web.tls_cert.empty() != c.web.tls_key.empty()) return wrong("web.tls_cert and web.tls_key go together", "tls");
  if (c.sync.tls_cert.empty() != c.sync.tls_key.empty())
    return wrong("sync.tls_cert and sync.tls_key go together", "tls");
  if (c.web.listen && !c.web.listen->loopback() && c.web.tls_cert.empty())
    return wrong("web.listen beyond this machine needs web.tls_cert and web.tls_key", "tls");
  const auto address_ok = [](const std::string& u) {
    return u.size() <= 256 && (u.starts_with("http://") || u.starts_with("https://")) &&
           std::ranges::all_of(u, [](char l) { return l > ' ' && l < 0x7f; });
  };
  if (c.sync.addresses.size() > 4 || !std::ranges::all_of(c.sync.addresses, address_ok))
    return wrong("sync.addresses are at most four, written \"http://HOST:PORT\" or \"https://HOST:PORT\"", "value");
  if (c.report.gravest_to != "all" && c.report.gravest_to != "superior")
    return wrong("report.gravest_to must be \"all\" or \"superior\"", "value");
  if (c.limits.attachment_mib > c.limits.case_attachments_mib)
    return wrong("limits.attachment_mib is more than limits.case_attachments_mib", "value");
  return {};
}

Result<Config> parse_config(std::string_view file_text) {
  Config config;
  TRY(refuse_odd_letters(file_text));
  try {
    const toml::table file = toml::parse(file_text);
    TRY(refuse_unknown(file));
    Taker taker(file);
    visit(config, taker);
    TRY(std::move(taker).result());
  } catch (const toml::parse_error& e) {
    return wrong("line " + std::to_string(e.source().begin.line) + ": " + std::string(e.description()), "syntax");
  } catch (const std::invalid_argument& e) {
    return wrong(e.what(), "syntax");
  }
  TRY(check(config));
  return config;
}

Result<Config> load_config(const std::string& home) {
  namespace fs = std::filesystem;
  const std::string path = home + "/config.toml";
  const auto unreadable = [] { return fail(Fault::missing, "can't read config.toml", "config.unreadable"); };
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (status.type() == fs::file_type::not_found) return Config{};
  const std::uintmax_t bytes = fs::is_regular_file(status) ? fs::file_size(path, error) : 0;
  if (!fs::is_regular_file(status) || error) return unreadable();
  if (bytes > kFileBytesMax) return wrong("more than " + std::to_string(kFileBytesMax) + " bytes", "size");
  std::string file_text(bytes, '\0');
  std::ifstream in(path, std::ios::binary);
  if (!in.read(file_text.data(), static_cast<std::streamsize>(bytes))) return unreadable();
  return parse_config(file_text);
}

Patience patience_of(const Config& c) {
  const auto ms = [](std::chrono::seconds s) { return sync::Millis{std::chrono::milliseconds(s).count()}; };
  return {ms(c.watch.flash_seconds), ms(c.watch.urgent_seconds), ms(c.watch.routine_seconds)};
}

std::vector<std::string> config_keys() {
  std::vector<std::string> keys;
  Config c;
  visit(c, [&](const char* section, const char* key, auto&&...) { keys.push_back(std::string(section) + "." + key); });
  return keys;
}

}  // namespace yz::node
