// Drafts that the machines of one office share (sync/PROTOCOL.md 4.10), on lines that come and go.
#include "node/store/drafts.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "node/store/cases.h"
#include "node/store/life.h"
#include "node/store/revocation.h"
#include "node/store/siblings.h"
#include "tests/sim/expect.h"
#include "tests/sim/look.h"
#include "tests/sim/machines.h"
#include "tests/support/slow.h"

namespace yz::sim {
namespace {

template <class T>
T got(Result<T> r) {
  INFO((r ? "" : r.error().what + " (" + r.error().code + ")"));
  REQUIRE(r.has_value());
  return std::move(*r);
}
constexpr std::string_view kReports = "select count(*) from record where type = 1 and quarantine = 0";

/// The officer at his place.
struct Seat {
  node::StoreBooks books;
  crypto::SigningKey key;
  node::Person person;
  node::Desk desk;
  Seat(Office& o, Millis now)
      : books(o.store(), o.directory(), 480, false),
        key(crypto::SigningKey::from_seed(got(crypto::Key::from(o.secrets().officer_seed)))),
        desk(got(node::Desk::open(books, rules(), now, 0))) {
    for (const auto& one : got(o.directory().officers(o.store().me().office)))
      if (one.key == key.public_key()) person = node::person_of(one);
  }
  using Did = Result<node::Outcome>;
  Did edit(std::int64_t m, node::Report r, std::optional<node::Seen> seen) {
    return desk.edit(person, m, std::move(r), {}, seen);
  }
  Did take(std::int64_t m, const node::DraftVersion& v) { return desk.take(person, m, v); }
  Did remove(std::int64_t m) { return desk.remove(person, m); }
  Did send(std::int64_t m) { return desk.send({person, key}, m); }
  Did submit(std::int64_t m) { return desk.submit({person, key}, m); }
  Did review(std::int64_t m, const char* note) { return desk.review({person, key}, m, note); }
  Did send_back(std::int64_t m, const char* note) { return desk.send_back(person, m, note); }
  Did sign(std::int64_t m, const char* note) { return desk.sign({person, key}, m, note); }
};

struct Desks : Machines {
  Desks() {
    good(start());
    good(talk(2));
    good(join());
    good(talk(8));
    good(county.store().write([&] { return node::confirm_machine(county.store(), two->store().me().node, now); }));
    good(talk(6));
    REQUIRE_FALSE(got(node::unconfirmed(one.store(), two->store().me().node)));
  }
  std::unique_ptr<Seat> seat(Office& o) { return std::make_unique<Seat>(o, now); }
  /// A draft begun on this machine.
  CaseId begin(Office& o, const std::string& text = {}) {
    Office::Wish w;
    w.text = text.empty() ? text_of(random, 40) : text;
    w.send = false;
    return got(o.write(w, now)).case_id;
  }
  std::optional<node::Draft> draft(Office& o, const CaseId& id) {
    const auto m = got(node::matter(o.store(), id));
    if (!m) return std::nullopt;
    node::StoreBooks books(o.store(), o.directory(), 480, false);
    return got(books.draft(m->row));
  }
  node::Draft here(Office& o, const CaseId& id) {
    auto d = draft(o, id);
    REQUIRE(d.has_value());
    return std::move(*d);
  }
  std::int64_t matter(Office& o, const CaseId& id) { return here(o, id).matter; }
  /// Changes the draft as somebody who sees what is there now.
  template <class F>
  Result<node::Outcome> edit(Office& o, const CaseId& id, F change, std::optional<node::Seen> seen = {}) {
    node::Draft d = here(o, id);
    node::Report r = d.report;
    change(r);
    return seat(o)->edit(d.matter, std::move(r), seen ? seen : std::optional(d.seen));
  }
  Result<node::Outcome> retitle(Office& o, const CaseId& id, const std::string& title) {
    return edit(o, id, [&](node::Report& r) { r.title = title; });
  }
  /// The newest word of one machine to the other about a draft.
  sync::Statement telling(Office& by, Office& to) {
    node::Query q = got(by.store().db().query(
        "select bytes from control where peer = ? and hex(substr(bytes, 6, 1)) = '0C' order by number desc limit 1",
        to.store().me().node));
    REQUIRE(got(q.step()));
    return got(sync::decode_statement(q.blob(0)));
  }
  bool same(const CaseId& id) {
    const auto a = draft(one, id), b = draft(*two, id);
    if (!a || !b) return !a && !b;
    return a->report == b->report && a->state == b->state && a->content == b->content && a->disputed == b->disputed &&
           a->note == b->note && a->seen == b->seen;
  }
};

void no_complaint(Desks& w) {
  for (Office* o : w.offices())
    CHECK(number(*o, "select count(*) from alarm where code in ('frame.refused', 'identity.refused', 'copy.failed')") ==
          0);
}

}  // namespace

TEST_CASE("a draft begun on one machine shows on the other, and is edited and signed there") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  REQUIRE(w.draft(*w.two, id).has_value());
  CHECK(w.same(id));
  got(w.retitle(*w.two, id, "柳河镇雨情第二稿"));
  good(w.talk(3));
  CHECK(w.here(w.one, id).report.title == "柳河镇雨情第二稿");
  CHECK(w.same(id));
  const auto sent = got(w.two->send(w.matter(*w.two, id), w.now));
  REQUIRE_FALSE(sent.refused.has_value());
  good(w.talk(1));
  w.one_line = w.two_line = false;
  // Its record may still be on its way: it is no draft any more, and not out of sight.
  good(w.talk(2));
  CHECK(number(w.one, "select count(*) from draft where record is null") == 0);
  CHECK(number(w.one, "select count(*) from matter") == 1);
  w.one_line = w.two_line = true;
  good(w.talk(10));
  for (Office* o : w.offices()) CHECK(number(*o, kReports) == 1);
  CHECK(number(w.one, "select count(*) from draft") == 0);
  CHECK(number(*w.two, "select count(*) from draft") == 0);
  no_complaint(w);
}

