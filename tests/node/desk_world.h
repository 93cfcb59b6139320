#pragma once
// A township's office over a real store on a disk in memory, with its county above it, for the tests of desk, cases
// and API. The officers' passphrases are their names.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include "node/net/api.h"
#include "node/net/json.h"
#include "node/net/rules_json.h"
#include "node/office/rules.h"
#include "node/store/cases.h"
#include "tests/node/times.h"
#include "tests/support/crash_vfs.h"
#include "tests/support/documented.h"

namespace yz::test {

using namespace yz::node;

inline const Rules& the_rules() {
  static const Rules r = Rules::make(load_rules().value()).value();
  return r;
}

struct Keys {
  crypto::SigningKey authority = crypto::SigningKey::random(), node = crypto::SigningKey::random();
  OfficeId office() const { return crypto::office_id_of(authority.public_key()); }
  NodeId node_id() const { return crypto::node_id_of(node.public_key()); }
};

inline crypto::Certificate certificate(crypto::CertType type, const Keys& issuer, const OfficeId& office) {
  crypto::Certificate c;
  c.type = type;
  c.office = office;
  c.issuer = issuer.office();
  c.issuer_key = issuer.authority.public_key();
  c.not_before_ms = static_cast<std::uint64_t>(kNow - kDay);
  c.not_after_ms = static_cast<std::uint64_t>(kNow + 300 * kDay);
  c.serial = 1;
  c.level = crypto::Level::township;
  return c;
}

class World : public ApiHost {
 public:
  struct Officer {
    std::string name;
    OfficerRow row;
    crypto::SigningKey key;
  };

  explicit World(bool one_person = true, bool superior = true, std::vector<std::string> names = {"王芳"}) {
    const std::array<std::uint8_t, 32> key{7};
    const std::array<std::uint8_t, 16> id{8};
    auto opened = Store::open({.folder = "/h", .key = key, .id = id, .create = true, .base_vfs = disk.name()});
    REQUIRE(opened);
    store_ = std::move(*opened);
    directory_ = std::make_unique<Directory>(*store_);
    config_.office.utc_offset_minutes = std::chrono::minutes(480);
    auto done = store_->write([&]() -> Result<> { return found(one_person, superior, names); });
    REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
  }

  Store& store() override { return *store_; }
  Directory& directory() override { return *directory_; }
  const Rules& rules() override { return the_rules(); }
  const Config& config() override { return config_; }
  const std::string& home() const override { return home_; }
  sync::Millis now() const override { return now_ms; }
  Result<OfficerRow> authenticate(std::string_view name, ByteView passphrase) override {
    if (name.empty() && officers.size() > 1) return fail(Fault::invalid, "say who you are", "login.officer");
    const Officer* o = find(name);
    if (!o || text(passphrase) != o->name) return fail(Fault::denied, "wrong passphrase");
    return o->row;
  }
  Result<Signer> unlock(std::string_view name, ByteView passphrase) override {
    OfficerRow row = TRY(authenticate(name, passphrase));
    return Signer{row, find(row.name)->key.clone()};
  }
  Result<> change_passphrase(std::string_view, ByteView, ByteView) override { return {}; }
  Result<OfficerRow> add_officer(const OfficerRow&, std::string_view, std::uint16_t, std::string_view,
                                 ByteView) override {
    return officers.front().row;
  }
  Result<OfficerRow> renew_officer(std::string_view, ByteView) override { return officers.front().row; }
  Result<crypto::SigningKey> authority() override { return town.authority.clone(); }
  Result<PublicKey> rotate_authority(const node::OfficerRow&) override { return fail(Fault::invalid, "not here"); }
  void settle_identity() override {}
  Result<std::string> invite(const OfficerRow&, const Invite& i) override { return "YZ1-" + i.code; }
  void wake(sync::Lane l) override { woken.push_back(l); }
  Result<SyncReport> sync_now(const std::function<void(const SyncReport&)>&) override { return SyncReport{}; }
  Result<SyncReport> sync_with(const OfficeId&) override { return SyncReport{}; }
  Result<> add_superior(const OfficerRow&, std::string_view, bool) override { return {}; }
  void lines_changed() override {}
  Result<> open_received() override { return {}; }
  Result<std::uint64_t> backup(const std::string&, const std::function<void(double)>&) override { return 4096; }
  Result<BundleWritten> write_bundle(const OfficerRow&, std::string_view, const std::string&,
                                     const std::function<void(double)>&) override {
    return BundleWritten{};
  }
  Result<BundleRead> read_bundle(const OfficerRow&, const std::string&, const std::function<void(double)>&) override {
    return BundleRead{};
  }
  Result<sync::Tally> take_envelopes(const OfficerRow&, const std::vector<Bytes>&) override { return sync::Tally{}; }
  std::string software_version() const override { return "test"; }
  CpuMs cpu_ms() override { return {}; }

