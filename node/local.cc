// What the command line needs beside the API: making a home, joining by file, calls in-process.
#include "node/cli/local.h"

#include <sys/socket.h>
#include <unistd.h>

#include "node/backup.h"
#include "node/founding.h"
#include "node/log.h"
#include "node/net/evidence_json.h"
#include "node/net/join_json.h"
#include "node/net/sentences.h"
#include "node/node.h"

namespace yz::node {
namespace {

class InProcess : public LocalNode {
 public:
  explicit InProcess(std::unique_ptr<Node> node) : node_(std::move(node)) {}
  ApiReply call(const ApiCall& c) override { return node_->call(c); }

 private:
  std::unique_ptr<Node> node_;
};

constexpr int kWaitMs = 10'000;  // interface.md 1: another command that holds the home
constexpr std::size_t kJoinFileBytes = 64 * 1024;

Result<std::string> finish_by_file(const std::string& home, const JoinRequest& r,
                                   const crypto::SecretText& passphrase) {
  const Bytes answer = TRY(read_file(r.answer_file, kJoinFileBytes));
  const auto node = TRY(Node::open(home, kWaitMs, r.officer, passphrase.expose()));
  Store& store = node->store();
  const auto line = TRY(store.meta("joining"));
  if (!line || line->empty()) return fail(Fault::invalid, "this office has joined already", "join.done");
  const auto request = TRY(store.meta("join_request"));
  if (!request)
    return fail(Fault::missing, "no request was written here: use join --request FILE first", "join.request");
  const Invitation invitation = TRY(decode_invitation(text(ByteView(*line))));
  TRY(store.write(
      [&] { return accept_join_answer(store, node->directory(), invitation, *request, answer, wall_now()); }));
  const auto root = TRY(node->directory().root());
  return founded_json(invitation.code_of_office, invitation.name, store.me().node, crypto::fingerprint(root->digest),
                      "ready");
}

/// The request goes to a file, for somebody to carry.
Result<> write_request(Node& node, const Founding& f, const std::string& file) {
  if (!f.invitation->machine) {
    const crypto::SigningKey authority = TRY(node.authority());
    const Bytes made = TRY(make_join_request(node.store(), node.directory(), *f.invitation, authority));
    TRY(node.store().write([&] { return node.store().set_meta("join_request", made); }));
  }
  const auto request = TRY(node.store().meta("join_request"));
  if (!request) return fail(Fault::corrupt, "the request to join is missing", "store.request");
  return write_file(file, *request);
}

/// Asks the superior of a new home once. An error whose code begins with "join." means that it said no; `unsure`: to a
/// second request, when the first may have been granted.
Result<std::string> ask_once(const std::string& home, const Founding& f, const Founded& done, const JoinRequest& r,
                             const crypto::SecretText& passphrase, bool& unsure) {
  (void)log().to_folder(home + "/log");
  const auto node = TRY(Node::open(home, kWaitMs, r.officer, passphrase.expose()));
  std::string state = "joining", print = done.fingerprint;
  if (!r.request_file.empty()) {
    TRY(write_request(*node, f, r.request_file));
  } else if (!f.invitation->urls.empty()) {
    // One try now; without a line the node stays in state joining and sync tries again.
    const SyncReport report = TRY(node->sync_now({}));
    unsure = TRY(node->store().meta_number("join_unsure")) != 0;
    if (report.reached && !report.in_sync && report.reason.starts_with("join."))
      return std::unexpected(refused_by_superior(report.reason));
  }
  const auto joining = TRY(node->store().meta("joining"));
  if (!joining || joining->empty()) {
    state = "ready";
    if (const auto root = TRY(node->directory().root())) print = crypto::fingerprint(root->digest);
  }
  return founded_json(f.code, f.name, done.node, print, state);
}

/// The keys may be registered above: without them the office could never come back.
Error kept_all_the_same(Error e) {
  e.what +=
      ". An earlier request was sent and its answer was lost, so the superior may have taken this office in: "
      "everything "
      "on this machine was kept. Ask the superior. If it has, run `yizhan sync`; if not, ask for a new invitation and "
      "join with another --home";
  e.zh +=
      "。此前已发出一次请求，没有收到答复，上级可能已经接纳本单位，所以本机的数据原样保留。请联系上级核对：已接纳的，执"
      "行 "
      "yizhan sync 继续；没有接纳的，请上级重新发邀请，用 --home 另指一个目录再执行 yizhan join";
  return e;
}

}  // namespace

Result<std::string> init_home(const std::string& home, const NewOffice& o, const crypto::SecretText& passphrase) {
  Founding f;
  f.code = o.code;
  f.name = o.name;
  f.officer = o.officer;
  f.phone = o.phone;
  f.level = o.level;
  f.root = o.root;
  f.one_person = o.one_person;
  f.recovery_sheet = o.recovery_sheet;
  const Founded done = TRY(found_home(home, f, passphrase));
  return founded_json(o.code, o.name, done.node, done.fingerprint, o.root ? "ready" : "joining");
}

Result<std::string> join_home(const std::string& home, const JoinRequest& r, const crypto::SecretText& passphrase) {
  if (!r.answer_file.empty()) return finish_by_file(home, r, passphrase);
  Founding f;
  f.invitation = TRY(decode_invitation(r.invitation));
  f.invitation_line = r.invitation;
  if (f.invitation->line_only)
    return fail(Fault::invalid, "this invitation registers an office that has its superior already: use superior add",
                "join.line");
  if (f.invitation->until_ms < wall_now())
    return fail(Fault::forged, "this invitation has expired: ask for a new one", "join.expired");
  f.code = f.invitation->code_of_office;
  f.name = f.invitation->name;
  f.level = f.invitation->level;
  f.one_person = f.invitation->one_person;
  f.officer = r.officer;
  f.phone = r.phone;
  f.recovery_sheet = r.recovery_sheet;
  const Founded done =
      TRY(f.invitation->machine ? found_machine(home, f, passphrase) : found_home(home, f, passphrase));
  bool unsure = false;
  auto joined = ask_once(home, f, done, r, passphrase, unsure);
  const bool refused = !joined && joined.error().code.starts_with("join.");
  if (refused && unsure) return std::unexpected(kept_all_the_same(std::move(joined.error())));
  // Nothing was written here yet that anybody would miss, and the superior did not take us in: all is as before.
  if (refused || (!joined && !r.request_file.empty())) {
    Home::discard(home);
    if (!f.recovery_sheet.empty()) ::unlink(f.recovery_sheet.c_str());
  }
  if (!refused) return joined;
  Error e = std::move(joined.error());
  e.what += ". Nothing was left on this machine; put it right and run `yizhan join` again";
  e.zh += "。本机没有留下半份数据，改好后直接再执行 yizhan join 即可";
  return std::unexpected(std::move(e));
}

Result<std::string> admit_file(const std::string& home, const std::string& request_file, const std::string& answer_file,
                               const std::string& officer, const crypto::SecretText& passphrase) {
  const Bytes request = TRY(read_file(request_file, kJoinFileBytes));
  const auto node = TRY(Node::open(home, kWaitMs, officer, passphrase.expose()));
  const OfficerRow by = TRY(node->authenticate(officer, passphrase.expose()));
  if (!(by.roles & crypto::role::admin_keys))
    return fail(Fault::denied, "only an administrator of keys may admit offices", "role.admin-keys");
  const crypto::SigningKey authority = TRY(node->authority());
  Store& store = node->store();
  auto answer = store.write([&] { return admit(store, node->directory(), request, authority, wall_now()); });
  if (!answer) {
    if (answer.error().code == "join.mac") TRY(store.write([&] { return count_wrong_try(store, request); }));
    return std::unexpected(answer.error());
  }
  TRY(write_file(answer_file, *answer));
  return admitted_json(answer_file);
}

Result<std::string> restore_home(const std::string& home, const std::string& backup, const std::string& officer,
                                 const crypto::SecretText& passphrase) {
  const Identity me = TRY(restore_backup(home, backup, officer, passphrase.expose()));
  const auto node = TRY(Node::open(home, kWaitMs, officer, passphrase.expose()));
  const auto office = TRY(node->directory().office(me.office));
  const auto root = TRY(node->directory().root());
  return founded_json(office ? office->code : "", office ? office->name : "", me.node,
                      root ? crypto::fingerprint(root->digest) : "", office && office->admitted ? "ready" : "joining");
}

Result<std::unique_ptr<LocalNode>> LocalNode::open(const std::string& home, const std::string& officer,
                                                   const crypto::SecretText& passphrase) {
  // Commands log to the home too, not between what the person reads.
  (void)log().to_folder(home + "/log");
  return std::make_unique<InProcess>(TRY(Node::open(home, kWaitMs, officer, passphrase.expose())));
}

Result<std::string> check_evidence_file(const std::string& path) {
  constexpr std::size_t kMost = 256u * 1024 * 1024;
  return evidence_json(TRY(check_evidence(TRY(read_file(path, kMost)))));
}

std::optional<std::string> serving(const std::string& home) {
  const std::string path = home + "/sock";
  const auto reply =
      http_over_socket({.socket_path = path, .target = "/healthz", .timeout = std::chrono::milliseconds(5000)});
  // A socket that is there and busy still has an owner; only one that nobody listens on has none.
  if (!reply && reply.error().fault == Fault::offline) return std::nullopt;
  if (!reply && reply.error().fault == Fault::missing) return std::nullopt;
  return path;
}

}  // namespace yz::node