TEST_CASE("what was signed on one machine is shown as signed on the other before its record is there, and then goes") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  w.one_line = w.two_line = w.between_line = false;
  REQUIRE_FALSE(got(w.seat(w.one)->send(w.matter(w.one, id))).refused.has_value());
  // The word of it alone, without the envelope.
  const auto said = w.telling(w.one, *w.two);
  good(w.two->store().write([&]() -> Result<> {
    sync::Tally tally;
    return w.two->inbox().apply(said, said.node, tally);
  }));
  const auto m = got(node::matter(w.two->store(), id));
  REQUIRE(m.has_value());
  CHECK(m->state == node::ReportState::signed_off);
  const auto refused = w.seat(*w.two)->send(m->row);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == "draft.signed_elsewhere");
  w.between_line = true;
  good(w.talk(4));
  CHECK(number(*w.two, kReports) == 1);
  CHECK(number(*w.two, "select count(*) from draft") == 0);
  CHECK(number(*w.two, "select count(*) from matter") == 1);
}

TEST_CASE("what two people change in different places at the same time is put together") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  w.between_line = false;
  got(w.retitle(w.one, id, "柳河镇雨情（一号机）"));
  const std::string body = w.here(*w.two, id).report.body + "补充：道路已通。";
  got(w.edit(*w.two, id, [&](node::Report& r) { r.body = body; }));
  good(w.talk(2));
  w.between_line = true;
  good(w.talk(4));
  for (Office* o : {&w.one, w.two.get()}) {
    const node::Draft d = w.here(*o, id);
    CHECK(d.disputed.empty());
    CHECK(d.report.title == "柳河镇雨情（一号机）");
    CHECK(d.report.body == body);
  }
  CHECK(w.same(id));
  no_complaint(w);
}

