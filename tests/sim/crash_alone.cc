// What an office does by itself, or with a file in hand: members, keys that end, sticks, codes.
#include "tests/sim/crash_alone.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "node/bundle.h"
#include "node/clock.h"
#include "node/net/join.h"
#include "node/net/superiors.h"
#include "node/store/notices.h"
#include "node/store/people.h"
#include "node/store/revocation.h"
#include "node/store/siblings.h"
#include "sync/notice.h"
#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

std::string open_after_cut(Office& o, std::uint64_t k, std::uint64_t survival, Cutter::Found& found) {
  o.disk().power_on(survival);
  if (survival >= 6) {  // and once more while it starts
    o.disk().cut_power_at(1 + (k + survival) % 9);
    (void)o.open();
    o.close();
    if (o.disk().dead()) {
      ++found.cuts;
      o.disk().power_on(survival + 100);
    } else {
      o.disk().cut_power_at(std::uint64_t{1} << 60);
    }
  }
  const auto opened = o.open();
  return opened ? "" : "it does not open: " + opened.error().what;
}

/// The work went to its end.
std::string wrong_uncut(const Alone& w, Office& o, const Result<>& done) {
  if (!done) return "the work is not done: " + done.error().what;
  if (std::string wrong = wrong_in(o, true); !wrong.empty()) return wrong;
  return w.check(o, true);
}

/// In a child process, after the cut at k: every way to survive it.
Cutter::Found survive(const Alone& w, Office& o, const std::map<RecordId, Bytes>& promised, std::uint64_t k,
                      const Result<>& done) {
  Cutter::Found f;
  o.close();
  for (const std::uint64_t survival : survivals(k)) {
    if (!f.wrong.empty()) break;
    ++f.cuts;
    const auto t = copy_of(o);
    f.wrong = open_after_cut(*t, k, survival, f);
    if (f.wrong.empty()) f.wrong = lost(promised, *t);
    if (f.wrong.empty()) f.wrong = wrong_in(*t, (k + survival) % 8 == 1);
    if (f.wrong.empty()) f.wrong = w.check(*t, done.has_value());
    if (!f.wrong.empty()) f.wrong += " [survival " + std::to_string(survival) + "]";
  }
  return f;
}

void cut(Cutter& cutter, const Alone& w) {
  seed_libsodium(3000);
  const auto o = copy_of(*w.before);
  if (const auto opened = o->open(); !opened) return cutter.fault(w.name, 0, opened.error().what);
  const auto promised = o->own_records();
  if (!promised) return cutter.fault(w.name, 0, promised.error().what);
  cutter.run(
      w.name, o->disk(), [&] { return w.act(*o); },
      [&](std::uint64_t k, const Result<>& done) -> Cutter::Found {
        if (k == 0) return {0, wrong_uncut(w, *o, done)};
        return survive(w, *o, *promised, k, done);
      },
      w.apart);
}

// --- members ---

/// A third office that asks to join, and a line that invites it.
struct Joining {
  std::shared_ptr<Office> above, below;
  node::Invitation invitation;
  Bytes request, answer;
};

std::shared_ptr<Office> begin_office(const Founding& f) {
  Credentials c;
  randombytes_buf(c.store_key.data(), c.store_key.size());
  randombytes_buf(c.store_id.data(), c.store_id.size());
  randombytes_buf(c.authority_seed.data(), c.authority_seed.size());
  randombytes_buf(c.officer_seed.data(), c.officer_seed.size());
  auto o = std::make_shared<Office>(std::make_unique<test::CrashDisk>(), c);
  demand(o->open(true));
  demand(o->found(f, kBegin));
  demand(o->open());
  return o;
}

Result<Bytes> admit_at(Office& o, ByteView request) {
  const auto authority = o.authority();
  return o.store().write([&] { return node::admit(o.store(), o.directory(), request, authority, kBegin); });
}
Result<> accept_at(Office& o, const Joining& j, ByteView answer) {
  return o.store().write(
      [&] { return node::accept_join_answer(o.store(), o.directory(), j.invitation, j.request, answer, kBegin); });
}
Result<> register_at(Office& o, const Joining& j, ByteView answer) {
  return o.store().write(
      [&] { return node::accept_registration(o.store(), o.directory(), j.invitation, j.request, answer, kBegin); });
}

