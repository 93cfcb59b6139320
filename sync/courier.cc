#include "sync/courier.h"

#include <algorithm>
#include <cstdlib>

#include "crypto/plant.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::size_t kLeastRequestBytes = 4 * 1024;
constexpr std::size_t kShares = 2;  ///< Requests that fill the window of a slow line.
constexpr std::size_t kPartOverhead = 48, kLeastPartBytes = 1024;
constexpr int kSilences = 2;
/// A line that was there a moment ago is dialled in short tries: a lost SYN is repeated after 1 s, 3 s, 7 s, and of the
/// seconds that the line is up none may be slept through.
constexpr Millis kRedialMs = 2000;
constexpr int kQuickTries = 16;
// Dialling costs three small packets: while anything waits a line that is back is found within ten seconds.
constexpr Millis kSoonLeastMs = 2000, kSoonMostMs = 8000;
/// Until a link was measured we assume a poor one: too much patience costs seconds, too little a redial.
constexpr std::uint64_t kAssumedBps = 64'000;
/// Whoever is so far away is hardly reached by a fast line: worth the processor's time for better compression.
constexpr Millis kFarMs = 200;

Millis jitter(Millis most) {
  return most <= 0 ? 0 : static_cast<Millis>(randombytes_uniform(static_cast<std::uint32_t>(most)));
}

}  // namespace

Courier::Courier(Outbox& outbox, Inbox& inbox, Link& link, Me me)
    : outbox_(outbox), inbox_(inbox), link_(link), me_(me), sender_(outbox) {}

Result<> Courier::start() {
  state_ = TRY(link_.load());
  rate_bps_ = state_.rate_bps;
  control_sent_ = state_.peer_heard;
  target_ = limit::request_start_bytes;
  looked_ = 0;
  fresh_ = true;  // the peer may still think that something is on its way to who we were before
  return {};
}

std::size_t Courier::flights(Channel c) const {
  return static_cast<std::size_t>(
      std::count_if(flying_.begin(), flying_.end(), [&](const auto& f) { return f.second.channel == c; }));
}

std::size_t Courier::unacknowledged() const {
  std::size_t main = 0, flash = 0;
  for (const auto& [id, f] : flying_) (f.channel == Channel::main ? main : flash) += f.bytes;
  if (on_line_ && slow()) main = std::min(main, *on_line_);
  return main + flash;
}

std::size_t Courier::most_flights() const { return on_line_ && slow() ? limit::in_flight_slow : limit::in_flight; }

Millis Courier::dial_ms() const {
  const bool was_there = contact_ != 0 && tries_ > 0 && tries_ < kQuickTries;
  return was_there ? std::max(kRedialMs, 2 * rtt_ms_) : std::max<Millis>(3000, 4 * rtt_ms_);
}

/// Bytes that may be unacknowledged. On a slow line a flash written now waits behind all of them.
std::size_t Courier::window() const {
  if (rate_bps_ == 0) return 2 * limit::request_start_bytes;
  if (slow()) return limit::window_slow_bytes;
  const std::size_t for_link = static_cast<std::size_t>(rate_bps_ / 8 * 3 / 2);  // 1.5 s of line
  return std::clamp(for_link, limit::window_slow_bytes, limit::window_fast_bytes);
}

Millis Courier::patience(std::size_t bytes) const {
  const std::uint64_t bps = rate_bps_ == 0 ? kAssumedBps : std::max<std::uint64_t>(rate_bps_, 8000);
  // A line may be slower than we assume, and an answer only counts when it is whole: after some silences in a row
  // we wait longer, up to half a minute.
  const Millis base = limit::silence_ms * std::clamp(silences_ - kSilences, 1, 6);
  return std::max(base, 4 * rtt_ms_) + static_cast<Millis>(bytes * 8 * 1000 / bps);
}

Courier::Outgoing Courier::hello(Millis now) {
  Outgoing out;
  out.id = next_id_++;
  out.hello = true;
  Flight f;
  f.hello = true;
  f.sent = now;
  f.deadline = now + patience(512) + out.connect_timeout_ms;
  flying_[out.id] = std::move(f);
  return out;
}