  struct Answer {
    ApiReply reply;
    Json json;
  };
  Answer call(std::string method, std::string target, std::string body = {}, std::string as = {}) {
    ApiCall c;
    c.method = std::move(method);
    c.target = std::move(target);
    c.body = std::move(body);
    c.officer = as;
    c.passphrase.emplace(view(as.empty() ? officers.front().name : as));
    c.language = "en";
    Answer a{Api(*this).call(c), {}};
    if (const std::string drift = undocumented(c, a.reply); !drift.empty()) FAIL_CHECK(drift);
    if (a.reply.content_type.find("json") != std::string::npos) {
      auto j = parse_json(a.reply.body, {.bytes = 64 * 1024 * 1024});
      REQUIRE_MESSAGE(j, a.reply.body);
      a.json = std::move(*j);
    }
    return a;
  }
  /// The id of a new report; a draft unless `send`.
  std::string write(bool send = false, std::string as = {}, std::string lane = "routine", std::string kind = "brief") {
    const auto a =
        call("POST", "/api/v1/reports",
             R"({"kind":")" + kind + R"(","lane":")" + lane + R"(","title":"柳河镇防汛物资清点情况","body":")" + kBody +
                 R"(","send":)" + (send ? "true" : "false") + "}",
             as);
    CAPTURE(a.reply.body);
    REQUIRE(a.reply.status == 200);
    return std::string(a.json.text("case"));
  }
  std::string state(const std::string& id) {
    return std::string(call("GET", "/api/v1/reports/" + id, {}, officers.front().name).json.text("state"));
  }
  std::int64_t count(const char* sql) {
    auto q = store_->db().query(sql);
    REQUIRE(q);
    REQUIRE(q->step());
    return q->integer(0);
  }
  const Officer* find(std::string_view name) const {
    for (const Officer& o : officers)
      if (o.name == name || (name.empty() && officers.size() == 1)) return &o;
    return nullptr;
  }
  /// A record of the township below us, as its officer signs it.
  sync::ReleasedRecord foreign(const Keys& from, const CaseId& id, std::vector<RecordId> parents = {},
                               std::string title = "乙村报告", sync::RecordType type = sync::RecordType::report,
                               sync::Millis at = kNow) {
    sync::Record r;
    r.type = type;
    r.salt.bytes[0] = ++salt_;
    r.origin = r.case_office = from.office();
    r.at = sync::Hlc::at(at);
    r.case_id = id;
    std::sort(parents.begin(), parents.end());
    r.parents = std::move(parents);
    r.addressees = {store_->me().office};
    Report report;
    report.title = std::move(title);
    report.body = kBody;
    BodyExtras x;
    x.type = type;
    r.body = encode_body(report, x);
    const RecordId rid = sync::record_id(r.content());
    r.signatures = {
        {sync::SignRole::signer, CertDigest{}, sync::sign_record(rid, sync::SignRole::signer, {}, from.node)}};
    return sync::release(r);
  }
  std::int64_t put(const sync::ReleasedRecord& r, sync::Refusal quarantine = sync::Refusal::none) {
    RecordFacts facts;
    facts.at_ms = kNow;
    facts.quarantine = quarantine;
    facts.verified = quarantine == sync::Refusal::none;
    std::int64_t row = 0;
    auto done = store_->write([&]() -> Result<> {
      row = TRY(put_record(*store_, r, facts));
      return {};
    });
    REQUIRE_MESSAGE(done, (done ? "" : done.error().what));
    return row;
  }

  static constexpr const char* kBody =
      "柳河镇六月八日清点防汛物资，编织袋六千条，冲锋舟两艘，应急灯一百二十盏，救生衣二百件，全部登记入库。";
  CrashDisk disk;
  Keys county, town;
  std::vector<Officer> officers;
  std::vector<sync::Lane> woken;
  sync::Millis now_ms = kNow;

 private:
  Result<> found(bool one_person, bool superior, const std::vector<std::string>& names) {
    Identity me;
    me.office = town.office();
    me.node = town.node_id();
    crypto::Certificate node = certificate(crypto::CertType::node, town, me.office);
    node.subject.bytes = me.node.bytes;
    node.key = town.node.public_key();
    node.name = "1";
    TRY(node.sign(town.authority));
    me.node_certificate = node.digest;
    std::vector<crypto::BoxKey> boxes;
    boxes.push_back(crypto::BoxKey::random());
    TRY(store_->found(me, {town.node.clone(), crypto::BoxKey::random(), std::move(boxes)}, crypto::Key::random()));

    const crypto::SigningKey root_key = crypto::SigningKey::random();
    crypto::RootDocument root;
    root.top = county.office();
    root.top_key = county.authority.public_key();
    root.keys = {root_key.public_key()};
    TRY(root.sign({&root_key}));
    TRY(directory_->learn_root(root, true));
    TRY(learn_office(county, county, "370783", "青山县", crypto::Level::county, one_person));
    TRY(learn_office(county, town, "370783105", "柳河镇", crypto::Level::township, one_person));
    TRY(directory_->set_office_state(town.office(), OfficeState::self));
    if (superior) TRY(directory_->set_office_state(county.office(), OfficeState::superior));
    TRY(directory_->learn(node, kNow));
    for (const std::string& name : names) {
      crypto::SigningKey key = crypto::SigningKey::random();
      crypto::Certificate c = certificate(crypto::CertType::officer, town, me.office);
      c.subject.bytes = crypto::person_id_of(key.public_key()).bytes;
      c.key = key.public_key();
      c.roles = crypto::role::all;
      c.name = name;
      TRY(c.sign(town.authority));
      TRY(directory_->learn(c, kNow));
      auto row = TRY(directory_->officer(c.digest));
      officers.push_back({name, *row, std::move(key)});
    }
    return {};
  }
  Result<> learn_office(const Keys& issuer, const Keys& of, const char* code, const char* name, crypto::Level level,
                        bool one_person) {
    crypto::Certificate c = certificate(crypto::CertType::office, issuer, of.office());
    c.subject.bytes = of.office().bytes;
    c.key = of.authority.public_key();
    c.level = level;
    c.code = code;
    c.name = name;
    c.flags = one_person ? crypto::cert_flag::one_person : std::uint16_t{0};
    TRY(c.sign(issuer.authority));
    return directory_->learn(c, kNow);
  }

  std::unique_ptr<Store> store_;
  std::unique_ptr<Directory> directory_;
  Config config_;
  std::string home_ = "/";
  std::uint8_t salt_ = 0;
};

}  // namespace yz::test