TEST_CASE("what is asked of others is drafted on one machine, and a text of the same case from another waits for it") {
  Desks w;
  const auto keep = [&](Office& o, node::Draft& d) {
    const auto at = w.seat(o);
    d.drafter = at->person.id;
    good(o.store().write([&] { return at->books.keep(d, w.now); }));
  };
  node::Draft asked, text;
  asked.case_id = text.case_id = w.seat(w.one)->desk.new_case();
  asked.report.title = "防火";
  asked.extras.type = sync::RecordType::commission;
  asked.extras.commission.emplace().due_ms = w.now;
  keep(w.one, asked);
  good(w.talk(3));
  CHECK_FALSE(w.draft(*w.two, asked.case_id).has_value());
  CHECK(got(node::draft_state(w.one.store(), asked.case_id)).heads.empty());
  text.report.title = "另一台机器的稿子";
  keep(*w.two, text);
  good(w.talk(3));
  CHECK(w.here(w.one, asked.case_id).report.title == "防火");
  CHECK(w.here(*w.two, asked.case_id).report.title == "另一台机器的稿子");
  const auto kept = w.here(w.one, asked.case_id);
  good(w.one.store().write([&] { return w.seat(w.one)->books.drop(kept, std::nullopt, w.now); }));
  good(w.talk(3));
  CHECK(w.here(w.one, asked.case_id).report.title == "另一台机器的稿子");
  CHECK(w.same(asked.case_id));
  no_complaint(w);
}

TEST_CASE("what two people change in the same place is disputed on both, and a person's choice settles it on both") {
  for (const bool take : {false, true}) {
    CAPTURE(take);
    Desks w;
    const CaseId id = w.begin(w.one);
    good(w.talk(3));
    w.between_line = false;
    for (int i = 0; i < 12; ++i) got(w.retitle(w.one, id, "一号机的标题" + std::to_string(i)));
    for (int i = 0; i < 12; ++i) got(w.retitle(*w.two, id, "二号机的标题" + std::to_string(i)));
    w.between_line = true;
    good(w.talk(4));
    CHECK(w.same(id));
    for (Office* o : {&w.one, w.two.get()}) {
      CHECK(w.here(*o, id).disputed == std::vector<std::string>{"title"});
      const auto s = got(node::draft_state(o->store(), id));
      std::vector<std::string> titles;
      for (const auto& v : s.heads) titles.push_back(v.report.title);
      std::ranges::sort(titles);
      CHECK(titles == std::vector<std::string>{"一号机的标题11", "二号机的标题11"});
      // Nothing goes on from a text that leaves somebody's words behind.
      const auto sent = w.seat(*o)->send(w.matter(*o, id));
      REQUIRE_FALSE(sent.has_value());
      CHECK(sent.error().code == "draft.disputed");
    }
    if (take) {
      const auto s = got(node::draft_state(w.two->store(), id));
      const auto ones = std::ranges::find(s.heads, "一号机的标题11", [](const auto& v) { return v.report.title; });
      REQUIRE(ones != s.heads.end());
      got(w.seat(*w.two)->take(w.matter(*w.two, id), *ones));
    } else {
      got(w.retitle(*w.two, id, "商定的标题"));
    }
    good(w.talk(4));
    CHECK(w.same(id));
    for (Office* o : {&w.one, w.two.get()}) {
      CHECK(w.here(*o, id).disputed.empty());
      CHECK(w.here(*o, id).report.title == (take ? "一号机的标题11" : "商定的标题"));
    }
    no_complaint(w);
  }
}

TEST_CASE("a page that was opened before another machine's change came does not write over it") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  const node::Seen shown = w.here(w.one, id).seen;
  got(w.retitle(*w.two, id, "二号机的标题"));
  good(w.talk(3));
  const auto saved = got(w.edit(
      w.one, id, [](node::Report& r) { r.title = "一号机的标题"; }, shown));
  CHECK(saved.disputed == std::vector<std::string>{"title"});
  // It goes on saving what it has, and the other text still stands.
  const auto again = got(w.edit(
      w.one, id, [](node::Report& r) { r.title = "一号机的标题，改"; }, saved.seen));
  CHECK(again.disputed == std::vector<std::string>{"title"});
  good(w.talk(3));
  CHECK(w.same(id));
  CHECK(got(node::draft_state(w.one.store(), id)).heads.size() == 2);
}

