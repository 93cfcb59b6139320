#include "sync/sender.h"

#include <algorithm>

#include "crypto/plant.h"
#include "sync/limits.h"

namespace yz::sync {
namespace {

/// A delivered envelope without a receipt or refusal is offered again after so long: the peer may have lost it.
constexpr Millis kOfferAgainMs = 10'000;
constexpr Millis kLongestFlightMs = 60'000;  ///< No owner lets a message fly for longer.
constexpr std::size_t kPage = 64;

}  // namespace

Result<Sender::Filled> Sender::fill(Writer& out, Token token, const Budget& budget, Millis now) {
  expire(now);
  Filled filled;
  Message message;
  message.expires = budget.expires;
  const std::size_t start = out.size();
  const auto allowed = [&](Lane l) { return budget.first <= l && l <= budget.last; };
  if (planted(Bug::bulk_before_flash) && allowed(Lane::bulk)) TRY(bulk(out, message, budget, start, now, filled));
  for (Lane l : {Lane::flash, Lane::urgent})
    if (allowed(l))
      while (!filled.more && TRY(lane(out, message, l, budget, start, now, filled))) {
      }
  // Routine and bulk take turns; whoever has nothing leaves its turn to the other. Only what was sent counts as a
  // turn: a chunk that did not fit comes first in the next message.
  bool routine_left = allowed(Lane::routine), bulk_left = allowed(Lane::bulk);
  while (!filled.more && (routine_left || bulk_left)) {
    if (routine_left && (turn_ < 4 || !bulk_left)) {
      routine_left = TRY(lane(out, message, Lane::routine, budget, start, now, filled));
      if (routine_left) turn_ = std::min(turn_ + 1, 4u);
    } else {
      bulk_left = TRY(bulk(out, message, budget, start, now, filled));
      if (bulk_left) turn_ = 0;
    }
  }
  if (!message.flights.empty()) {
    // An answering side may use a name again; what flew under it before must still land some day.
    Message& all = messages_[token];
    all.expires = all.flights.empty() ? message.expires : std::max(all.expires, message.expires);
    all.flights.insert(all.flights.end(), message.flights.begin(), message.flights.end());
  }
  if (filled.frames > 0) return filled;
  // Nothing to send: a moment to forget what was receipted before all of it was settled.
  for (auto it = items_.begin(); it != items_.end();) {
    const auto row = it->second.flying.empty() ? TRY(outbox_.waiting(it->second.lane, it->first - 1, 1))
                                               : std::vector<Queued>(1, Queued{it->first, {}, {}, {}, 0});
    it = row.empty() || row[0].row != it->first ? items_.erase(it) : std::next(it);
  }
  for (auto it = chunks_.begin(); it != chunks_.end();) {
    const auto row = it->second.flying.empty() ? TRY(outbox_.chunks(it->first - 1, 1))
                                               : std::vector<QueuedChunk>(1, QueuedChunk{it->first, 0});
    it = row.empty() || row[0].row != it->first ? chunks_.erase(it) : std::next(it);
  }
  return filled;
}

std::optional<Intervals::Range> Sender::next_range(const Item& item, std::size_t part_bytes, Millis now) const {
  if (item.retry_at > now) return std::nullopt;
  Intervals busy = item.have;
  busy.add(item.flying);
  if (probing_ && item.lane != Lane::flash) busy.add(item.unknown);
  const auto most = item.total <= limit::whole_bytes ? item.total : static_cast<std::uint32_t>(part_bytes);
  return busy.first_gap(item.total, most);
}

bool Sender::room(std::size_t size, const Writer& out, std::size_t start, const Budget& budget) const {
  if (out.size() > start) return out.size() - start + size <= budget.bytes;
  return budget.first_bytes == 0 || size <= std::max(budget.bytes, budget.first_bytes);
}

/// Puts one frame of the lane; false when there is none to put (or no room: filled.more).
Result<bool> Sender::lane(Writer& out, Message& message, Lane l, const Budget& budget, std::size_t start, Millis now,
                          Filled& filled) {
  std::int64_t after = 0;
  for (;;) {
    std::vector<Queued> page = TRY(outbox_.waiting(l, after, kPage));
    if (page.empty()) {
      if (!budget.cut) return false;
      auto cut = TRY(outbox_.cut(l, budget.link_bps));
      if (!cut) return false;
      page.push_back(*cut);
    }
    for (const Queued& q : page) {
      after = q.row;
      Item& item = items_[q.row];
      item.lane = l;
      item.stream = q.stream;
      item.seq = q.seq;
      item.total = q.bytes;
      const auto range = next_range(item, budget.part_bytes, now);
      if (!range) continue;
      const std::size_t size = range->second - range->first + kFrameHeadBytes + 33;
      if (!room(size, out, start, budget)) {
        filled.more = true;
        return false;
      }
      const Bytes bytes = TRY(outbox_.envelope(q.row));
      if (bytes.size() != q.bytes) return fail(Fault::corrupt, "an envelope's stored length differs");
      if (q.bytes <= limit::whole_bytes) {
        put_frame(out, FrameType::envelope, bytes);
      } else {
        const Part part{q.stream,     l,
                        q.seq,        q.bytes,
                        range->first, ByteView(bytes).subspan(range->first, range->second - range->first)};
        put_frame(out, FrameType::part, encode(part));
      }
      item.flying.add(range->first, range->second);
      message.flights.push_back({q.row, false, range->first, range->second});
      ++filled.frames;
      return true;
    }
  }
}

Result<bool> Sender::bulk(Writer& out, Message& message, const Budget& budget, std::size_t start, Millis now,
                          Filled& filled) {
  std::int64_t after = 0;
  for (;;) {
    const std::vector<QueuedChunk> page = TRY(outbox_.chunks(after, kPage));
    if (page.empty()) return false;
    for (const QueuedChunk& q : page) {
      after = q.row;
      Item& item = chunks_[q.row];
      item.lane = Lane::bulk;
      item.total = 1;  // a chunk goes whole or not at all
      if (!next_range(item, 1, now)) continue;
      if (!room(q.bytes + kFrameHeadBytes, out, start, budget)) {
        filled.more = true;
        return false;
      }
      put_frame(out, FrameType::chunk, TRY(outbox_.chunk(q.row)));
      item.flying.add(0, 1);
      message.flights.push_back({q.row, true, 0, 1});
      ++filled.frames;
      filled.bulk = true;
      return true;
    }
  }
}

void Sender::settle(Token token, bool delivered, Millis now) {
  const auto it = messages_.find(token);
  if (it == messages_.end()) return;
  for (const Flight& f : it->second.flights) {
    auto& all = f.chunk ? chunks_ : items_;
    const auto found = all.find(f.row);
    if (found == all.end()) continue;
    Item& item = found->second;
    item.flying.remove(f.from, f.to);
    if (!delivered) continue;
    item.have.add(f.from, f.to);
    if (item.have.covers(0, item.total)) {
      // Receipted by now, and then never asked for again; or the peer did not keep it: begin anew, later.
      item.have.clear();
      item.retry_at = now + kOfferAgainMs;
    }
  }
  messages_.erase(it);
  // What was receipted leaves waiting(); forget long-settled items so that memory follows what is in flight.
  const auto idle = [&](const Item& i) {
    return i.have.empty() && i.flying.empty() && i.unknown.empty() && i.retry_at <= now;
  };
  std::erase_if(items_, [&](const auto& e) { return idle(e.second); });
  std::erase_if(chunks_, [&](const auto& e) { return idle(e.second); });
}

void Sender::lost() {
  if (planted(Bug::broken_line_forgotten)) return messages_.clear();
  for (auto& [token, message] : messages_)
    for (const Flight& f : message.flights) {
      auto& all = f.chunk ? chunks_ : items_;
      const auto found = all.find(f.row);
      if (found == all.end()) continue;
      found->second.flying.remove(f.from, f.to);
      found->second.unknown.add(f.from, f.to);
    }
  messages_.clear();
  probing_ = true;
}

void Sender::peer_has(const std::vector<Have>& list, bool all) {
  // With nothing in flight, what the peer does not name it does not have: it gave up what it kept of an envelope when
  // others began. Sent only what was missing, several such envelopes would push each other out for ever.
  if (all || (messages_.empty() && !probing_)) {
    probing_ = false;
    for (auto& [row, item] : items_) {
      item.unknown.clear();
      item.have.clear();
    }
    for (auto& [row, item] : chunks_) item.unknown.clear();
  }
  for (const Have& h : list)
    for (auto& [row, item] : items_)
      if (item.stream == h.stream && item.seq == h.seq && item.total == h.total)
        for (const auto& [a, b] : h.ranges) {
          item.have.add(a, b);
          // What is whole is not unfinished: the peer lost some of what it had. Begin anew.
          if (item.have.covers(0, item.total)) item.have.clear();
        }
}

void Sender::expire(Millis now) {
  std::vector<Token> old;
  for (const auto& [token, m] : messages_)
    // A hub's clock may have been set back: what would expire in an hour was sent before that.
    if (m.expires != 0 && (m.expires <= now || m.expires > now + kLongestFlightMs)) old.push_back(token);
  for (Token t : old) settle(t, false, now);
}

Result<bool> Sender::ready(Lane first, Lane last, Millis now) {
  expire(now);
  for (Lane l : {Lane::flash, Lane::urgent, Lane::routine}) {
    if (l < first || l > last) continue;
    if (TRY(outbox_.uncut(l))) return true;
    std::int64_t after = 0;
    for (;;) {
      const auto page = TRY(outbox_.waiting(l, after, kPage));
      if (page.empty()) break;
      for (const Queued& q : page) {
        after = q.row;
        const auto it = items_.find(q.row);
        if (it == items_.end() || next_range(it->second, 1, now)) return true;
      }
    }
  }
  if (last != Lane::bulk) return false;
  std::int64_t after = 0;
  for (;;) {
    const auto page = TRY(outbox_.chunks(after, kPage));
    if (page.empty()) return false;
    for (const QueuedChunk& q : page) {
      after = q.row;
      const auto it = chunks_.find(q.row);
      if (it == chunks_.end() || next_range(it->second, 1, now)) return true;
    }
  }
}

}  // namespace yz::sync
