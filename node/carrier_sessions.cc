// A person's `sync` on one line: when it ends, and what it says then. A part of Carrier.
#include <algorithm>
#include <numeric>

#include "node/carrier.h"
#include "node/store/sqlite.h"

namespace yz::node {

using sync::Millis;

namespace {

constexpr Millis kNoContactMs = 10'000;  // interface.md 7: sync gives up without contact
constexpr Millis kSilentMs = 90'000;     // after contact, without an answer
constexpr Millis kUselessMs = 180'000;   // answers come and nothing moves: it waits for somebody else
constexpr int kDialTries = 3;
constexpr Millis kCountMs = 200;  // while requests are in flight, sessions are looked at so often

std::uint64_t sum(const sync::Tally& t) {
  const auto forward = std::accumulate(t.sent.begin(), t.sent.end(), std::uint64_t{0});
  return std::accumulate(t.received.begin(), t.received.end(), forward);
}

}  // namespace

Result<std::uint64_t> carried_on(Store& store) {
  Query q =
      TRY(store.db().query("select count(*) from delivery d where state < 2 and exists(select 1 from carry c"
                           " where c.envelope = d.envelope and c.state = 1)"));
  TRY(q.step());
  return static_cast<std::uint64_t>(q.integer(0));
}

Result<std::uint64_t> waiting_above(Store& store) {
  std::uint64_t n = 0;
  {
    // What a neighbour carries on is out of our hands: its receipt comes when it has arrived. Answers to those below
    // wait for them to call. What another machine of ours wrote it counts itself.
    Query q = TRY(store.db().query(
        "with recursive below(id) as (select office from link where upward = 0 union"
        " select o.id from office o join below b on o.superior = b.id), above(id) as (select superior from office where"
        " state = 3 union select o.superior from office o join above a on o.id = a.id)"
        " select count(*) from delivery d where state < 2 and not exists(select 1 from carry c"
        " where c.envelope = d.envelope and c.state = 1) and d.destination not in below and not exists(select 1"
        " from envelope e where e.row = d.envelope and e.copy > 0)"
        // A line superior that we left takes nothing: what was for it is kept, and waits for nobody's line.
        " and not exists(select 1 from office o where o.id = d.destination and o.state = 0 and o.id not in above and"
        " not exists(select 1 from link where office = o.id) and not exists(select 1 from consent where before ="
        " o.id))"));
    TRY(q.step());
    n += static_cast<std::uint64_t>(q.integer(0));
  }
  Query q =
      TRY(store.blobs().query("select count(*) from chunk c join attachment a on a.row = c.attachment"
                              " where c.state = 0 and a.own = 1 and a.ready = 1"));
  TRY(q.step());
  return n + static_cast<std::uint64_t>(q.integer(0));
}

std::shared_ptr<Carrier::Session> Carrier::begin(std::function<void()> on_done) {
  auto s = std::make_shared<Session>();
  s->on_done = std::move(on_done);
  s->started = clock_.now();
  const std::lock_guard lock(mutex_);
  sessions_.push_back(s);
  woken_ = true;
  woken_up_.notify_all();
  if (line_) line_->wakeup();
  return s;
}

std::optional<Carrier::Ending> Carrier::ending(const Session& s, bool in_sync, Millis now) const {
  const bool reached = last_answer_ >= s.started && last_answer_ != 0;
  if (broken_) return Ending{reached, false, last_error_};
  if (!reached) {
    const bool nobody_there = dial_failures_ >= kDialTries && now - first_failure_ < kNoContactMs / 2;
    if (!nobody_there && now - s.started < kNoContactMs) return {};
    return Ending{false, false, last_error_};
  }
  if (in_sync) return Ending{true, true, {}};
  if (now - std::max(last_heard_, s.started) >= kSilentMs)
    return Ending{true, false, last_error_.empty() ? "the line went silent" : last_error_};
  if (now - s.moved_at >= kUselessMs) return Ending{true, false, "the superior answers, and nothing moves"};
  return {};
}

void Carrier::finish(Session& s, const Ending& end) {
  {
    const std::lock_guard lock(s.mutex);
    s.report.reached = end.reached;
    s.report.in_sync = end.in_sync;
    s.report.reason = end.reason;
    if (courier_) s.report.moved = courier_->tally();
    s.report.acknowledged = 0;
    for (std::size_t lane = 1; lane <= 4; ++lane) s.report.acknowledged += s.report.moved.sent[lane];
  }
  s.done = true;
  if (s.on_done) s.on_done();
}

void Carrier::check_sessions() {
  std::vector<std::shared_ptr<Session>> now_open;
  {
    const std::lock_guard lock(mutex_);
    now_open = sessions_;
  }
  if (now_open.empty()) return;
  const Millis now = clock_.now();
  bool in_sync = false, nobody = false;
  std::optional<std::uint64_t> left;
  std::uint64_t carried = 0;
  const bool flying = courier_ && courier_->in_flight();
  if (flying && now - counted_ < kCountMs) return;  // an answer will tell more; looking costs a scan
  p_.on_store([&] {
    nobody = gone_ || (!courier_ && !invitation_);
    if (courier_ && !flying) in_sync = courier_->in_sync().value_or(false);
    left = waiting_above(p_.store).value_or(0);
    carried = carried_on(p_.store).value_or(0);
  });
  counted_ = now;
  for (const auto& s : now_open) {
    // Whoever cannot ask, because the link is gone or the store fails, need not be waited for.
    if (courier_ && !s->asked && !nobody && now - s->started < kNoContactMs) continue;
    {
      const std::lock_guard lock(s->mutex);
      s->report.waiting = *left;
      s->report.carried = carried;
      if (courier_) s->report.moved = courier_->tally();
      const std::array moved{courier_ ? sum(courier_->tally()) : 0, *left, carried};
      if (s->moved_at == 0 || moved != s->moved) s->moved_at = now;
      s->moved = moved;
    }
    if (nobody || idle_) {
      s->idle = true;
      finish(*s, {false, true, {}});
    } else if (const auto end = ending(*s, in_sync, now)) {
      finish(*s, *end);
    }
  }
  const std::lock_guard lock(mutex_);
  std::erase_if(sessions_, [](const auto& s) { return s->done.load(); });
  if (sessions_.empty()) {
    broken_ = false;
    dial_failures_ = 0;
  }
}

}  // namespace yz::node
