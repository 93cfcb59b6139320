#include "tests/sim/levels.h"

#include "crypto/hash.h"
#include "node/store/attachments.h"
#include "node/store/audit.h"
#include "node/store/life.h"
#include "node/store/records.h"
#include "sync/forward.h"

namespace yz::sim {
namespace {

/// What a dishonest county does with what others gave it, again and again.
enum class Trick { none, drop_flash, drop_everything, swallow_words, keep_back };

struct Weather {
  std::size_t offices = 3;
  double lost = 0, unheard = 0, twice = 0, cut = 0, crash = 0, flap = 0, write = 0.3;
  bool restore = false;
  Trick trick = Trick::none;
};

Weather weather_of(Random& r) {
  Weather w;
  constexpr std::size_t kSizes[] = {4, 4, 5, 6};  // in the order of founded_tree(): with 4 the second county is a leaf
  w.offices = kSizes[r.below(4)];
  const auto maybe = [&](double most) {
    return r.chance(0.5) ? most * static_cast<double>(r.between(1, 10)) / 10 : 0.0;
  };
  w.lost = maybe(0.3);
  w.unheard = maybe(0.3);
  w.twice = maybe(0.2);
  w.cut = maybe(0.3);
  w.crash = maybe(0.05);
  w.flap = maybe(0.1);
  w.write = 0.1 + maybe(0.4);
  w.restore = r.chance(0.25);
  if (r.chance(0.25)) w.trick = static_cast<Trick>(r.between(1, 4));
  return w;
}

struct Stop {
  std::string why;
};

class Levels {
 public:
  explicit Levels(std::uint64_t seed) : random_(seed) {
    tree_ = founded_tree();  // once a process it draws random bytes of its own
    seed_libsodium(seed);
    weather_ = weather_of(random_);
    // The dishonest one and the restored one are different seeds: their alarms would not be told apart.
    if (weather_.trick != Trick::none) weather_.restore = false;
    tree_.offices.resize(weather_.offices);
    for (std::size_t i = 1; i < weather_.offices; ++i)
      hops_.emplace_back(std::make_unique<Line>(*tree_.offices[i], *tree_.offices[tree_.above[i]], now_));
    backups_.resize(weather_.offices);
    down_until_.resize(weather_.offices);
  }

  LevelsOutcome run() {
    LevelsOutcome out;
    try {
      for (std::size_t i = 0; i < weather_.offices; ++i) start(i);
      for (int i = 0; i < 10; ++i) round(true);
      address();
      const std::int64_t steps = random_.between(30, 90);
      for (std::int64_t i = 0; i < steps; ++i) step(i * 100 / steps);
      if (weather_.trick != Trick::none) expose();
      heal();
      observe();
    } catch (const Stop& s) {
      out.violation = s.why;
    }
    out.faults = faults();
    out.records = promised_.size();
    out.exchanges = exchanges_;
    out.crashes = crashes_;
    out.restores = restores_;
    out.carried = carried();
    out.dishonest = weather_.trick != Trick::none;
    out.trace = hex(crypto::hash(crypto::purpose::digest, {view(trace_)}).view());
    return out;
  }

 private:
  struct Line {
    Line(Office& below, Office& above, const Millis& now) : hop(below, above, now) {}
    Hop hop;
    bool up = true;
  };
  struct Promised {
    std::size_t office;
    std::vector<OfficeId> to;
  };

  [[noreturn]] void violated(std::string why) { throw Stop{std::move(why)}; }
  void must(const Result<>& r, const char* where) {
    if (!r) violated(std::string(where) + ": " + r.error().what + " (" + r.error().code + ")");
  }
  void note(std::string_view what, std::size_t n = 0) {
    trace_.append(what).append(std::to_string(n)).append(" ").append(std::to_string(now_ - kBegin)).append("\n");
  }
  Office& office(std::size_t i) { return *tree_.offices[i]; }
  std::int64_t number(std::size_t i, std::string_view sql) {
    const auto n = office(i).number(sql);
    if (!n) violated("a question to a store failed: " + n.error().what);
    return *n;
  }

