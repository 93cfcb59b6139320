#include "node/net/superiors.h"

#include <doctest/doctest.h>

#include "node/lane_limit.h"
#include "node/store/direct.h"
#include "node/store/link.h"
#include "sync/exchange.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using yz::test::kDay;
using yz::test::Keys;
using yz::test::kNow;

namespace {

/// A line bureau under the same root as the township of `w`, elsewhere by its code.
class Bureau {
 public:
  explicit Bureau(test::World& w, const char* code = "37078399") {
    const std::array<std::uint8_t, 32> key{9};
    const std::array<std::uint8_t, 16> id{10};
    auto opened = Store::open({.folder = "/b", .key = key, .id = id, .create = true, .base_vfs = disk.name()});
    REQUIRE(opened);
    store_ = std::move(*opened);
    directory_ = std::make_unique<Directory>(*store_);
    const auto done = store_->write([&]() -> Result<> {
      Identity me;
      me.office = keys.office();
      me.node = keys.node_id();
      crypto::Certificate node = test::certificate(crypto::CertType::node, keys, me.office);
      node.level = crypto::Level::township;
      node.subject.bytes = me.node.bytes;
      node.key = keys.node.public_key();
      node.name = "1";
      TRY(node.sign(keys.authority));
      me.node_certificate = node.digest;
      std::vector<crypto::BoxKey> boxes;
      boxes.push_back(crypto::BoxKey::random());
      const BoxPublic box = boxes[0].public_key();
      TRY(store_->found(me, {keys.node.clone(), crypto::BoxKey::random(), std::move(boxes)}, crypto::Key::random()));
      TRY(directory_->learn_root(TRY(w.directory().root()).value(), true));
      TRY(directory_->learn(county_of(w), kNow));
      crypto::Certificate own = test::certificate(crypto::CertType::office, w.county, me.office);
      own.subject.bytes = me.office.bytes;
      own.key = keys.authority.public_key();
      own.level = crypto::Level::township;
      own.code = code;
      own.name = "县应急局";
      TRY(own.sign(w.county.authority));
      TRY(directory_->learn(own, kNow));
      TRY(directory_->set_office_state(me.office, OfficeState::self));
      TRY(directory_->learn(node, kNow));
      return put_list(*store_, me, node.digest, box);
    });
    REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
  }

  static crypto::Certificate county_of(test::World& w) {
    const auto all = w.directory().office_certificates().value();
    for (const auto& c : all)
      if (c.office == w.county.office()) return c;
    return {};
  }
  static Result<> put_list(Store& store, const Identity& me, const CertDigest& certificate, const BoxPublic& box) {
    sync::NodeList list;
    list.version = 1;
    list.nodes.push_back({me.node, certificate, box, kNow + 30 * kDay});
    const auto s = sync::issue(sync::StatementKind::node_list, {me.office, me.node, me.epoch}, TRY(store.tick(kNow)),
                               kNow, sync::encode(list), store.keys().node);
    return store.db().run("insert into node_list(office, version, bytes) values(?, 1, ?)", me.office,
                          ByteView(s.bytes));
  }
  Result<Invitation> invite(std::string code = "370783105", crypto::Level level = crypto::Level::township) {
    Invite wish;
    wish.code = std::move(code);
    wish.name = "柳河镇";
    wish.level = level;
    wish.urls = {"http://127.0.0.1:1"};
    return store_->write([&] { return make_invitation(*store_, *directory_, wish, "", kNow); });
  }
  Result<Bytes> answer(ByteView request) {
    return store_->write([&] { return admit(*store_, *directory_, request, keys.authority, kNow); });
  }
  Store& store() { return *store_; }
  Directory& directory() { return *directory_; }

  test::CrashDisk disk;
  Keys keys;

 private:
  std::unique_ptr<Store> store_;
  std::unique_ptr<Directory> directory_;
};

void give_list(test::World& w) {
  const auto done = w.store().write([&]() -> Result<> {
    return Bureau::put_list(w.store(), w.store().me(), w.store().me().node_certificate,
                            crypto::BoxKey::random().public_key());
  });
  REQUIRE(done);
}

Result<> ask(test::World& w, const Invitation& i, bool line) {
  return w.store().write(
      [&] { return ask_superior(w.store(), w.directory(), i, encode(i), line, w.town.authority, kNow); });
}

Result<> accept(test::World& w, const Invitation& i, ByteView request, ByteView answer) {
  return w.store().write([&] { return accept_registration(w.store(), w.directory(), i, request, answer, kNow); });
}

}  // namespace