Result<std::optional<Courier::Outgoing>> Courier::exchange(Channel channel, Lane first, Lane last, std::size_t budget,
                                                           bool even_empty, Millis now) {
  const std::uint64_t id = next_id_;
  Writer frames;
  auto base_told = TRY(outbox_.told(control_sent_));
  if (!base_told) {  // so long ago that nobody knows what it was: everything is said again
    control_sent_ = state_.peer_heard = 0;
    base_told = Told{};
  }
  const ControlItems control = TRY(outbox_.control(control_sent_, limit::statements_bytes));
  for (const auto& [type, bytes] : control.frames) put_frame(frames, type, bytes);
  const bool something_to_say = !control.frames.empty();
  for (const Have& h : TRY(inbox_.unfinished(state_.peer))) put_frame(frames, FrameType::have, encode(h));

  // The rest of the request is counted too; what is in flight already sets a limit even to the first frame.
  const std::size_t said = frames.size() + kRequestHeadBytes, flying = unacknowledged();
  Sender::Budget b;
  b.bytes = budget > said ? budget - said : 1;
  if (channel == Channel::main && !flying_.empty())
    b.first_bytes = flying + said < window() ? window() - flying - said : 1;
  // Parts of one size that fill what is left of the request, none larger than what a cut may cost: were they larger
  // than the room in the window, the last request of a full pipe would never start.
  const std::size_t most_part = slow() ? limit::part_slow_bytes : limit::part_bytes;
  const std::size_t room = std::max(b.bytes, kLeastPartBytes);
  b.part_bytes = room / ((room + most_part - 1) / most_part) - kPartOverhead;
  b.first = first;
  b.last = last;
  b.link_bps = rate_bps_ == 0 && rtt_ms_ >= kFarMs ? kAssumedBps : rate_bps_;
  b.cut = may_cut(channel);
  if (!b.cut) b.last = std::min(b.last, Lane::routine);  // an uncut flash may wait: no chunk passes it
  const Sender::Filled filled = TRY(sender_.fill(frames, id, b, now));
  if (filled.frames == 0 && !something_to_say && !even_empty) return std::nullopt;

  RequestHead head;
  head.from = me_.node;
  head.to = state_.peer;
  head.nonce = state_.nonces.back();
  state_.nonces.pop_back();
  head.at = hlc_;
  head.epoch = me_.epoch;
  head.outstanding = TRY(outbox_.outstanding());
  head.base = control_sent_;
  head.mark = std::max(control.mark, control_sent_);
  head.heard = state_.heard.now().number;
  head.base_told = *base_told;
  head.mark_told = TRY(outbox_.told(head.mark)).value_or(Told{});
  head.heard_told = state_.heard.now().told;
  // Half a request's worth on a line that is not known to be fast: an answer counts only when it is whole.
  head.answer_bytes = static_cast<std::uint32_t>(
      slow() ? target_ : std::clamp<std::size_t>(target_, limit::request_start_bytes, limit::request_bytes));
  head.nonces_left = static_cast<std::uint8_t>(state_.nonces.size());
  head.fresh = fresh_;
  head.more = filled.more;

  head.frames = frames_hash(frames.view());

  Flight f;
  f.channel = channel;
  f.nonce = head.nonce;
  f.head = encode(head, *me_.key);
  f.control_base = head.base;
  f.fresh = fresh_;
  f.sent = now;
  Outgoing out;
  out.id = next_id_++;
  out.channel = channel;
  out.body = f.head;
  out.body.insert(out.body.end(), frames.view().begin(), frames.view().end());
  out.connect_timeout_ms = dial_ms();
  f.bytes = out.body.size();
  if (on_line_ && channel == Channel::main) *on_line_ += f.bytes;
  // The first thing of an answer goes whole, however little was asked for: it may be a chunk.
  std::size_t answer = rate_bps_ > 0 ? head.answer_bytes : 0;
  if (answer > 0 && channel == Channel::main && (peer_has_more_ || silences_ > 0))
    answer = std::max(answer, limit::chunk_bytes);
  f.deadline = now + patience(flying + f.bytes + answer);
  control_sent_ = head.mark;
  fresh_ = false;
  poll_ = false;
  peer_more_ = false;
  flying_[id] = std::move(f);
  return out;
}