node::Invitation invite_at(Office& o, const Founding& f, bool line) {
  node::Invite wish;
  wish.code = f.code;
  wish.name = f.name;
  wish.level = f.level;
  wish.urls = {"http://127.0.0.1:1"};
  wish.line = line;
  return demand(o.store().write([&] { return node::make_invitation(o.store(), o.directory(), wish, "", kBegin); }));
}

void joining_kinds(std::vector<Alone>& all) {
  auto j = std::make_shared<Joining>();
  const Founding founding{"370700102", "石桥镇", "周平", crypto::Level::township, false};
  j->above = std::shared_ptr<Office>(founded_pair().county.release());
  demand(j->above->open());
  j->invitation = invite_at(*j->above, founding, false);
  j->below = begin_office(founding);
  const auto authority = j->below->authority();
  j->request = demand(j->below->store().write(
      [&] { return node::make_join_request(j->below->store(), j->below->directory(), j->invitation, authority); }));
  j->above->close();
  j->below->close();
  const auto member = copy_of(*j->above);
  demand(member->open());
  j->answer = demand(admit_at(*member, j->request));
  member->close();

  all.push_back({"admit a new office", j->above,
                 [j](Office& o) -> Result<> {
                   TRY(admit_at(o, j->request));
                   return {};
                 },
                 [j](Office& o, bool done) -> std::string {
                   if (auto wrong = all_or_nothing(
                           o, done,
                           {"select count(*) from invitation where used_by is not null and office_code = '370700102'",
                            "select count(*) from office where code = '370700102' and state = 1 and certificate is not "
                            "null",
                            "select count(*) from link l join office o on o.id = l.office where o.code = '370700102'",
                            "select count(*) from node_list l join office o on o.id = l.office where o.code = "
                            "'370700102'",
                            "select count(*) from alarm where code = 'office.admitted' and office = '370700102'"});
                       !wrong.empty())
                     return wrong;
                   // The same request again, and the answer is good.
                   const auto answer = admit_at(o, j->request);
                   if (!answer) return "the request is not answered again: " + answer.error().what;
                   const auto below = copy_of(*j->below);
                   if (!below->open() || !accept_at(*below, *j, *answer)) return "the answer is not good";
                   return "";
                 }});
  all.push_back({"become a member", j->below, [j](Office& o) { return accept_at(o, *j, j->answer); },
                 [j](Office& o, bool done) -> std::string {
                   const auto sums = {std::string_view("select count(*) from link"),
                                      std::string_view("select count(*) from root"),
                                      std::string_view("select count(*) from office where state = 2"),
                                      std::string_view("select count(*) from office where state = 3 and certificate is "
                                                       "not null"),
                                      std::string_view("select count(*) from node_list l join office o on o.id = "
                                                       "l.office where o.state = 2")};
                   if (auto wrong = all_or_nothing(o, done, sums); !wrong.empty()) return wrong;
                   if (o.number("select count(*) from link").value_or(0) == 0)
                     if (const auto again = accept_at(o, *j, j->answer); !again) return again.error().what;
                   return all_or_nothing(o, true, sums);
                 }});
}