TEST_CASE("an office is registered with a further superior and stays what it is") {
  test::World w;
  give_list(w);
  Bureau b(w);
  const Invitation i = b.invite().value();
  CHECK(i.line_only);
  REQUIRE(ask(w, i, true));
  CHECK(unanswered_superiors(w.store()).value() == std::vector{b.keys.office()});
  const auto asked = unanswered(w.store(), b.keys.office()).value();
  REQUIRE(asked);
  CHECK(asked->registers);
  const auto answer = b.answer(asked->request);
  REQUIRE_MESSAGE(answer, (answer ? "" : answer.error().what));
  REQUIRE(b.answer(asked->request));  // the answer was lost: it is given again
  const auto done = accept(w, i, asked->request, *answer);
  REQUIRE_MESSAGE(done, (done ? "" : done.error().what));

  CHECK(unanswered_superiors(w.store()).value().empty());
  const auto up = links(w.store(), true).value();
  REQUIRE(up.size() == 1);
  CHECK(up[0].office == b.keys.office());
  const auto rows = superior_rows(w.store(), w.directory()).value();
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].kind == SuperiorRow::Kind::superior);
  CHECK(rows[0].office.id == w.county.office());
  CHECK(rows[1].kind == SuperiorRow::Kind::line);
  CHECK(rows[1].joined);
  const auto self = w.directory().office(w.town.office()).value();
  CHECK(self->superior == w.county.office());  // who certified it is still its superior

  const auto there = b.directory().office(w.town.office()).value();
  REQUIRE(there);
  CHECK(there->state == OfficeState::below);
  CHECK(there->superior == w.county.office());
  CHECK(links(b.store(), false).value().size() == 1);
  CHECK(ask(w, i, true).error().code == "superior.exists");
  CHECK(b.invite());  // it may have left, and that word is on its way
}

TEST_CASE("an invitation to be registered certifies nobody, and a registration needs the office's own key and path") {
  test::World w;
  give_list(w);
  Bureau b(w);
  const Invitation i = b.invite().value();
  const auto plain = make_join_request(w.store(), w.directory(), i, w.town.authority).value();
  CHECK(b.answer(plain).error().code == "join.line");
  const auto code = [&](JoinRequestMessage m, const crypto::SigningKey& key) {
    m.invitation = id_of(i);
    const auto answer = b.answer(encode(m, key, i.code));
    REQUIRE_FALSE(answer);
    CHECK(answer.error().fault != Fault::corrupt);
    return answer.error().code;
  };
  const JoinRequestMessage good =
      decode_join_request(make_registration_request(w.store(), w.directory(), i, w.town.authority).value()).value();
  JoinRequestMessage m = good;
  const Keys other;
  m.authority = other.authority.public_key();
  CHECK(code(m, other.authority) == "join.form");  // somebody else's certificate
  m = good;
  m.offices.erase(m.offices.begin());  // the county's, under a key that is not its own
  CHECK(code(m, w.town.authority) == "join.form");
  const Invitation wrong = b.invite("370783106").value();
  m = good;
  m.invitation = id_of(wrong);
  CHECK(b.answer(encode(m, w.town.authority, wrong.code)).error().code == "join.code");
  test::World stranger;  // the same codes under another root
  give_list(stranger);
  m = decode_join_request(
          make_registration_request(stranger.store(), stranger.directory(), i, stranger.town.authority).value())
          .value();
  const auto answer = b.answer(encode(m, stranger.town.authority, i.code));
  REQUIRE_FALSE(answer);
  CHECK(answer.error().fault == Fault::forged);
  CHECK(links(b.store(), false).value().empty());
  CHECK(ask(stranger, i, true).error().code == "join.root");
}

TEST_CASE("a request to be registered cut anywhere is refused") {
  test::World w;
  give_list(w);
  Bureau b(w);
  const Invitation i = b.invite().value();
  const Bytes whole = make_registration_request(w.store(), w.directory(), i, w.town.authority).value();
  REQUIRE(decode_join_request(whole));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    const auto cut = decode_join_request(ByteView(whole).first(n));
    CAPTURE(n);
    REQUIRE_FALSE(cut);
    CHECK(cut.error().fault == Fault::forged);
  }
}

