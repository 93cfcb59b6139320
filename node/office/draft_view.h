#pragma once
#include "node/office/compare.h"
#include "node/office/draft_versions.h"

namespace yz::node {

/// What a draft says when all its heads are looked at together: a pure function of them, the same on every machine. As
/// with versions of a case (compare.h), a field that one side changed takes that change, and what several changed a
/// person decides.
struct DraftView {
  std::vector<const DraftVersion*> texts;  ///< heads that say something, oldest first
  std::vector<const DraftVersion*> signed_off;
  bool deleted = false;  ///< nothing stands and somebody deleted it
  /// As far as the program may join them; a disputed field shows the newest head's value. In review only when every
  /// text is, with one and the same content: that is never edited, and has the signatures of all.
  DraftVersion shown;
  /// Names of fields as in compare.h, and "lane", "to", "attachments", "reason", "note", "state": submitted on one
  /// side, written on at the other; "signed": signed off on one machine, written on at another.
  std::vector<std::string> disputed;
};
/// `state` has to outlive the answer.
DraftView view_of(const DraftState& state);

}  // namespace yz::node
