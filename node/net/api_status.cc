#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

#include "node/log.h"
#include "node/net/api_admin.h"
#include "node/net/api_desk.h"
#include "node/net/join.h"
#include "node/net/sentences.h"
#include "node/store/authority_key.h"
#include "node/store/clues.h"
#include "node/store/counts.h"
#include "node/store/node_key.h"
#include "node/store/notices.h"
#include "node/store/people.h"
#include "node/store/watch.h"

namespace yz::node::api {
namespace {

using sync::Lane;
constexpr std::array kStreamLanes = {Lane::flash, Lane::urgent, Lane::routine};

struct LaneCount {
  std::int64_t waiting = 0, sent = 0, acknowledged = 0;
};

Result<std::int64_t> number(Query q) {
  TRY(q.step());
  return q.integer(0);
}

Result<std::array<LaneCount, 5>> lane_counts(Store& store) {
  std::array<LaneCount, 5> out;
  // What another machine of ours wrote waits there, and is counted there (as by sync); what arrived, arrived for both.
  Query q =
      TRY(store.db().query("select lane, state, count(*) from delivery d where state > 1 or not exists(select 1 from "
                           "envelope e where e.row ="
                           " d.envelope and e.copy > 0) group by lane, state"));
  while (TRY(q.step())) {
    const std::int64_t lane = q.integer(0), state = q.integer(1), n = q.integer(2);
    if (lane < 1 || lane > 3) continue;
    LaneCount& c = out[static_cast<std::size_t>(lane)];
    if (state < 2) c.waiting += n;
    if (state == 1) c.sent += n;
    if (state == 2 || state == 3) c.acknowledged += n;
  }
  // Chunks of drafts do not wait: nobody has signed them off. `sent` is not known for chunks, they have no envelope.
  Query b =
      TRY(store.blobs().query("select c.state, count(*) from chunk c join attachment a on a.row = c.attachment"
                              " where a.own = 1 and a.ready = 1 group by c.state"));
  while (TRY(b.step())) (b.integer(0) == 0 ? out[4].waiting : out[4].acknowledged) += b.integer(1);
  return out;
}

Json tally(const std::array<std::uint64_t, 5>& n) {
  Json j = Json::object();
  for (int i = 0; i <= 4; ++i) j.set(name_of(static_cast<Lane>(i)), n[static_cast<std::size_t>(i)]);
  return j;
}

Json by_lane(const std::array<std::int64_t, 5>& n) {
  Json j = Json::object();
  for (const Lane l : kStreamLanes) j.set(name_of(l), n[static_cast<std::size_t>(l)]);
  return j;
}

/// What stands in none of the other figures.
Json exercises_json(const CaseCounts& n) {
  return Json::object({{"received", by_lane(n.received)},
                       {"drafts", n.drafts},
                       {"in_review", n.in_review},
                       {"conflicts", n.conflicts},
                       {"overdue", n.overdue}});
}

Json json_of(const Request& r, const SyncReport& s) {
  Json superiors = Json::array();
  for (const SuperiorReport& one : s.superiors)
    superiors.add(Json::object({{"office", r.code_of(one.office)},
                                {"reached", one.reached},
                                {"in_sync", one.in_sync},
                                {"reason", one.reason},
                                {"said", told_by_peer(one.reason, r.language)}}));
  return Json::object({{"reached", s.reached},
                       {"sent", tally(s.moved.sent)},
                       {"received", tally(s.moved.received)},
                       {"acknowledged", s.acknowledged},
                       {"waiting", s.waiting},
                       {"carried", s.carried},
                       {"in_sync", s.in_sync},
                       {"reason", s.reason},
                       {"said", told_by_peer(s.reason, r.language)},
                       {"superiors", std::move(superiors)}});
}

Json json_of(const CpuMs& c) {
  return Json::object({{"sync", c.sync}, {"opening", c.opening}, {"person", c.person}, {"idle", c.idle}});
}

/// The store writes its alarms in English, for the log too; people read them by their code. What stands behind the last
/// colon (a name, a reason) is kept.
std::string said_in_chinese(std::string_view code, std::string message) {
  static constexpr std::pair<std::string_view, std::string_view> kTexts[] = {
      {"clock.ahead", "对方时钟比本机快10分钟以上，请核对两边时间"},
      {"home.copied", "本机数据是从备份或副本恢复的，已改用新的编号继续"},
      {"incarnation.many", "一天之内重新开始编号超过四次，请查明原因"},
      {"node.restored", "下级有一台机器是从副本恢复的，或有两台机器共用一个身份"},
      {"identity.refused", "对方送来的身份凭证或吊销没有通过校验，已拒收"},
      {"frame.refused", "对方送来的内容没有通过校验，已拒收"},
      {"attachment.forged", "收到的附件与原单位签名的不一致，不是原件，请向该单位查问"},
      {"revoked.carried", "有已吊销机器的密封邮件经本单位转送，已限量，请核实"},
      {"office.disputed", "有人无权而重新签发了单位证书，已拒收，请立即核实"},
      {"office.moved", "下级单位已迁到另一上级，信件改走新路"},
      {"office.line", "下级单位另在条线上级登记"},
      {"office.left", "该单位不再在本单位登记"},
      {"authority.missing", "本单位现用的密钥不在本机：本机是从更早的备份恢复的"},
      {"draft.too-long", "草稿太长，没有传到本单位的另一台机器"},
      {"self.revoked", "本单位或本机的身份已被上级吊销，对方不再接收，请立即联系上级"},
      {"office.admitted", "下级已自动接纳，请电话核对指纹"},
      {"node.joined", "本单位新增一台机器，请核对指纹"},
      {"node.unconfirmed", "下级新增一台尚未确认的机器，请电话核对指纹后执行 yizhan node confirm"},
      {"copy.failed", "本单位另一台机器写的信息中有打不开的"},
      {"own.refused", "以本单位名义、来自另一台机器或取回的信息不合规定，已隔离"},
      {"policy.twin", "本单位两台机器各发布了同一版本号的规则，以后签发的为准，请核对后发布新版，版本号"},
      {"office.twice", "同一单位代码出现了第二份证书，请立即核实"},
      {"reclaim.failed", "取回的本单位信息中有打不开的"},
      {"record.refused", "有信息被对方拒收"},
      {"record.too-large", "有一份信息过大，无法发送，已搁置：请缩短后重报"},
      {"stream.ahead", "回执涉及本机没有的信息，已改用新的编号继续"},
      {"stream.chain", "收到的信息与前一份衔接不上"},
      {"stream.forked", "同一编号出现两份不同信息：可能有两台机器共用一个身份"},
      {"stream.unknown", "回执涉及过多本机不认识的通道"},
      {"receipt.backdated", "该单位回执的时间早于它先前签过的时间，时间不可信"},
      {"held.back", "该单位已签收保管发给我们的信息，在线却超时未转来"},
      {"gap", "对方签名声明已发出的信息没有到齐"},
      {"not.taken", "对方在线，却超时不接收待发信息"},
      {"nothing.heard", "超过26小时没有听到该单位的消息，经由"},
      {"registry.differs", "该单位的证书登记两边不一致，请电话核实"},
      {"announced.missing", "该单位发出过特急信息，超时仍未见转来，收件单位"},
  };
  const auto* const text = std::ranges::find(kTexts, code, [](const auto& t) { return t.first; });
  if (text == std::end(kTexts)) return message;
  const std::size_t colon = message.rfind(": ");
  static constexpr std::array kDetailed{
      "record.refused", "office.admitted", "node.joined",       "node.unconfirmed",  "held.back",     "gap",
      "not.taken",      "nothing.heard",   "announced.missing", "receipt.backdated", "frame.refused", "office.moved",
      "own.refused",    "policy.twin",     "office.line",       "office.left"};
  const bool detail = std::ranges::find(kDetailed, code) != kDetailed.end();
  std::string said(text->second);
  return detail && colon != std::string::npos ? said + "：" + message.substr(colon + 2) : said;
}

struct Alarms {
  const Request& r;
  Json list = Json::array();
  void add(std::string_view code, std::string_view zh, std::string_view en, sync::Millis at) {
    list.add(Json::object({{"code", code},
                           {"message", r.language == Language::zh ? zh : en},
                           {"office", r.code_of(r.store().me().office)},
                           {"at", r.time(at)},
                           {"row", Json()},
                           {"seen_at", Json()}}));
  }
};

/// Keys that end soon, roles in too few hands, a superior that does not take our mail.
Result<> identity_alarms(Request& r, Alarms& alarms) {
  const sync::Millis now = r.now();
  for (const Expiring& e : TRY(expiring(r.store(), now))) {
    const bool node = e.type == crypto::CertType::node, office = e.type == crypto::CertType::office;
    const std::string day = r.time(e.until).string() ? r.time(e.until).string()->substr(0, 10) : std::string("?");
    alarms.add("certificate.expiring",
               "证书将于 " + day + " 到期：" + e.name +
                   (office ? "（请上级 yizhan office renew）"
                    : node ? "（yizhan node rotate）"
                           : "（yizhan officer renew）"),
               "a certificate ends on " + day + ": " + e.name +
                   (office ? " (the superior: yizhan office renew)"
                    : node ? " (yizhan node rotate)"
                           : " (yizhan officer renew)"),
               now);
  }
  for (const std::string& name : TRY(crowded_administrators(r.store())))
    alarms.add("roles.admin", "人员、密钥、规则管理员和审计员须由不同的人担任，审计员不兼别的角色：" + name,
               "the administrators of people, keys and policy and the auditor have to be different persons, and an "
               "auditor does nothing else: " +
                   name,
               now);
  if (TRY(node_key_waits(r.store())))
    alarms.add("node.rotating", "本机的新密钥还没有告知所有相邻单位，暂用旧密钥",
               "not every neighbour has heard of this node's new key yet: the old one is in use", now);
  if (TRY(authority_key_waits(r.store())))
    alarms.add("office.rotating", "本单位的新密钥等待上级核对签发，暂用旧密钥",
               "this office's new key waits for its superior to compare and certify it: the old one is in use", now);
  for (const OfficeRow& o : TRY(r.host.directory().offices()))
    if (o.state == OfficeState::below && TRY(key_to_certify(r.store(), o.id)))
      alarms.add(
          "office.key-waits",
          "下级换了新密钥，请电话核对指纹后执行 yizhan office confirm-key " + o.code + "：" + o.name,
          "an office has a new key: compare it by telephone, then yizhan office confirm-key " + o.code + ": " + o.name,
          now);
  Query q = TRY(r.store().db().query("select refusal from link where upward = 1 and refusal <> ''"));
  while (TRY(q.step())) {
    const std::string code = q.text(0);
    if (code == "exchange.suspended")
      alarms.add(code, "上级暂停了与本单位的收发；内容都在本机排队，请联系上级",
                 "the superior has suspended this office: everything is kept and queued here; telephone the superior",
                 now);
    else if (code == "exchange.revoked")
      alarms.add(code, "上级已吊销本单位或本机的身份；内容都在本机，请联系上级",
                 "the superior has revoked this office or machine: everything is kept here; telephone the superior",
                 now);
    else
      alarms.add("exchange.refused", "上级拒绝收发：" + code, "the superior refuses to exchange: " + code, now);
  }
  return {};
}

/// What nobody wrote down as an alarm because it follows from the state itself.
Result<> standing_alarms(Request& r, Alarms& alarms, std::int64_t overdue, std::optional<sync::Millis> backup) {
  const sync::Millis now = r.now();
  Store& store = r.store();
  if (const auto root = TRY(r.host.directory().root());
      root && root->top != store.me().office && !TRY(r.host.directory().root_confirmed()))
    alarms.add("root.unconfirmed", "根指纹还没有与上级电话核对",
               "the root fingerprint has not been compared by telephone", now);
  const std::int64_t days = r.host.config().backup.reminder_days;
  const std::int64_t since =
      backup ? *backup : TRY(number(TRY(store.db().query("select coalesce(min(at_ms), 0) from journal"))));
  if (days > 0 && since > 0 && now - since > days * sync::kDayMs)
    alarms.add("backup.old", "超过规定天数没有备份，请尽快备份", "the last backup is older than it should be", now);
  if (const std::int64_t keys = TRY(store.meta_number("keys_ms")); keys > backup.value_or(0)) {
    const Json at = r.time(keys);
    const std::string day = at.string() ? at.string()->substr(0, 10) : std::string();
    alarms.add(
        "backup.keys",
        (backup ? "上次备份以后换过密钥（" + day + "），那份备份里没有新密钥" : "换过密钥（" + day + "），还没有备份") +
            std::string("：机器坏了就不能以本单位的名义继续，请马上备份"),
        (backup ? "a key was changed on " + day + ", after the last backup, which lacks the new one"
                : "a key was changed on " + day + ", and there is no backup") +
            std::string(": if this machine breaks, the office could not go on under its key; make a backup now"),
        keys);
  }
  if (overdue > 0)
    alarms.add("receipt.overdue", "有信息超时未收到上级的入库回执", "reports are overdue: no stored receipt yet", now);
  TRY(identity_alarms(r, alarms));
  const std::int64_t told = TRY(unmatched_notices(store));
  if (told > 0)
    alarms.add("notice.unmatched", "有以短码报来的紧急信息，正式报告还没有到",
               "reports were told by code, and the full ones have not come yet", now);
  const std::int64_t provisional = TRY(
      number(TRY(store.db().query("select count(*) from matter where own = 1 and (flags & 48) = 16 and signed_ms < ?",
                                  now - 60 * sync::kMinuteMs))));
  if (provisional > 0)
    alarms.add("cosignature.missing", "先报后签的信息超过60分钟未补签",
               "a report that left before sign-off waits for its signature for more than 60 minutes", now);
  return {};
}

/// What came from below in the two quick lanes and nobody has acknowledged, as it is or as it was last written on.
Result<Json> unacknowledged(Request& r) {
  constexpr std::size_t kMost = 50;
  Json list = Json::array();
  for (const Lane l : {Lane::flash, Lane::urgent}) {
    // Few are in this state at a time, however many a county has had.
    Query q = TRY(r.store().db().query(
        "select row from matter indexed by matter_state where state = ? and lane = ?"
        " and own = 0 and sort = ? order by row desc limit ?",
        static_cast<int>(ReportState::received), static_cast<int>(l), static_cast<int>(Sort::report), kMost));
    while (TRY(q.step())) {
      const MatterRow m = TRY(matter_at(r.store(), q.integer(0)));
      list.add(TRY(row_json(r, m, r.code_of(m.office), r.office_name(m.office))));
    }
  }
  return list;
}

}  // namespace

sync::Millis overdue_after(Lane l) {
  switch (l) {
    case Lane::flash:
      return 10 * sync::kMinuteMs;
    case Lane::urgent:
      return 60 * sync::kMinuteMs;
    default:
      return sync::kDayMs;
  }
}

namespace {

/// "retired: <subject in hexadecimal>" names nobody to a person.
std::string revoked_in_words(const Request& r, std::string_view target, const std::string& message) {
  const std::size_t colon = message.rfind(": ");
  if (colon == std::string::npos) return message;
  const auto subject = from_hex(message.substr(colon + 2));
  const bool zh = r.language == Language::zh;
  const bool stolen = message.starts_with("compromised");
  const std::string whom = subject ? name_of_revoked(r, target, *subject) : std::string();
  const std::string how = zh       ? (stolen ? "（失密或失窃）" : "（不再使用）")
                          : stolen ? " (compromised)"
                                   : " (no longer used)";
  return (zh ? "已吊销：" : "revoked: ") + (whom.empty() ? message.substr(colon + 2) : whom) + how;
}

/// "...: 3 1764547200000": which version, and from when it holds.
std::string policy_in_words(const Request& r, bool begins, const std::string& message) {
  const std::size_t colon = message.rfind(": ");
  std::int64_t version = 0, from_ms = 0;
  if (colon == std::string::npos ||
      std::sscanf(message.c_str() + colon, ": %" SCNd64 " %" SCNd64, &version, &from_ms) != 2)
    return message;
  const Json from = r.time(from_ms);
  std::string when = from.string() ? from.string()->substr(0, 16) : std::string();
  if (when.size() > 10) when[10] = ' ';
  const std::string n = std::to_string(version);
  if (r.language == Language::zh)
    return begins ? "第" + n + "版规则已施行，自 " + when + " 起"
                  : "收到第" + n + "版规则，" + (from_ms > r.now() ? "将自 " : "自 ") + when + " 起施行";
  return begins ? "version " + n + " of the rules is in force since " + when
                : "version " + n + " of the rules has come, in force from " + when;
}

std::string alarm_in_words(const Request& r, const std::string& code, const std::string& message) {
  if (code.starts_with("revoked.") && code != "revoked.carried") return revoked_in_words(r, code.substr(8), message);
  if (code == "policy.new" || code == "policy.begins") return policy_in_words(r, code == "policy.begins", message);
  return r.language == Language::zh ? said_in_chinese(code, message) : message;
}

}  // namespace

namespace {

/// The store writes an office by its code or, where it had the id alone, by that: people know codes and names.
std::string office_code(const Request& r, const std::string& written) {
  const auto raw = from_hex(written);
  if (!raw || raw->size() != OfficeId::kSize) return written;
  const auto id = OfficeId::from(*raw);
  return id ? r.code_of(*id) : written;
}

}  // namespace

Result<Json> stored_alarms(const Request& r, bool all) {
  Query q = TRY(r.store().db().query(
      "select code, message, office, at_ms, row, seen from alarm where seen = 0 or ? order by row desc limit 100",
      all ? 1 : 0));
  Json list = Json::array();
  while (TRY(q.step()))
    list.add(Json::object({{"code", q.text(0)},
                           {"message", alarm_in_words(r, q.text(0), q.text(1))},
                           {"office", office_code(r, q.text(2))},
                           {"at", r.time(q.integer(3))},
                           {"row", q.integer(4)},
                           {"seen_at", q.integer(5) > 0 ? r.time(q.integer(5)) : Json()}}));
  return list;
}

Result<ApiReply> get_status(Request& r) {
  Store& store = r.store();
  Database& db = store.db();
  const auto self = TRY(r.host.directory().office(store.me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  // On a full disk the alarms are those of before.
  if (auto seen = store.write([&] { return watch(store, r.host.directory(), r.now(), patience_of(r.host.config())); });
      !seen)
    log().warn("watch.failed", {{"why", seen.error()}});
  const auto counts = TRY(lane_counts(store));
  Json lanes = Json::object();
  for (const Lane l : {Lane::flash, Lane::urgent, Lane::routine, Lane::bulk}) {
    const LaneCount& c = counts[static_cast<std::size_t>(l)];
    lanes.set(name_of(l), Json::object({{"waiting", c.waiting}, {"sent", c.sent}, {"acknowledged", c.acknowledged}}));
  }
  std::array<sync::Millis, 5> late_before{};
  for (const Lane l : kStreamLanes) late_before[static_cast<std::size_t>(l)] = r.now() - overdue_after(l);
  const AllCounts cases = TRY(count_cases(store, late_before, r.now()));
  const std::int64_t quarantined = TRY(number(TRY(db.query("select count(*) from refused"))));
  const std::int64_t unopened = TRY(number(TRY(db.query("select count(*) from envelope where own = 0 and state = 0"))));
  const std::int64_t backup_ms = TRY(store.meta_number("backup_ms"));
  const auto backup = backup_ms > 0 ? std::optional(backup_ms) : std::nullopt;

  Alarms alarms{r, TRY(stored_alarms(r, false))};
  TRY(standing_alarms(r, alarms, cases.real.overdue, backup));
  const Json escalations = TRY(escalations_json(r, false));
  for (const Json& e : *escalations.items())
    alarms.list.add(Json::object({{"code", "escalated." + std::string(e.text("what"))},
                                  {"message", e.text("message")},
                                  {"office", e.text("office")},
                                  {"at", *e.find("since")},
                                  {"row", Json()},
                                  {"seen_at", Json()},
                                  {"item", e.text("item")},
                                  {"step", e.count("step")},
                                  {"case", e.text("case")},
                                  {"sounds", e.flag("sounds")}}));
  const auto root = TRY(r.host.directory().root());
  const bool confirmed = TRY(r.host.directory().root_confirmed());
  const auto own_key = TRY(r.host.directory().office_certificate(store.me().office));
  Json above = TRY(superiors_json(r, false));
  Json acts = TRY(act_counts_json(r));
  const auto exercise = TRY(drill(store));
  const std::int64_t clues = TRY(count_clues(store)).open;
  Json urgent = TRY(unacknowledged(r));
  return reply(Json::object({{"now", r.time(r.now())},
                             {"unacknowledged", std::move(urgent)},
                             {"office", self->code},
                             {"name", self->name},
                             {"level", crypto::name_of(self->level)},
                             {"node", hex(store.me().node.view())},
                             {"state", self->admitted ? "ready" : "joining"},
                             {"version", r.host.software_version()},
                             {"root_fingerprint", root ? crypto::fingerprint(root->digest) : std::string()},
                             {"root_confirmed", confirmed},
                             {"office_fingerprint", own_key ? office_fingerprint(own_key->key) : std::string()},
                             {"superiors", std::move(above)},
                             {"lanes", std::move(lanes)},
                             {"received", by_lane(cases.real.received)},
                             {"unopened", unopened},
                             {"conflicts", cases.real.conflicts},
                             {"quarantined", quarantined},
                             {"overdue", cases.real.overdue},
                             {"drafts", cases.real.drafts},
                             {"in_review", cases.real.in_review},
                             {"exercises", exercises_json(cases.exercises)},
                             {"acts", std::move(acts)},
                             {"clues", clues},
                             {"exercise", json_of(r, exercise)},
                             {"last_backup", r.time(backup)},
                             {"cpu_ms", json_of(r.host.cpu_ms())},
                             {"alarms", std::move(alarms.list)}}));
}

Result<ApiReply> post_sync(Request& r) {
  const SyncReport done = TRY(r.host.sync_now([&](const SyncReport& s) { r.progress(json_of(r, s)); }));
  const bool fine = done.reached && done.waiting == 0;
  return reply(json_of(r, done), fine ? 0 : view_of(Fault::offline).exit_code);
}

}  // namespace yz::node::api