Result<std::optional<Courier::Outgoing>> Courier::next(Millis now) {
  answered_ = 0;  // committed, or next() would not be called
  if (reload_) {
    const LinkState kept = TRY(link_.load());
    state_.peer_epoch = kept.peer_epoch;
    state_.heard = kept.heard;
    state_.peer_heard = kept.peer_heard;
    control_sent_ = state_.peer_heard;
    reload_ = false;
  }
  // Silence: no answer at all for longer than the bytes in flight need. TCP would wait far longer.
  if (!flying_.empty()) {
    const bool silent = std::ranges::any_of(flying_, [&](const auto& f) { return f.second.deadline <= now; });
    if (silent && now - last_answer_ >= limit::silence_ms) {
      ++silences_;
      lost(now);
    }
  }
  give_up_stuck(now);
  if (soon_ != 0 && soon_ < backoff_until_ && TRY(sender_.ready(Lane::flash, Lane::bulk, now))) backoff_until_ = soon_;
  if (now < backoff_until_) return std::nullopt;
  backoff_until_ = 0;
  soon_ = 0;
  if (state_.nonces.empty()) {
    for (const auto& [id, f] : flying_)
      if (f.hello) return std::nullopt;
    const bool wanted = poll_ || peer_more_ || TRY(sender_.ready(Lane::flash, Lane::bulk, now)) ||
                        !TRY(outbox_.control(control_sent_, limit::statements_bytes)).frames.empty();
    // With requests in flight their answers will bring nonces.
    if (!wanted || !flying_.empty()) return std::nullopt;
    return hello(now);
  }
  const bool first_after_failure = fresh_;
  if (flights(Channel::flash) < 2 && !(first_after_failure && !flying_.empty())) {
    if (TRY(sender_.ready(Lane::flash, Lane::flash, now))) {
      auto out = TRY(exchange(Channel::flash, Lane::flash, Lane::flash, limit::flash_crowd_plain_bytes, false, now));
      if (out) return out;
    }
  }
  const std::size_t main_flights = flights(Channel::main);
  if (main_flights >= most_flights()) return std::nullopt;
  if (!flying_.empty() && state_.nonces.size() < 2) return std::nullopt;  // the last one is for a flash
  const std::size_t flying = unacknowledged(), most = window();
  if (main_flights > 0 && flying + kLeastRequestBytes > most) return std::nullopt;
  std::size_t budget = std::min(target_, peer_request_bytes_ > 0 ? peer_request_bytes_ : limit::request_bytes);
  budget = std::min(budget, most > flying ? most - flying : kLeastRequestBytes);
  // While a flash is on its way no new bulk request starts.
  const bool flash_now = flights(Channel::flash) > 0;
  const bool even_empty = (poll_ || peer_more_) && flying_.empty();
  return exchange(Channel::main, flash_now ? Lane::urgent : Lane::flash, flash_now ? Lane::routine : Lane::bulk,
                  std::max(budget, std::size_t{1}), even_empty || (fresh_ && flying_.empty()), now);
}

void Courier::measure(const Flight& f, std::size_t bytes_down, Millis now) {
  const Millis took = std::max<Millis>(1, now - f.sent);
  const std::size_t bytes = f.bytes + bytes_down;
  // While the pipe was never empty, what passed between two answers is the line's rate.
  const Millis busy_since = std::max(f.sent, last_answer_);
  const bool piped = f.sent < last_answer_;
  const Millis busy = std::max<Millis>(1, now - busy_since - (piped ? 0 : rtt_ms_));
  if (bytes < 4096) return find_round_trip(took, bytes);
  // Decaying sums of bytes and time, so that a stall counts as time and the burst after it as bytes.
  busy_bytes_ = busy_bytes_ * 0.75 + static_cast<double>(bytes);
  busy_ms_ = busy_ms_ * 0.75 + static_cast<double>(busy);
  rate_bps_ = static_cast<std::uint64_t>(busy_bytes_ * 8000.0 / busy_ms_);
  find_round_trip(took, bytes);
}