TEST_CASE("a deleted draft goes on the other machine, unless it was written on there unseen") {
  for (const bool written_on : {false, true}) {
    CAPTURE(written_on);
    Desks w;
    const CaseId id = w.begin(w.one);
    good(w.talk(3));
    w.between_line = false;
    got(w.seat(w.one)->remove(w.matter(w.one, id)));
    if (written_on) got(w.retitle(*w.two, id, "还要用"));
    w.between_line = true;
    good(w.talk(5));
    for (Office* o : {&w.one, w.two.get()}) {
      CHECK(number(*o, "select count(*) from draft") == (written_on ? 1 : 0));
      CHECK(number(*o, "select count(*) from matter") == (written_on ? 1 : 0));
    }
    CHECK(w.same(id));
    if (written_on) CHECK(w.here(w.one, id).report.title == "还要用");
  }
}

TEST_CASE("what is fixed under signatures travels with them, and no merge touches it") {
  Desks w;
  const CaseId id = w.begin(w.one);
  got(w.seat(w.one)->submit(w.matter(w.one, id)));
  good(w.talk(3));
  const node::Draft d = w.here(*w.two, id);
  CHECK(d.state == node::ReportState::in_review);
  CHECK(d.content == w.here(w.one, id).content);
  CHECK(d.signatures.size() == 1);
  // Returned on one machine while the other adds a signature: what was returned is returned, on both.
  w.between_line = false;
  got(w.seat(w.one)->send_back(d.matter, "请补充"));
  got(w.seat(*w.two)->review(d.matter, ""));
  w.between_line = true;
  good(w.talk(4));
  CHECK(w.same(id));
  CHECK(w.here(*w.two, id).state == node::ReportState::returned);
  CHECK(w.here(*w.two, id).note == "请补充");
  CHECK(w.here(*w.two, id).disputed.empty());
  // Submitted on one while the other writes on: a person decides, and may take what was submitted as it is.
  w.between_line = false;
  got(w.seat(w.one)->submit(w.matter(w.one, id)));
  const Bytes fixed = w.here(w.one, id).content;
  got(w.retitle(*w.two, id, "另一个标题"));
  w.between_line = true;
  good(w.talk(4));
  CHECK(w.same(id));
  CHECK(w.here(*w.two, id).state != node::ReportState::in_review);
  CHECK_FALSE(w.here(*w.two, id).disputed.empty());
  const auto s = got(node::draft_state(w.two->store(), id));
  for (const auto& v : s.heads)
    if (!v.content.empty()) got(w.seat(*w.two)->take(w.matter(*w.two, id), v));
  good(w.talk(4));
  CHECK(w.same(id));
  CHECK(w.here(w.one, id).content == fixed);
  const auto sent = got(w.seat(*w.two)->sign(w.matter(*w.two, id), ""));
  CHECK(sent.state == node::ReportState::signed_off);
  good(w.talk(10));
  for (Office* o : w.offices()) CHECK(number(*o, kReports) == 1);
  no_complaint(w);
}

TEST_CASE("signed on both machines at once is a conflict of records that everybody sees") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  w.between_line = false;
  got(w.retitle(w.one, id, "一号机的标题"));
  got(w.retitle(*w.two, id, "二号机的标题"));
  for (Office* o : {&w.one, w.two.get()}) REQUIRE_FALSE(got(o->send(w.matter(*o, id), w.now)).refused.has_value());
  good(w.talk(3));
  w.between_line = true;
  good(w.talk(10));
  for (Office* o : w.offices()) {
    CHECK(number(*o, kReports) == 2);
    CHECK(number(*o, "select count(*) from matter where conflict = 1") == 1);
    CHECK(number(*o, "select count(*) from draft") == 0);
  }
}

TEST_CASE("what was written on while another machine signed it is kept, and becomes the next version") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  w.between_line = false;
  REQUIRE_FALSE(got(w.one.send(w.matter(w.one, id), w.now)).refused.has_value());
  got(w.retitle(*w.two, id, "签发后才补的标题"));
  good(w.talk(3));
  w.between_line = true;
  good(w.talk(8));
  CHECK(w.here(*w.two, id).disputed == std::vector<std::string>{"signed"});
  CHECK(w.same(id));
  got(w.retitle(*w.two, id, "更正后的标题"));
  good(w.talk(3));
  REQUIRE_FALSE(got(w.two->send(w.matter(*w.two, id), w.now)).refused.has_value());
  good(w.talk(10));
  for (Office* o : w.offices()) {
    CHECK(number(*o, "select count(*) from record where quarantine = 0 and type in (1, 4)") == 2);
    CHECK(number(*o, "select count(*) from matter where conflict = 1") == 0);
    CHECK(number(*o, "select count(*) from draft") == 0);
  }
}

