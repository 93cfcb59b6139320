#include "node/lines.h"

#include <pthread.h>

#include <algorithm>

#include "node/log.h"
#include "node/store/direct.h"
#include "node/store/routes.h"

namespace yz::node {
namespace {

constexpr int kStepMs = 1000;

void add(std::array<std::uint64_t, 5>& sum, const std::array<std::uint64_t, 5>& n) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += n[i];
}

}  // namespace

struct Lines::Line {
  std::shared_ptr<Carrier> carrier;
  std::thread thread;
  std::atomic<bool> stop = false, ended = false;
};

bool Lines::Session::done() const {
  return std::ranges::all_of(parts_, [](const Part& p) { return p.session->done.load(); });
}

SyncReport Lines::Session::report() const {
  SyncReport all;
  all.in_sync = true;
  std::optional<std::uint64_t> waiting, carried;
  // A top office, or one that still joins, has nobody else to reach.
  const bool alone = std::ranges::all_of(parts_, [](const Part& p) { return p.sibling; });
  for (const Part& p : parts_) {
    const std::lock_guard lock(p.session->mutex);
    const SyncReport& r = p.session->report;
    add(all.moved.sent, r.moved.sent);
    add(all.moved.received, r.moved.received);
    all.acknowledged += r.acknowledged;
    // Each line counts what waits for anybody: the lowest is the newest, while nothing new is written.
    waiting = std::min(waiting.value_or(r.waiting), r.waiting);
    carried = std::min(carried.value_or(r.carried), r.carried);
    if (p.session->idle || (p.sibling && !alone)) continue;
    all.reached |= r.reached;
    if (p.direct) continue;  // a further way: what it does not take goes by the usual one
    all.in_sync &= r.in_sync;
    if (all.reason.empty()) all.reason = r.reason;
    all.superiors.push_back({p.office, r.reached, r.in_sync, r.reason});
  }
  all.waiting = waiting.value_or(0);
  all.carried = carried.value_or(0);
  return all;
}

Lines::Lines(Carrier::Parts p) : p_(std::move(p)) {}
Lines::~Lines() { stop_threads(); }

void Lines::look(bool moved) {
  auto renewed = p_.store.write([&]() -> Result<bool> {
    const bool changed = TRY(renew_links(p_.store, p_.directory, wall_now()));
    if (changed) TRY(find_ways(p_.store));
    return changed;
  });
  if (!renewed) log().warn("lines.links", {{"why", renewed.error()}});  // a full disk: the links stay as they are
  const auto goals = line_goals(p_.store);
  if (!goals) {
    log().error("lines.look", {{"why", goals.error()}});
    return;
  }
  const std::lock_guard lock(mutex_);
  std::vector<LineGoal> left = *goals;
  std::erase_if(lines_, [&](const std::shared_ptr<Line>& line) {
    const auto at = std::ranges::find_if(left, [&](const LineGoal& g) {
      const LineGoal& has = line->carrier->goal();
      // One that was joining may have its link by now.
      return g.office == has.office && g.direct == has.direct && (!has.peer || !g.peer || g.peer == has.peer);
    });
    if (at != left.end() && !line->carrier->gone()) {
      left.erase(at);
      if (moved || (renewed && *renewed)) line->carrier->look_again();
      return false;
    }
    line->stop = true;
    line->carrier->wake(sync::Lane::routine);
    leaving_.push_back(line);
    return true;
  });
  for (LineGoal& goal : left) {
    auto line = std::make_shared<Line>();
    line->carrier = std::make_shared<Carrier>(p_, std::move(goal));
    lines_.push_back(line);
    if (threads_) start(line);
  }
  reap();
}

/// Whoever was told to end ends soon; nobody waits for it here, it may be waiting for this very thread.
void Lines::reap() {
  std::erase_if(leaving_, [](const std::shared_ptr<Line>& line) {
    if (line->thread.joinable()) {
      if (!line->ended) return false;
      line->thread.join();
    }
    return true;
  });
}

void Lines::start(const std::shared_ptr<Line>& line) {
  line->thread = std::thread([l = line.get()] {
    pthread_setname_np(pthread_self(), "yz-line");
    while (!l->stop) l->carrier->step(kStepMs);
    l->ended = true;
  });
}

void Lines::start_threads() {
  const std::lock_guard lock(mutex_);
  threads_ = true;
  for (const auto& line : lines_) start(line);
}

void Lines::stop_threads() {
  std::vector<std::shared_ptr<Line>> all;
  {
    const std::lock_guard lock(mutex_);
    threads_ = false;
    all = lines_;
    all.insert(all.end(), leaving_.begin(), leaving_.end());
  }
  for (const auto& line : all) {
    line->stop = true;
    line->carrier->wake(sync::Lane::routine);
  }
  for (const auto& line : all)
    if (line->thread.joinable()) line->thread.join();
}

std::shared_ptr<Lines::Session> Lines::begin(std::function<void()> on_done, const std::optional<OfficeId>& only) {
  look();
  auto session = std::make_shared<Session>();
  const std::lock_guard lock(mutex_);
  for (const auto& line : lines_) {
    const LineGoal& goal = line->carrier->goal();
    if (only && (goal.office != *only || goal.direct)) continue;
    session->parts_.push_back(
        {goal.office, goal.direct, goal.office == p_.store.me().office, line->carrier, line->carrier->begin(on_done)});
  }
  return session;
}

void Lines::wake(sync::Lane lane) {
  const std::lock_guard lock(mutex_);
  for (const auto& line : lines_) line->carrier->wake(lane);
}

void Lines::step(const Session& session, int most_ms) {
  std::vector<Carrier*> open;
  for (const auto& part : session.parts_)
    if (!part.session->done) open.push_back(part.carrier.get());
  if (open.empty()) return;
  const int share = std::max(1, most_ms / static_cast<int>(open.size() * open.size()));
  for (Carrier* c : open) c->step(share);
}

}  // namespace yz::node