/// The least of what exchanges took beyond the time of their own bytes. What waited behind others says nothing of the
/// line itself, and is never the least for long.
void Courier::find_round_trip(Millis took, std::size_t bytes) {
  if (rate_bps_ == 0 && !flying_.empty()) return;
  const Millis own = rate_bps_ == 0 ? 0 : static_cast<Millis>(bytes * 8000 / rate_bps_);
  const Millis rest = std::max<Millis>(1, took - own);
  if (rtt_ms_ == 0 || rest < rtt_ms_) rtt_ms_ = rest;
}

Result<> Courier::answered(std::uint64_t id, ByteView body, std::size_t bytes_down, Millis now, Hlc my_hlc) {
  const auto it = flying_.find(id);
  if (it == flying_.end()) return {};  // given up before; the peer will tell again
  hlc_ = my_hlc;
  const auto nonsense = [&](std::string why) -> Result<> {
    failed(id, Failure::nonsense, 0, now);
    return fail(Fault::forged, "not a valid answer: " + why, "exchange.nonsense");
  };
  auto decoded = decode_answer_head(body);
  if (!decoded) return nonsense(decoded.error().what);
  const AnswerHead& h = decoded->head;
  const Flight flight = it->second;
  if (h.from != state_.peer) return nonsense("from another node");
  if (h.request != request_hash(flight.head)) return nonsense("to another question");
  if (flight.hello != (h.state == AnswerState::hello)) return nonsense("of another kind");
  if (!flight.hello && h.to != me_.node) return nonsense("for another node");
  const auto good = [&](const PublicKey& k) { return verify_answer_head(body.first(decoded->size), k); };
  if (!signed_by_peer(state_, good)) {
    // Its certificate may have come while this courier was at work.
    const LinkState kept = TRY(link_.load());
    if (!signed_by_peer(kept, good)) return nonsense("signature");
    state_.peer_key = kept.peer_key;
    state_.peer_key_before = kept.peer_key_before;
  }
  if (h.frames != frames_hash(body.subspan(decoded->size))) return nonsense("other frames than were signed");
  flying_.erase(it);
  answered_ = id;

  // A hello is not bound to what we asked, so it can be an old one: it gives nonces, nothing else.
  if (!flight.hello) {
    measure(flight, bytes_down, now);
    if (state_.peer_epoch != h.epoch && !planted(Bug::epoch_ignored)) {  // another store numbers its control items anew
      state_.peer_epoch = h.epoch;
      state_.forget_marks();
      TRY(link_.save(state_));  // what follows in this answer is judged by it
    }
  }
  last_answer_ = now;
  if (flight.channel == Channel::main) last_answered_sent_ = std::max(last_answered_sent_, flight.sent);
  if (!flight.hello) {
    silences_ = 0;
    contact_ = now;
    soon_ = 0;
    state_.last_contact = now;
    if (h.state != AnswerState::refused) tries_ = 0;
    backoff_until_ = h.retry_after_s > 0 ? now + Millis{h.retry_after_s} * 1000 : 0;
  }
  for (auto& [other, f] : flying_) f.deadline = std::max(f.deadline, now + patience(unacknowledged()));
  if (h.state == AnswerState::nonce) state_.nonces.clear();  // the others come from where the bad one came from
  state_.nonces.insert(state_.nonces.begin(), h.nonces.begin(), h.nonces.end());
  if (state_.nonces.size() > 8) state_.nonces.resize(8);
  if (flight.hello) {
    poll_ = true;
    return link_.save(state_);
  }
  if (h.state != AnswerState::ok) {
    sender_.settle(id, false, now);
    fresh_ = fresh_ || flight.fresh;  // it did not read that either
    control_sent_ = std::min(control_sent_, state_.peer_heard);
    refused_ = h.state == AnswerState::refused;
    if (refused_) back_off(now);
    poll_ = poll_ || !refused_;
    return link_.save(state_);
  }
  refused_ = false;

  Gate gate(inbox_, state_.peer);
  FrameReader reader;
  reader.add(body.subspan(decoded->size));
  std::vector<Have> have;
  for (;;) {
    auto frame = reader.next();
    if (!frame) return nonsense(frame.error().what);
    if (!*frame) break;
    if ((*frame)->type == FrameType::have) {
      if (auto h2 = decode_have((*frame)->bytes)) have.push_back(*h2);
      continue;
    }
    TRY(gate.take(**frame, now, tally_));
  }
  if (!reader.empty()) return nonsense("cut inside a frame");
  TRY(inbox_.settle(now));
  sender_.settle(id, true, now);
  sender_.peer_has(have, flight.fresh);
  state_.heard.take({h.base, h.base_told}, {h.mark, h.mark_told});
  TRY(peer_heard({h.heard, h.heard_told}, flight.control_base));
  peer_more_ = peer_has_more_ = h.more;
  looked_ = h.more && looked_ < limit::look_answers ? looked_ + 1 : limit::look_answers;
  peer_request_bytes_ = std::clamp<std::size_t>(h.request_bytes, 2 * kLeastRequestBytes, limit::request_bytes);
  // About a second of line per request, doubling at most; on a slow line two, and no more than a third of the window.
  std::size_t wish = rate_bps_ == 0 ? limit::request_start_bytes : static_cast<std::size_t>(rate_bps_ / 8);
  if (slow()) wish = std::min(2 * wish, window() / kShares);
  target_ = std::clamp(std::min(wish, target_ * 2), kLeastRequestBytes, limit::request_bytes);
  state_.rate_bps = rate_bps_;
  const auto saved = link_.save(state_);
  state_.forgotten = false;  // once is enough
  return saved;
}