TEST_CASE("a second superior is added knowingly, and for this office only") {
  test::World w;
  give_list(w);
  Bureau b(w, "37078310");  // its code looks like that of a superior
  const Invitation plain = b.invite("370783105", crypto::Level::unit).value();
  CHECK_FALSE(plain.line_only);
  CHECK(ask(w, plain, false).error().code == "superior.line");
  CHECK(ask(w, b.invite("370783106", crypto::Level::unit).value(), true).error().code == "superior.code");
  Invitation old = plain;
  old.until_ms = kNow - 1;
  CHECK(ask(w, old, true).error().code == "join.expired");
  CHECK(ask(w, plain, true));
  // Another address for the same one, later: the newer invitation takes the older one's place.
  CHECK(ask(w, b.invite("370783105", crypto::Level::unit).value(), true));
  CHECK(unanswered_superiors(w.store()).value().size() == 1);
}

namespace {

/// An office, its node and perhaps where it is, known by certificates that somebody else checked.
void know(test::World& w, const Keys& of, const OfficeId& superior, const char* code,
          std::vector<std::string> urls = {}) {
  const auto done = w.store().write([&]() -> Result<> {
    TRY(
        w.store().db().run("insert into office(id, code, name, level, superior, certificate, state, at_ms)"
                           " values(?, ?, 'x', 2, ?, x'00', 0, 0)",
                           of.office(), code, superior));
    TRY(
        w.store().db().run("insert into node(id, office, name, key, certificate, digest, at_ms)"
                           " values(?, ?, '1', ?, x'00', ?, 0)",
                           of.node_id(), of.office(), of.node.public_key(), CertDigest{}));
    sync::NodeList list;
    list.version = 7;
    list.nodes.push_back({of.node_id(), {}, crypto::BoxKey::random().public_key(), kNow});
    list.urls = std::move(urls);
    const auto s = sync::issue(sync::StatementKind::node_list, {of.office(), of.node_id(), {}}, sync::Hlc::at(kNow),
                               kNow, sync::encode(list), of.node);
    return w.store().db().run("insert into node_list(office, version, bytes) values(?, 7, ?)", of.office(),
                              ByteView(s.bytes));
  });
  REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
}

bool renew(test::World& w) {
  return w.store().write([&] { return renew_links(w.store(), w.directory(), kNow); }).value();
}

std::optional<LinkRow> dialled_by(test::World& w, const NodeId& node) {
  return w.store().write([&] { return direct_from_below(w.store(), w.directory(), node); }).value();
}

}  // namespace

TEST_CASE("an office above our superior that says where it is can be dialled directly") {
  test::World w;
  Keys city, province;
  know(w, city, province.office(), "3707", {"http://10.0.0.7:8701"});
  CHECK_FALSE(renew(w));  // nothing says that it is above us
  REQUIRE(w.store().write([&] {
    return w.store().db().run("update office set superior = ? where id = ?", city.office(), w.county.office());
  }));
  CHECK(renew(w));
  CHECK_FALSE(renew(w));
  const auto up = uplinks(w.store()).value();
  REQUIRE(up.size() == 1);
  CHECK(up[0].direct);
  CHECK(up[0].upward);
  CHECK(up[0].office == city.office());
  CHECK(up[0].urls == std::vector<std::string>{"http://10.0.0.7:8701"});
  CHECK(links(w.store(), true).value().empty());  // no superior's link: nothing else goes by it
  REQUIRE(
      w.store().write([&] { return w.store().db().run("update office set state = 9 where id = ?", city.office()); }));
  CHECK(renew(w));
  CHECK(uplinks(w.store()).value().empty());
}