TEST_CASE("a machine put back from a copy brings no deleted draft back and loses no newer one") {
  Desks w;
  const CaseId deleted = w.begin(w.one), newer = w.begin(w.one);
  good(w.talk(3));
  w.one.close();
  auto copy = w.one.disk().clone();
  good(w.one.open());
  for (Hop* h : w.hops()) h->hang_up(w.one);
  got(w.seat(w.one)->remove(w.matter(w.one, deleted)));
  for (int i = 0; i < 5; ++i) got(w.retitle(w.one, newer, "备份以后的标题" + std::to_string(i)));
  const CaseId later = w.begin(w.one);
  good(w.talk(5));
  CHECK_FALSE(w.draft(*w.two, deleted).has_value());
  for (Hop* h : w.hops()) h->hang_up(w.one);
  w.one.close();
  w.one.put_back(std::move(copy));
  good(w.one.open());
  good(w.one.store().write([&] { return node::begin_life(w.one.store(), w.now); }));
  CHECK(w.draft(w.one, deleted).has_value());
  // Written on before the other machine is heard again.
  got(w.edit(w.one, newer, [](node::Report& r) { r.body += "恢复以后写的。"; }));
  good(w.talk(12));
  CHECK_FALSE(w.draft(w.one, deleted).has_value());
  CHECK_FALSE(w.draft(*w.two, deleted).has_value());
  CHECK(w.draft(w.one, later).has_value());
  CHECK(w.same(newer));
  CHECK(w.same(later));
  const auto s = got(node::draft_state(w.one.store(), newer));
  bool after = false, anew = false;
  for (const auto& v : s.heads) {
    after |= v.report.title == "备份以后的标题4";
    anew |= v.report.body.ends_with("恢复以后写的。");
  }
  CHECK(after);
  CHECK(anew);
}

TEST_CASE("nobody but a confirmed machine of the office is told of drafts, and a machine that is taken back no more") {
  Machines w;
  good(w.start());
  good(w.talk(2));
  good(w.join());
  good(w.talk(6));
  Office::Wish wish;
  wish.text = text_of(w.random, 40);
  wish.send = false;
  got(w.one.write(wish, w.now));
  good(w.talk(4));
  CHECK(number(*w.two, "select count(*) from draft") == 0);
  got(w.two->write(wish, w.now));
  good(w.talk(4));
  CHECK(number(w.one, "select count(*) from draft") == 1);  // it waits for the county's word
  const NodeId two = w.two->store().me().node;
  good(w.county.store().write([&] { return node::confirm_machine(w.county.store(), two, w.now); }));
  good(w.talk(8));
  CHECK(number(w.one, "select count(*) from draft") == 2);
  CHECK(number(*w.two, "select count(*) from draft") == 2);
  CHECK(number(w.county, "select count(*) from draft_part") == 0);
  CHECK(number(w.one,
               "select count(*) from control c join link l on l.peer = c.peer where l.upward <> 3 and"
               " hex(substr(c.bytes, 6, 1)) = '0C'") == 0);
  node::RevokeWish take_back;
  take_back.target = sync::RevokedTarget::node;
  take_back.subject.bytes = two.bytes;
  take_back.why = sync::RevokedWhy::compromised;
  take_back.since = w.now;
  take_back.reason = "电脑被盗";
  good(w.one.store().write([&] { return node::revoke(w.one.store(), take_back, w.one.authority(), "王芳", w.now); }));
  CHECK(number(w.one, "select count(*) from draft_told") == 0);
  got(w.one.write(wish, w.now));
  good(w.talk(4));
  CHECK(number(*w.two, "select count(*) from draft") == 2);
}

