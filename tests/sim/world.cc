#include "tests/sim/world.h"

#include <sodium.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <queue>
#include <set>
#include <variant>

#include "crypto/hash.h"
#include "node/store/heads.h"
#include "node/store/life.h"
#include "node/store/link.h"
#include "node/store/outbox.h"
#include "node/store/sqlite.h"
#include "sync/answerer.h"
#include "sync/courier.h"
#include "sync/limits.h"
#include "tests/sim/office.h"
#include "tests/sim/oracle.h"

namespace yz::sim {
namespace {

using node::Query;
using sync::Courier;
using sync::Lane;

// What a long-lived Sender remembers is private; an explicit instantiation may name it all the same.
struct SenderItems {
  friend std::size_t held(sync::Sender&, SenderItems);
};
struct CourierSender {
  friend sync::Sender& inner(Courier&, CourierSender);
};
template <auto Items, auto Chunks, auto Messages>
struct OpenSender {
  friend std::size_t held(sync::Sender& s, SenderItems) {
    return (s.*Items).size() + (s.*Chunks).size() + (s.*Messages).size();
  }
};
template <auto Inner>
struct OpenCourier {
  friend sync::Sender& inner(Courier& c, CourierSender) { return c.*Inner; }
};
template struct OpenSender<&sync::Sender::items_, &sync::Sender::chunks_, &sync::Sender::messages_>;
template struct OpenCourier<&Courier::sender_>;

struct Violation {
  std::string what;
};
[[noreturn]] void violated(std::string what) { throw Violation{std::move(what)}; }

/// Which faults, and how often: each kind is there in about half of the seeds.
struct Weather {
  double loss = 0, duplicate = 0, reorder = 0, cut = 0, flip = 0, portal = 0, kill = 0, crash = 0;
  bool down = false, full = false, jumps = false, attachments = false, downward = false, officers = false,
       large = false, restore = false, unnoticed = false, versions = false, forger = false, bad_sync = false,
       rotation = false;
  Millis latency = 20, jitter = 0;
  std::uint64_t bps = 1'000'000;
  std::string names() const {
    std::string out;
    const auto add = [&](bool on, const char* name) {
      if (on) out.append(out.empty() ? "" : " ").append(name);
    };
    add(loss > 0, "loss");
    add(duplicate > 0, "duplicate");
    add(reorder > 0, "reorder");
    add(cut > 0, "cut");
    add(flip > 0, "flip");
    add(portal > 0, "portal");
    add(kill > 0, "kill");
    add(crash > 0, "crash");
    add(down, "down");
    add(full, "full");
    add(jumps, "jumps");
    add(attachments, "attachments");
    add(downward, "downward");
    add(officers, "officers");
    add(large, "large");
    add(restore, "restore");
    add(unnoticed, "unnoticed");
    add(versions, "versions");
    add(forger, "forger");
    add(bad_sync, "bad-sync");
    add(rotation, "rotation");
    return out + " " + std::to_string(bps / 1000) + "kbit/s";
  }
};

Weather draw(Random& r) {
  Weather w;
  const auto rate = [&](double most) {
    return r.chance(0.5) ? most * static_cast<double>(r.between(5, 100)) / 100 : 0;
  };
  w.loss = rate(0.35);
  w.duplicate = rate(0.4);
  w.reorder = rate(0.5);
  w.cut = rate(0.4);
  w.flip = rate(0.25);
  w.portal = rate(0.2);
  w.kill = rate(0.08);
  w.crash = rate(1.0);
  w.down = r.chance(0.4);
  w.full = r.chance(0.25);
  w.jumps = r.chance(0.3);
  w.attachments = r.chance(0.35);
  w.downward = r.chance(0.5);
  w.officers = r.chance(0.2);
  w.large = r.chance(0.3);
  w.latency = r.between(5, 700);
  constexpr std::uint64_t kRates[] = {32'000, 64'000, 256'000, 2'000'000, 20'000'000};
  w.bps = kRates[r.below(5)];
  w.restore = r.chance(0.35);
  w.unnoticed = w.restore && r.chance(0.3);
  return w;
}

void draw_more(Weather& w, Random& r) {
  w.unnoticed = w.unnoticed || (w.restore && r.chance(0.4));
  w.versions = r.chance(0.35);
  w.forger = r.chance(0.15);
  w.bad_sync = r.chance(0.15);
  w.rotation = r.chance(0.2) && !w.jumps;
}

class World {
 public:
  explicit World(std::uint64_t seed) : random_(seed), more_(~seed) {
    out_.seed = seed;
    county_.name = "county";
    township_.name = "township";
    crypto_generichash_init(&trace_, nullptr, 0, 32);
  }
  sim::Outcome run();

 private:
  struct Event {
    Millis at;
    std::uint64_t order;
    std::function<void()> act;
    bool operator<(const Event& o) const { return std::pair(at, order) > std::pair(o.at, o.order); }
  };
  /// An office with its clock, its life and what the observer knows of it.
  struct Side {
    std::string name;
    std::unique_ptr<Office> office;
    Millis skew = 0;
    int life = 0;  // counts starts: what belonged to an earlier one is void
    bool wanted = true;
    std::map<RecordId, Bytes> acknowledged;  // signing was confirmed, or seen on the disk after a restart
    bool in_doubt = false;                   // a signing was cut off by a crash
    std::map<RecordId, Bytes> lost;          // by a restore, and not delivered: may come back, need not
    std::set<RecordId> returning;            // by a restore, and delivered: must come back
    std::set<RecordId> forked_away;          // of these, what the other side alone holds in the end
    std::unique_ptr<test::CrashDisk> backup;
    Words words;  // heard of the other side
    std::optional<node::StoreLink> link;
    std::optional<node::StoreOutbox> outbox;
  };
  /// One exchange at the hub, as SyncPort::Request.
  struct Exchange {
    std::uint64_t id = 0;
    int client_life = 0, hub_life = 0, resets = 0;
    Bytes head, pending;
    bool opened = false, good = false, dead = false, counted = false;
    sync::FrameReader frames;
    std::unique_ptr<node::StoreLink> link;
    std::unique_ptr<sync::Answerer> answerer;
    sync::Tally moved;
  };

  // --- time and chance ---
  void at(Millis when, std::function<void()> act) { events_.push({std::max(when, now_), ++order_, std::move(act)}); }
  void after(Millis wait, std::function<void()> act) { at(now_ + wait, std::move(act)); }
  Millis wall(const Side& s) const { return now_ + s.skew; }
  void note(const char* what, std::uint64_t a = 0, std::uint64_t b = 0);
  void note_bytes(const char* what, ByteView);
  void run_until(Millis end);

  // --- the two offices ---
  void start(Side&);
  void started_township();
  void new_courier();
  void started_county();
  /// After each use of an office: a dead disk means that the machine is off.
  bool alive(Side&);
  /// The power goes; or only the process ends, because the disk could not save.
  void power_off(Side&, bool power = true);
  void restart_later(Side&);
  void check_error(const Side&, const Error&, const char* where);
  void collect_records(Side&, bool all);
  /// The machine is lost; another goes on from the backup that was made of it.
  void restore(Side&);

  // --- the township's line, as Carrier ---
  void step();
  void schedule_step();
  void transmit(const Courier::Outgoing&);
  void check_order(ByteView request);
  void answered(std::uint64_t id, Bytes body, int life, int resets);
  void failed(std::uint64_t id, Courier::Failure, int life, int resets);
  Bytes damaged(Bytes);

  // --- the county's door, as SyncPort ---
  void arrive(Bytes body, bool hello, std::uint64_t id, int life, int resets, std::size_t cut_at);
  void feed(const std::shared_ptr<Exchange>&, Bytes, bool last);
  Result<> work(Exchange&, bool last);
  void respond(Exchange&, Bytes);
  void fail_back(Exchange&, const Error&);
  void open_soon();
  sync::Answerer::Me hub() const;
  Millis travel(std::size_t bytes);

  // --- people ---
  void author(std::optional<Lane> lane = {});
  void acknowledge();
  void revise();
  void forge();
  void plan();
  void plan_more();

  // --- the observer ---
  void check_receipts_durable(Side& issuer, ByteView frames, std::size_t skip);
  void check_stored_is_there();
  void check_words(Side&);
  void scan(ByteView, const char* where);
  std::string not_converged();
  bool going_back();
  void final_checks();
  void check_records(Side& from, Side& to);
  void check_attachments();
  void check_journal(Side&);

  Random random_;
  Random more_;  // for what was added later: what a seed did before, it still does
  Weather weather_;
  bool calm_ = false;      // the second phase
  bool finished_ = false;  // all has settled
  Millis now_ = kBegin, end_of_faults_ = 0;
  std::uint64_t order_ = 0;
  std::priority_queue<Event> events_;
  crypto_generichash_state trace_;
  sim::Outcome out_;

  Side county_, township_;
  std::unique_ptr<Courier> courier_;
  sync::Epoch epoch_;  // the courier's
  std::unique_ptr<sync::Sender> hub_sender_;
  int resets_ = 0;
  Millis last_poll_ = 0, last_head_ = 0;
  node::LinkRow superior_;
  Millis step_at_ = -1;
  bool line_up_ = true, opening_ = false;
  std::map<RecordId, std::vector<std::pair<std::string, Hash>>> attachments_;  // by report: name, hash of the plaintext
  std::set<sync::Nonce> taken_;                                                // of the requests that the hub committed
  Millis wire_up_free_ = 0, wire_down_free_ = 0;
};

void World::note(const char* what, std::uint64_t a, std::uint64_t b) {
  Writer w;
  w.u64(static_cast<std::uint64_t>(now_)).raw(view(what)).u64(a).u64(b);
  crypto_generichash_update(&trace_, w.view().data(), w.size());
  static const bool loud = std::getenv("YZ_SIM_TRACE") != nullptr;
  if (loud)
    std::fprintf(stderr, "%10.3f %s %llu %llu\n", static_cast<double>(now_ - kBegin) / 1000, what,
                 static_cast<unsigned long long>(a), static_cast<unsigned long long>(b));
}

void World::note_bytes(const char* what, ByteView b) {
  unsigned char h[16];
  crypto_generichash(h, sizeof h, b.data(), b.size(), nullptr, 0);
  crypto_generichash_update(&trace_, h, sizeof h);
  note(what, b.size());
}

void World::run_until(Millis end) {
  while (!events_.empty() && events_.top().at <= end) {
    const Event e = events_.top();
    events_.pop();
    now_ = std::max(now_, e.at);
    e.act();
  }
  now_ = end;
}

// ---------------------------------------------------------------- offices

void World::check_error(const Side& s, const Error& e, const char* where) {
  if (s.office->disk().dead()) return;
  if (weather_.bad_sync && e.code == "store.fsync") return;
  if (e.fault == Fault::corrupt) violated(s.name + " says corrupt on a sound disk in " + where + ": " + e.what);
  if (e.fault == Fault::conflict || e.fault == Fault::busy)
    violated(s.name + " " + where + ": " + e.what + " (" + e.code + ")");
  if (e.fault == Fault::invalid && e.code.starts_with("store."))
    violated(s.name + " " + where + ": " + e.what + " (" + e.code + ")");
}

void World::start(Side& s) {
  Office& o = *s.office;
  auto done = [&]() -> Result<> {
    TRY(o.open());
    return o.open_received(wall(s));  // Node::start: what was stored before a crash and not opened yet
  }();
  if (!done) {
    check_error(s, done.error(), "start");
    note("start.failed");
    o.close();
    return restart_later(s);
  }
  ++s.life;
  note(s.name.c_str(), 1, static_cast<std::uint64_t>(s.life));
  collect_records(s, true);
  if (const std::string wrong = wrong_in_receipts(*s.office); !wrong.empty()) violated(s.name + ": " + wrong);
  if (&s == &county_)
    started_county();
  else
    started_township();
}

void World::started_county() {
  const auto down = node::links(county_.office->store(), false);
  if (!down || down->size() != 1) violated("the county lost its link");
  const node::LinkRow l = down->front();
  hub_sender_.reset();
  county_.outbox.emplace(county_.office->store(), l.peer, l.office, [this] { return wall(county_); });
  hub_sender_ = std::make_unique<sync::Sender>(*county_.outbox);
  opening_ = false;
  county_.office->inbox().set_quota(1'000'000, std::uint64_t{1} << 40);
  check_stored_is_there();
}

void World::new_courier() {
  node::Store& store = township_.office->store();
  epoch_ = store.me().epoch;
  courier_ = std::make_unique<Courier>(*township_.outbox, township_.office->inbox(), *township_.link,
                                       Courier::Me{store.me().node, store.me().epoch, &store.keys().node});
  if (!courier_->start()) violated("the courier does not start");
}

void World::started_township() {
  const auto up = node::links(township_.office->store(), true);
  if (!up || up->size() != 1) violated("the township lost its link");
  superior_ = up->front();
  const node::LinkRow& l = superior_;
  node::Store& store = township_.office->store();
  township_.link.emplace(store, l.peer);
  township_.outbox.emplace(store, l.peer, l.office, [this] { return wall(township_); });
  new_courier();
  last_poll_ = last_head_ = 0;
  step_at_ = -1;
  ++resets_;
  check_stored_is_there();
  step();
}

void World::power_off(Side& s, bool power) {
  if (!s.office->is_open()) return;
  ++out_.crashes;
  note("off", static_cast<std::uint64_t>(&s == &county_));
  if (power) s.office->disk().cut_power_now();
  if (&s == &county_) {
    hub_sender_.reset();
  } else {
    courier_.reset();
  }
  s.outbox.reset();
  s.link.reset();
  ++s.life;
  s.office->close();
  restart_later(s);
}

void World::restart_later(Side& s) {
  after(random_.between(200, calm_ ? 2000 : 90'000), [this, &s] {
    if (s.office->is_open()) return;
    if (s.office->disk().dead()) s.office->disk().power_on(random_.next());
    if (!calm_ && weather_.crash > 0 && random_.chance(0.2))
      s.office->disk().cut_power_at(1 + random_.below(30));  // again, while it starts
    start(s);
  });
}

bool World::alive(Side& s) {
  if (!s.office->is_open()) return false;
  if (!s.office->disk().dead()) {
    if (!s.office->store().broken()) return true;
    s.in_doubt = true;  // what the disk could not save may be there all the same
    power_off(s, false);
    return false;
  }
  power_off(s);
  return false;
}

/// `all`: after a start, whatever is on the disk was signed and must arrive.
void World::collect_records(Side& s, bool all) {
  auto own = s.office->own_records();
  if (!own) return;
  for (const auto& [id, bytes] : s.acknowledged) {
    const auto it = own->find(id);
    // The other branch of a fork stays where it arrived: under its number we hold one of our own.
    if (it == own->end() && (s.returning.contains(id) || (weather_.unnoticed && s.forked_away.contains(id)))) continue;
    if (it == own->end()) violated(s.name + " lost a record whose signing was confirmed: " + hex(id.view()));
    if (it->second != bytes) violated(s.name + " changed a signed record");
  }
  for (const auto& [id, bytes] : *own) {
    if (s.acknowledged.contains(id)) continue;
    if (const auto back = s.lost.find(id); back != s.lost.end()) {
      if (back->second != bytes) violated(s.name + "'s record came back altered");
    } else if (all && s.life > 1 && !s.in_doubt)
      violated(s.name + " holds a record after a restart that nobody signed");
    s.acknowledged[id] = bytes;
  }
  if (all) s.in_doubt = false;
}

void World::restore(Side& s) {
  if (!s.backup || !s.office->is_open()) return;
  note("restore", static_cast<std::uint64_t>(&s == &county_));
  s.words.clear();
  std::set<RecordId> delivered;
  {
    auto q = s.office->store().db().query(
        "select r.id from record r join delivery d on d.record = r.row where d.state in"
        " (2, 3)");
    if (!q) violated("deliveries cannot be read");
    while (q->step().value_or(false)) delivered.insert(*q->id<RecordId>(0));
  }
  power_off(s);
  const Credentials secrets = s.office->secrets();
  s.office = std::make_unique<Office>(s.backup->clone(), secrets);
  if (auto opened = s.office->open(); !opened) violated("a backup does not open: " + opened.error().what);
  // Or an image of the whole disk, which nothing on the disk shows: the first receipts do.
  if (weather_.unnoticed && &s == &township_) {
    note("unnoticed");
  } else {
    // As `restore` does it: no nonce that was given out before is good.
    node::Store& store = s.office->store();
    auto begun = store.write([&]() -> Result<> {
      TRY(store.db().run("update secret set value = ? where name = 'nonce'", ByteView(crypto::Key::random().expose())));
      return node::begin_life(store, wall(s));
    });
    if (begun) begun = store.load_identity();
    if (!begun) violated("a restore failed: " + begun.error().what);
  }
  const auto own = s.office->own_records();
  if (!own) violated("own records cannot be read");
  for (auto it = s.acknowledged.begin(); it != s.acknowledged.end();) {
    const bool here = own->contains(it->first);
    if (!here && delivered.contains(it->first)) s.returning.insert(it->first);
    if (!here && !delivered.contains(it->first)) {
      s.lost.insert(*it);
      it = s.acknowledged.erase(it);
    } else {
      ++it;
    }
  }
  s.office->close();
  start(s);
}

// ---------------------------------------------------------------- the township's line

void World::schedule_step() {
  if (!courier_) return;
  Millis next = last_poll_ + 25'000;
  if (const Millis wake = courier_->wake(); wake > now_) next = std::min(next, wake);
  next = std::max(next, now_ + 1);
  if (step_at_ > now_ && step_at_ <= next) return;
  step_at_ = next;
  const int life = township_.life;
  at(next, [this, next, life] {
    if (life != township_.life) return;
    if (step_at_ == next) step_at_ = -1;
    step();
  });
}

/// Carrier::collect and Carrier::step.
void World::step() {
  if (!township_.office->is_open() || !courier_) return;
  node::Store& store = township_.office->store();
  if (store.me().epoch != epoch_) {  // Carrier::prepare: it found out that it is an old copy
    ++resets_;
    new_courier();
  }
  if (now_ - last_head_ >= 20'000) {
    last_head_ = now_;
    auto told =
        store.write([&] { return node::tell_heads_if_due(store, township_.office->directory(), wall(township_)); });
    if (!told) check_error(township_, told.error(), "head");
    if (!alive(township_)) return;
  }
  if (now_ - last_poll_ >= 25'000) {
    last_poll_ = now_;
    courier_->poll();
  }
  std::vector<Courier::Outgoing> outgoing;
  for (int i = 0; i < 8; ++i) {
    std::optional<Courier::Outgoing> out;
    auto done = store.write([&]() -> Result<> {
      out = TRY(courier_->next(now_));
      return {};
    });
    if (!done) {
      check_error(township_, done.error(), "next");
      note("next.failed", static_cast<std::uint64_t>(done.error().fault));
      break;
    }
    if (!out) break;
    outgoing.push_back(std::move(*out));
  }
  if (!alive(township_)) return;
  if (courier_->take_reset()) ++resets_;
  for (const auto& o : outgoing) transmit(o);
  schedule_step();
}

Millis World::travel(std::size_t bytes) {
  Millis t = weather_.latency + static_cast<Millis>(bytes * 8000 / weather_.bps);
  if (!calm_ && random_.chance(weather_.reorder)) t += random_.between(0, 4000);
  return t;
}

Bytes World::damaged(Bytes b) {
  if (b.empty()) return b;
  b[random_.below(b.size())] ^= static_cast<std::uint8_t>(1u << random_.below(8));
  return b;
}

/// Frames of one message: flash, urgent, then the rest; and no chunk leaves while a flash waits.
void World::check_order(ByteView request) {
  sync::FrameReader reader;
  reader.add(request.subspan(std::min(request.size(), sync::kRequestHeadBytes)));
  int worst = 0;
  bool chunk = false;
  for (;;) {
    auto frame = reader.next();
    if (!frame) violated("the courier wrote a frame that cannot be read");
    if (!*frame) break;
    int rank = 0;
    if ((*frame)->type == sync::FrameType::chunk) {
      rank = 3;
      chunk = true;
    } else if ((*frame)->type == sync::FrameType::part) {
      rank = std::min(3, static_cast<int>(sync::decode_part((*frame)->bytes)->lane));
    } else if ((*frame)->type == sync::FrameType::envelope) {
      rank = std::min(3, static_cast<int>(sync::decode_envelope((*frame)->bytes)->head.stream.lane));
    }
    if (rank == 0) continue;
    if (rank < worst) violated("a more urgent frame behind a less urgent one");
    worst = rank;
  }
  if (!reader.empty()) violated("the courier wrote half a frame");
  if (chunk && township_.outbox->uncut(Lane::flash).value_or(false)) violated("a chunk left while a flash waited");
}

void World::transmit(const Courier::Outgoing& o) {
  ++out_.requests;
  note_bytes(o.hello ? "hello" : "request", o.body);
  scan(o.body, "a request");
  if (!o.hello) {
    check_order(o.body);
    check_receipts_durable(township_, o.body, sync::kRequestHeadBytes);
  }
  const int life = township_.life, resets = resets_;
  const std::uint64_t id = o.id;
  const auto fail_after = [&](Millis wait, Courier::Failure f) {
    after(wait, [this, id, f, life, resets] { failed(id, f, life, resets); });
  };
  if (!alive(township_)) return;
  if (!line_up_) {
    if (random_.chance(0.5)) fail_after(random_.between(50, 3000), Courier::Failure::connect);
    return;
  }
  const bool bad = !calm_;
  if (bad && random_.chance(weather_.portal)) {
    Bytes page;
    for (char c : std::string("<html><body>请先登录 <a href=/login>login</a></body></html>"))
      page.push_back(static_cast<std::uint8_t>(c));
    after(travel(page.size()), [this, page, id, life, resets] { answered(id, page, life, resets); });
    return;
  }
  if (bad && random_.chance(weather_.loss)) {
    if (random_.chance(0.3)) fail_after(random_.between(100, 20'000), Courier::Failure::cut);
    return;
  }
  Bytes body = o.body;
  if (bad && random_.chance(weather_.flip)) body = damaged(std::move(body));
  std::size_t cut_at = body.size() + 1;
  if (bad && !o.hello && random_.chance(weather_.cut)) {
    cut_at = random_.below(body.size() + 1);
    if (random_.chance(0.7)) fail_after(travel(cut_at) + random_.between(0, 500), Courier::Failure::cut);
  }
  const int copies = bad && random_.chance(weather_.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i)
    after(travel(body.size()),
          [this, body, hello = o.hello, id, life, resets, cut_at] { arrive(body, hello, id, life, resets, cut_at); });
}

/// Carrier::answer.
void World::answered(std::uint64_t id, Bytes body, int life, int resets) {
  if (life != township_.life || resets != resets_ || !courier_) return;
  note_bytes("answer", body);
  node::Store& store = township_.office->store();
  node::StoreInbox& inbox = township_.office->inbox();
  auto done = store.write([&]() -> Result<> {
    inbox.set_now(wall(township_));
    return courier_->answered(id, body, body.size(), now_, TRY(store.tick(wall(township_))));
  });
  if (!done) {
    inbox.forget();
    check_error(township_, done.error(), "answer");
    note("answer.failed", static_cast<std::uint64_t>(done.error().fault));
    courier_->failed(id, Courier::Failure::nonsense, 0, now_);
    if (!alive(township_)) return;
  } else {
    if (!alive(township_)) return;
    check_words(township_);
    if (courier_->tally().envelopes > 0) {
      if (auto opened = township_.office->open_received(wall(township_)); !opened)
        check_error(township_, opened.error(), "open");  // tried again at the next answer
      else
        courier_->tally().envelopes = 0;
      if (!alive(township_)) return;
    }
  }
  if (!calm_ && random_.chance(weather_.kill)) return power_off(township_);
  step();
}

void World::failed(std::uint64_t id, Courier::Failure f, int life, int resets) {
  if (life != township_.life || resets != resets_ || !courier_) return;
  note("failed", id, static_cast<std::uint64_t>(f));
  courier_->failed(id, f, f == Courier::Failure::busy ? 60'000 : 0, now_);
  step();
}

// ---------------------------------------------------------------- the county's door

sync::Answerer::Me World::hub() const {
  const node::Store& store = const_cast<Office&>(*county_.office).store();
  return {store.me().node, store.me().office, store.me().epoch, &store.keys().node, &store.nonce_key()};
}

void World::arrive(Bytes body, bool hello, std::uint64_t id, int life, int resets, std::size_t cut_at) {
  if (!county_.office->is_open()) {
    after(weather_.latency, [this, id, life, resets] { failed(id, Courier::Failure::refused, life, resets); });
    return;
  }
  if (hello) {
    Bytes answer = sync::hello_answer(hub(), sync::Hlc::at(wall(county_)), wall(county_));
    if (!calm_ && random_.chance(weather_.loss)) return;
    if (!calm_ && random_.chance(weather_.flip)) answer = damaged(std::move(answer));
    after(travel(answer.size()), [this, answer, id, life, resets] { answered(id, answer, life, resets); });
    return;
  }
  auto x = std::make_shared<Exchange>();
  x->id = id;
  x->client_life = life;
  x->hub_life = county_.life;
  x->resets = resets;
  const bool whole = cut_at > body.size();
  if (!whole) body.resize(cut_at);
  // ExchangeBody::check_head: garbage is turned away on the first bytes.
  if (body.size() >= sync::kRequestHeadBytes &&
      !sync::decode_request_head(ByteView(body).first(sync::kRequestHeadBytes))) {
    after(travel(10), [this, x] { failed(x->id, Courier::Failure::nonsense, x->client_life, x->resets); });
    return;
  }
  if (body.size() < sync::kRequestHeadBytes) return;
  // The body comes in one to three pieces, a transaction each; other requests come between them.
  std::size_t from = 0;
  Millis wait = 0;
  const std::size_t pieces = random_.chance(0.3) ? static_cast<std::size_t>(random_.between(2, 3)) : 1;
  for (std::size_t i = 0; i < pieces; ++i) {
    const bool last = i + 1 == pieces;
    const std::size_t to = last ? body.size() : from + random_.below(body.size() - from + 1);
    Bytes piece(body.begin() + static_cast<std::ptrdiff_t>(from), body.begin() + static_cast<std::ptrdiff_t>(to));
    from = to;
    after(wait, [this, x, piece = std::move(piece), final = last && whole] { feed(x, piece, final); });
    wait += random_.between(1, 300);
  }
}

void World::feed(const std::shared_ptr<Exchange>& x, Bytes bytes, bool last) {
  if (x->dead || x->hub_life != county_.life || !county_.office->is_open()) return;
  x->pending.insert(x->pending.end(), bytes.begin(), bytes.end());
  node::Store& store = county_.office->store();
  auto done = store.write([&] { return work(*x, last); });
  x->pending.clear();
  if (!done) {
    county_.office->inbox().forget();
    x->dead = true;
    check_error(county_, done.error(), "exchange");
    note("exchange.failed", static_cast<std::uint64_t>(done.error().fault));
    if (!alive(county_)) return;
    return fail_back(*x, done.error());
  }
  if (!alive(county_)) return;
  check_words(county_);
  if (const std::string wrong = wrong_in_quota(*county_.office); !wrong.empty()) violated("county: " + wrong);
  if (x->good && x->moved.refused > 0 && weather_.flip == 0 && !weather_.forger)
    violated("the county refused what an honest neighbour sent");
  if (x->good && !x->counted) {
    x->counted = true;
    const auto head = sync::decode_request_head(x->head);
    // Those of a hello are good for a minute, as often as they are used.
    if (head && head->nonce.bytes[0] == 1 && !taken_.insert(head->nonce).second)
      violated("the hub took a request twice");
  }
  if (!calm_ && random_.chance(weather_.kill)) return power_off(county_);  // committed, and nobody hears of it
  if (x->moved.envelopes > 0 && !opening_) open_soon();
  if (!last) return;
  x->dead = true;
  respond(*x, std::move(x->head));
}

/// SyncPort::work.
Result<> World::work(Exchange& r, bool last) {
  const Millis now = wall(county_);
  node::StoreInbox& inbox = county_.office->inbox();
  node::Store& store = county_.office->store();
  inbox.set_now(now);
  ByteView bytes(r.pending);
  if (!r.opened) {
    const std::size_t n = std::min(sync::kRequestHeadBytes - r.head.size(), bytes.size());
    r.head.insert(r.head.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes = bytes.subspan(n);
    if (r.head.size() < sync::kRequestHeadBytes) return {};
    const auto head = TRY(sync::decode_request_head(r.head));
    const auto link = TRY(node::link_of(store, head.from));
    if (!link || link->upward) return fail(Fault::denied, "a node that has not joined here", "exchange.unknown");
    r.link = std::make_unique<node::StoreLink>(store, head.from);
    r.answerer = std::make_unique<sync::Answerer>(hub(), inbox, *county_.outbox, *r.link, *hub_sender_);
    r.good = TRY(r.answerer->open(r.head, now));
    r.opened = true;
  }
  if (r.good) {
    r.frames.add(bytes);
    for (;;) {
      const auto frame = TRY(r.frames.next());
      if (!frame) break;
      TRY(r.answerer->take(*frame, now));
    }
    if (last && !r.frames.empty()) return fail(Fault::forged, "the body ends inside a frame", "exchange.cut");
    TRY(last ? r.answerer->whole(now) : inbox.settle(now));
    r.moved = r.answerer->tally();
  }
  if (!last) return {};
  r.head = TRY(r.answerer->close(TRY(store.tick(now)), now, 0));
  return {};
}

void World::fail_back(Exchange& x, const Error& e) {
  const auto why =
      e.fault == Fault::full || e.fault == Fault::busy ? Courier::Failure::busy : Courier::Failure::nonsense;
  after(travel(60), [this, id = x.id, why, life = x.client_life, resets = x.resets] { failed(id, why, life, resets); });
}

void World::respond(Exchange& x, Bytes body) {
  note_bytes("reply", body);
  scan(body, "an answer");
  const auto head = sync::decode_answer_head(body);
  if (!head) violated("the hub wrote an answer that cannot be read");
  check_receipts_durable(county_, body, head->size);
  const int life = x.client_life, resets = x.resets;
  const std::uint64_t id = x.id;
  const bool bad = !calm_;
  if (!line_up_ || (bad && random_.chance(weather_.loss))) {
    if (random_.chance(0.3))
      after(random_.between(100, 20'000),
            [this, id, life, resets] { failed(id, Courier::Failure::cut, life, resets); });
    return;
  }
  if (bad && random_.chance(weather_.cut)) {
    // The HTTP client sees that the body is short; a proxy that closes in place of a length does not show it.
    if (weather_.flip == 0 || random_.chance(0.8)) {
      after(travel(body.size() / 2), [this, id, life, resets] { failed(id, Courier::Failure::cut, life, resets); });
      return;
    }
    body.resize(random_.below(body.size() + 1));
  }
  if (bad && random_.chance(weather_.flip)) body = damaged(std::move(body));
  const int copies = bad && random_.chance(weather_.duplicate) ? 2 : 1;
  for (int i = 0; i < copies; ++i)
    after(travel(body.size()), [this, body, id, life, resets] { answered(id, body, life, resets); });
}

/// SyncPort::open_some: two at a time, after more urgent work.
void World::open_soon() {
  opening_ = true;
  // Opening is the least urgent work of the store's thread.
  const Millis wait = random_.chance(0.3) ? random_.between(400, 10'000) : random_.between(1, 400);
  after(wait, [this, life = county_.life] {
    if (life != county_.life || !county_.office->is_open()) return;
    opening_ = false;
    auto done = county_.office->opener().open_some(2, wall(county_));
    if (!done) check_error(county_, done.error(), "open");
    if (!alive(county_)) return;
    if (done && done->more) open_soon();
    // A full disk: SyncPort::open_some gives up here, and what lies stored waits for the next envelope or restart
    // (reported). The simulation goes on as it should.
    if (!done)
      after(5000, [this, life] {
        if (life == county_.life && !opening_) open_soon();
      });
  });
}

// ---------------------------------------------------------------- people

void World::author(std::optional<Lane> lane) {
  if (!township_.office->is_open()) return;
  Office& o = *township_.office;
  Office::Wish wish;
  const auto die = random_.below(10);
  wish.lane = die < 2 ? Lane::flash : die < 5 ? Lane::urgent : Lane::routine;
  if (lane) wish.lane = *lane;
  if (wish.lane == Lane::flash && random_.chance(0.5)) wish.kind = node::Kind::first_report;
  std::size_t more = random_.below(800);
  if (weather_.large && random_.chance(0.15)) {
    wish.lane = random_.chance(0.5) ? Lane::flash : Lane::urgent;  // by lane an emergency: too long is a warning
    more = 20'000 + random_.below(100'000);
  }
  wish.text = text_of(random_, more);
  if (weather_.attachments && random_.chance(0.25)) {
    Bytes bytes(random_.below(120'000));
    for (auto& b : bytes) b = static_cast<std::uint8_t>(random_.next());
    wish.attachments.emplace_back("照片.jpg", std::move(bytes));
  }
  wish.send = random_.chance(0.9);
  note("author", static_cast<std::uint64_t>(wish.lane), wish.text.size());
  const auto before = o.number("select count(*) from record where own = 1");
  auto done = o.write(wish, wall(township_));
  if (!done) check_error(township_, done.error(), "write");
  if (o.disk().dead()) township_.in_doubt = true;
  if (!alive(township_)) return;
  if (done && done->refused) violated("a report is not fit to send: " + done->refused->what);
  if (!done) {
    if (o.number("select count(*) from record where own = 1").value_or(-1) != before.value_or(-1))
      violated("a signing that failed left a record");
    return;
  }
  ++out_.reports;
  const auto own = o.own_records();
  if (!own) {
    // Committed, and then the disk could not save: nothing is read before a restart, which finds it.
    check_error(township_, own.error(), "own records");
    (void)alive(township_);
    return;
  }
  if (!wish.attachments.empty() && wish.send)
    for (const auto& [id, bytes] : *own)
      if (!township_.acknowledged.contains(id) && sync::decode_record(bytes)->record.type == sync::RecordType::manifest)
        attachments_[id].emplace_back(wish.attachments[0].first,
                                      crypto::hash(crypto::purpose::chunk, {wish.attachments[0].second}));
  collect_records(township_, false);
  if (wish.lane == Lane::flash && courier_) courier_->hurry();
  step();
}

void World::acknowledge() {
  if (!county_.office->is_open()) return;
  Office& o = *county_.office;
  std::vector<std::int64_t> matters;
  {
    auto q = o.store().db().query("select row from matter where own = 0 and state = 20 order by row limit 20");
    if (!q) violated("the county's cases cannot be read");
    while (q->step().value_or(false)) matters.push_back(q->integer(0));
  }
  if (matters.empty()) return;
  auto done = o.acknowledge(matters[random_.below(matters.size())], wall(county_));
  note("acknowledge", done.has_value());
  if (!done) check_error(county_, done.error(), "acknowledge");
  if (o.disk().dead()) county_.in_doubt = true;
  if (!alive(county_)) return;
  if (done) collect_records(county_, false);
}

/// A later version, a withdrawal, or a decision between versions that stand side by side.
void World::revise() {
  if (!township_.office->is_open()) return;
  Office& o = *township_.office;
  std::vector<std::pair<std::int64_t, bool>> cases;
  {
    auto q = o.store().db().query(
        "select row, conflict from matter where own = 1 and state in (3, 4, 5, 6, 7) order by row limit 40");
    if (!q) violated("the township's cases cannot be read");
    while (q->step().value_or(false)) cases.emplace_back(q->integer(0), q->integer(1) != 0);
  }
  if (cases.empty()) return;
  // Few of them, and these often.
  const auto [matter, conflict] = cases[more_.below(std::min<std::size_t>(cases.size(), 4))];
  const auto die = more_.below(10);
  const Millis now = wall(township_);
  const std::string text = text_of(more_, more_.below(300));
  auto done = conflict && die < 4 ? o.resolve(matter, text, now)
              : die == 9          ? o.withdraw(matter, now)
                                  : o.correct(matter, text, die < 5, now);
  note("revise", die, done.has_value());
  if (o.disk().dead()) township_.in_doubt = true;
  // That the desk says no is no fault.
  if (!done && done.error().code.starts_with("store.")) check_error(township_, done.error(), "revise");
  if (!alive(township_)) return;
  if (done) collect_records(township_, false);
  step();
}

/// The township's machine shows the county certificates that nobody of rank has issued.
void World::forge() {
  if (!township_.office->is_open()) return;
  node::Store& store = township_.office->store();
  const crypto::SigningKey authority = crypto::SigningKey::random(), person = crypto::SigningKey::random();
  auto told = store.write([&]() -> Result<> {
    for (const OfficeId& office : {superior_.office, store.me().office}) {
      crypto::Certificate c;
      c.type = crypto::CertType::officer;
      c.office = c.issuer = office;
      c.issuer_key = authority.public_key();
      c.subject.bytes = crypto::person_id_of(person.public_key()).bytes;
      c.key = person.public_key();
      c.not_before_ms = static_cast<std::uint64_t>(kBegin - kHour);
      c.not_after_ms = static_cast<std::uint64_t>(kBegin + 1000 * kHour);
      c.serial = 1;
      c.level = office == superior_.office ? crypto::Level::county : crypto::Level::township;
      c.roles = crypto::role::all;
      c.name = kForgedName;
      TRY(c.sign(authority));
      TRY(store.tell(Hash{c.digest.bytes}, superior_.peer, sync::FrameType::certificate, c.bytes));
    }
    return {};
  });
  if (!told) check_error(township_, told.error(), "forge");
  if (alive(township_)) step();
}

/// What was added later draws from its own source.
void World::plan_more() {
  const Millis length = end_of_faults_ - kBegin;
  const auto some_time = [&] { return kBegin + more_.between(0, length); };
  if (weather_.versions)
    for (std::int64_t n = more_.between(6, 20); n > 0; --n) at(some_time(), [this] { revise(); });
  if (weather_.rotation)
    for (const bool county : {true, false})
      at(some_time(), [this, county] {
        Side& s = county ? county_ : township_;
        s.skew += 31LL * 24 * kHour;
        if (!s.office->is_open()) return;
        node::Store& store = s.office->store();
        auto done = store.write([&] { return store.rotate_box(wall(s)); });
        if (!done) check_error(s, done.error(), "rotate");
        note("rotate", county, done.value_or(false));
        if (alive(s) && !county) step();
      });
  if (weather_.forger) at(some_time(), [this] { forge(); });
  if (weather_.bad_sync)
    for (std::int64_t n = more_.between(1, 4); n > 0; --n)
      at(some_time(), [this, county = more_.chance(0.5)] {
        Side& s = county ? county_ : township_;
        if (s.office->is_open()) s.office->disk().fail_at(test::CrashDisk::Op::sync, 1 + more_.below(12), false);
        note("bad sync", county);
      });
}

void World::plan() {
  const Millis length = random_.between(4, 20) * kMinute;
  end_of_faults_ = kBegin + length;
  const auto some_time = [&] { return kBegin + random_.between(0, length); };
  for (std::int64_t n = random_.between(4, 24); n > 0; --n) at(some_time(), [this] { author(); });
  if (weather_.downward)
    for (std::int64_t n = random_.between(2, 12); n > 0; --n) at(some_time(), [this] { acknowledge(); });
  if (weather_.officers)
    at(some_time(), [this] {
      if (!township_.office->is_open()) return;
      auto done = township_.office->add_officer("李明", crypto::SigningKey::random(), wall(township_));
      if (!done) check_error(township_, done.error(), "officer");
      if (!alive(township_)) return;
      // The first report carries the new certificate; the flash behind it is opened before it.
      author(Lane::routine);
      after(random_.between(100, 6000), [this] { author(Lane::flash); });
    });
  if (weather_.crash > 0)
    for (std::int64_t n = 1 + static_cast<std::int64_t>(weather_.crash * 8); n > 0; --n)
      at(some_time(), [this, county = random_.chance(0.5)] {
        Side& s = county ? county_ : township_;
        if (s.office->is_open()) s.office->disk().cut_power_at(1 + random_.below(80));
      });
  if (weather_.full)
    for (std::int64_t n = random_.between(1, 3); n > 0; --n)
      at(some_time(), [this, county = random_.chance(0.5)] {
        Side& s = county ? county_ : township_;
        s.office->disk().set_space(s.office->disk().used() + random_.below(200'000));
        note("full", county);
        after(random_.between(10'000, 200'000),
              [&s] { s.office->disk().set_space(std::numeric_limits<std::uint64_t>::max()); });
      });
  if (weather_.jumps)
    for (std::int64_t n = random_.between(1, 4); n > 0; --n)
      at(some_time(), [this, county = random_.chance(0.5)] {
        constexpr Millis kJumps[] = {5 * kMinute, kHour, 24 * kHour, 3650 * 24 * kHour};
        (county ? county_ : township_).skew += kJumps[random_.below(4)] * (random_.chance(0.5) ? 1 : -1);
        note("jump", county);
      });
  if (weather_.restore) {
    // One of the two only: what both have lost nobody can bring back.
    Side& s = random_.chance(0.5) ? county_ : township_;
    at(kBegin + random_.between(0, length / 2), [&s] {
      if (!s.office->is_open() || s.office->disk().dead()) return;
      s.backup = s.office->disk().clone();
      s.backup->set_space(std::numeric_limits<std::uint64_t>::max());
      s.backup->no_faults();
      s.backup->cut_power_at(std::uint64_t{1} << 60);
    });
    for (std::int64_t n = random_.between(1, 2); n > 0; --n)
      at(kBegin + random_.between(length / 2, length), [this, &s] { restore(s); });
  }
  if (weather_.down)
    for (std::int64_t n = random_.between(1, 5); n > 0; --n)
      at(some_time(), [this] {
        line_up_ = false;
        note("line.down");
        after(random_.between(1000, 150'000), [this] { line_up_ = true; });
      });
}

// ---------------------------------------------------------------- the observer

void World::scan(ByteView bytes, const char* where) {
  if (text(bytes).find(kCanary) != std::string_view::npos) violated(std::string("plain text was seen in ") + where);
}

/// What a message receipts must survive a power cut at this very moment.
void World::check_receipts_durable(Side& issuer, ByteView message, std::size_t skip) {
  if (random_.below(6) != 0) return;
  std::vector<sync::Receipt> receipts;
  std::vector<sync::ChunkReceipt> chunks;
  sync::FrameReader reader;
  reader.add(message.subspan(skip));
  for (;;) {
    auto frame = reader.next();
    if (!frame || !*frame) break;
    if ((*frame)->type != sync::FrameType::statement) continue;
    const auto s = sync::decode_statement((*frame)->bytes);
    if (!s) violated("a statement of ours does not decode");
    if (s->kind == sync::StatementKind::receipt)
      if (auto r = sync::decode_receipt(s->body); r->kind != sync::ReceiptKind::custody) receipts.push_back(*r);
    if (s->kind == sync::StatementKind::chunk_receipt) chunks.push_back(*sync::decode_chunk_receipt(s->body));
  }
  if (receipts.empty() && chunks.empty()) return;
  ++out_.durable_checks;
  auto disk = issuer.office->disk().clone();
  disk->cut_power_now();
  disk->power_on(0);
  Office after_cut(std::move(disk), issuer.office->secrets());
  if (auto opened = after_cut.open(); !opened) violated("a disk does not open after a cut: " + opened.error().what);
  for (const auto& r : receipts) {
    std::set<std::uint64_t> there;
    auto q = after_cut.store().db().query(
        r.kind == sync::ReceiptKind::opened
            ? "select e.seq from envelope e join stream s on s.row = e.stream where s.id = ? and e.own = 0"
              " and e.done_ms <> 0"
            : "select e.seq from envelope e join stream s on s.row = e.stream where s.id = ? and e.own = 0",
        r.stream.id());
    while (q->step().value_or(false)) there.insert(static_cast<std::uint64_t>(q->integer(0)));
    const auto need = [&](std::uint64_t seq) {
      if (!there.contains(seq)) violated(issuer.name + " receipts an envelope that is not durable, or not opened");
    };
    for (std::uint64_t s = 1; s <= r.upto.value; ++s) need(s);
    for (const auto& [a, b] : r.ranges)
      for (std::uint64_t s = a.value; s <= b.value; ++s) need(s);
  }
  for (const auto& r : chunks)
    for (const auto& [a, b] : r.ranges) {
      auto q = after_cut.store().blobs().query(
          "select count(*) from chunk c join attachment a on a.row = c.attachment"
          " where a.id = ? and a.author = ? and a.destination = ? and c.position between ? and ?",
          r.attachment, r.author, r.destination, a, b);
      if (!q->step().value_or(false) || q->integer(0) != b - a + 1)
        violated("a chunk was receipted and is not durable");
    }
}

void World::check_words(Side& s) {
  if (const std::string wrong = wrong_in_words(*s.office, s.words); !wrong.empty()) violated(s.name + ": " + wrong);
}

/// What the one side holds to be stored is at the other.
void World::check_stored_is_there() {
  if (!county_.office->is_open() || !township_.office->is_open()) return;
  if (weather_.restore && !finished_) return;  // until it hears of the restore, a side knows no better
  const auto check = [&](Side& from, Side& to) {
    auto q = from.office->store().db().query(
        "select s.id, e.seq, e.hash from envelope e join stream s on s.row = e.stream where e.own = 1 and e.state = 2");
    while (q->step().value_or(false)) {
      auto there = to.office->store().db().query(
          "select 1 from envelope e join stream s on s.row = e.stream where s.id = ?"
          " and e.seq = ? and e.hash = ? and e.own = 0",
          q->blob(0), q->integer(1), q->blob(2));
      if (!there->step().value_or(false))
        violated(from.name + " shows an envelope as delivered that " + to.name + " does not have");
    }
  };
  check(township_, county_);
  check(county_, township_);
}

/// What is still missing; empty when all has arrived and everybody knows.
std::string World::not_converged() {
  if (!county_.office->is_open() || !township_.office->is_open()) return "an office is off";
  std::string out;
  for (Side* s : {&township_, &county_}) {
    const auto add = [&](const char* what, std::string_view sql, bool blobs = false) {
      auto q = (blobs ? s->office->store().blobs() : s->office->store().db()).query(sql);
      const std::int64_t n = q && q->step().value_or(false) ? q->integer(0) : -1;
      if (n != 0) out += s->name + ": " + std::to_string(n) + " " + what + "; ";
    };
    add("deliveries without an open receipt", "select count(*) from delivery where state <> 3");
    add("envelopes not stored", "select count(*) from envelope where own = 1 and state not in (2, 9)");
    // Sealed to a key that was younger than the copy: its records are cut again, for the key that there is.
    add("envelopes not opened", weather_.restore && weather_.rotation
                                    ? "select count(*) from envelope where own = 0 and state <> 2 and refusal <> 1"
                                    : "select count(*) from envelope where own = 0 and state <> 2");
    add("chunks not stored",
        "select count(*) from chunk c join attachment a on a.row = c.attachment"
        " where a.own = 1 and a.ready = 1 and c.state <> 2",
        true);
  }
  if (!out.empty()) return out;
  if (!courier_->in_sync().value_or(false)) return "not in sync";
  return {};
}

/// Whether bytes that were asked back for are still on their way.
bool World::going_back() {
  for (Side* s : {&township_, &county_}) {
    auto q =
        s->office->store().blobs().query("select count(*) from attachment where handed = 1 and ready = 1 and done = 0");
    if (!q || !q->step().value_or(false) || q->integer(0) != 0) return true;
  }
  return false;
}

void World::check_records(Side& from, Side& to) {
  auto sent = from.office->own_records(), got = to.office->records();
  if (!sent || !got) violated("records cannot be read");
  for (const auto& [id, bytes] : from.acknowledged)
    if (!sent->contains(id) && !from.forked_away.contains(id)) violated(from.name + " lost a signed record");
  if (weather_.unnoticed && &from == &township_) {
    for (const auto& [id, bytes] : *got)
      if (!sent->contains(id) && !from.acknowledged.contains(id) && !from.lost.contains(id))
        violated(to.name + " has a record that nobody signed");
  } else if (sent->size() != got->size())
    violated(to.name + " has " + std::to_string(got->size()) + " records, " + from.name + " signed " +
             std::to_string(sent->size()));
  for (const auto& [id, bytes] : *sent) {
    const auto it = got->find(id);
    if (it == got->end()) violated(to.name + " never got a record of " + from.name);
    if (it->second != bytes) violated("a record arrived altered");
  }
  for (const auto& [sql, what] :
       {std::pair("select count(*) from record where own = 0 and (verified <> 1 or quarantine <> 0)",
                  "records that are not verified"),
        std::pair(weather_.restore && weather_.rotation ? "select count(*) from refused where why <> 1"
                                                        : "select count(*) from refused",
                  "refusals"),
        std::pair(weather_.flip > 0
                      ? "select max(0, count(*) - 12) from (select distinct peer, lane, stream, seq from part)"
                      : "select count(*) from part",
                  weather_.restore ? "" : "parts left over"),  // a flipped bit in a part's head begins another envelope
        std::pair("select count(*) from stream where forked <> 0", weather_.unnoticed ? "" : "forked streams"),
        // A bit that the line turned is a frame that fails its check.
        std::pair(
            weather_.restore ? "select count(*) from alarm where code not in ('office.admitted', 'clock.ahead',"
                               " 'node.restored', 'incarnation.many', 'stream.ahead', 'stream.forked',"
                               " 'stream.chain', 'home.copied', 'frame.refused')"
            : weather_.flip > 0 || weather_.forger || weather_.bad_sync
                ? "select count(*) from alarm where code not in ('office.admitted', 'clock.ahead', 'frame.refused')"
                : "select count(*) from alarm where code not in ('office.admitted', 'clock.ahead')",
            "alarms"),
        std::pair("select count(*) from envelope where own = 0 and records = 0",
                  weather_.restore ? "" : "envelopes without a record"),
        std::pair("select (select coalesce(sum(records), 0) from envelope where own = 0) -"
                  " (select count(*) from record where own = 0)",
                  "records counted twice")}) {
    if (*what == 0) continue;
    const auto n = to.office->number(sql);
    if (!n || *n != 0) violated(to.name + " has " + std::to_string(n.value_or(-1)) + " " + what);
  }
  // The two ends agree on every stream, number and chain.
  // What an earlier incarnation cut and lost on the way was cut again in this one.
  auto q = from.office->store().db().query(
      "select id, tip, chain, stored, opened from stream where own = 1 and incarnation ="
      " (select value from meta where key = 'incarnation')");
  while (q->step().value_or(false)) {
    auto other =
        to.office->store().db().query("select tip, chain, opened from stream where id = ? and own = 0", q->blob(0));
    if (!other->step().value_or(false)) violated("a stream is not known at its destination");
    if (other->integer(0) != q->integer(1) || other->blob(1) != q->blob(2))
      violated("the two ends of a stream disagree");
    if (q->integer(3) != q->integer(1) || q->integer(4) != q->integer(1)) violated("a stream's receipts lag behind");
  }
}

void World::check_attachments() {
  for (const auto& [id, files] : attachments_) {
    auto q = county_.office->store().db().query("select bytes from record where id = ?", id);
    if (!q->step().value_or(false)) {
      if (township_.lost.contains(id)) continue;
      violated("a manifest is missing");
    }
    const auto m = node::decode_manifest(sync::decode_record(q->blob(0))->record.body);
    if (!m) violated("a manifest does not decode");
    Bytes all;
    auto done = node::read_attachment(county_.office->store(), *m, [&](ByteView b) -> Result<> {
      all.insert(all.end(), b.begin(), b.end());
      return {};
    });
    if (!done && township_.backup && done.error().code == "attachment.incomplete") continue;
    if (!done) violated("an attachment cannot be read at the county: " + done.error().what);
    if (crypto::hash(crypto::purpose::chunk, {all}) != files[0].second) violated("an attachment arrived altered");
  }
  if (!weather_.unnoticed &&
      county_.office->number("select coalesce(sum(attachments), 0) from matter").value_or(-1) !=
          township_.office->number("select coalesce(sum(attachments), 0) from matter where state >= 3").value_or(-2))
    violated("the two ends count attachments differently");
}

void World::check_journal(Side& s) {
  auto q = s.office->store().db().query("select at_ms, actor, action, subject, detail, hash from journal order by row");
  Bytes previous(32);
  while (q->step().value_or(false)) {
    Writer w;
    w.u64(static_cast<std::uint64_t>(q->integer(0)))
        .str16(q->text(1))
        .str16(q->text(2))
        .str16(q->text(3))
        .str16(q->text(4));
    const Hash h = crypto::hash(crypto::purpose::journal, {previous, w.view()});
    if (q->blob(5) != Bytes(h.bytes.begin(), h.bytes.end())) violated(s.name + "'s journal does not chain");
    previous = q->blob(5);
  }
}

void World::final_checks() {
  finished_ = true;
  if (weather_.unnoticed)
    if (const auto there = county_.office->records())
      for (const auto& [id, bytes] : *there) township_.forked_away.insert(id);
  for (Side* s : {&township_, &county_}) s->returning.clear();
  collect_records(township_, false);
  collect_records(county_, false);
  check_records(township_, county_);
  check_records(county_, township_);
  check_attachments();
  check_stored_is_there();
  for (const bool up : {true, false})
    if (const std::string wrong =
            wrong_in_hearing(*(up ? township_ : county_).office, *(up ? county_ : township_).office);
        !wrong.empty())
      violated((up ? "township: " : "county: ") + wrong);
  for (Side* s : {&township_, &county_}) {
    for (const auto check : {wrong_in_cases, wrong_in_streams, wrong_in_directory, wrong_in_receipts})
      if (const std::string wrong = check(*s->office); !wrong.empty()) violated(s->name + ": " + wrong);
    check_journal(*s);
    for (const auto& [name, bytes] : s->office->disk().image()) scan(bytes, ("the disk of the " + s->name).c_str());
    if (out_.seed % 4 == 0) {
      for (node::Database* db : {&s->office->store().db(), &s->office->store().blobs()}) {
        const auto found = node::check_pages(*db);
        if (!found || !found->empty())
          violated(s->name + "'s database is damaged: " + (found ? found->front() : found.error().what));
      }
    }
  }
  out_.records_up = township_.acknowledged.size();
  out_.records_down = county_.acknowledged.size();
  // Once every message has been settled or has expired, nothing is remembered of what arrived.
  const std::size_t left = held(inner(*courier_, CourierSender{}), SenderItems{}) + held(*hub_sender_, SenderItems{});
  if (left != 0) violated("a sender still remembers " + std::to_string(left) + " things after all has arrived");
}

sim::Outcome World::run() {
  Pair pair = founded_pair();
  seed_libsodium(random_.next());
  county_.office = std::move(pair.county);
  township_.office = std::move(pair.township);
  weather_ = draw(random_);
  draw_more(weather_, more_);
  out_.faults = weather_.names();
  try {
    plan();
    plan_more();
    start(county_);
    start(township_);
    run_until(end_of_faults_);
    calm_ = true;
    line_up_ = true;
    note("calm");
    weather_.latency = std::min<Millis>(weather_.latency, 200);
    for (Side* s : {&township_, &county_}) {
      s->office->disk().set_space(std::numeric_limits<std::uint64_t>::max());
      if (!s->office->is_open()) continue;
      s->office->disk().cut_power_at(std::uint64_t{1} << 60);
      s->office->disk().no_faults();
    }
    const Millis deadline = end_of_faults_ + 15 * kMinute;
    std::string left = "?";
    while (!left.empty() && now_ < deadline) {
      run_until(now_ + 2000);
      left = not_converged();
    }
    if (!left.empty()) violated("not in sync after 15 minutes on a good line: " + left);
    out_.healed_ms = now_ - end_of_faults_;
    run_until(now_ + 2 * kMinute);
    // What an office lost with its machine comes back last, and on a poor line slowly.
    const Millis back_by = now_ + 30 * kMinute;
    while (going_back() && now_ < back_by) run_until(now_ + 2 * kMinute);
    if (going_back()) violated("bytes that an office asked for are not there after half an hour");
    // A poll may be under way at any moment; between two polls all must be quiet.
    for (int i = 0; i < 60 && !(left = not_converged()).empty(); ++i) run_until(now_ + 1000);
    if (!left.empty()) violated("was in sync and is no longer: " + left);
    final_checks();
  } catch (const Violation& v) {
    out_.violation = v.what;
  }
  crypto_generichash_final(&trace_, out_.trace.bytes.data(), out_.trace.bytes.size());
  courier_.reset();
  hub_sender_.reset();
  for (Side* s : {&township_, &county_}) {
    s->outbox.reset();
    s->link.reset();
    s->office->close();
    s->backup.reset();
  }
  return out_;
}

}  // namespace

Outcome run_seed(std::uint64_t seed) { return World(seed).run(); }

}  // namespace yz::sim