/// What the peer says it has heard of us, in an answer to a request that built on `base`.
Result<> Courier::peer_heard(const Mark& said, std::uint64_t base) {
  const auto told = TRY(outbox_.told(said.number));
  if (told && *told == said.told) {
    // Less than what we had built on: its store is an older one, or a request before this one is still under way.
    state_.peer_heard = said.number < base ? said.number : std::max(state_.peer_heard, said.number);
    // What was lost on the way is said again, unless a request under way goes on from there. Without waiting for all
    // of them: on a busy line there is always one.
    const bool follows = std::ranges::any_of(
        flying_, [&](const auto& f) { return !f.second.hello && f.second.control_base <= state_.peer_heard; });
    if (!follows) control_sent_ = state_.peer_heard;
    return {};
  }
  // Other words than ours under one of our numbers, or a number that we never gave: who said that came after this
  // store was copied. What is merely too long ago is said again.
  state_.peer_heard = 0;
  control_sent_ = 0;
  state_.forgotten = told.has_value() || said.number > TRY(outbox_.newest_told());
  return {};
}

/// One connection can hang in TCP's back-off for many seconds, or be forgotten by a router on the way, while its
/// neighbours are fine: a lost tail of a short request is only mended by a timer that doubles. We know how long an
/// answer takes here and do not wait for it. The flash's own connection neither: others have answers, so nothing is
/// silent.
void Courier::give_up_stuck(Millis now) {
  if (rtt_ms_ == 0) return;
  const Millis line = static_cast<Millis>(limit::window_slow_bytes * 8000 / std::max<std::uint64_t>(rate_bps_, 8000));
  const Millis late = line + 2 * rtt_ms_ + 2 * limit::silence_ms;
  for (auto it = flying_.begin(); it != flying_.end();) {
    const Flight& f = it->second;
    // Others that were sent later have their answers: this one will not come soon.
    const bool patient = f.channel == Channel::main && !slow();  // TCP mends that quickly there
    if (f.hello || patient || f.sent >= last_answered_sent_ || now - f.sent < late) {
      ++it;
      continue;
    }
    stuck_.push_back(it->first);
    undo((it++)->first, now);
  }
}

