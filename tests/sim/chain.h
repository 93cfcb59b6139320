#pragma once
// Three offices one above the other and good lines between them, asked for one exchange at a time.
#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "node/store/direct.h"
#include "node/store/link.h"
#include "node/store/outbox.h"
#include "node/store/watch.h"
#include "sync/answerer.h"
#include "sync/courier.h"
#include "tests/sim/office.h"

namespace yz::sim {

using sync::Courier;
using sync::Lane;

/// What the line does to one exchange.
struct Mishap {
  bool no_request = false;         ///< the request never arrives
  std::optional<std::size_t> cut;  ///< it breaks off after so many bytes
  bool no_answer = false;          ///< the answer never arrives
  bool twice = false;              ///< the request arrives again, later
};

/// One link: the office below asks, the one above answers.
class Hop {
 public:
  Hop(Office& below, Office& above, const Millis& now) : below_(below), above_(above), now_(now) {}

  Office& below() { return below_; }
  Office& above() { return above_; }
  /// Both ends, as far as they are open and have hung up.
  Result<> dial() {
    if (below_.is_open() && !below_id_) below_id_ = below_.store().me().node;
    if (above_.is_open() && !above_id_) above_id_ = above_.store().me().office;
    if (above_.is_open() && !sender_ && below_id_) TRY(dial_above());
    if (below_.is_open() && !courier_) TRY(dial_below());
    return {};
  }
  /// Before the office closes its store.
  void hang_up(const Office& o) {
    if (&o == &above_) {
      sender_.reset();
      mail_.reset();
      down_.reset();
    }
    if (&o == &below_) {
      courier_.reset();
      outbox_.reset();
      up_.reset();
    }
  }
  Result<> redial() {
    hang_up(above_);
    hang_up(below_);
    return dial();
  }
  bool ready() const { return sender_ != nullptr && courier_ != nullptr; }

  /// One exchange if there is anything to say. Errors are of one of the two disks.
  Result<bool> exchange(const Mishap& m = {}) {
    if (epoch_ != below_.store().me().epoch)
      TRY(dial_below());  // Carrier::prepare: it found out that it is an old copy
    std::optional<Courier::Outgoing> request;
    TRY(below_.store().write([&]() -> Result<> {
      request = TRY(courier_->next(now_));
      return {};
    }));
    if (!request) return false;
    Bytes answer;
    bool answered = !m.no_request && !m.no_answer && !m.cut;
    if (request->hello)
      answer = sync::hello_answer(hub(), sync::Hlc::at(now_), now_);
    else if (!m.no_request)
      answered = TRY(serve(request->body, m.cut, answer)) && answered;
    if (m.twice && !request->hello) {
      Bytes again;
      (void)TRY(serve(request->body, {}, again));
    }
    if (answered) {
      auto heard = below_.store().write([&]() -> Result<> {
        below_.inbox().set_now(now_);
        return courier_->answered(request->id, answer, answer.size(), now_, TRY(below_.store().tick(now_)));
      });
      if (!heard) {
        below_.inbox().forget();
        courier_->failed(request->id, Courier::Failure::nonsense, 0, now_);
        if (heard.error().fault == Fault::full || heard.error().fault == Fault::corrupt)
          return std::unexpected(heard.error());
      }
    } else {
      courier_->failed(request->id, Courier::Failure::cut, 0, now_);
    }
    TRY(above_.open_received(now_));
    TRY(below_.open_received(now_));
    return true;
  }
  void poll() {
    courier_->hurry();
    courier_->poll();
  }
  node::StoreOutbox& outbox() { return *outbox_; }
  const sync::Tally& tally() { return courier_->tally(); }

