#pragma once
// Sneakernet: what waits for one neighbour, written to a file that a person carries. The bytes: sync/PROTOCOL.md 9.1.
#include <array>
#include <functional>
#include <optional>
#include <string>

#include "node/store/directory.h"
#include "node/store/inbox.h"
#include "node/store/link.h"
#include "sync/bundle.h"

namespace yz::node {

/// Called outside any transaction, often enough that a flash report never waits longer than a piece takes: other work
/// may be done in it. `share` goes from 0 to 1. False: stop, the program is ending.
using BundlePause = std::function<bool(double share)>;

struct BundleWritten {
  std::uint64_t bytes = 0;                ///< of the file
  std::uint64_t content = 0;              ///< of these, the items, envelopes and chunks themselves
  std::array<std::uint64_t, 5> frames{};  ///< by lane: control items, envelopes, chunks in bulk
};
/// Writes everything that the neighbour lacks as far as its receipts say, most urgent first. Nothing counts as sent by
/// it. The file appears under its name only when it is whole and on the disk; a bundle of that name is replaced.
/// Faults: conflict "bundle.exists" when something else has that name, full "bundle.disk", missing "bundle.joining"
/// before admission.
Result<BundleWritten> export_bundle(Store&, Directory&, const LinkRow& to, const std::string& path,
                                    const BundlePause& pause);

struct BundleRead {
  OfficeId from;
  sync::Millis written_ms = 0;  ///< by the writer's clock
  std::uint64_t frames = 0;     ///< that were taken, known ones among them
  sync::Tally moved;
  bool whole = false;
  std::optional<Error> stopped;  ///< why not all was read; what came before it is kept
};
/// Takes a bundle in, piece by piece, each in a transaction of its own. Reading one again changes nothing, and so does
/// an older one. An error when nothing was taken: invalid for no regular file, no bundle, another office's or a
/// stranger's; forged when its head was changed.
Result<BundleRead> import_bundle(Store&, StoreInbox&, const std::string& path, const BundlePause& pause);

/// What a bundle's head says about the numbers of control items, for the link's durable state; nonces stay as they are.
/// Inside a write, before the first frame. False: of a store of the neighbour that is no more; its marks say nothing.
Result<bool> begin_hearing(Store&, const sync::BundleHead&);
/// With the receipts of a bundle that begin_hearing() said true to: all that it tells in the clear was read.
Result<> heard_all(Store&, const sync::BundleHead&);

}  // namespace yz::node