TEST_CASE("urgent mail goes directly once the usual way was silent for an hour") {
  test::World w;
  Keys county;
  LinkRow l{county.node_id(), county.office(), true, {"http://x"}, {}, 0};
  REQUIRE(w.store().write([&] { return add_link(w.store(), l, county.node.public_key()); }));
  CHECK(urgent_may_go_direct(w.store(), kNow).value());
  REQUIRE(w.store().write([&] { return w.store().db().run("update link set last_contact_ms = ?", kNow); }));
  CHECK_FALSE(urgent_may_go_direct(w.store(), kNow + 59 * 60'000).value());
  CHECK(urgent_may_go_direct(w.store(), kNow + 61 * 60'000).value());
}

TEST_CASE("a node that never joined here is let in only when its office lies below us by good certificates") {
  test::World w;
  Keys village, hamlet, elsewhere;
  know(w, village, w.town.office(), "370783105001");
  know(w, hamlet, village.office(), "370783105001001");
  know(w, elsewhere, w.county.office(), "370783106");
  CHECK_FALSE(dialled_by(w, Keys().node_id()));
  CHECK_FALSE(dialled_by(w, elsewhere.node_id()));
  CHECK_FALSE(dialled_by(w, w.store().me().node));
  const auto link = dialled_by(w, hamlet.node_id());
  REQUIRE(link);
  CHECK(link->direct);
  CHECK_FALSE(link_of(w.store(), hamlet.node_id()).value()->upward);
  CHECK(links(w.store(), false).value().empty());  // its mail goes the usual way
  CHECK(uplinks(w.store()).value().empty());       // and nobody dials it
  REQUIRE(w.store().write(
      [&] { return w.store().db().run("update office set state = 9 where id = ?", village.office()); }));
  CHECK_FALSE(dialled_by(w, village.node_id()));
}

TEST_CASE("an address is told once in the node list, and followed by who dials it") {
  test::World w;
  give_list(w);
  const auto tell = [&] {
    return w.store().write([&] { return tell_addresses(w.store(), {"http://10.0.0.1:8701"}, kNow); });
  };
  REQUIRE(tell());
  const auto mine = w.count("select version from node_list");
  CHECK(mine > 1);
  REQUIRE(tell());
  CHECK(w.count("select version from node_list") == mine);

  // Who dials follows what the list says; what is no address is passed over.
  LinkRow l{w.county.node_id(), w.county.office(), true, {"http://old"}, {}, 0};
  REQUIRE(w.store().write([&] { return add_link(w.store(), l, w.county.node.public_key()); }));
  REQUIRE(w.store().write([&] {
    return follow_addresses(w.store(), w.county.office(), {"http://10.0.0.9:8701", "file:///etc/passwd"});
  }));
  CHECK(link_of(w.store(), w.county.node_id()).value()->urls ==
        std::vector<std::string>{"http://10.0.0.9:8701", "http://old"});
}

namespace {

/// One envelope waits in every lane, and one more can be cut.
struct Full : sync::Outbox {
  Result<std::vector<sync::Queued>> waiting(sync::Lane l, std::int64_t, std::size_t) override {
    return std::vector{sync::Queued{1, {}, l, {}, 1}};
  }
  Result<std::optional<sync::Queued>> cut(sync::Lane l, std::uint64_t) override {
    ++cuts;
    return sync::Queued{2, {}, l, {}, 1};
  }
  Result<bool> uncut(sync::Lane) override { return true; }
  Result<Bytes> envelope(std::int64_t) override { return Bytes{}; }
  Result<std::vector<sync::QueuedChunk>> chunks(std::int64_t, std::size_t) override {
    return std::vector<sync::QueuedChunk>{{1, 1}};
  }
  Result<Bytes> chunk(std::int64_t) override { return Bytes{}; }
  Result<sync::ControlItems> control(std::uint64_t base, std::size_t) override {
    sync::ControlItems items;
    items.mark = base + 1;
    return items;
  }
  Result<std::optional<sync::Told>> told(std::uint64_t) override { return sync::Told{}; }
  Result<std::uint64_t> newest_told() override { return 0; }
  Result<sync::Digest> outstanding() override { return sync::Digest{}; }
  int cuts = 0;
};

}  // namespace

TEST_CASE("a direct line carries what cannot wait and nothing else") {
  using sync::Lane;
  Full all;
  LaneLimit direct(all, Lane::flash);
  CHECK(direct.anything().value());
  CHECK(direct.waiting(Lane::flash, 0, 1).value().size() == 1);
  CHECK(direct.cut(Lane::flash, 0).value());
  for (const Lane l : {Lane::urgent, Lane::routine}) {
    CHECK(direct.waiting(l, 0, 1).value().empty());
    CHECK_FALSE(direct.cut(l, 0).value());
    CHECK_FALSE(direct.uncut(l).value());
  }
  CHECK(direct.chunks(0, 1).value().empty());
  CHECK(direct.control(4, 100).value().mark == 5);
  direct.most(Lane::urgent);
  CHECK(direct.uncut(Lane::urgent).value());
  all.cuts = 0;
  LaneLimit answers(all, Lane::urgent, false);
  CHECK_FALSE(answers.cut(Lane::flash, 0).value());
  CHECK(all.cuts == 0);
  CHECK(answers.waiting(Lane::urgent, 0, 1).value().size() == 1);
}
