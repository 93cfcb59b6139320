#pragma once
#include <map>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "node/office/body.h"
#include "node/store/audit.h"
#include "sync/exchange.h"
#include "sync/forward.h"

namespace yz::node {

/// What an evidence file says of attachments: whether the manifests that were handed on belong to the texts they came
/// with, and what a node sent in the place of what its own office's manifest names. Whoever calls has checked the
/// signatures.
class EvidenceAttachments {
 public:
  void office(const OfficeId& id, const std::string& code) { codes_[id] = code; }
  /// False for a manifest record that is none. `layers` as unfolded.
  bool record(const sync::ReleasedRecord&, const std::vector<sync::Layer>& layers);
  /// Signed by a node of that office. In the order of their places.
  void chunk(const sync::Chunk&, const OfficeId&);
  std::uint64_t handed_on() const;
  std::vector<EvidenceCheck::Forged> forged() const;

 private:
  struct Named {
    Manifest manifest;
    OfficeId by;      ///< who signed the record
    OfficeId author;  ///< whose own manifest it is
    RecordId with;    ///< the text that the record came with
    RecordId text;    ///< the text of the author's own manifest
    bool same_case = true;
  };
  struct Text {
    std::vector<Manifest> names;        ///< in the text itself
    std::set<sync::AttachmentId> says;  ///< a forward: what it speaks of
    std::set<OfficeId> below;           ///< a forward: whose layers lie inside
    std::vector<Manifest> bottom;       ///< a forward: what the original names
    bool forward = false;
  };
  struct Sent {
    crypto::Hasher all{crypto::purpose::chunk};
    std::uint32_t count = 0, next = 0;
    bool whole = true;
  };
  bool belongs(const Named&) const;
  std::string code_of(const OfficeId&) const;

  std::map<OfficeId, std::string> codes_;
  std::vector<Named> manifests_;
  std::map<RecordId, Text> texts_;
  std::map<std::pair<OfficeId, sync::AttachmentId>, Sent> sent_;
};

}  // namespace yz::node