  // --- machines

  void start(std::size_t i) {
    Office& o = office(i);
    auto done = [&]() -> Result<> {
      TRY(o.open());
      return o.open_received(now_);
    }();
    if (!done) return fell(i, done.error(), "start");
    for (auto& l : hops_) must(l->hop.dial(), "dial");
    collect(i);
  }
  /// A store call failed: the power went, or it is a fault of ours.
  void fell(std::size_t i, const Error& e, const char* where) {
    Office& o = office(i);
    if (!o.disk().dead()) violated(std::string(where) + ": " + e.what + " (" + e.code + ")");
    note("fell", i);
    ++crashes_;
    close(i);
    o.disk().power_on(random_.next());
    down_until_[i] = now_ + random_.between(1, 10) * kMinute;
  }
  void close(std::size_t i) {
    for (auto& l : hops_) l->hop.hang_up(office(i));
    office(i).close();
  }
  /// Whoever of the two lost power in this call.
  void fell_one_of(Hop& hop, const Error& e) {
    bool any = false;
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if ((&office(i) == &hop.below() || &office(i) == &hop.above()) && office(i).disk().dead()) {
        fell(i, e, "exchange");
        any = true;
      }
    if (!any) violated("exchange: " + e.what + " (" + e.code + ")");
  }
  void put_back(std::size_t i) {
    if (!backups_[i] || !office(i).is_open()) return;
    note("restore", i);
    ++restores_;
    close(i);
    office(i).put_back(backups_[i]->clone());
    must(office(i).open(), "a backup does not open");
    must(office(i).store().write([&] { return node::begin_life(office(i).store(), now_); }), "new life");
    must(office(i).open_received(now_), "open after restore");
    for (auto& l : hops_) must(l->hop.dial(), "dial");
  }

  // --- what happens