/// What this one carried counts as never sent.
void Courier::undo(std::uint64_t id, Millis now) {
  fresh_ = fresh_ || flying_[id].fresh;
  flying_.erase(id);
  sender_.settle(id, false, now);
  control_sent_ = std::min(control_sent_, state_.peer_heard);
}

void Courier::lost(Millis now) {
  flying_.clear();
  sender_.lost();
  control_sent_ = state_.peer_heard;
  fresh_ = true;
  reset_ = true;
  target_ = std::clamp(target_ / 2, kLeastRequestBytes, limit::request_bytes);
  if (slow()) target_ = std::max(kLeastRequestBytes, window() / kShares);
  poll_ = true;
  back_off(now);
}

/// Within 90 s of contact we dial again at once, since a line that comes and goes is up for seconds only;
/// after that full jitter from 1 s to 5 min.
void Courier::back_off(Millis now) {
  if (++tries_ >= limit::look_tries) looked_ = limit::look_answers;
  if (contact_ != 0 && now - contact_ < limit::contact_ms && !refused_) {
    backoff_until_ = now + 100 + jitter(tries_ < kQuickTries ? 200 : 3000);
    return;
  }
  const int doublings = std::min(tries_ - 1, 9);
  backoff_until_ = now + 200 + jitter(std::min(limit::retry_max_ms, limit::retry_min_ms << doublings));
}

void Courier::failed(std::uint64_t id, Failure why, Millis retry_after_ms, Millis now) {
  if (id == answered_) {  // what answered() did was rolled back, and what we know of the link with it
    answered_ = 0;
    reload_ = true;
    return lost(now);
  }
  if (!flying_.contains(id)) return;
  poll_ = true;
  const bool dialling = std::exchange(soon_, 0) != 0;       // the back-off in force comes from a dial that failed
  if (why == Failure::too_large || why == Failure::busy) {  // read as a whole and not taken
    undo(id, now);
    target_ = std::max(2 * kLeastRequestBytes, target_ / 2);
    if (why == Failure::busy) back_off(now);
    backoff_until_ = std::max(backoff_until_, now + retry_after_ms);
    return;
  }
  // Without a connection nothing was sent and no nonce spent. What was dialled together with it says so for itself.
  if (why == Failure::connect || why == Failure::refused) {
    const Flight never = flying_[id];
    if (!never.hello) state_.nonces.push_back(never.nonce);
    undo(id, now);
    const bool told_to_wait = backoff_until_ > now && !dialling;
    if (last_answer_ > never.sent) {  // the line is there, only one more connection did not come about
      backoff_until_ = std::max(backoff_until_, now + 100 + jitter(200));
    } else if (backoff_until_ <= now) {
      back_off(now);
    }
    if (!refused_ && !told_to_wait) soon_ = now + kSoonLeastMs + jitter(kSoonMostMs - kSoonLeastMs);
    return;
  }
  // One connection broke: the others broke with it or are about to.
  lost(now);
}

bool Courier::take_reset() { return std::exchange(reset_, false); }

Millis Courier::wake() const {
  Millis at = backoff_until_;
  for (const auto& [id, f] : flying_) {
    const Millis silent = std::max(f.deadline, last_answer_ + limit::silence_ms);
    at = at == 0 ? silent : std::min(at, silent);
  }
  return at;
}

Result<bool> Courier::in_sync() {
  if (!flying_.empty() || poll_ || peer_more_) return false;
  // What was delivered and has no receipt is not settled either, though nothing of it can be sent just now.
  for (Lane l : {Lane::flash, Lane::urgent, Lane::routine})
    if (TRY(outbox_.uncut(l)) || !TRY(outbox_.waiting(l, 0, 1)).empty()) return false;
  if (!TRY(outbox_.chunks(0, 1)).empty()) return false;
  return TRY(outbox_.control(control_sent_, limit::statements_bytes)).frames.empty();
}

}  // namespace yz::sync
