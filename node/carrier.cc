#include "node/carrier.h"

#include <algorithm>

#include "node/log.h"
#include "node/net/superiors.h"
#include "node/stamped_inbox.h"
#include "node/store/direct.h"
#include "node/store/sqlite.h"
#include "node/store/watch.h"

namespace yz::node {

using sync::Courier;
using sync::Millis;

namespace {

constexpr int kLeastWaitMs = 20;  // a wake-up time that has passed must not make us spin
constexpr Millis kQuickPollMs = 1000, kFreshMs = 60'000;
constexpr Millis kSiblingPollMs = 3000;  // in one house: what came to one machine is soon seen at the other
constexpr Millis kFlashRetryMs = 8000;   // while a flash report waits, nobody waits longer for the next try
constexpr Millis kHeadLookMs = 20'000;   // how often to look whether a head is due
constexpr RequestId kJoinId = RequestId{1} << 62;
constexpr std::size_t kOpenAtOnce = 4;
constexpr int kLookMs = 100;  // how often to look how much of a slow line's window has arrived

Courier::Failure failure_of(const Failed& f) {
  if (f.reason == LineFault::dial) return Courier::Failure::connect;
  if (f.reason == LineFault::cut) return Courier::Failure::cut;
  if (f.status == 413) return Courier::Failure::too_large;
  if (f.status == 429 || f.status == 503 || f.status == 507) return Courier::Failure::busy;
  return Courier::Failure::nonsense;
}

/// A request to join left and no answer of the superior's came: it may have taken us in all the same, and what a later
/// answer says is no proof that it did not.
void note_unsure_join(Store& store) {
  auto kept = store.write([&] { return store.set_meta_number("join_unsure", 1); });
  if (!kept) log().error("join.unsure", {{"why", kept.error()}});
}

}  // namespace

Result<std::vector<LineGoal>> line_goals(Store& store) {
  std::vector<LineGoal> out;
  for (const LinkRow& l : TRY(uplinks(store))) out.push_back({l.office, l.peer, l.direct});
  for (const OfficeId& office : TRY(unanswered_superiors(store)))
    if (std::ranges::none_of(out, [&](const LineGoal& g) { return g.office == office && !g.direct; }))
      out.push_back({office, {}, false});
  return out;
}

Carrier::Carrier(Parts p, LineGoal goal) : p_(std::move(p)), goal_(std::move(goal)) {}
Carrier::~Carrier() = default;

void Carrier::wake(sync::Lane lane) {
  if (lane == sync::Lane::flash) hurry_ = true;
  const std::lock_guard lock(mutex_);
  woken_ = true;
  woken_up_.notify_all();
  if (line_) line_->wakeup();
}

/// Nothing to poll, only sessions and the end to wait for.
void Carrier::rest(int most_ms) {
  std::unique_lock lock(mutex_);
  woken_up_.wait_for(lock, std::chrono::milliseconds(most_ms), [this] { return woken_.load(); });
}

std::string Carrier::url(std::string_view path) const {
  const auto& urls = link_ ? link_->urls : invitation_->urls;
  if (urls.empty()) return {};
  std::string base = urls[url_ % urls.size()];
  while (!base.empty() && base.back() == '/') base.pop_back();
  return base.append(path);
}

/// On the store's thread: the link, or whether we still have to join.
Result<> Carrier::prepare() {
  if (p_.store.me().epoch != epoch_) {
    // The store found out that it is an older copy: it talks on under a new name, and the guard has to know.
    if (epoch_ != sync::Epoch{} && p_.new_life) p_.new_life();
    epoch_ = p_.store.me().epoch;
    if (courier_) {
      // Its requests are answered to who we were. What it moved was moved all the same.
      const sync::Tally moved = courier_->tally();
      reset_line_ = true;
      TRY(start_link());
      courier_->tally() = moved;
      courier_->poll();
    }
  }
  if (courier_) {
    // The superior may have moved: it said so itself, or a person did.
    const auto link = TRY(link_of(p_.store, link_->peer));
    gone_ = !link || !link->upward;
    if (!gone_ && link->urls != link_->urls) {
      link_->urls = link->urls;
      url_ = 0;
    }
    return {};
  }
  TRY(find_link());
  if (link_) return start_link();
  return gone_ ? Result<>() : find_invitation();
}

Result<> Carrier::find_link() {
  if (goal_.peer) {
    link_ = TRY(link_of(p_.store, *goal_.peer));
    gone_ = !link_ || !link_->upward;
    if (gone_) link_.reset();
  } else {
    // Joined meanwhile, perhaps by file.
    for (LinkRow& l : TRY(uplinks(p_.store)))
      if (l.office == goal_.office && !l.direct) link_ = std::move(l);
    if (link_) goal_.peer = link_->peer;
  }
  if (link_) invitation_.reset();
  return {};
}

Result<> Carrier::find_invitation() {
  if (invitation_) return {};
  auto asked = TRY(unanswered(p_.store, goal_.office));
  gone_ = !asked;
  if (gone_) return {};
  invitation_ = std::move(asked->invitation);
  registers_ = asked->registers;
  join_request_ = std::move(asked->request);
  if (join_request_.empty()) {
    const crypto::SigningKey authority = TRY(p_.authority());
    join_request_ = TRY(make_join_request(p_.store, p_.directory, *invitation_, authority));
  }
  return {};
}

Result<> Carrier::start_link() {
  refusal_ = TRY(link_refusal(p_.store, link_->peer));
  store_link_.emplace(p_.store, link_->peer);
  outbox_.emplace(p_.store, link_->peer, link_->office, wall_now);
  if (link_->direct) limited_.emplace(*outbox_, sync::Lane::flash);
  sync::Outbox& outbox = limited_ ? static_cast<sync::Outbox&>(*limited_) : *outbox_;
  stamped_ = std::make_unique<StampedInbox>(p_.inbox);
  courier_ = std::make_unique<Courier>(outbox, *stamped_, *store_link_,
                                       Courier::Me{p_.store.me().node, p_.store.me().epoch, &p_.store.keys().node});
  return courier_->start();
}

/// A direct line is dialled only when something must not wait for the usual one.
Result<bool> Carrier::has_work() {
  if (!limited_) return true;
  limited_->most(TRY(urgent_may_go_direct(p_.store, wall_now())) ? sync::Lane::urgent : sync::Lane::flash);
  if (courier_->in_flight()) return true;
  return limited_->anything();
}

void Carrier::join() {
  const Millis now = clock_.now();
  if (join_id_ != 0 || now < join_next_ || !invitation_ || invitation_->urls.empty()) return;
  bool wanted = false;
  {
    const std::lock_guard lock(mutex_);
    wanted = !sessions_.empty();
  }
  if (!wanted && now - last_poll_ < p_.poll_ms && last_poll_ != 0) return;
  last_poll_ = now;
  join_id_ = kJoinId;
  outgoing_.push_back({.id = kJoinId,
                       .channel = Channel::main,
                       .url = url("/sync/v1/join"),
                       .post = true,
                       .body = join_request_,
                       .headers = {},
                       .connect_timeout_ms = 5000});
}

/// On the store's thread: everything the courier wants to send now, each decision in a transaction of its own.
void Carrier::collect() {
  auto ready = prepare();
  if (!ready) {
    last_error_ = ready.error().what;
    log().error("carrier.prepare", {{"why", ready.error()}});
    return;
  }
  if (gone_) return;
  if (!courier_) return join();
  const auto work = has_work();
  idle_ = work && !*work;
  if (hurry_.exchange(false)) courier_->hurry();
  if (clock_.now() - last_try_ >= kFlashRetryMs && !courier_->in_flight() && flash_waits()) {
    last_try_ = clock_.now();
    courier_->hurry();
  }
  {
    const std::lock_guard lock(mutex_);
    for (const auto& s : sessions_) {
      if (s->asked) continue;
      s->asked = true;
      courier_->tally() = {};
      courier_->hurry();
      if (!idle_) courier_->poll();
    }
  }
  if (idle_) return;
  const Millis now = clock_.now();
  if (now - last_head_ >= kHeadLookMs) {
    last_head_ = now;
    auto told = p_.store.write([&] { return tell_and_watch(p_.store, p_.directory, wall_now(), p_.patience); });
    if (!told) log().warn("head.failed", {{"why", told.error()}});
  }
  // A direct line comes here only with something that has no receipt; that may come about by the usual line, so it
  // asks.
  if (now - last_poll_ >= poll_after()) {
    last_poll_ = now;
    courier_->poll();
  }
  for (int i = 0; i < 8; ++i) {
    std::optional<Courier::Outgoing> out;
    auto done = p_.store.write([&]() -> Result<> {
      out = TRY(courier_->next(clock_.now()));
      return {};
    });
    if (!done) {
      last_error_ = done.error().what;
      broken_ = true;
      log().error("carrier.next", {{"why", done.error()}});
      return;
    }
    if (!out) return;
    last_try_ = clock_.now();
    outgoing_.push_back({.id = out->id,
                         .channel = out->channel == Courier::Channel::flash ? Channel::flash : Channel::main,
                         .url = url(out->hello ? "/sync/v1/hello" : "/sync/v1/exchange"),
                         .post = !out->hello,
                         .body = std::move(out->body),
                         .headers = {},
                         .connect_timeout_ms = static_cast<std::uint32_t>(out->connect_timeout_ms)});
  }
}

/// While something of ours is on its way by others, its receipts are asked for sooner.
Millis Carrier::poll_after() const {
  const Millis ago = wall_now() - p_.inbox.custody_at();
  if (ago >= 0 && ago < kFreshMs) return std::min(p_.poll_ms, kQuickPollMs);
  if (link_ && link_->sibling) return std::min(p_.poll_ms, kSiblingPollMs);
  return p_.poll_ms;
}

int Carrier::wait_ms(int most_ms) const {
  if (!courier_) return most_ms;
  if (courier_->wants_looks()) most_ms = std::min(most_ms, kLookMs);
  const Millis wake = courier_->wake();
  if (wake == 0) return most_ms;
  return static_cast<int>(std::clamp<Millis>(wake - clock_.now(), std::min(kLeastWaitMs, most_ms), most_ms));
}

void Carrier::step(int most_ms) {
  woken_ = false;
  outgoing_.clear();
  if (line_ && courier_) {
    const ChannelState main = line_->state(Channel::main);
    courier_->on_line(main.unacked_bytes + main.unsent_bytes);
  }
  p_.on_store([this] { collect(); });
  if (!line_ && (link_ || invitation_)) {
    LineOptions o;
    o.pinned_key = link_ ? link_->pin : invitation_->pin;
    o.congestion_control = p_.congestion_control;
    auto line = HttpLine::open(o);
    if (line) {
      const std::lock_guard lock(mutex_);
      line_ = std::move(*line);
    }
  }
  if (line_) {
    if ((courier_ && courier_->take_reset()) || std::exchange(reset_line_, false)) {
      log().debug("line.reset", {});
      line_->reset(Channel::main);
      line_->reset(Channel::flash);
      p_.on_store([this] { note_failure(); });
    }
    if (courier_)
      for (const std::uint64_t id : courier_->take_stuck()) {
        log().debug("line.stuck", {{"id", id}});
        line_->cancel(id);
      }
    for (auto& r : outgoing_) {
      log().debug("line.send", {{"id", r.id}, {"channel", static_cast<int>(r.channel)}, {"bytes", r.body.size()}});
      line_->start(std::move(r));
    }
    const auto events = line_->poll(woken_ ? 0 : wait_ms(most_ms));
    if (!events.empty()) p_.on_store([&] { hand_back(events); });
  } else {
    rest(most_ms);
  }
  check_sessions();
}

bool Carrier::joined(const Bytes& answer) {
  auto done = p_.store.write([&] {
    return registers_ ? accept_registration(p_.store, p_.directory, *invitation_, join_request_, answer, wall_now())
                      : accept_join_answer(p_.store, p_.directory, *invitation_, join_request_, answer, wall_now());
  });
  if (!done) {
    last_error_ = done.error().what;
    log().error("join.answer", {{"why", done.error()}});
    note_unsure_join(p_.store);
    join_next_ = clock_.now() + 5000;
    return false;
  }
  log().info("join.done", {});
  if (p_.settle) p_.settle();
  if (auto ready = prepare(); !ready) last_error_ = ready.error().what;
  if (courier_) courier_->poll();
  return true;
}

void Carrier::hand_back(const std::vector<LineEvent>& events) {
  for (const LineEvent& event : events) {
    if (const auto* a = std::get_if<Answer>(&event)) {
      log().debug("line.answer", {{"id", a->id},
                                  {"bytes", a->bytes_down},
                                  {"dialled", a->connect_was_new},
                                  {"rtt_ms", a->hints.rtt_ms},
                                  {"bps", courier_ ? courier_->rate_bps() : 0}});
      dial_failures_ = 0;
      if (a->id == kJoinId) {
        join_id_ = 0;
        // A captive portal answers too: only an answer that made us a member was contact.
        if (joined(a->body)) last_answer_ = last_heard_ = clock_.now();
      } else if (auto done = answer(*a); !done) {
        last_error_ = done.error().what;
        log().warn("exchange.failed", {{"why", done.error()}});
      }
      continue;
    }
    const auto& f = std::get<Failed>(event);
    if (f.reason == LineFault::reset) continue;
    last_error_ = f.what;
    if (f.reason == LineFault::dial && ++dial_failures_ == 1) first_failure_ = clock_.now();
    ++url_;  // another address of the same superior, if there is one
    if (f.id == kJoinId) {
      join_id_ = 0;
      join_next_ = clock_.now() + 300;
      if (f.reason == LineFault::status && f.status >= 400 && f.status < 500 && f.status != 429) {
        // The superior says no: asking again will not help, a person has to.
        join_next_ = clock_.now() + 60'000;
        last_error_ = std::string(text(f.body));
        broken_ = true;
        last_answer_ = clock_.now();
      } else if (f.reason != LineFault::dial && f.reason != LineFault::tls && f.reason != LineFault::invalid) {
        note_unsure_join(p_.store);
      }
    } else if (courier_) {
      note_refusal(f);
      log().debug("line.failed", {{"id", f.id}, {"status", f.status}, {"reason", static_cast<int>(f.reason)}});
      courier_->failed(f.id, failure_of(f), Millis{f.retry_after_s} * 1000, clock_.now());
      if (f.reason == LineFault::dial || f.reason == LineFault::cut) note_failure();
    }
  }
}

/// Shown at once, and once until the next contact: whoever waits should not have to find out by the clock.
void Carrier::note_failure() {
  if (!link_) return;
  bool news = false;
  {
    auto q = p_.store.db().query("select 1 from link where peer = ? and failed_ms <= last_contact_ms", link_->peer);
    if (q) news = q->step().value_or(false);
  }
  if (!news) return;
  auto kept = p_.store.write([&] {
    return p_.store.db().run("update link set failed_ms = max(?, last_contact_ms + 1) where peer = ?", wall_now(),
                             link_->peer);
  });
  if (!kept) log().warn("link.failure", {{"why", kept.error()}});
}

bool Carrier::flash_waits() {
  if (outbox_->uncut(sync::Lane::flash).value_or(false)) return true;
  const auto waiting = outbox_->waiting(sync::Lane::flash, 0, 1);
  return waiting && !waiting->empty();
}

/// The superior does not talk to us, and says why. Anybody on the line can say so: it is shown and costs nothing else.
void Carrier::note_refusal(const Failed& f) {
  const std::string_view code = text(f.body);
  if (f.status != 403 || (code != "exchange.suspended" && code != "exchange.revoked")) return;
  last_error_ = code;
  broken_ = true;  // a person who waits is told at once
  if (refusal_ == code) return;
  refusal_ = code;
  if (auto kept = p_.store.write([&] { return set_link_refusal(p_.store, link_->peer, refusal_); }); !kept)
    log().warn("link.refusal", {{"why", kept.error()}});
}

Result<> Carrier::answer(const Answer& a) {
  const Millis now = clock_.now();
  auto done = p_.store.write([&]() -> Result<> {
    if (!refusal_.empty()) TRY(set_link_refusal(p_.store, link_->peer, ""));
    p_.inbox.set_now(wall_now());
    return courier_->answered(a.id, a.body, static_cast<std::size_t>(a.bytes_down), now,
                              TRY(p_.store.tick(wall_now())));
  });
  if (!done) {
    p_.inbox.forget();
    if (done.error().fault == Fault::full || done.error().fault == Fault::corrupt) broken_ = true;
    courier_->failed(a.id, Courier::Failure::nonsense, 0, now);
    return done;
  }
  refusal_.clear();
  last_answer_ = now;
  if (courier_->last_contact() == now) last_heard_ = now;
  if (p_.settle) p_.settle();
  // Remembered here: a person's `sync` sets the tally to nothing, and a full disk may end the first try.
  unopened_ = unopened_ || courier_->tally().envelopes > 0;
  return unopened_ ? open_received() : Result<>();
}

Result<> Carrier::open_received() {
  for (;;) {
    const Opener::Done done = TRY(p_.opener.open_some(kOpenAtOnce, wall_now()));
    for (std::size_t i = 0; i < done.records.size(); ++i) courier_->tally().received[i] += done.records[i];
    if (!done.more) break;
  }
  courier_->tally().envelopes = 0;
  unopened_ = false;
  return {};
}

}  // namespace yz::node