/// The township of one county is registered with another as well.
void registration_kinds(std::vector<Alone>& all) {
  Tree tree = founded_tree();
  auto j = std::make_shared<Joining>();
  j->above = std::move(tree.offices[2]);
  j->below = std::move(tree.offices[3]);
  demand(j->above->open());
  demand(j->below->open());
  j->invitation = invite_at(*j->above, {"370783105", "柳河镇", "王芳", crypto::Level::township, false}, true);
  const auto asking = copy_of(*j->below);
  demand(asking->open());
  const auto ask = [j](Office& o) {
    const auto authority = o.authority();
    return o.store().write([&] {
      return node::ask_superior(o.store(), o.directory(), j->invitation, node::encode(j->invitation), true, authority,
                                kBegin);
    });
  };
  demand(ask(*asking));
  const auto waiting = demand(node::unanswered(asking->store(), j->invitation.superior));
  if (!waiting) std::abort();
  j->request = waiting->request;
  j->above->close();
  j->below->close();
  asking->close();
  const auto hub = copy_of(*j->above);
  demand(hub->open());
  j->answer = demand(admit_at(*hub, j->request));
  const std::shared_ptr<Office> asked(copy_of(*asking).release());

  all.push_back({"ask a further superior", j->below, ask, [ask](Office& o, bool done) -> std::string {
                   const char* sql = "select count(*) from registration where length(request) > 100";
                   if (auto wrong = all_or_nothing(o, done, {sql, "select count(*) from registration"}); !wrong.empty())
                     return wrong;
                   if (o.number(sql).value_or(0) == 0 && !ask(o)) return "it cannot be asked again";
                   return "";
                 }});
  all.push_back({"register an office of another superior", j->above,
                 [j](Office& o) -> Result<> {
                   TRY(admit_at(o, j->request));
                   return {};
                 },
                 [j, asked](Office& o, bool done) -> std::string {
                   if (auto wrong = all_or_nothing(
                           o, done,
                           {"select count(*) from invitation where used_by is not null and office_code = '370783105'",
                            "select count(*) from link l join office o on o.id = l.office where o.code = '370783105'"});
                       !wrong.empty())
                     return wrong;
                   const auto answer = admit_at(o, j->request);
                   if (!answer) return "the request is not answered again: " + answer.error().what;
                   const auto below = copy_of(*asked);
                   if (!below->open() || !register_at(*below, *j, *answer)) return "the answer is not good";
                   return "";
                 }});
  all.push_back(
      {"be registered with a further superior", asked, [j](Office& o) { return register_at(o, *j, j->answer); },
       [j](Office& o, bool done) -> std::string {
         const auto links = o.number("select count(*) from link where upward = 1").value_or(-1);
         const auto left = o.number("select count(*) from registration").value_or(-1);
         if (!((links == 2 && left == 0) || (links == 1 && left == 1 && !done)))
           return "half a registration: " + std::to_string(links) + " links, " + std::to_string(left) + " questions";
         if (links == 1 && !register_at(o, *j, j->answer)) return "the answer cannot be taken again";
         return "";
       }});
}

// --- keys that end ---

void ending_kinds(std::vector<Alone>& all) {
  Trio trio = founded_trio();
  const std::shared_ptr<Office> city(trio.city.release()), county(trio.county.release());
  for (Office* o : {city.get(), county.get(), trio.township.get()}) demand(o->open());
  sync::Revocation r;
  r.target = sync::RevokedTarget::office;
  r.why = sync::RevokedWhy::compromised;
  r.subject.bytes = trio.township->store().me().office.bytes;
  r.since = kBegin;
  const Bytes body = sync::sign_revocation(r, city->authority());
  for (Office* o : {city.get(), county.get(), trio.township.get()}) o->close();
  // Its record, its effect and what neighbours are told of it.
  const auto check = [](Office& o, bool done) {
    return all_or_nothing(
        o, done,
        {"select count(*) from revocation where applied = 1",
         "select count(*) from office where code = '370783105' and state = 9",
         "select count(*) from control where type = 1 and substr(bytes, 6, 1) = x'04' and peer = x''"});
  };
  all.push_back(
      {"take a revocation and tell it on", county,
       [body](Office& o) { return o.store().write([&] { return node::take_revocation(o.store(), body, kBegin); }); },
       check});
  const node::RevokeWish wish{sync::RevokedTarget::office, r.subject, r.why, kBegin, "失窃"};
  all.push_back({"revoke an office", county,
                 [wish](Office& o) {
                   const auto authority = o.authority();
                   return o.store().write([&] { return node::revoke(o.store(), wish, authority, "李明", kBegin); });
                 },
                 check});
  all.push_back({"take a role from an officer", county,
                 [](Office& o) -> Result<> {
                   const auto authority = o.authority();
                   TRY(o.store().write([&] {
                     return node::change_roles(o.store(), "李明", crypto::role::all & ~crypto::role::duty, authority,
                                               kBegin + kHour);
                   }));
                   return {};
                 },
                 [](Office& o, bool done) {
                   return all_or_nothing(
                       o, done,
                       {"select count(*) from officer where name = '李明' and roles = 247 and office = (select id from "
                        "office where state = 3)",
                        "select count(*) from officer where name = '李明' and ended_ms > 0 and office = (select id "
                        "from office where state = 3)"});
                 }});
}

