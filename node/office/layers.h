#pragma once
// A case's text as each office passed it on, layer by layer. Pure.
#include "node/office/body.h"
#include "node/office/difference.h"
#include "sync/forward.h"

namespace yz::node {

/// What one office signed: the case's own text, or what somebody passed on of it.
struct TextLayer {
  sync::ReleasedRecord record;
  bool original = false;         ///< of the case's own office, nested by the others
  bool edited = false;           ///< a forward with an edition of its own
  std::string note;              ///< of a forward
  std::optional<Report> report;  ///< the text as it stands at this layer; none: this program cannot read it
  std::vector<Change> changed;   ///< against the layer below
  std::vector<Change> in_all;    ///< against the original
};

/// The original first. Fault::forged when the record's layers do not belong together.
Result<std::vector<TextLayer>> text_layers(const sync::ReleasedRecord&);

/// The version of the case that a record stands on: of a forward the innermost one it nests, of others their parents.
std::vector<RecordId> made_on(const sync::ReleasedRecord&);

/// The edition in a forward; none when it is passed on unchanged or cannot be read.
std::optional<DecodedBody> edition_of(const sync::Record&);

}  // namespace yz::node