  /// Everybody below the counties writes to the city too; some counties do nothing but carry.
  void address() {
    for (std::size_t i = 1; i < weather_.offices; ++i) {
      if (!office(i).is_open() || tree_.above[i] == 0) continue;
      if (random_.chance(0.8))
        office(i).address({office(tree_.above[i]).store().me().office, office(0).store().me().office});
    }
  }
  void step(std::int64_t percent) {
    now_ += random_.between(5'000, 2 * kMinute);
    for (std::size_t i = 0; i < weather_.offices; ++i) {
      if (!office(i).is_open() && now_ >= down_until_[i]) start(i);
      if (!office(i).is_open()) continue;
      if (random_.chance(weather_.crash)) office(i).disk().cut_power_at(1 + random_.below(60));
      if (i > 0 && random_.chance(weather_.write)) write(i);
      if (office(i).is_open() && tree_.above[i] != i && i < 3 && random_.chance(weather_.write / 3)) acknowledge(i);
      if (office(i).is_open() && random_.chance(weather_.write / 3) && i == 0) acknowledge(i);
      if (office(i).is_open() && (i == 1 || i == 2) && random_.chance(weather_.write / 3)) pass_on(i);
    }
    for (auto& l : hops_)
      if (random_.chance(weather_.flap)) l->up = !l->up;
    if (weather_.restore) restoring(percent);
    round(false);
  }
  void restoring(std::int64_t percent) {
    // A county or the city: what an author loses before anybody has it, nobody can bring back.
    const std::size_t who = random_.below(3);
    if (percent < 50 && random_.chance(0.1) && office(who).is_open() && !office(who).disk().dead()) {
      if (restored_ && *restored_ != who) return;
      restored_ = who;
      backups_[who] = office(who).disk().clone();
      backups_[who]->no_faults();
      backups_[who]->cut_power_at(std::uint64_t{1} << 60);
    }
    if (percent >= 50 && restored_ && restores_ < 2 && random_.chance(0.1)) put_back(*restored_);
  }
  void write(std::size_t i) {
    constexpr Lane kLanes[] = {Lane::flash, Lane::urgent, Lane::routine, Lane::routine};
    Office::Wish w;
    w.lane = kLanes[random_.below(4)];
    w.text = text_of(random_, random_.below(random_.chance(0.1) ? 6000 : 400));
    if (random_.chance(0.05)) w.attachments.emplace_back("图.jpg", Bytes(random_.below(120'000), 0x5a));
    auto done = office(i).write(w, now_);
    if (!done) return fell(i, done.error(), "write");
    if (done->refused) violated("a report was refused: " + done->refused->what);
    note("wrote", i);
    collect(i);
  }
  /// A case of another office; 0: there is none.
  std::int64_t some_matter(std::size_t i) {
    auto one = office(i).store().db().query("select min(row), count(*) from matter where own = 0");
    if (!one || !one->step().value_or(false) || one->integer(1) == 0) return 0;
    return one->integer(0) + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(one->integer(1))));
  }
  /// As it came, with its attachments or without them, whether these are here yet or not.
  void pass_on(std::size_t i) {
    const std::int64_t row = some_matter(i);
    if (row == 0) return;
    node::Forwarding f;
    if (random_.chance(0.2)) f.attachments.emplace();
    auto done = office(i).forward(row, std::move(f), now_);
    if (!done && done.error().fault != Fault::missing && done.error().fault != Fault::conflict &&
        done.error().fault != Fault::invalid && done.error().fault != Fault::denied)
      return fell(i, done.error(), "pass on");
    if (done) collect(i);
  }
  void acknowledge(std::size_t i) {
    const std::int64_t row = some_matter(i);
    if (row == 0) return;
    auto done = office(i).acknowledge(row, now_);
    if (!done && done.error().fault != Fault::missing && done.error().fault != Fault::conflict &&
        done.error().fault != Fault::invalid && done.error().fault != Fault::denied)
      return fell(i, done.error(), "acknowledge");
    if (done) collect(i);
  }
  /// What this office's officers were told is signed and queued.
  void collect(std::size_t i) {
    auto q =
        office(i).store().db().query("select r.id, d.destination from record r join delivery d on d.record = r.row");
    if (!q) return fell(i, q.error(), "collect");
    std::map<RecordId, Promised> all;
    for (;;) {
      auto more = q->step();
      if (!more) return fell(i, more.error(), "collect");
      if (!*more) break;
      Promised& p = all[q->id<RecordId>(0).value()];
      p.office = i;
      p.to.push_back(q->id<OfficeId>(1).value());
    }
    for (auto& [id, p] : all) promised_[id] = std::move(p);
  }

  void round(bool quiet) {
    for (std::size_t i = 0; i < weather_.offices; ++i) {
      Office& o = office(i);
      if (!o.is_open()) continue;
      auto told = o.store().write([&] { return node::tell_and_watch(o.store(), o.directory(), now_); });
      if (!told) fell(i, told.error(), "watch");
    }
    for (auto& l : hops_) {
      if (!l->up && !quiet) continue;
      for (int i = 0; i < 4 && l->hop.ready(); ++i) {
        if (&l->hop.below() == &office(1)) cheat();
        if (!l->hop.ready()) break;  // the power went while it cheated
        if (i == 0) l->hop.poll();
        Mishap m;
        if (!quiet) {
          m.no_request = random_.chance(weather_.lost);
          m.no_answer = random_.chance(weather_.unheard);
          m.twice = random_.chance(weather_.twice);
          if (random_.chance(weather_.cut)) m.cut = random_.below(30'000);
        }
        auto done = l->hop.exchange(m);
        ++exchanges_;
        if (!done) {
          fell_one_of(l->hop, done.error());
          break;
        }
        now_ += 200;
        if (!*done) break;
      }
    }
    check_honest();
  }

  // --- the dishonest county

  void cheat() {
    if (weather_.trick == Trick::none || reformed_ || !office(1).is_open()) return;
    const char* what = "";
    switch (weather_.trick) {
      case Trick::drop_flash:
        what =
            "delete from carry where envelope in (select e.row from envelope e join stream s on s.row = e.stream"
            " where e.own = 2 and s.lane = 1)";
        break;
      case Trick::drop_everything:
        what = "delete from carry where envelope in (select row from envelope where own = 2)";
        break;
      case Trick::swallow_words:
        what =
            "delete from carry where envelope in (select row from envelope where own = 2);"
            "delete from control where length(peer) = 16";
        break;
      case Trick::keep_back:
        what = "update carry set state = 1 where envelope in (select row from envelope where own = 2)";
        break;
      case Trick::none:
        break;
    }
    auto done = office(1).store().write([&] { return office(1).store().db().exec(what); });
    if (!done) fell(1, done.error(), "cheat");
  }
  /// Lines are good and the county goes on cheating: the city or a township must see it within two days.
  void expose() {
    mend();
    write_one(3, Lane::flash);
    const bool to_city = number(3,
                                "select count(*) from delivery d join office o on o.id = d.destination where o.level"
                                " = 2 and d.lane = 1") > 0;
    for (int i = 0; i < 60 && !seen(); ++i) {
      now_ += i < 30 ? kMinute : kHour;
      round(true);
    }
    if (to_city && !seen()) violated("nobody saw what the county kept back");
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if (i != 1 && number(i, "select count(*) from alarm where code = 'held.back' and office <> '370783'") > 0)
        violated("an honest office is accused");
    reformed_ = true;
    // What it threw away it cannot give any more; it is put right as an administrator would: its neighbours offer
    // again.
    must(office(1).store().write([&]() -> Result<> {
      TRY(
          office(1).store().db().exec("delete from carry where envelope in (select row from envelope where own = 2);"
                                      "delete from envelope where own = 2; delete from stream where own = 2"));
      return node::begin_life(office(1).store(), now_);
    }),
         "reform");
    for (auto& l : hops_) must(l->hop.redial(), "dial");
  }
  bool seen() {
    constexpr std::string_view kAny =
        "select count(*) from alarm where code in ('held.back', 'gap', 'not.taken', 'nothing.heard', "
        "'registry.differs',"
        " 'announced.missing')";
    std::int64_t n = 0;
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if (i != 1) n += number(i, kAny);
    return n > 0;
  }
  void write_one(std::size_t i, Lane lane) {
    Office::Wish w;
    w.lane = lane;
    w.text = text_of(random_, 60);
    auto done = office(i).write(w, now_);
    if (!done) violated("write: " + done.error().what);
    collect(i);
  }
  void check_honest() {
    if (weather_.trick != Trick::none) return;
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if (office(i).is_open() && number(i, "select count(*) from alarm where code = 'held.back'") > 0)
        violated("an honest office is accused of holding back");
  }

  // --- all is well again

  void mend() {
    for (std::size_t i = 0; i < weather_.offices; ++i) {
      if (office(i).disk().dead()) fell(i, Error{}, "mend");
      office(i).disk().cut_power_at(std::uint64_t{1} << 60);
      office(i).disk().no_faults();
      if (!office(i).is_open()) start(i);
    }
    for (auto& l : hops_) l->up = true;
  }
  void heal() {
    mend();
    for (int i = 0; i < 400; ++i) {
      now_ += i < 30 ? 15'000 : 5 * kMinute;
      round(true);
      if (i > 5 && open_promises() == 0) break;
    }
    for (int i = 0; i < 5; ++i) {
      now_ += kMinute;
      round(true);
    }
  }
  std::int64_t open_promises() {
    std::int64_t n = 0;
    for (std::size_t i = 0; i < weather_.offices; ++i)
      n += number(i, "select (select count(*) from delivery where state < 3) + (select count(*) from carry)") +
           unreadable_attachments(i);
    return n;
  }
  /// Of the manifests that came here, those whose chunks did not all come; of those handed on by a county too.
  std::int64_t unreadable_attachments(std::size_t i) {
    std::int64_t n = 0;
    auto q = office(i).store().db().query(
        "select bytes from record where own = 0 and type = ? and quarantine = 0 and flags & ? = 0",
        static_cast<int>(sync::RecordType::manifest), node::record_note::nested);
    while (q && q->step().value_or(false)) {
      const auto r = sync::decode_record(q->blob(0));
      const auto m = r ? node::decode_manifest(r->record.body) : std::unexpected(Error{});
      if (!m) violated("a manifest cannot be read");
      const auto inside = sync::unfold(*r);
      if (!inside) violated("a manifest cannot be read");
      if (whole_at(i, *m)) continue;
      // Its author lost the bytes with its newest days, before they were all anywhere else.
      const std::size_t author = index_of(inside->back().record.record.origin);
      if (restored_ == author && !whole_at(author, *m)) continue;
      ++n;
    }
    return n + bytes_not_back(i);
  }
  bool whole_at(std::size_t i, const node::Manifest& m) {
    return node::attachment_complete(office(i).store(), m).value_or(false);
  }
  /// Of the attachments of an office that was put back from a copy, those that it lacks and another one has.
  std::int64_t bytes_not_back(std::size_t i) {
    if (restored_ != i) return 0;
    std::int64_t n = 0;
    auto q = office(i).store().db().query("select bytes from record where own = 1 and type = ? and quarantine = 0",
                                          static_cast<int>(sync::RecordType::manifest));
    while (q && q->step().value_or(false)) {
      const auto r = sync::decode_record(q->blob(0));
      const auto m = r ? node::decode_manifest(r->record.body) : std::unexpected(Error{});
      if (!m) violated("a manifest of its own cannot be read");
      if (m->from || whole_at(i, *m)) continue;
      for (std::size_t k = 0; k < weather_.offices; ++k)
        if (k != i && std::ranges::binary_search(r->record.addressees, office(k).store().me().office) &&
            whole_at(k, *m)) {
          ++n;
          break;
        }
    }
    return n;
  }

  // --- the observer

  void observe() {
    std::vector<std::map<RecordId, Bytes>> own, received;
    for (std::size_t i = 0; i < weather_.offices; ++i) {
      own.push_back(office(i).own_records().value());
      received.push_back(office(i).records().value());
    }
    for (const auto& [id, p] : promised_) {
      const auto mine = own[p.office].find(id);
      if (mine == own[p.office].end()) {
        if (restored_ == p.office) continue;  // written after the copy was made, and nobody had it yet
        violated("a signed record is gone from its own office");
      }
      for (const OfficeId& to : p.to) {
        const std::size_t at = index_of(to);
        const auto there = received[at].find(id);
        if (there == received[at].end()) {
          std::string what;
          auto q = office(p.office).store().db().query(
              "select d.state, d.lane, e.state, e.seq, e.row, (select group_concat(c.state || '>' || l.upward) from "
              "carry"
              " c join link l on l.peer = c.peer where c.envelope = e.row), s.tip, s.stored from delivery d join "
              "record r"
              " on r.row = d.record left join envelope e on e.row = d.envelope left join stream s on s.row = e.stream"
              " where r.id = ? and d.destination = ?",
              id, to);
          if (q && q->step().value_or(false))
            for (int k = 0; k < 8; ++k) what.append(" ").append(q->text(k));
          violated("a signed record never arrived: " + hex(id.view()).substr(0, 8) + " from " +
                   std::to_string(p.office) + " to " + std::to_string(at) + ":" + what);
        }
        if (there->second != mine->second) violated("a record arrived altered");
      }
    }
    for (std::size_t i = 0; i < weather_.offices; ++i) {
      for (const auto& [id, bytes] : received[i]) {
        bool known = false;
        for (const auto& o : own) known = known || o.contains(id);
        if (!known && !restored_) violated("a record that nobody wrote");
      }
      if (number(i, "select count(*) from delivery where state < 2") > 0) {
        std::string what;
        auto q = office(i).store().db().query(
            "select d.state, d.lane, e.state, e.seq, s.own, s.tip, s.stored, (select name from office where id ="
            " d.destination), r.own, r.flags from delivery d join record r on r.row = d.record left join envelope e on"
            " e.row = d.envelope left join stream s on s.row = e.stream where d.state < 2 limit 1");
        if (q && q->step().value_or(false))
          for (int k = 0; k < 10; ++k) what.append(" ").append(q->text(k));
        violated("a receipt never came home to " + std::to_string(i) + ":" + what);
      }
      if (number(i, "select count(*) from carry") > 0) {
        std::string what;
        auto q = office(i).store().db().query(
            "select e.own, e.state, s.lane, e.seq, c.state, s.tip, s.stored, (select name from office where id = "
            "s.author),"
            " (select name from office where id = s.destination), (select upward from link where peer = c.peer) from"
            " carry c join envelope e on e.row = c.envelope join stream s on s.row = e.stream limit 1");
        if (q && q->step().value_or(false))
          for (int k = 0; k < 10; ++k) what.append(" ").append(q->text(k));
        violated("something is carried for ever at " + std::to_string(i) + ":" + what);
      }
      if (unreadable_attachments(i) > 0) violated("an attachment cannot be read at " + std::to_string(i));
      if (number(i, "select count(*) from envelope where own = 0 and state = 0") > 0)
        violated("an envelope stays unopened");
      const auto audit = node::verify_store(office(i).store(), office(i).directory(), std::nullopt);
      if (!audit || !audit->ok()) violated("verify: " + (audit ? audit->problems[0].what : audit.error().what));
    }
  }
  std::size_t index_of(const OfficeId& id) {
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if (office(i).store().me().office == id) return i;
    violated("a record for an office that is not there");
  }
  std::uint64_t carried() {
    std::uint64_t n = 0;
    for (std::size_t i = 0; i < weather_.offices; ++i)
      if (office(i).is_open())
        n += static_cast<std::uint64_t>(office(i).number("select count(*) from envelope where own = 2").value_or(0));
    return n;
  }
  std::string faults() const {
    std::string out = std::to_string(weather_.offices) + " offices";
    const auto add = [&](bool on, std::string_view name) {
      if (on) out.append(" ").append(name);
    };
    add(weather_.lost > 0, "lost");
    add(weather_.unheard > 0, "unheard");
    add(weather_.twice > 0, "twice");
    add(weather_.cut > 0, "cut");
    add(weather_.crash > 0, "crash");
    add(weather_.flap > 0, "flap");
    add(weather_.restore, "restore");
    add(weather_.trick != Trick::none, "dishonest" + std::to_string(static_cast<int>(weather_.trick)));
    return out;
  }

  Random random_;
  Weather weather_;
  Millis now_ = kBegin;
  Tree tree_;
  std::vector<std::unique_ptr<Line>> hops_;
  std::vector<std::unique_ptr<test::CrashDisk>> backups_;
  std::vector<Millis> down_until_;
  std::optional<std::size_t> restored_;
  bool reformed_ = false;
  std::map<RecordId, Promised> promised_;
  std::uint64_t exchanges_ = 0, crashes_ = 0, restores_ = 0;
  std::string trace_;
};

}  // namespace

LevelsOutcome run_levels(std::uint64_t seed) { return Levels(seed).run(); }

}  // namespace yz::sim
