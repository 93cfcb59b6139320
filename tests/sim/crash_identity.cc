// Power cuts at the transactions of identity: another key, another superior, another machine, an office that waits.
#include "node/net/machine_join.h"
#include "node/net/rehome.h"
#include "node/net/superiors.h"
#include "node/store/archive_keys.h"
#include "node/store/line_superiors.h"
#include "node/store/node_key.h"
#include "node/store/people.h"
#include "node/store/revocation.h"
#include "node/store/siblings.h"
#include "node/store/suspension.h"
#include "tests/sim/crash_alone.h"
#include "tests/sim/forest.h"
#include "tests/sim/machines.h"

namespace yz::sim {
namespace {

using Sums = std::vector<std::string>;

std::vector<std::int64_t> sums_of(Office& o, const Sums& sums) {
  std::vector<std::int64_t> out;
  for (const auto& sql : sums) out.push_back(o.number(sql).value_or(-1));
  return out;
}

/// A kind whose sums are all as before or all as they are when it is done; then it can be done.
Alone kind(const char* name, std::shared_ptr<Office> before, std::function<Result<>(Office&)> act, const Sums& sums) {
  const auto once = copy_of(*before);
  demand(once->open());
  const auto undone = sums_of(*once, sums);
  demand(act(*once));
  const auto whole = sums_of(*once, sums);
  if (whole == undone) {
    std::fprintf(stderr, "power cuts: %s changes nothing\n", name);
    std::abort();
  }
  once->close();
  return {name, std::move(before), act, [=](Office& o, bool done) -> std::string {
            const auto now = sums_of(o, sums);
            if (now == whole) return "";
            for (std::size_t i = 0; i < now.size(); ++i)
              if (now[i] != undone[i]) return "half (" + std::to_string(now[i]) + "): " + sums[i];
            if (done) return "what was done is gone";
            if (const auto again = act(o); !again) return "it cannot be done again: " + again.error().what;
            return sums_of(o, sums) == whole ? "" : "done again it is something else";
          }};
}

/// The office as it is at this moment, closed.
std::shared_ptr<Office> asleep(Forest& f, Office& o) {
  for (auto& [below, hop] : f.up) hop->hang_up(o);
  o.close();
  std::shared_ptr<Office> copy(copy_of(o).release());
  demand(o.open());
  return copy;
}

std::string told(std::string_view kind) {
  return "select count(*) from control where type = 1 and substr(bytes, 6, 1) = x'" + std::string(kind) + "'";
}
const std::string kJournal = "select count(*) from journal", kConsents = "select count(*) from consent";

void suspension_kinds(std::vector<Alone>& all, Forest& f) {
  const OfficeId town = id_of(f.town);
  const Millis now = f.now;
  const auto suspend = [=](bool on) {
    return [=](Office& o) {
      return o.store().write([&] { return node::suspend_office(o.store(), town, on, "李明", "整顿", now); });
    };
  };
  const Sums sums{"select count(*) from office where suspended = 1", kJournal};
  all.push_back(kind("suspend an office", asleep(f, f.east), suspend(true), sums));
  demand(suspend(true)(f.east));
  all.push_back(kind("let a suspended office go on", asleep(f, f.east), suspend(false), sums));
  demand(suspend(false)(f.east));
}

std::string under(const OfficeId& office, const PublicKey& key) {
  const std::string id = "x'" + hex(office.view()) + "'", of = "x'" + hex(key.view()) + "'";
  return "select (select count(*) from node where office = " + id + " and substr(certificate, 61, 32) = " + of +
         ") + (select count(*) from officer where office = " + id +
         " and state = 0 and substr(certificate, 61, 32) = " + of +
         ") + (select count(*) from office where superior = " + id + " and substr(certificate, 61, 32) = " + of + ")";
}

void key_kinds(std::vector<Alone>& all, Forest& f) {
  const OfficeId id = id_of(f.east), top = id_of(f.city);
  const Millis now = f.now;
  const auto old_key = std::make_shared<crypto::SigningKey>(f.east.authority());
  const auto next = std::make_shared<crypto::SigningKey>(crypto::SigningKey::random());
  const auto begin = [=](Office& o) {
    return o.store().write([&] { return node::begin_authority_key(o.store(), *old_key, *next, now); });
  };
  all.push_back(
      kind("consent to another key of the office", asleep(f, f.east), begin, {kConsents, told("09"), kJournal}));
  demand(begin(f.east));
  const Bytes consent = demand(node::rotation_from(f.east.store(), id, old_key->public_key())).value();
  const auto take = [=](Office& o) {
    return o.store().write([&] { return node::take_consent(o.store(), consent, node::ConsentBy::below, now); });
  };
  all.push_back(kind("take an office's consent", asleep(f, f.city), take, {kConsents, kJournal}));
  demand(take(f.city));
  const auto above = std::make_shared<crypto::SigningKey>(f.city.authority());
  const auto certify = [=](Office& o) {
    return o.store().write([&] { return node::certify_key(o.store(), id, *above, now); });
  };
  const std::string has_next =
      "select count(*) from office where substr(certificate, 121, 32) = x'" + hex(next->public_key().view()) + "'";
  all.push_back(kind("certify an office's new key", asleep(f, f.city), certify,
                     {has_next, "select count(*) from past_certificate"}));
  demand(certify(f.city));
  const auto certified = demand(f.city.directory().office_certificate(id)).value();
  demand(f.east.store().write([&] { return f.east.directory().learn(certified, now); }));
  all.push_back(kind("certify anew what stood under the old key", asleep(f, f.east),
                     [=](Office& o) { return o.store().write([&] { return node::reissue(o.store(), *next, now); }); },
                     {under(id, old_key->public_key()), under(id, next->public_key()), kJournal}));
  // The top office's, by the root document.
  const auto top_next = std::make_shared<crypto::SigningKey>(crypto::SigningKey::random());
  auto root = demand(f.city.directory().root()).value();
  const auto seed = demand(f.city.store().meta("root_key_seed")).value();
  const auto holder = crypto::SigningKey::from_seed(demand(crypto::Key::from(seed)));
  root.version += 1;
  root.top_key = top_next->public_key();
  demand(root.sign({&holder}));
  const std::string has_top = "select count(*) from office where id = x'" + hex(top.view()) +
                              "' and substr(certificate, 121, 32) = x'" + hex(top_next->public_key().view()) + "'";
  const auto adopt = [=](Office& o) {
    return o.store().write([&] { return node::adopt_top_key(o.store(), root, *above, *top_next, now); });
  };
  all.push_back(kind("adopt the root that names the top office's new key", asleep(f, f.city), adopt,
                     {has_top, kConsents, "select count(*) from root", "select count(*) from control where type = 3",
                      "select count(*) from past_certificate"}));
  demand(adopt(f.city));
  all.push_back(
      kind("certify anew what stood under the top office's old key", asleep(f, f.city),
           [=](Office& o) { return o.store().write([&] { return node::reissue(o.store(), *top_next, now); }); },
           {under(top, above->public_key()), under(top, top_next->public_key()), kJournal}));
  const Bytes top_consent = demand(node::rotation_from(f.city.store(), top, above->public_key())).value();
  const auto top_certificate = demand(f.city.directory().office_certificate(top)).value();
  all.push_back(kind("hear of the top office's new key", asleep(f, f.west),
                     [=](Office& o) {
                       return o.store().write([&]() -> Result<> {
                         sync::Tally tally;
                         o.inbox().set_now(now);
                         TRY(o.inbox().learn(sync::FrameType::root, root.bytes, NodeId{}, tally));
                         TRY(node::take_consent(o.store(), top_consent, node::ConsentBy::above, now));
                         return o.inbox().learn(sync::FrameType::certificate, top_certificate.bytes, NodeId{}, tally);
                       });
                     },
                     {has_top, kConsents, "select count(*) from root", kJournal}));
}

void smaller_keys(std::vector<Alone>& all, Forest& f) {
  const Millis now = f.now;
  const auto key = std::make_shared<crypto::SigningKey>(f.other.authority());
  const auto begin = [=](Office& o) {
    return o.store().write([&] { return node::begin_node_key(o.store(), *key, now); });
  };
  const std::string waits = "select count(*) from secret where name = 'node' and number = 1";
  all.push_back(
      kind("begin another key of the machine", asleep(f, f.other), begin, {waits, "select count(*) from past_node"}));
  demand(begin(f.other));
  all.push_back(
      kind("use it without waiting longer", asleep(f, f.other),
           [=](Office& o) { return o.store().write([&] { return node::finish_node_key(o.store(), now, true); }); },
           {waits, kJournal}));
  const auto person = std::make_shared<crypto::SigningKey>(crypto::SigningKey::random());
  all.push_back(kind("another key of a person", asleep(f, f.other),
                     [=](Office& o) -> Result<> {
                       const auto row = TRY(o.directory().officers(o.store().me().office)).at(0);
                       TRY(o.store().write([&] {
                         return node::change_officer_key(o.store(), row, person->public_key(), *key, now + kHour);
                       }));
                       return {};
                     },
                     {"select count(*) from officer where office = (select id from office where state = 3)",
                      "select count(*) from officer where state = 2"}));
  all.push_back(kind(
      "say where we are reached", asleep(f, f.west),
      [=](Office& o) { return o.store().write([&] { return node::state_addresses(o.store(), {"http://b:2"}, now); }); },
      {"select count(*) from control where instr(bytes, cast('http://b:2' as blob)) > 0",
       "select count(*) from node_list where instr(bytes, cast('http://b:2' as blob)) > 0"}));
}

// --- another superior ---

node::Invitation invitation(Office& by, Office& of, const std::string& code, bool moves, Millis now) {
  node::Invite wish;
  const auto own = demand(of.directory().office(id_of(of))).value();
  wish.code = code;
  wish.name = own.name;
  wish.level = own.level;
  wish.urls = {"http://127.0.0.1:1"};
  wish.moves = moves;
  wish.line = !moves;
  return demand(by.store().write([&] { return node::make_invitation(by.store(), by.directory(), wish, "", now); }));
}

void superior_kinds(std::vector<Alone>& all, Forest& f) {
  const Millis now = f.now;
  const auto own = std::make_shared<crypto::SigningKey>(f.town.authority());
  const auto theirs = std::make_shared<crypto::SigningKey>(f.west.authority());
  for (const bool moves : {false, true}) {
    const auto i = invitation(f.west, f.town, moves ? "370784105" : "370783105", moves, now);
    const auto ask = [=](Office& o) {
      return o.store().write(
          [&] { return node::ask_superior(o.store(), o.directory(), i, node::encode(i), !moves, *own, now); });
    };
    const Sums asked{"select count(*) from registration where length(request) > 100"};
    if (moves) all.push_back(kind("ask to move to another superior", asleep(f, f.town), ask, asked));
    demand(ask(f.town));
    const Bytes request = demand(node::unanswered(f.town.store(), i.superior)).value().request;
    const auto admit = [=](Office& o) -> Result<> {
      TRY(o.store().write([&] { return node::admit(o.store(), o.directory(), request, *theirs, now); }));
      return {};
    };
    const Sums admitted{"select count(*) from link", "select count(*) from invitation where used_by is not null",
                        kConsents};
    if (moves) all.push_back(kind("take over an office", asleep(f, f.west), admit, admitted));
    const Bytes answer = demand(
        f.west.store().write([&] { return node::admit(f.west.store(), f.west.directory(), request, *theirs, now); }));
    const auto accept = [=](Office& o) {
      return o.store().write(
          [&] { return node::accept_registration(o.store(), o.directory(), i, request, answer, now); });
    };
    const OfficeId line = i.superior;
    if (moves) {
      all.push_back(kind(
          "move to another superior", asleep(f, f.town), accept,
          {"select count(*) from office where code = '370784105'", kConsents, told("09"),
           "select count(*) from registration", "select count(*) from link where office = x'" + hex(line.view()) + "'",
           "select count(*) from link where office = x'" + hex(id_of(f.east).view()) + "'"}));
      continue;
    }
    all.push_back(kind("tell the superior of a line superior", asleep(f, f.town), accept,
                       {told("0d"), "select count(*) from registration",
                        "select count(*) from link where office = x'" + hex(line.view()) + "'"}));
    demand(accept(f.town));
    const auto said = [&]() -> sync::Statement {
      auto q = demand(f.town.store().db().query(
          "select bytes from control where type = 1 and substr(bytes, 6, 1) = x'0d' order by number desc limit 1"));
      demand(q.step());
      return demand(sync::decode_statement(q.blob(0)));
    };
    const auto hear = [now](const sync::Statement& s) {
      return [=](Office& o) {
        return o.store().write([&]() -> Result<> {
          sync::Tally tally;
          o.inbox().set_now(now);
          return o.inbox().apply(s, s.node, tally);
        });
      };
    };
    all.push_back(kind("hear of a line superior", asleep(f, f.east), hear(said()),
                       {"select count(*) from statement where kind = 13", kJournal,
                        "select count(*) from alarm where code = 'office.line'"}));
    demand(f.town.store().write([&] { return node::tell_parting(f.town.store(), line, now); }));
    all.push_back(
        kind("hear that an office left", asleep(f, f.west), hear(said()),
             {"select count(*) from statement where kind = 13", kJournal,
              "select count(*) from alarm where code = 'office.left'", "select count(*) from office where state = 1"}));
    const auto leave = [=](Office& o) -> Result<> {
      TRY(o.store().write([&] { return node::remove_superior(o.store(), line, now); }));
      return {};
    };
    all.push_back(kind("leave a line superior", asleep(f, f.town), leave,
                       {"select count(*) from link", "select count(*) from office where state = 2"}));
    demand(leave(f.town));
  }
}

// --- machines ---

void machine_kinds(std::vector<Alone>& all) {
  Machines w;
  demand(w.start());
  demand(w.join());
  demand(w.talk(8));
  const auto third = second_machine(w.one, w.now);
  demand(w.talk(4));
  const Millis now = w.now;
  const auto asleep_here = [&](Office& o) {
    for (Hop* h : w.hops()) h->hang_up(o);
    o.close();
    std::shared_ptr<Office> copy(copy_of(o).release());
    demand(o.open());
    return copy;
  };
  const NodeId two = w.two->store().me().node;
  all.push_back(
      kind("confirm a machine of an office below", asleep_here(w.county),
           [=](Office& o) { return o.store().write([&] { return node::confirm_machine(o.store(), two, now); }); },
           {"select count(*) from node where confirmed = 0", told("0b"),
            "select count(*) from alarm where code = 'node.unconfirmed'"}));
  node::RevokeWish wish;
  wish.target = sync::RevokedTarget::node;
  wish.subject.bytes = third->store().me().node.bytes;
  wish.why = sync::RevokedWhy::compromised;
  wish.since = now;
  wish.reason = "电脑被盗";
  const std::string archives = "select count(*) from secret where name = 'archive'";
  all.push_back(kind("revoke one of three machines", asleep_here(w.one),
                     [=](Office& o) {
                       const auto authority = o.authority();
                       return o.store().write([&] { return node::revoke(o.store(), wish, authority, "王芳", now); });
                     },
                     {archives, told("0a"), "select count(*) from node where state = 9",
                      "select count(*) from revocation where applied = 1", "select count(*) from link",
                      "select count(*) from machine"}));
  demand(w.two->store().write([&] { return node::renew_archive(w.two->store(), now); }));
  auto q = demand(
      w.two->store().db().query("select bytes from control where peer = ? and type = 1 order by number desc limit 1",
                                ByteView(w.one.store().me().node.view())));
  demand(q.step());
  const auto said = demand(sync::decode_statement(q.blob(0)));
  all.push_back(kind("take another machine's archive key, and tell the third", asleep_here(w.one),
                     [=](Office& o) {
                       return o.store().write([&]() -> Result<> {
                         sync::Tally tally;
                         o.inbox().set_now(now);
                         return o.inbox().apply(said, said.node, tally);
                       });
                     },
                     {archives, told("0a")}));
}

}  // namespace

void identity_kinds(std::vector<Alone>& all) {
  Forest f;
  demand(f.start());
  demand(f.talk(2));
  suspension_kinds(all, f);
  smaller_keys(all, f);
  superior_kinds(all, f);
  key_kinds(all, f);
  machine_kinds(all);
}

}  // namespace yz::sim
