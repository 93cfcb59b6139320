#include "tests/sim/office.h"

#include <sodium.h>

#include <cstdio>
#include <cstdlib>

#include "crypto/hash.h"
#include "node/log.h"
#include "node/net/join.h"
#include "node/net/rules_json.h"
#include "node/store/link.h"
#include "node/store/records.h"

namespace yz::sim {
namespace {

constexpr Millis kDay = 24 * kHour;

/// ChaCha20 under the seed: libsodium's own generator, started over for each run.
struct Stream {
  unsigned char key[crypto_stream_chacha20_KEYBYTES] = {};
  std::uint64_t block = 0;
  unsigned char buffer[1024];
  std::size_t used = sizeof buffer;
  void fill(unsigned char* out, std::size_t n) {
    while (n > 0) {
      if (used == sizeof buffer) {
        unsigned char nonce[crypto_stream_chacha20_NONCEBYTES];
        for (std::size_t i = 0; i < sizeof nonce; ++i) nonce[i] = static_cast<unsigned char>(block >> (8 * i));
        ++block;
        crypto_stream_chacha20(buffer, sizeof buffer, nonce, key);
        used = 0;
      }
      const std::size_t some = std::min(n, sizeof buffer - used);
      std::copy_n(buffer + used, some, out);
      used += some;
      out += some;
      n -= some;
    }
  }
};
Stream stream;

randombytes_implementation implementation = {
    .implementation_name = [] { return "yizhan-sim"; },
    .random =
        [] {
          std::uint32_t v = 0;
          stream.fill(reinterpret_cast<unsigned char*>(&v), sizeof v);
          return v;
        },
    .stir = nullptr,
    .uniform = nullptr,
    .buf = [](void* out, std::size_t n) { stream.fill(static_cast<unsigned char*>(out), n); },
    .close = nullptr,
};

crypto::SigningKey key_of(const std::array<std::uint8_t, 32>& seed) {
  return crypto::SigningKey::from_seed(*crypto::Key::from(seed));
}

crypto::Certificate certificate(crypto::CertType type, const Founding& f, const OfficeId& office,
                                const PublicKey& issuer, Millis now, Millis valid) {
  crypto::Certificate c;
  c.type = type;
  c.office = c.issuer = office;
  c.issuer_key = issuer;
  c.not_before_ms = static_cast<std::uint64_t>(now - kDay);
  c.not_after_ms = static_cast<std::uint64_t>(now + valid);
  c.serial = static_cast<std::uint64_t>(now);
  c.level = f.level;
  return c;
}

}  // namespace

void seed_libsodium(std::uint64_t seed) {
  static const bool once = [] {
    node::log().level(node::LogLevel::error);
    return randombytes_set_implementation(&implementation) == 0;
  }();
  (void)once;
  stream = Stream{};
  for (int i = 0; i < 8; ++i) stream.key[i] = static_cast<unsigned char>(seed >> (8 * i));
}

const node::Rules& rules() {
  static const node::Rules r = demand(node::Rules::make(demand(node::load_rules())));
  return r;
}

std::string text_of(Random& random, std::size_t more) {
  std::string out =
      "柳河镇春耕备耕进展顺利，6月8日已备足种子210吨、化肥850吨，分别占全年需要量的92%和85%。全镇检修农机63台，"
      "组织12名农技员到16个村开展培训，培训农户320人次。针对化肥缺口40吨，镇农技站已与县供销社签订调运协议，"
      "首批20吨将于6月10日到位，其余部分在6月15日前分两批运抵，届时由各村按登记面积分发到户。编号";
  out += kCanary;
  while (more-- > 0) out += "abcdefghijklmnopqrstuvwxyz0123456789"[random.below(36)];
  return out + "。";
}

crypto::SigningKey Office::authority() const { return key_of(secrets_.authority_seed); }

Result<> Office::open(bool create) {
  close();
  node::StoreOptions o{.folder = "h", .key = secrets_.store_key, .id = secrets_.store_id, .create = create};
  o.base_vfs = disk_->name();
  store_ = TRY(node::Store::open(o));
  auto done = [&]() -> Result<> {
    if (create) return {};
    return store_->load_identity();
  }();
  if (!done) {
    store_.reset();
    return done;
  }
  directory_ = std::make_unique<node::Directory>(*store_);
  inbox_ = std::make_unique<node::StoreInbox>(*store_);
  opener_ = std::make_unique<node::Opener>(*store_, *inbox_);
  books_ = std::make_unique<node::StoreBooks>(*store_, *directory_, 480, false);
  if (!create) TRY(store_->write([&] { return node::sweep_attachments(*store_); }));
  if (!officer_) officer_.emplace(key_of(secrets_.officer_seed));
  return {};
}

void Office::close() {
  books_.reset();
  opener_.reset();
  inbox_.reset();
  directory_.reset();
  store_.reset();
}

Result<> Office::found(const Founding& f, Millis now) {
  using namespace node;
  const crypto::SigningKey authority = key_of(secrets_.authority_seed), officer_key = key_of(secrets_.officer_seed);
  const crypto::SigningKey node_key = crypto::SigningKey::random();
  const crypto::BoxKey archive = crypto::BoxKey::random(), box = crypto::BoxKey::random();
  const OfficeId office = crypto::office_id_of(authority.public_key());
  crypto::Certificate node =
      certificate(crypto::CertType::node, f, office, authority.public_key(), now, 5 * 365 * kDay);
  Identity me;
  me.office = office;
  me.node = crypto::node_id_of(node_key.public_key());
  randombytes_buf(me.incarnation.bytes.data(), me.incarnation.bytes.size());
  randombytes_buf(me.epoch.bytes.data(), me.epoch.bytes.size());
  node.subject.bytes = me.node.bytes;
  node.key = node_key.public_key();
  node.name = "1";
  TRY(node.sign(authority));
  me.node_certificate = node.digest;
  std::vector<crypto::BoxKey> boxes;
  boxes.push_back(box.clone());
  crypto::Keyring ring{node_key.clone(), archive.clone(), std::move(boxes)};
  return store_->write([&]() -> Result<> {
    Directory& directory = *directory_;
    TRY(store_->found(me, std::move(ring), crypto::Key::random()));
    if (f.root) {
      const crypto::SigningKey root_key = crypto::SigningKey::random();
      crypto::RootDocument root;
      root.issued_ms = static_cast<std::uint64_t>(now);
      root.top = office;
      root.top_key = authority.public_key();
      root.keys = {root_key.public_key()};
      TRY(root.sign({&root_key}));
      TRY(directory.learn_root(root, true));
      TRY(store_->set_meta("root_key_seed", root_key.seed().expose()));
      crypto::Certificate c =
          certificate(crypto::CertType::office, f, office, authority.public_key(), now, 20 * 365 * kDay);
      c.subject.bytes = office.bytes;
      c.key = authority.public_key();
      c.flags = crypto::cert_flag::one_person;
      c.code = f.code;
      c.name = f.name;
      TRY(c.sign(authority));
      TRY(directory.learn(c, now));
      TRY(directory.set_office_state(office, OfficeState::self));
    } else {
      TRY(store_->db().run(
          "insert into office(id, code, name, level, superior, one_person, state, at_ms)"
          " values(?, ?, ?, ?, ?, 1, ?, ?)",
          office, f.code, f.name, static_cast<int>(f.level), OfficeId{}, static_cast<int>(OfficeState::self), now));
    }
    TRY(directory.learn(node, now));
    crypto::Certificate officer =
        certificate(crypto::CertType::officer, f, office, authority.public_key(), now, 3 * 365 * kDay);
    officer.subject.bytes = crypto::person_id_of(officer_key.public_key()).bytes;
    officer.key = officer_key.public_key();
    officer.roles = crypto::role::all;
    officer.name = f.officer;
    TRY(officer.sign(authority));
    TRY(directory.learn(officer, now));
    TRY(store_->journal(f.officer, f.root ? "init" : "join", f.code, "", now));
    sync::NodeList list;
    list.version = static_cast<std::uint64_t>(now);
    list.nodes.push_back({me.node, node.digest, box.public_key(), now + 30 * kDay});
    TRY(store_->state(sync::StatementKind::node_list, sync::encode(list), std::nullopt, now));
    Query q = TRY(store_->db().query("select bytes from control where type = ? order by number desc limit 1",
                                     static_cast<int>(sync::FrameType::statement)));
    TRY(q.step());
    return store_->db().run("insert into node_list(office, version, bytes) values(?, ?, ?)", office, list.version,
                            q.blob(0));
  });
}

Result<node::Desk> Office::desk(Millis now) { return node::Desk::open(*books_, rules(), now, 0); }

node::SigningPerson Office::signer() {
  // The person is looked up anew: the store may have been closed and opened since.
  const auto mine = demand(directory_->officers(store_->me().office));
  for (const auto& o : mine)
    if (o.key == officer_->public_key() && o.state == node::OfficerState::active) person_ = node::person_of(o);
  return {person_, *officer_};
}

Result<node::Outcome> Office::write(const Wish& wish, Millis now) {
  node::Report r;
  r.kind = wish.kind;
  r.lane = wish.lane;
  r.title = "柳河镇春耕备耕进展" + std::string(kCanary);
  r.body = wish.text;
  if (node::is_emergency(r.kind)) r.occurred_at = now - 10 * kMinute;
  CaseId id;
  randombytes_buf(id.bytes.data(), id.bytes.size());
  node::Desk d = TRY(desk(now));
  if (wish.attachments.empty()) return d.write(signer(), id, r, wish.send, to_);
  const node::Outcome draft = TRY(d.write(signer(), id, r, false, to_));
  for (const auto& [name, bytes] : wish.attachments)
    TRY(store_->write([&]() -> Result<> {
      const auto up = TRY(directory_->superiors());
      const auto m = TRY(node::add_attachment(*store_, up.at(0).id, name, bytes, now));
      TRY(d.attach(signer().person, draft.matter, m));
      return {};
    }));
  if (!wish.send) return draft;
  return d.send(signer(), draft.matter);
}

Result<node::Outcome> Office::send(std::int64_t matter, Millis now) { return TRY(desk(now)).send(signer(), matter); }

Result<node::Outcome> Office::acknowledge(std::int64_t matter, Millis now) {
  return TRY(desk(now)).acknowledge(signer(), matter, "收到");
}

Result<node::Outcome> Office::forward(std::int64_t matter, node::Forwarding f, Millis now) {
  return TRY(desk(now)).forward(signer(), matter, std::move(f));
}

Result<node::Outcome> Office::correct(std::int64_t matter, node::Report r, Millis now) {
  return TRY(desk(now)).correct(signer(), matter, std::move(r), "核实", true);
}

Result<> Office::add_officer(const std::string& name, const crypto::SigningKey& key, Millis now) {
  const auto self = TRY(directory_->office(store_->me().office));
  Founding f;
  f.level = self->level;
  const crypto::SigningKey by = authority();
  crypto::Certificate officer =
      certificate(crypto::CertType::officer, f, self->id, by.public_key(), now, 3 * 365 * kDay);
  officer.subject.bytes = crypto::person_id_of(key.public_key()).bytes;
  officer.key = key.public_key();
  officer.roles = crypto::role::all;
  officer.name = name;
  TRY(officer.sign(by));
  TRY(store_->write([&]() -> Result<> {
    for (const auto& o : TRY(directory_->officers(self->id)))
      TRY(directory_->set_officer_state(o.digest, node::OfficerState::retired));
    return directory_->learn(officer, now);
  }));
  officer_.emplace(key.clone());
  return {};
}

Result<> Office::open_received(Millis now) {
  for (;;)
    if (!TRY(opener_->open_some(4, now)).more) return {};
}

Result<std::map<RecordId, Bytes>> Office::own_records() {
  std::map<RecordId, Bytes> out;
  node::Query q = TRY(store_->db().query("select id, bytes from record where own = 1"));
  while (TRY(q.step())) out[TRY(q.id<RecordId>(0))] = q.blob(1);
  return out;
}

Result<std::map<RecordId, Bytes>> Office::records() {
  std::map<RecordId, Bytes> out;
  node::Query q = TRY(store_->db().query("select id, bytes from record where own = 0"));
  while (TRY(q.step())) out[TRY(q.id<RecordId>(0))] = q.blob(1);
  return out;
}

Result<std::int64_t> Office::number(std::string_view sql) {
  node::Query q = TRY(store_->db().query(sql));
  if (!TRY(q.step())) return fail(Fault::missing, "no row");
  return q.integer(0);
}

namespace {

std::unique_ptr<Office> made(const Founding& f) {
  Credentials c;
  randombytes_buf(c.store_key.data(), c.store_key.size());
  randombytes_buf(c.store_id.data(), c.store_id.size());
  randombytes_buf(c.authority_seed.data(), c.authority_seed.size());
  randombytes_buf(c.officer_seed.data(), c.officer_seed.size());
  auto o = std::make_unique<Office>(std::make_unique<test::CrashDisk>(), c);
  demand(o->open(true));
  demand(o->found(f, kBegin - kDay));
  return o;
}

/// As two nodes do it over the line.
void join(Office& below, const Founding& f, Office& above, Millis now) {
  node::Invite wish;
  wish.code = f.code;
  wish.name = f.name;
  wish.level = f.level;
  wish.urls = {"http://127.0.0.1:1"};
  const node::Invitation invitation = demand(
      above.store().write([&] { return node::make_invitation(above.store(), above.directory(), wish, "", now); }));
  const crypto::SigningKey authority = below.authority(), superior = above.authority();
  const Bytes request = demand(below.store().write(
      [&] { return node::make_join_request(below.store(), below.directory(), invitation, authority); }));
  const Bytes answer = demand(
      above.store().write([&] { return node::admit(above.store(), above.directory(), request, superior, now); }));
  demand(below.store().write(
      [&] { return node::accept_join_answer(below.store(), below.directory(), invitation, request, answer, now); }));
}

struct Base {
  std::unique_ptr<Office> county, township;
  Base() {
    seed_libsodium(0x59495a48414e);
    const Founding below{"370700101", "柳河镇", "王芳", crypto::Level::township, false};
    county = made({"370700", "青河县", "县长", crypto::Level::county, true});
    township = made(below);
    join(*township, below, *county, kBegin - kDay + kHour);
    county->close();
    township->close();
  }
};

struct WideBase {
  Tree tree;
  WideBase() {
    seed_libsodium(0x59495a484150);
    const std::vector<Founding> all{{"370700", "潍河市", "赵刚", crypto::Level::city, true},
                                    {"370783", "青山县", "李明", crypto::Level::county, false},
                                    {"370784", "安山县", "孙立", crypto::Level::county, false},
                                    {"370783105", "柳河镇", "王芳", crypto::Level::township, false},
                                    {"370783106", "石桥镇", "周平", crypto::Level::township, false},
                                    {"370784101", "景芝镇", "吴敏", crypto::Level::township, false}};
    tree.above = {0, 0, 0, 1, 1, 2};
    for (std::size_t i = 0; i < all.size(); ++i) {
      tree.offices.push_back(made(all[i]));
      if (i > 0)
        join(*tree.offices[i], all[i], *tree.offices[tree.above[i]], kBegin - kDay + static_cast<Millis>(i) * kHour);
    }
    for (auto& o : tree.offices) o->close();
  }
};

/// Joined from below upwards as well as downwards must come to the same: here the township joins first.
struct LongBase {
  std::unique_ptr<Office> city, county, township;
  LongBase() {
    seed_libsodium(0x59495a48414f);
    const Founding middle{"370783", "青山县", "李明", crypto::Level::county, false},
        below{"370783105", "柳河镇", "王芳", crypto::Level::township, false};
    city = made({"370700", "潍河市", "赵刚", crypto::Level::city, true});
    county = made(middle);
    township = made(below);
    join(*county, middle, *city, kBegin - kDay + kHour);
    join(*township, below, *county, kBegin - kDay + 2 * kHour);
    for (Office* o : {city.get(), county.get(), township.get()}) o->close();
  }
};

}  // namespace

Pair founded_pair() {
  static const Base base;
  const auto copy = [](Office& o) { return std::make_unique<Office>(o.disk().clone(), o.secrets()); };
  return {copy(*base.county), copy(*base.township)};
}

Tree founded_tree() {
  static const WideBase base;
  Tree out;
  out.above = base.tree.above;
  for (const auto& o : base.tree.offices)
    out.offices.push_back(std::make_unique<Office>(o->disk().clone(), o->secrets()));
  return out;
}

Trio founded_trio() {
  static const LongBase base;
  const auto copy = [](Office& o) { return std::make_unique<Office>(o.disk().clone(), o.secrets()); };
  return {copy(*base.city), copy(*base.county), copy(*base.township)};
}

}  // namespace yz::sim
