#include "sync/answerer.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/plant.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

constexpr std::uint8_t kCounted = 1, kTimed = 2;
constexpr Millis kHelloMs = 60'000;
constexpr std::uint64_t kWindow = 64;
/// What was put into an answer counts as in flight for so long; then it is offered again.
constexpr Millis kAnswerFlightMs = 15'000;
constexpr std::size_t kPartOverhead = 48;  // so that a part and its frame stay within what the client asked for

/// kind 1 ‖ number 7 ‖ MAC 8 over (kind, number, whom).
Nonce make_nonce(const crypto::Key& key, std::uint8_t kind, std::uint64_t number, ByteView whom) {
  Writer w;
  w.u64((std::uint64_t{kind} << 56) | (number & 0x00ffffffffffffff));
  const Hash mac = crypto::keyed_hash(crypto::purpose::nonce, key.expose(), {w.view(), whom});
  w.raw(mac.view().first(8));
  return Nonce::from(w.view()).value();
}

std::uint64_t number_in(const Nonce& n) { return Reader(n.view()).u64() & 0x00ffffffffffffff; }

}  // namespace

Nonce Answerer::nonce(std::uint64_t counter) const {
  return make_nonce(*me_.nonce_key, kCounted, counter, state_.peer.view());
}

bool Answerer::spend(const Nonce& n, Millis now) {
  const std::uint64_t number = number_in(n);
  if (n.bytes[0] == kTimed) {
    const Millis made = static_cast<Millis>(number);
    return crypto::same(n.view(), make_nonce(*me_.nonce_key, kTimed, number, {}).view()) && made <= now + 1000 &&
           now - made <= kHelloMs;
  }
  if (!crypto::same(n.view(), nonce(number).view())) return false;
  // Only this store can have made it: when it does not remember, it was put back from a copy.
  state_.forgotten = number >= state_.nonce_next;
  if (number < state_.nonce_base || state_.forgotten) return false;
  const std::uint64_t bit = std::uint64_t{1} << (number - state_.nonce_base);
  if ((state_.nonce_used & bit) && !planted(Bug::nonce_not_spent)) return false;
  state_.nonce_used |= bit;
  return true;
}

Result<std::vector<Nonce>> Answerer::fresh_nonces(std::size_t n) {
  std::vector<Nonce> out;
  for (std::size_t i = 0; i < n; ++i) {
    // The window slides: the oldest counters count as spent.
    while (state_.nonce_next - state_.nonce_base >= kWindow) {
      state_.nonce_used >>= 1;
      ++state_.nonce_base;
    }
    out.push_back(nonce(state_.nonce_next++));
  }
  return out;
}

Result<bool> Answerer::open(ByteView bytes, Millis now) {
  head_ = TRY(decode_request_head(bytes));
  state_ = TRY(link_.load());
  if (head_.to != me_.node) return fail(Fault::forged, "for another node", "exchange.wrong-node");
  if (head_.from != state_.peer ||
      !signed_by_peer(state_, [&](const PublicKey& k) { return verify_request_head(bytes, k); }))
    return fail(Fault::forged, "request signature", "exchange.signature");
  hash_ = request_hash(bytes);
  good_ = spend(head_.nonce, now);
  if (!good_) {
    if (state_.forgotten) TRY(link_.save(state_));
    return false;
  }
  if (head_.fresh) sender_.lost();
  // Another store numbers its control items anew.
  if (state_.peer_epoch != head_.epoch && !planted(Bug::epoch_ignored)) {
    state_.peer_epoch = head_.epoch;
    state_.forget_marks();
  }
  state_.last_contact = now;
  // As it says, even when that is less than before: its store may be older than the one that we knew. What it heard
  // under that number must be what we said; else ours is the older one, and everything is said again.
  const auto told = TRY(outbox_.told(head_.heard));
  state_.peer_heard = told && *told == head_.heard_told ? head_.heard : 0;
  TRY(link_.save(state_));  // a nonce is spent even when the rest of the body never comes
  return true;
}

Result<> Answerer::take(const Frame& frame, Millis now) {
  Writer head;
  head.u8(static_cast<std::uint8_t>(frame.type)).u32(static_cast<std::uint32_t>(frame.bytes.size()));
  frames_.add(head.view()).add(frame.bytes);
  if (frame.type == FrameType::have) {
    auto have = decode_have(frame.bytes);
    if (have && have_.size() < 64) have_.push_back(std::move(*have));
    return {};
  }
  if (frame.type == FrameType::statement && says_receipt(frame.bytes)) {
    receipts_.emplace_back(frame.bytes.begin(), frame.bytes.end());
    return {};
  }
  Gate gate(inbox_, state_.peer, &refused_);
  return gate.take(frame, now, tally_);
}

