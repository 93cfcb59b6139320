#pragma once
#include <memory>
#include <optional>

#include "node/store/link.h"
#include "node/store/outbox.h"
#include "sync/answerer.h"
#include "sync/courier.h"
#include "tests/sim/office.h"

namespace yz::sim {

using sync::Courier;
using sync::Lane;

/// Both offices and a good line between them, asked for one step at a time.
struct Scene {
  Scene() : pair(founded_pair()) {}
  explicit Scene(Pair p) : pair(std::move(p)) {}

  Pair pair;
  Millis now = kBegin;
  Random random{7};
  std::optional<node::StoreLink> up, down;
  std::optional<node::StoreOutbox> outbox, mail;
  std::unique_ptr<sync::Sender> sender;
  std::unique_ptr<Courier> courier;
  sync::Epoch epoch;  // the courier's
  std::optional<Courier::Outgoing> request;
  Bytes answer;

  /// Both offices at work.
  Result<> start() {
    TRY(start(county()));
    return start(township());
  }
  Office& county() { return *pair.county; }
  Office& township() { return *pair.township; }

  Result<> start(Office& o) {
    TRY(o.open());
    TRY(o.open_received(now));
    return dial(o);
  }
  Result<> dial(Office& o) {
    const auto clock = [this] { return now; };
    if (&o == pair.county.get()) {
      const auto l = TRY(node::links(o.store(), false));
      if (l.empty()) return {};
      down.emplace(o.store(), l[0].peer);
      mail.emplace(o.store(), l[0].peer, l[0].office, clock);
      sender = std::make_unique<sync::Sender>(*mail);
      return {};
    }
    const auto l = TRY(node::links(o.store(), true));
    if (l.empty()) return {};
    up.emplace(o.store(), l[0].peer);
    outbox.emplace(o.store(), l[0].peer, l[0].office, clock);
    epoch = o.store().me().epoch;
    courier = std::make_unique<Courier>(*outbox, o.inbox(), *up,
                                        Courier::Me{o.store().me().node, epoch, &o.store().keys().node});
    return courier->start();
  }
  void hang_up(Office& o) {
    (&o == pair.county.get() ? mail : outbox).reset();
    if (&o == pair.county.get())
      sender.reset();
    else
      courier.reset();
    o.close();
  }
  Result<> ask() {
    if (township().store().me().epoch != epoch) {  // Carrier::prepare: it found out that it is an old copy
      courier.reset();
      TRY(dial(township()));
      courier->poll();
    }
    return township().store().write([&]() -> Result<> {
      request = TRY(courier->next(now));
      return {};
    });
  }
  sync::Answerer::Me hub() {
    auto& s = county().store();
    return {s.me().node, s.me().office, s.me().epoch, &s.keys().node, &s.nonce_key()};
  }
  Result<> serve() {
    if (request->hello) {
      answer = sync::hello_answer(hub(), sync::Hlc::at(now), now);
      return {};
    }
    auto done = county().store().write([&]() -> Result<> {
      county().inbox().set_now(now);
      sync::Answerer a(hub(), county().inbox(), *mail, *down, *sender);
      const ByteView body(request->body);
      if (TRY(a.open(body.first(sync::kRequestHeadBytes), now))) {
        sync::FrameReader frames;
        frames.add(body.subspan(sync::kRequestHeadBytes));
        for (;;) {
          const auto frame = TRY(frames.next());
          if (!frame) break;
          TRY(a.take(*frame, now));
        }
      }
      answer = TRY(a.close(TRY(county().store().tick(now)), now, 0));
      return {};
    });
    if (!done) county().inbox().forget();
    return done;
  }
  Result<> hear() {
    return township().store().write([&]() -> Result<> {
      township().inbox().set_now(now);
      return courier->answered(request->id, answer, answer.size(), now, TRY(township().store().tick(now)));
    });
  }
  /// One exchange, if there is anything to say, and what it brought is opened. `open`: whether at the county too.
  Result<> round(bool open = true) {
    now += 50;
    courier->poll();
    TRY(ask());
    if (request) {
      TRY(serve());
      TRY(hear());
    }
    if (open) TRY(county().open_received(now));
    return township().open_received(now);
  }
  /// Rounds until the sum is this, or so many.
  Result<> rounds_until(Office& o, std::string_view sql, std::int64_t is, int most = 40) {
    for (; most > 0; --most) {
      if (TRY(o.number(sql)) == is) return {};
      TRY(round());
    }
    return fail(Fault::offline, std::string("never came true: ").append(sql));
  }
  /// Exchanges until nobody has anything to say, or so many times.
  Result<> talk(int most = 400) {
    courier->poll();
    while (most-- > 0) {
      now += 50;
      TRY(ask());
      if (!request) {
        if (TRY(courier->in_sync()) &&
            TRY(county().number("select count(*) from envelope where own = 0 and state = 0")) == 0 &&
            TRY(township().number("select count(*) from delivery where state <> 3")) == 0 &&
            TRY(county().number("select count(*) from delivery where state <> 3")) == 0)
          return {};
        now += 5000;
        courier->poll();
        continue;
      }
      TRY(serve());
      TRY(hear());
      TRY(county().open_received(now));
      TRY(township().open_received(now));
    }
    return fail(Fault::offline, "no end of talking");
  }
  Result<> report(Lane lane, std::size_t more, std::size_t attachment = 0, bool send = true) {
    Office::Wish w;
    w.lane = lane;
    w.text = text_of(random, more);
    w.send = send;
    if (attachment > 0) w.attachments.emplace_back("图.jpg", Bytes(attachment, 0x5a));
    TRY(township().write(w, now));
    return {};
  }
};

}  // namespace yz::sim
