#pragma once
#include <functional>
#include <string>
#include <vector>

#include "crypto/sign.h"
#include "node/bundle.h"
#include "node/config.h"
#include "node/store/directory.h"
#include "node/store/store.h"
#include "sync/inbox.h"

namespace yz::node {

class Rules;

/// An officer whose passphrase was given in this call, or whose web session is open.
struct Signer {
  OfficerRow officer;
  crypto::SigningKey key;
};

/// What came of one `sync` with one superior.
struct SuperiorReport {
  OfficeId office;
  bool reached = false;
  bool in_sync = false;
  std::string reason = {};
};

/// What one `sync` did. `reached`: at least one superior; `in_sync`: with all of them. `waiting` counts records and
/// chunks without a stored receipt.
struct SyncReport {
  bool reached = false;
  bool in_sync = false;
  sync::Tally moved;
  std::uint64_t acknowledged = 0;
  std::uint64_t waiting = 0;
  std::uint64_t carried = 0;  ///< neighbours have them in custody; their destination's receipt has not come yet
  std::string reason = {};    ///< why not reached or not in sync, for people
  std::vector<SuperiorReport> superiors = {};
};

inline constexpr std::int64_t kMostValidMinutes = 90 * 24 * 60;
struct Invite {
  std::string code, name;
  crypto::Level level{};
  std::vector<std::string> urls;
  std::int64_t valid_minutes = 72 * 60;
  bool one_person = true;
  bool moves = false;    ///< an office that leaves its superior for us, with its id and its keys
  bool line = false;     ///< only to be registered with us, beside the superior that certified it (条)
  bool machine = false;  ///< a further machine of our own office: `name` is its, and it is for `officer`
  std::string officer = {};
  std::uint16_t roles = 0;  ///< when that is nobody of ours yet
};

/// CPU of the store's thread since `serve` began, by what it was for; zeros without `serve`.
struct CpuMs {
  std::int64_t sync = 0, opening = 0, person = 0, idle = 0;
};

/// What the API needs of the node it speaks for. Implemented by Node; all calls on the node's worker thread.
class ApiHost {
 public:
  virtual ~ApiHost() = default;
  virtual Store& store() = 0;
  virtual Directory& directory() = 0;
  virtual const Rules& rules() = 0;
  virtual const Config& config() = 0;
  virtual const std::string& home() const = 0;
  virtual sync::Millis now() const = 0;  ///< wall clock, ms since 1970

  /// Whether the passphrase opens the officer's slot ("" = the only active officer; Fault::denied, or invalid when
  /// there are several and none was named). Remembered for 5 minutes as a keyed hash.
  virtual Result<OfficerRow> authenticate(std::string_view officer, ByteView passphrase) = 0;
  /// The same, and gives the signing key for this call.
  virtual Result<Signer> unlock(std::string_view officer, ByteView passphrase) = 0;
  /// The officer whose web session it is. Fault::denied "login.session" when there is none, as on every face but the
  /// web port.
  virtual Result<OfficerRow> authenticate_session(std::string_view) {
    return fail(Fault::denied, "there are no sessions here", "login.session");
  }
  /// The same with the signing key. To sign, the passphrase must have been given lately, else "login.confirm".
  virtual Result<Signer> unlock_session(std::string_view, bool /*to_sign*/) {
    return fail(Fault::denied, "there are no sessions here", "login.session");
  }
  /// The officer's other web sessions end.
  virtual void passphrase_changed(std::string_view /*officer*/, std::string_view /*but_session*/) {}
  virtual Result<> change_passphrase(std::string_view officer, ByteView old_passphrase, ByteView new_passphrase) = 0;
  virtual Result<OfficerRow> add_officer(const OfficerRow& by, std::string_view name, std::uint16_t roles,
                                         std::string_view phone, ByteView passphrase) = 0;
  /// A new signing key for the officer whose passphrase this is; the certificate before ends.
  virtual Result<OfficerRow> renew_officer(std::string_view officer, ByteView passphrase) = 0;
  /// Our office's authority key, while a person with the right role asks.
  virtual Result<crypto::SigningKey> authority() = 0;
  /// Another authority key for our office: made, kept, and told to the superior, who has to certify it. The top
  /// office's is only kept: the root document has to name it.
  virtual Result<PublicKey> rotate_authority(const OfficerRow& by) = 0;
  /// The secret of an authority key of ours, in use or made for later. Fault::missing when it is not on this machine.
  virtual Result<crypto::SigningKey> authority_for(const PublicKey&) {
    return fail(Fault::missing, "there are no authority keys here", "authority.missing");
  }
  /// Our office may have another key or code since: certifies anew what stood under the old one. Cheap when not.
  virtual void settle_identity() = 0;
  /// The line of an invitation, "YZ1-...".
  virtual Result<std::string> invite(const OfficerRow& by, const Invite&) = 0;

  /// Something was queued. Flash forgets the back-off.
  virtual void wake(sync::Lane) = 0;
  /// Exchanges until nothing is left to send or the time limits of interface.md 7 pass.
  virtual Result<SyncReport> sync_now(const std::function<void(const SyncReport&)>& progress) = 0;
  /// The same with one superior alone, without its progress.
  virtual Result<SyncReport> sync_with(const OfficeId& superior) = 0;
  /// Asks a further superior to take us in (ask_superior() in node/net/superiors.h).
  virtual Result<> add_superior(const OfficerRow& by, std::string_view invitation, bool line) = 0;
  /// Links upward were changed in the store.
  virtual void lines_changed() = 0;
  /// Opens what was received and not opened yet.
  virtual Result<> open_received() = 0;
  virtual Result<std::uint64_t> backup(const std::string& path, const std::function<void(double)>& progress) = 0;
  /// Writes a bundle for the neighbour office of that code. Fault::missing when there is none.
  virtual Result<BundleWritten> write_bundle(const OfficerRow& by, std::string_view code, const std::string& path,
                                             const std::function<void(double)>& progress) = 0;
  /// Takes a bundle in and opens what came; `moved.received` counts records.
  virtual Result<BundleRead> read_bundle(const OfficerRow& by, const std::string& path,
                                         const std::function<void(double)>& progress) = 0;
  /// Takes in envelopes that neighbours' nodes wrote to us, as they came in pictures; all or none.
  virtual Result<sync::Tally> take_envelopes(const OfficerRow& by, const std::vector<Bytes>&) = 0;
  virtual std::string software_version() const = 0;
  virtual CpuMs cpu_ms() = 0;
};

}  // namespace yz::node