Result<> Answerer::whole(Millis now) {
  if (!good_ || std::exchange(whole_, true)) return {};
  if (frames_.done() != head_.frames)
    return fail(Fault::forged, "other frames than the head was signed for", "exchange.frames");
  // In between other requests of this link may have been answered: their marks count. A late request of the store that
  // it was before must not speak for the one that it is now. What follows a gap is told again.
  state_ = TRY(link_.load());
  if (state_.peer_epoch == head_.epoch) {
    if (!state_.heard.take({head_.base, head_.base_told}, {head_.mark, head_.mark_told})) receipts_.clear();
    TRY(link_.save(state_));
  }
  Gate gate(inbox_, state_.peer, &refused_);
  for (const Bytes& s : std::exchange(receipts_, {})) TRY(gate.take({FrameType::statement, s}, now, tally_));
  return inbox_.settle(now);
}

Result<bool> Answerer::something_to_say(Millis now) {
  if (!good_ || !TRY(outbox_.control(state_.peer_heard, limit::statements_bytes)).frames.empty()) return true;
  return sender_.ready(Lane::flash, Lane::bulk, now);
}

Result<Bytes> Answerer::close(Hlc hlc, Millis now, std::uint16_t retry_after_s) {
  TRY(whole(now));
  AnswerHead a;
  a.from = me_.node;
  a.to = head_.from;
  a.request = hash_;
  a.at = hlc;
  a.unix_ms = now;
  a.epoch = me_.epoch;
  a.request_bytes = limit::request_bytes;
  a.retry_after_s = retry_after_s;
  // When one of its nonces was not good, the others that it holds hardly are.
  const std::size_t held = good_ ? std::min<std::size_t>(head_.nonces_left, limit::nonces) : 0;
  Writer frames;
  // In between, while this one waited, others of the link may have been answered: their nonces and marks count.
  state_ = TRY(link_.load());
  if (good_) {
    const bool same_store = state_.peer_epoch == head_.epoch;
    sender_.peer_has(have_, head_.fresh);
    // Only now is it sure that the neighbour sent them so: a bit flipped on the way accuses nobody.
    for (const Error& e : std::exchange(refused_, {})) inbox_.refused(state_.peer, e);
    const ControlItems control = TRY(outbox_.control(state_.peer_heard, limit::statements_bytes));
    for (const auto& [type, bytes] : control.frames) put_frame(frames, type, bytes);
    for (const Have& h : TRY(inbox_.unfinished(state_.peer))) put_frame(frames, FrameType::have, encode(h));
    Sender::Budget b;
    b.bytes = std::min<std::size_t>(head_.answer_bytes, limit::request_bytes);
    b.part_bytes = std::min(limit::part_bytes, std::max<std::size_t>(b.bytes, 1024)) - kPartOverhead;
    b.link_bps = state_.rate_bps;
    b.expires = now + kAnswerFlightMs;
    // Named by the request: one that gets no new nonces must not take over the flights of the answer before.
    const Sender::Filled filled = TRY(sender_.fill(frames, Reader(hash_.view()).u64(), b, now));
    a.base = state_.peer_heard;
    a.mark = std::max(control.mark, a.base);
    a.more = filled.more || !TRY(outbox_.control(a.mark, 1)).frames.empty();
    a.base_told = TRY(outbox_.told(a.base)).value_or(Told{});
    a.mark_told = TRY(outbox_.told(a.mark)).value_or(Told{});
    const Mark heard = same_store ? state_.heard.shown() : Mark{};
    a.heard = heard.number;
    a.heard_told = heard.told;
    a.outstanding = TRY(outbox_.outstanding());
    a.state = AnswerState::ok;
  } else {
    a.state = AnswerState::nonce;
  }
  a.nonces = TRY(fresh_nonces(limit::nonces > held ? limit::nonces - held : 0));
  TRY(link_.save(state_));
  a.frames = frames_hash(frames.view());
  Bytes out = encode(a, *me_.key);
  out.insert(out.end(), frames.view().begin(), frames.view().end());
  return out;
}

Bytes hello_answer(const Answerer::Me& me, Hlc hlc, Millis now) {
  AnswerHead a;
  a.from = me.node;
  a.request = request_hash({});
  a.state = AnswerState::hello;
  a.at = hlc;
  a.unix_ms = now;
  a.epoch = me.epoch;
  a.request_bytes = limit::request_bytes;
  for (std::size_t i = 0; i < limit::nonces; ++i)
    a.nonces.push_back(make_nonce(*me.nonce_key, kTimed, static_cast<std::uint64_t>(now) + i, {}));
  return encode(a, *me.key);
}

}  // namespace yz::sync
