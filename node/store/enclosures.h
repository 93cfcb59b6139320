#pragma once
#include <optional>
#include <span>
#include <vector>

#include "node/office/books.h"
#include "node/store/cases.h"
#include "node/store/store.h"
#include "sync/forward.h"

namespace yz::node {

/// A good manifest record was stored: it is found by its attachment, and counted in its case unless that one was
/// already. Inside a write.
Result<> note_enclosure(Store&, std::int64_t matter, std::int64_t record_row, const sync::Record&);
/// Good manifest records of an attachment, whatever case they are in.
Result<std::vector<sync::ReleasedRecord>> manifest_records(Store&, const sync::AttachmentId&);

/// See Books::enclosed and Books::manifest_record.
Result<std::vector<Enclosed>> enclosed_in(Store&, const std::vector<CaseRecord>&, const RecordId&);
Result<Original> authors_manifest(Store&, const Manifest&);

/// An attachment of a case as it stands here.
struct Enclosure {
  enum class State : std::uint8_t {
    whole,      ///< all of it is here, and is what its author signed
    coming,     ///< not all of it is here yet
    left_out,   ///< an office on the way did not hand it on (`by`)
    forged,     ///< what came is not what its author signed (`by`)
    not_named,  ///< an office (`by`) handed on what the text it came with does not name
  };
  Manifest manifest;  ///< its name is empty where nothing but its id is known
  OfficeId office;    ///< whose it is
  std::optional<OfficeId> handed_on_by;
  State state{};
  std::optional<OfficeId> by;
  bool passed_on = false;  ///< by us
};
std::string_view name_of(Enclosure::State);
/// Those that came or are ours first, in the order of their records, then those that are only named.
Result<std::vector<Enclosure>> enclosures(Store&, const std::vector<CaseRecord>&);

/// Of how many attachments a forward speaks, or the record that it nests, and how many it left out and did not hand on
/// later either.
struct PassedCount {
  std::size_t named = 0, left_out = 0;
};
PassedCount passed_count(const sync::Layer& forward, const sync::ReleasedRecord& innermost,
                         const std::vector<CaseRecord>&);

}  // namespace yz::node
