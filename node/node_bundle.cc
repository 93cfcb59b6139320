// Bundles as a node does them: between two pieces others go first, and what came is opened.
#include "node/clock.h"
#include "node/guard.h"
#include "node/log.h"
#include "node/node.h"
#include "sync/gate.h"

namespace yz::node {
namespace {

Result<LinkRow> neighbour(Store& store, Directory& directory, std::string_view code) {
  const auto office = TRY(directory.office_by_code(code));
  if (office)
    for (const bool upward : {true, false})
      for (LinkRow& l : TRY(links(store, upward)))
        if (l.office == office->id) return std::move(l);
  return fail(Fault::missing, "no superior and no subordinate office has the code " + std::string(code),
              "bundle.neighbour");
}

std::string counted(const std::array<std::uint64_t, 5>& n) {
  std::string out;
  for (std::size_t i = 0; i < n.size(); ++i) out += (i ? " " : "") + std::to_string(n[i]);
  return out;
}

}  // namespace

Result<BundleWritten> Node::write_bundle(const OfficerRow& by, std::string_view code, const std::string& path,
                                         const std::function<void(double)>& progress) {
  const LinkRow to = TRY(neighbour(*store_, *directory_, code));
  const BundleWritten done = TRY(export_bundle(*store_, *directory_, to, path, [&](double share) {
    if (progress) progress(share);
    return give_way();
  }));
  log().info("bundle.written", {{"office", to.office}, {"bytes", done.bytes}});
  TRY(store_->write([&] {
    return store_->journal(by.name, "bundle.export", hex(to.office.view()), counted(done.frames), wall_now());
  }));
  return done;
}

Result<BundleRead> Node::read_bundle(const OfficerRow& by, const std::string& path,
                                     const std::function<void(double)>& progress) {
  const sync::Epoch epoch = store_->me().epoch;
  // The daily room of a node protects a hub that nobody watches. Here a person of ours holds the stick, and the file is
  // as long as it is; the disk's reserve still counts.
  const auto bounded = [&](bool on) {
    inbox_->set_quota(on ? config_.limits.daily_envelopes : 0, on ? std::uint64_t{config_.limits.daily_mib} << 20U : 0);
  };
  bounded(false);
  auto read = import_bundle(*store_, *inbox_, path, [&](double share) {
    if (progress) progress(share * 0.8);
    bounded(true);
    const bool on = give_way();
    bounded(false);
    return on;
  });
  bounded(true);
  BundleRead done = TRY(std::move(read));
  log().info("bundle.read", {{"office", done.from}, {"frames", done.frames}, {"refused", done.moved.refused}});
  // It may have shown that this store is an older copy: the guard has to know of the new life.
  if (store_->me().epoch != epoch)
    if (auto kept = renew_guard(home_, *store_); !kept) log().warn("guard.failed", {{"why", kept.error()}});
  if (auto opened = open_counted(); opened)
    for (std::size_t lane = 1; lane <= 3; ++lane) done.moved.received[lane] += (*opened)[lane];
  else
    log().warn("open.failed", {{"why", opened.error()}});            // stored and receipted: opened at the next chance
  wake(done.moved.flash ? sync::Lane::flash : sync::Lane::routine);  // receipts may go by the line, if there is one
  if (auto noted = store_->write([&] {
        return store_->journal(by.name, "bundle.import", hex(done.from.view()), counted(done.moved.received),
                               wall_now());
      });
      !noted && !done.stopped)
    done.stopped = noted.error();
  return done;
}

Result<sync::Tally> Node::take_envelopes(const OfficerRow& by, const std::vector<Bytes>& all) {
  sync::Tally tally;
  auto taken = store_->write([&]() -> Result<> {
    const sync::Millis now = wall_now();
    inbox_->set_now(now);
    for (const Bytes& bytes : all) {
      // As if its author's node had brought it: nobody passes on what others wrote.
      const auto e = sync::decode_envelope(bytes);
      if (!e || !TRY(link_of(*store_, e->head.stream.node))) {
        ++tally.refused;
        continue;
      }
      sync::Gate gate(*inbox_, e->head.stream.node);
      TRY(gate.take({sync::FrameType::envelope, bytes}, now, tally));
    }
    TRY(inbox_->settle(now));
    return store_->journal(by.name, "pictures.import", "", std::to_string(all.size()), now);
  });
  if (!taken) {
    inbox_->forget();
    return std::unexpected(taken.error());
  }
  const auto opened = TRY(open_counted());
  for (std::size_t lane = 1; lane <= 3; ++lane) tally.received[lane] += opened[lane];
  wake(tally.flash ? sync::Lane::flash : sync::Lane::routine);
  return tally;
}

Result<std::array<std::uint64_t, 5>> Node::open_counted() {
  std::array<std::uint64_t, 5> out{};
  for (;;) {
    const Opener::Done done = TRY(opener_->open_some(2, wall_now()));
    for (std::size_t i = 0; i < out.size(); ++i) out[i] += done.records[i];
    if (!done.more || !give_way()) return out;
  }
}

}  // namespace yz::node