TEST_CASE("a superior that is shown a draft refuses it") {
  Desks w;
  const CaseId id = w.begin(w.one);
  good(w.talk(3));
  const auto said = w.telling(w.one, *w.two);
  sync::Tally tally;
  const auto refused =
      w.county.store().write([&] { return w.county.inbox().apply(said, w.one.store().me().node, tally); });
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().fault == Fault::denied);
  CHECK(number(w.county, "select count(*) from draft_part") == 0);
  // Nor does a machine take what another hands on in a third one's name.
  const auto foreign =
      w.two->store().write([&] { return w.two->inbox().apply(said, w.county.store().me().node, tally); });
  CHECK_FALSE(foreign.has_value());
  (void)id;
}

TEST_CASE("a text of 190,000 bytes is shared too") {
  Desks w;
  std::string text;
  while (text.size() < 190'000) text += text_of(w.random, 2000);
  const CaseId id = w.begin(w.one, text);
  good(w.talk(30));
  REQUIRE(w.draft(*w.two, id).has_value());
  CHECK(w.same(id));
  got(w.retitle(*w.two, id, "长文改题"));
  good(w.talk(30));
  CHECK(w.same(id));
  CHECK(w.here(w.one, id).report.title == "长文改题");
}

TEST_CASE("drafts of two machines end alike and no text is lost, whatever is cut or killed") {
  const char* asked = std::getenv("YZ_SIM_SEEDS");
  const int seeds = asked ? std::max(4, std::atoi(asked) / 4) : test::slow() ? 4 : 12;
  for (int seed = 1; seed <= seeds; ++seed) {
    CAPTURE(seed);
    Desks w;
    w.random = Random(static_cast<std::uint64_t>(seed));
    std::vector<CaseId> all;
    std::map<CaseId, std::set<std::string>> last;  // what stands: texts that nobody who saw them has replaced
    for (int step = 0; step < 40; ++step) {
      for (bool* line : {&w.one_line, &w.two_line, &w.between_line})
        if (w.random.chance(0.25)) *line = !*line;
      Office& o = w.random.chance(0.5) ? w.one : *w.two;
      if (all.size() < 4 && w.random.chance(0.3)) all.push_back(w.begin(o));
      if (!all.empty()) {
        const CaseId id = all[w.random.below(all.size())];
        if (w.draft(o, id) && !w.here(o, id).record) {
          const auto d = w.here(o, id);
          const double what = static_cast<double>(w.random.below(100)) / 100;
          if (what < 0.6) {
            const std::string title = "第" + std::to_string(step) + "步的标题";
            if (got(w.draft(o, id) ? Result<bool>(d.state != node::ReportState::in_review) : Result<bool>(false)))
              got(w.retitle(o, id, title));
          } else if (what < 0.7 && d.disputed.empty() && d.state != node::ReportState::in_review) {
            (void)w.seat(o)->submit(d.matter);
          } else if (what < 0.75 && d.state == node::ReportState::in_review) {
            (void)w.seat(o)->send_back(d.matter, "重写");
          } else if (what < 0.8) {
            got(w.seat(o)->remove(d.matter));
          }
        }
      }
      if (w.random.chance(0.15)) {
        const auto offices = w.offices();
        good(w.power_cut(*offices[w.random.below(offices.size())], w.random.next()));
      }
      good(w.talk(static_cast<int>(w.random.between(1, 4)), w.random.between(500, 60'000)));
    }
    w.one_line = w.two_line = w.between_line = true;
    // What either machine had standing before they spoke again stands at both, or was replaced by who had seen it.
    std::vector<std::pair<CaseId, node::DraftVersion>> stood;
    for (Office* o : {&w.one, w.two.get()})
      for (const CaseId& id : all)
        for (const auto& v : got(node::draft_state(o->store(), id)).heads) stood.emplace_back(id, v);
    good(w.talk(40, 5000));
    for (const CaseId& id : all) CHECK(w.same(id));
    for (const auto& [id, v] : stood)
      for (Office* o : {&w.one, w.two.get()}) {
        const auto s = got(node::draft_state(o->store(), id));
        CHECK(std::ranges::any_of(s.heads, [&](const auto& h) { return h.seen.covers(v.seen); }));
      }
    no_complaint(w);
  }
}

}  // namespace yz::sim