// --- a code, a stick ---

/// Goes with the last who uses it.
struct Folder {
  std::string path;
  Folder() {
    char name[] = "/tmp/yz-power-XXXXXX";
    path = ::mkdtemp(name) == nullptr ? std::string() : name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

node::LinkRow only_link(Office& o, bool upward) { return demand(node::links(o.store(), upward)).at(0); }

Result<> write_stick(Office& o, bool upward, const std::string& path) {
  TRY(node::export_bundle(o.store(), o.directory(), only_link(o, upward), path, {}));
  return {};
}
Result<> read_stick(Office& o, const std::string& path) {
  const auto read = TRY(node::import_bundle(o.store(), o.inbox(), path, {}));
  if (read.stopped) return std::unexpected(*read.stopped);
  if (!read.whole) return fail(Fault::invalid, "the stick is not whole");
  return o.open_received(node::wall_now());
}

void carried_kinds(std::vector<Alone>& all) {
  Scene s;
  s.now = node::wall_now();
  demand(s.start());
  demand(s.talk());
  for (const Lane l : {Lane::flash, Lane::routine, Lane::urgent})
    demand(s.report(l, 200, l == Lane::urgent ? 70'000 : 0));
  sync::Notice n;
  const auto records = demand(s.township().own_records());
  const RecordId named = records.begin()->first;
  const auto node = s.township().store().me().node;
  std::copy_n(node.bytes.begin(), n.node.bytes.size(), n.node.bytes.begin());
  std::copy_n(named.bytes.begin(), n.record.bytes.size(), n.record.bytes.begin());
  n.lane = Lane::flash;
  n.kind = 1;
  const Bytes code = sync::sign_notice(n, node, s.county().store().me().office, s.township().store().keys().node);
  s.hang_up(s.county());
  s.hang_up(s.township());
  const std::shared_ptr<Office> county(s.pair.county.release()), township(s.pair.township.release());

  all.push_back({"take a typed code", county,
                 [code](Office& o) -> Result<> {
                   TRY(o.store().write([&] { return node::keep_notice(o.store(), code, "县长", kBegin); }));
                   return {};
                 },
                 [](Office& o, bool done) {
                   return all_or_nothing(
                       o, done,
                       {"select count(*) from notice", "select count(*) from journal where action = 'notice'"});
                 }});

  const auto folder = std::make_shared<Folder>();
  const std::string stick = folder->path + "/stick";
  const auto writer = copy_of(*township);
  demand(writer->open());
  demand(write_stick(*writer, true, stick));
  writer->close();
  all.push_back(
      {"write a stick", township,
       [folder](Office& o) { return write_stick(o, true, folder->path + "/out-" + std::to_string(::getpid())); },
       [folder, county](Office& o, bool done) -> std::string {
         // A file with the name is whole, and what it says is what the store knows.
         const std::string path = folder->path + "/out-" + std::to_string(::getpid());
         const bool there = std::filesystem::exists(path);
         if (done && !there) return "the stick that was written is not there";
         std::string wrong;
         for (const bool again : {false, true}) {
           if (!again && !there) continue;
           if (again && !write_stick(o, true, path + "-again")) return "it cannot be written again";
           const auto reader = copy_of(*county);
           if (!reader->open()) return "the reader does not open";
           if (const auto read = read_stick(*reader, again ? path + "-again" : path); !read)
             wrong = "the stick does not open: " + read.error().what;
           else if (*reader->records() != *o.own_records())
             wrong = "the stick does not hold what was signed";
         }
         std::filesystem::remove(path + "-again");
         return wrong;
       },
       true});
  all.push_back({"read a stick", county, [folder, stick](Office& o) { return read_stick(o, stick); },
                 [folder, stick, records](Office& o, bool) -> std::string {
                   if (const auto again = read_stick(o, stick); !again)
                     return "it cannot be read again: " + again.error().what;
                   return *o.records() == records ? "" : "what the stick holds did not come in whole";
                 },
                 true});
}

// --- drafts that another machine of the office tells of ---

Result<std::vector<sync::Statement>> told_of_drafts(Office& by, Office& to) {
  std::vector<sync::Statement> out;
  node::Query q =
      TRY(by.store().db().query("select bytes from control where peer = ? order by number", to.store().me().node));
  while (TRY(q.step()))
    if (auto s = TRY(sync::decode_statement(q.blob(0))); s.kind == sync::StatementKind::draft)
      out.push_back(std::move(s));
  return out;
}

Result<> hear_of_drafts(Office& o, const std::vector<sync::Statement>& said, Millis now) {
  return o.store().write([&]() -> Result<> {
    sync::Tally tally;
    o.inbox().set_now(now);
    for (const auto& s : said) TRY(o.inbox().apply(s, s.node, tally));
    return {};
  });
}

void draft_kinds(std::vector<Alone>& all) {
  Machines w;
  demand(w.start());
  demand(w.join());
  demand(w.talk(8));
  demand(
      w.county.store().write([&] { return node::confirm_machine(w.county.store(), w.two->store().me().node, w.now); }));
  demand(w.talk(8));
  w.between_line = false;
  Office::Wish wish;
  wish.text = text_of(w.random, 9000);  // several pieces
  wish.send = false;
  const auto written = demand(w.one.write(wish, w.now));
  const auto asleep = [&]() -> std::shared_ptr<Office> {
    for (Hop* h : w.hops()) h->hang_up(*w.two);
    w.two->close();
    auto copy = copy_of(*w.two);
    demand(w.two->open());
    return copy;
  };
  constexpr std::string_view kDraft = "select count(*) from draft", kMatter = "select count(*) from matter",
                             kLive = "select count(*) from draft_case where live = 1";
  const Millis now = w.now;
  auto said = demand(told_of_drafts(w.one, *w.two));
  all.push_back({"take another machine's draft", asleep(),
                 [said, now](Office& o) { return hear_of_drafts(o, said, now); },
                 [said, now, kDraft, kMatter, kLive](Office& o, bool done) -> std::string {
                   if (auto wrong = all_or_nothing(o, done, {kDraft, kMatter, kLive}); !wrong.empty()) return wrong;
                   if (!hear_of_drafts(o, said, now)) return "it cannot be heard again";
                   return all_or_nothing(o, true, {kDraft, kMatter, kLive});
                 }});
  w.between_line = true;
  demand(w.talk(6));
  w.between_line = false;
  {
    node::StoreBooks books(w.one.store(), w.one.directory(), 480, false);
    const auto draft = demand(books.draft(written.matter));
    demand(w.one.store().write([&] { return books.drop(*draft, std::nullopt, w.now); }));
  }
  said = demand(told_of_drafts(w.one, *w.two));
  all.push_back({"take it that another machine deleted a draft", asleep(),
                 [said, now](Office& o) { return hear_of_drafts(o, said, now); },
                 [said, now, kDraft, kMatter, kLive](Office& o, bool done) -> std::string {
                   if (auto wrong = all_or_nothing(o, false, {kDraft, kMatter, kLive}); !wrong.empty()) return wrong;
                   if (done && o.number(kDraft).value_or(-1) != 0) return "what was deleted is back";
                   if (!hear_of_drafts(o, said, now)) return "it cannot be heard again";
                   return o.number(kDraft).value_or(-1) == 0 ? "" : "it is not deleted";
                 }});
}

}  // namespace

std::string all_or_nothing(Office& o, bool done, std::initializer_list<std::string_view> sums) {
  std::int64_t there = -1;
  for (const auto sql : sums) {
    const auto n = o.number(sql);
    if (!n) return std::string("cannot be read: ").append(sql);
    if (there < 0) there = *n;
    if (*n != there || (*n != 0 && *n != 1)) return "half (" + std::to_string(*n) + "): " + std::string(sql);
  }
  return done && there == 0 ? "what was done is gone" : "";
}

void cut_alone(Cutter& cutter) {
  std::vector<Alone> all;
  seed_libsodium(4000);
  joining_kinds(all);
  registration_kinds(all);
  ending_kinds(all);
  carried_kinds(all);
  draft_kinds(all);
  identity_kinds(all);
  for (const Alone& w : all) {
    if (cutter.enough()) return;
    cut(cutter, w);
  }
}

}  // namespace yz::sim