 private:
  Result<> dial_above() {
    auto l = TRY(node::link_of(above_.store(), *below_id_));
    // A further machine of an office that joined here, as SyncPort takes it.
    if (!l)
      l = TRY(above_.store().write(
          [&] { return node::further_machine_below(above_.store(), above_.directory(), *below_id_); }));
    if (!l) return {};
    down_.emplace(above_.store(), l->peer);
    mail_.emplace(above_.store(), l->peer, l->office, [this] { return now_; });
    sender_ = std::make_unique<sync::Sender>(*mail_);
    return {};
  }
  Result<> dial_below() {
    for (const auto& l : TRY(node::uplinks(below_.store()))) {
      if (l.direct || (above_id_ && l.office != *above_id_)) continue;
      up_.emplace(below_.store(), l.peer);
      outbox_.emplace(below_.store(), l.peer, l.office, [this] { return now_; });
    }
    const auto& s = below_.store();
    epoch_ = s.me().epoch;
    courier_ = std::make_unique<Courier>(*outbox_, below_.inbox(), *up_,
                                         Courier::Me{s.me().node, s.me().epoch, &s.keys().node});
    return courier_->start();
  }
  sync::Answerer::Me hub() {
    auto& s = above_.store();
    return {s.me().node, s.me().office, s.me().epoch, &s.keys().node, &s.nonce_key()};
  }
  /// False when it was refused, or broke off: then there is no answer.
  Result<bool> serve(const Bytes& body, std::optional<std::size_t> cut, Bytes& answer) {
    auto done = above_.store().write([&]() -> Result<> {
      above_.inbox().set_now(now_);
      sync::Answerer a(hub(), above_.inbox(), *mail_, *down_, *sender_);
      const ByteView all = ByteView(body).first(std::min(body.size(), cut.value_or(body.size())));
      if (all.size() < sync::kRequestHeadBytes) return {};
      if (TRY(a.open(all.first(sync::kRequestHeadBytes), now_))) {
        sync::FrameReader frames;
        frames.add(all.subspan(sync::kRequestHeadBytes));
        for (;;) {
          const auto frame = TRY(frames.next());
          if (!frame) break;
          TRY(a.take(*frame, now_));
        }
      }
      if (cut) return above_.inbox().settle(now_);  // what came before the cut counts
      answer = TRY(a.close(TRY(above_.store().tick(now_)), now_, 0));
      return {};
    });
    if (done) return !cut;
    above_.inbox().forget();
    if (done.error().fault == Fault::full || done.error().fault == Fault::corrupt) return std::unexpected(done.error());
    return false;
  }

  Office &below_, &above_;
  const Millis& now_;
  std::optional<NodeId> below_id_;
  std::optional<OfficeId> above_id_;
  sync::Epoch epoch_;  // of the store below, as the courier knows it
  std::optional<node::StoreLink> up_, down_;
  std::optional<node::StoreOutbox> outbox_, mail_;
  std::unique_ptr<sync::Sender> sender_;
  std::unique_ptr<Courier> courier_;
};

struct Chain {
  Trio trio = founded_trio();
  Millis now = kBegin;
  Random random{7};
  Office &city = *trio.city, &county = *trio.county, &township = *trio.township;
  Hop lower{township, county, now}, upper{county, city, now};
  bool lower_up = true, upper_up = true;   ///< the lines
  std::function<void()> county_does = {};  ///< what a dishonest county does before it speaks with the city

  Result<> start() {
    for (Office* o : {&city, &county, &township}) {
      TRY(o->open());
      TRY(o->open_received(now));
    }
    TRY(lower.dial());
    return upper.dial();
  }
  /// Exchanges on both lines, as long as anybody has anything to say or `rounds` times over.
  Result<> talk(int rounds = 60) {
    for (int quiet = 0; rounds-- > 0 && quiet < 3;) {
      now += 1000;
      for (Office* o : {&city, &county, &township})
        TRY(o->store().write([&] { return node::tell_and_watch(o->store(), o->directory(), now); }));
      bool any = false;
      for (Hop* hop : {&lower, &upper}) {
        if (hop == &upper && county_does) county_does();
        if (!(hop == &lower ? lower_up : upper_up)) continue;
        hop->poll();
        const auto before = TRY(moved(*hop));
        for (int i = 0; i < 20 && TRY(hop->exchange()); ++i) now += 50;
        any = any || TRY(moved(*hop)) != before;
      }
      quiet = any ? 0 : quiet + 1;
    }
    return {};
  }
  /// What the township writes goes to both its superiors in parallel.
  Result<> address_all() {
    township.address({county.store().me().office, city.store().me().office});
    return {};
  }
  Result<> report(Lane lane, std::size_t more, std::size_t attachment = 0) {
    Office::Wish w;
    w.lane = lane;
    w.text = text_of(random, more);
    if (attachment > 0) w.attachments.emplace_back("图.jpg", Bytes(attachment, 0x5a));
    const auto done = TRY(township.write(w, now));
    return done.refused ? Result<>(std::unexpected(*done.refused)) : Result<>();
  }

 private:
  Result<std::int64_t> moved(Hop& hop) {
    std::int64_t n = 0;
    for (Office* o : {&city, &county, &township})
      n +=
          TRY(o->number("select (select count(*) from envelope) + (select coalesce(sum(number), 0) from control) +"
                        " (select coalesce(sum(state), 0) from delivery) + (select count(*) from part)"));
    return n + static_cast<std::int64_t>(hop.tally().carried);
  }
};

}  // namespace yz::sim
