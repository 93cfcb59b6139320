#pragma once
// When a record was signed. Its one clock says when its content was fixed (送签), and a signature bears no time: of
// what two persons sign, when the last of them did is known exactly only on the machine where they did it.
#include <optional>

#include "node/store/database.h"
#include "sync/record.h"

namespace yz::node {

/// The last signature was put not before `from` and not after `until`; one moment where it was put here.
struct SignedWhen {
  sync::Millis from = 0, until = 0;
};
/// `until_ms` and `here` as in the table `record`: 0 where nothing but the clock is known.
SignedWhen signed_when(sync::Millis clock, sync::Millis until_ms, bool here);
/// Its signatures are of two persons or more.
bool by_two(const sync::Record&);

/// As it is shown: of one person's record the clock alone.
struct SignedShown {
  sync::Millis at = 0;
  std::optional<sync::Millis> until;      ///< only where it lies more than two minutes later
  std::optional<sync::Millis> submitted;  ///< of two persons and more
};
SignedShown signed_shown(const sync::Record&, const SignedWhen&);

/// Of a row of `record` with the columns `bytes, signed_until_ms, signed_here` from there on; of one person's record
/// both ends are its clock. Fault::corrupt when the record no longer decodes.
Result<SignedWhen> signed_at_row(Query&, int from);

}  // namespace yz::node
