#pragma once
// Recomputes what can be recomputed: nothing is believed because it stands in a column. Needs no room on the disk (the
// databases' logs are emptied on the way where that is possible).
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "node/store/directory.h"
#include "node/store/store.h"
#include "sync/instant.h"

namespace yz::node {

struct AuditProblem {
  std::string what;   ///< one sentence
  std::string where;  ///< "stream <hex> 17", "record <hex>", "attachments.db page 4"
};
struct Audit {
  std::uint64_t records = 0, streams = 0, receipts = 0;
  std::vector<AuditProblem> problems;  ///< at most 1,000
  bool ok() const { return problems.empty(); }
};
using AuditProgress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// Everything, or one case's records and receipts. Gives an error only when the store can't be read at all.
Result<Audit> verify_store(Store&, Directory&, std::optional<std::int64_t> matter, const AuditProgress& = {});

/// A file that a third party checks off-line: the records as they were signed, certificates up to the root, the root
/// document, receipts and heads, each with its node's certificate.
///
///   "YZE1" ‖ case id (16) ‖ items; an item is kind u8 ‖ length u32 ‖ bytes
///   kinds: 1 root document (the newest version), 2 certificate, 3 record, 4 statement, 5 envelope (one that carried a
///   record), 6 chunk of an attachment that came and is not what its author signed, as the node that sent it signed it,
///   7 consent of an office to another key (sync/PROTOCOL.md 4.7)
Result<Bytes> make_evidence(Store&, Directory&, std::int64_t matter);

struct EvidenceCheck {
  CaseId case_id;
  std::string
      root_fingerprint;  ///< to be compared with the known one by the reader: the file vouches for itself only up to it
  Audit audit;
  std::uint64_t layers = 0;  ///< records nested in forwards, each with good signatures unless a problem says otherwise
  std::uint64_t attachments = 0;  ///< manifests, of attachments that were handed on with the author's own inside
  /// What the file proves against an office. The file itself is sound.
  struct Forged {
    std::string attachment;  ///< its name
    std::string office;      ///< code, or id in hexadecimal
    std::string what;        ///< one sentence
  };
  std::vector<Forged> forged;
  /// What is inside, for who reads the verdict. Only what the signatures of this file bear out.
  struct Signer {
    std::string name, role;
  };
  struct Item {
    std::string type, title, number;
    std::string act;         ///< of an annotation, what it does: name_of(ActKind); else empty
    bool exercise = false;   ///< 演练: nothing of it happened
    std::string office;      ///< code and name of the office whose officers signed
    sync::Millis at_ms = 0;  ///< by its clock
    bool nested = false;     ///< the original inside a forward
    std::vector<Signer> signers;
  };
  std::vector<Item> items;  ///< at most 200
  /// Receipts of an office for envelopes of another. What the envelopes carried is sealed: no record is bound to them.
  struct Acknowledged {
    std::string office, of;  ///< who signed, and whose envelopes
    std::string kind;        ///< name_of(ReceiptKind)
    std::uint64_t envelopes = 0;
    sync::Millis at_ms = 0;  ///< when the earliest receipt here was signed: at that time or before they arrived
  };
  std::vector<Acknowledged> acknowledged;
};
/// Needs no store. Fault::invalid when the bytes are no evidence file.
Result<EvidenceCheck> check_evidence(ByteView);

}  // namespace yz::node
