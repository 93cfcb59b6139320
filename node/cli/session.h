#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/secret.h"
#include "node/api.h"
#include "node/cli/args.h"
#include "node/cli/doc.h"
#include "node/cli/local.h"
#include "node/cli/print.h"

namespace yz::node::cli {

/// What came back from the node or from this machine, good or bad, in one shape.
struct Answer {
  int exit_code = 0;
  bool good = true;  ///< false: `text` is a problem document (RFC 9457); the exit code can be non-zero either way
  std::string text;  ///< JSON, or octets for downloads
  Doc doc;           ///< the JSON
};

/// One run of a command: who asks, how the node is reached, how the outcome is told. The passphrase is asked for when
/// it is first needed and wiped at the end.
class Session {
 public:
  explicit Session(Globals globals) : globals_(std::move(globals)) {}

  const Globals& globals() const { return globals_; }
  /// What `serve` shows in a browser.
  void use_page(std::span<const WebAsset> page) { page_ = page; }
  std::span<const WebAsset> page() const { return page_; }
  const std::string& home() const { return globals_.home; }
  Language language() const { return globals_.language; }
  std::string say(std::string_view zh, std::string_view en) const {
    return std::string(cli::say(globals_.language, zh, en));
  }

  /// One call of the API: to the node that serves this home, or in-process when there is none.
  Answer ask(std::string method, std::string target, const Doc& body = {},
             std::function<void(const Doc&)> progress = {});
  Answer upload(std::string target, std::string octets);
  Answer get(std::string target);

  /// The passphrase, asked for once.
  Result<const crypto::SecretText*> passphrase();
  /// Fault::missing with a sentence when no office lives in the home directory.
  Result<> need_home() const;
  /// Wraps what did not come through the API: a document, or an error as a problem document.
  Answer answer(Result<std::string> document) const;
  Answer problem(const Error&) const;

  /// Ends a command: with --json prints the document as it is; for people calls `tell` when the answer is good.
  /// A problem is told on stderr in every case. Returns the exit code.
  int finish(const Answer&, const std::function<void(const Doc&)>& tell) const;

 private:
  Answer send(ApiCall call);
  Result<ApiReply> deliver(const ApiCall& call);
  Result<ApiReply> over_socket(const ApiCall& call);
  void tell_problem(const Answer&) const;

  Globals globals_;
  std::span<const WebAsset> page_;
  std::optional<crypto::SecretText> passphrase_;
  std::optional<std::string> socket_;
  std::unique_ptr<LocalNode> node_;
};

/// Prints to stdout. Exit code 73 comes from main when stdout could not be written.
void out(std::string_view text);
void line(std::string_view text = {});
/// A running node opens the file, and its working directory is another.
std::string absolute_path(const std::string& file);
/// Percent-encodes everything but unreserved characters.
std::string percent(std::string_view);
/// "?a=b&c=d" of the pairs whose value is not empty.
std::string query(std::initializer_list<std::pair<std::string_view, std::string>>);

/// Of a report's text that is given as a file.
inline constexpr std::size_t kBodyBytesMost = 2u * 1024 * 1024;

/// A file's bytes; "-" is standard input. Fault::missing when it can't be read, full when it is longer than `max`.
Result<std::string> read_input(const std::string& path, std::size_t max, Language);
/// Writes a new file, mode 0600, and syncs it. Fault::invalid when there is one of that name already.
Result<> write_new(const std::string& path, std::string_view bytes, Language);

}  // namespace yz::node::cli
