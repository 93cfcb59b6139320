#include "node/net/api_request.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <set>

#include "node/store/own_records.h"

namespace yz::node::api {
namespace {

/// Chinese sentences for the codes a person meets; Error::what is the English one.
constexpr std::pair<std::string_view, std::string_view> kSentences[] = {
    {"act.assignees", "承办单位须是本单位的下级，最多12个，连同报送单位共不超过16个"},
    {"act.closed", "这件批示已经办结"},
    {"act.leader", "代录要写明是哪位领导的话：须是本单位有签发权的在岗同志，不能是本人"},
    {"act.missing", "此事项没有这条批示或提问，或给的位数不足以区分（至少6位）"},
    {"act.nobody", "没有可以告知的单位"},
    {"act.office", "没有这个单位，或这个单位与此事项无关"},
    {"act.too_long", "文字太长"},
    {"authority.elsewhere", "本单位的单位密钥在第一台机器上，请到那台机器上办理"},
    {"backup.exists", "同名文件已经存在，没有覆盖；请换一个文件名"},
    {"evidence.form", "这不是驿站的证据文件，或者文件已损坏、被改动：不能作为证据，请另要一份"},
    {"evidence.root", "还没有根文件，无从核验"},
    {"invalid.level", "层级只能是省、市、县、乡镇或直属单位"},
    {"invalid.name", "请填写名称，只能写一行"},
    {"invalid.passphrase", "请填写口令"},
    {"invalid.path", "请写完整的路径，以 / 开头"},
    {"invalid.roles", "至少要给一个角色"},
    {"join.request", "没有等这份答复的申请；请先用 --request 写出申请"},
    {"invite.joined", "这个单位已经加入，不用再邀请"},
    {"invite.not-admitted", "本单位还没有被上级接纳，暂不能邀请下级"},
    {"invite.urls", "本机地址最多四个，每个以 http:// 或 https:// 开头"},
    {"move.invitation", "这份邀请不是给迁移的单位的，请对方用“迁入”重新开具"},
    {"move.level", "对方的层级不在本单位之上"},
    {"move.superior", "对方已经是本单位的主管上级"},
    {"node.confirmed", "这台机器已经确认过"},
    {"node.differs", "与该机器的指纹不一致：不要确认，请再打电话核实"},
    {"node.not-rotating", "本机没有正在更换的密钥"},
    {"node.own", "本单位自己的机器由上级确认"},
    {"node.revoked", "这台机器已经吊销"},
    {"node.unknown", "没有这台机器"},
    {"office.issuer", "该单位的证书不是本单位签发的"},
    {"office.key-differs", "与收到的新密钥指纹不一致，没有签发：旧密钥可能已在他人手中，请马上打电话核实"},
    {"office.no-key", "该单位没有等待核对的密钥；换密钥的，请对方先换好并完成一次收发"},
    {"office.print-differs",
     "与该单位加入时的指纹不一致，没有记为已核对：邀请可能被别人用了。请再打电话逐组核对，仍不一致就吊销该单位"},
    {"office.not-admitted", "本单位还没有被上级接纳"},
    {"office.rotating", "本单位的新密钥正等待上级核对"},
    {"office.top", "顶级单位的密钥由根文件指定，只能用新版根文件更换"},
    {"officer.exists", "已有同名人员，或此人已停用；请换一个写法"},
    {"passphrase.weak", "口令太短：至少12个字符，或4个词"},
    {"qr.long", "文字太长，画不成一个二维码"},
    {"root.differs", "与本机的根指纹不一致：不要使用本机，请再次打电话向上级核实"},
    {"root.not-top", "只有顶级单位的新密钥要写进根文件；本单位的由上级核对签发"},
    {"root.path", "根文件须由各持有人签名：请在命令行执行 yizhan office rotate-key --out 文件，签名后启用"},
    {"root.top-key", "根文件指定的本单位新密钥不在本机：请在生成密钥的机器上启用"},
    {"root.none", "本单位还没有加入，没有可核对的根"},
    {"superior.move", "这份邀请是给迁移的单位的，请用“迁往新上级”"},
    {"superior.own", "这是主管上级，不能移除；改归别的上级请用“迁往新上级”"},
    {"attachment.content", "收到的附件与原单位签名的不一致，已拒绝打开"},
    {"act.text", "文字太长，最多4KB"},
    {"attachment.empty", "这个文件是空的（0 字节），没有加入；请检查后重新选择"},
    {"attachment.count", "一件信息最多带64个附件，请选择其中的一部分"},
    {"attachment.incomplete", "这个附件还没有收全，请稍后再取"},
    {"attachment.missing", "没有这个附件"},
    {"attachment.name", "附件名称无效或已经存在"},
    {"attachment.size", "附件超过允许的大小"},
    {"case.empty", "此事项还没有签发过的内容"},
    {"case.heads", "并存的版本太多，请先合并（yizhan conflict resolve）"},
    {"case.missing", "没有这个事项"},
    {"absence.span", "离开时间须在返回时间之前，返回时间须在现在之后，最长一年"},
    {"absence.deputy", "代签人须是本单位另一位在用的经办人员，审计员和管理员不能代签"},
    {"absence.text", "事由、去向和电话各写一行，不超过300字节"},
    {"absence.signer", "只有有签发权的同志外出才需要指定代签"},
    {"absence.missing", "没有这条外出报备"},
    {"absence.over", "这条外出报备已经结束"},
    {"denied.leader", "这是代录另一位领导的话，由其本人（或其外出时的代签人）签发"},
    {"denied.deputy", "代签人不能签被代签人自己拟的或签过的件，请另一位有签发权的同志签"},
    {"denied.auditor", "审计员只查看，不能改动"},
    {"embargo.until", "该件标有发布时间限制，时间未到，不得转报、综合或刊发；件仍在本机，到时再办"},
    {"embargo.here", "该件注明仅限收文单位，不得再转、综合或刊发；如确有必要，请报送单位更正解除"},
    {"cosign.nobody", "请指定会签的单位或人员"},
    {"cosign.many", "会签最多12个单位、8个人"},
    {"cosign.report", "只有信息可以会签"},
    {"cosign.emergency", "紧急信息不等会签：请去掉等待，边报边签"},
    {"cosign.hold", "等会签最长72小时；已经发出的不能再等"},
    {"cosign.not-addressed", "对方没有收到这份信息，无法会签：请用更正加送后再请会签"},
    {"cosign.unreachable", "本机还没有该单位的密钥，发不到"},
    {"cosign.auditor", "审计员和管理员不签信息"},
    {"cosign.done", "已经会签过了"},
    {"cosign.not-held", "这份信息没有在等会签"},
    {"escalation.item", "请用列表里的事项和级别"},
    {"escalation.missing", "这一项已经不再超时"},
    {"roles.auditor", "三人以上的单位，审计员只做审计，不兼别的角色"},
    {"alarm.missing", "没有这条提醒，或者原因已经消除"},
    {"bundle.browser", "待发内容超过64兆字节，不能经浏览器下载；请改为写到本机的文件夹"},
    {"bundle.changed", "文件内容被改动或损坏，没有损坏的部分已收下；请对方重新写一份"},
    {"bundle.cut", "文件不完整，完好的部分已收下；请对方重新写一份"},
    {"bundle.disk", "U盘（或磁盘）放不下全部待发内容，没有写出；请换一个大的"},
    {"bundle.exists", "同名文件已经存在，而且不是驿站的捎带文件，没有覆盖；请换一个文件名"},
    {"bundle.file", "这不是普通文件，没有读取"},
    {"bundle.folder", "没有这个目录"},
    {"bundle.form", "这不是驿站的捎带文件"},
    {"bundle.joining", "本单位还没有加入，不能写出；请先用文件办理加入（join --request）"},
    {"bundle.key-gone", "文件所用的密钥本机已没有，打不开；请对方重新写一份"},
    {"bundle.missing", "读不到这个文件"},
    {"bundle.neighbour", "没有这个代码的上级或下级单位"},
    {"bundle.other-office", "这份文件是给别的单位的，没有收下；请交给该单位"},
    {"bundle.refused", "文件里没有通过校验的内容太多，已停止读取"},
    {"bundle.signature", "文件头被改动过，没有收下；请电话核实后请对方重新写一份"},
    {"bundle.stranger", "写这份文件的不是本单位的上级或下级，没有收下"},
    {"bundle.unwritable", "写不出这个文件，没有留下半份；请检查U盘是否写保护"},
    {"clue.full", "素材箱已满（4096条），没有收下；请先删去已处理的"},
    {"clue.missing", "没有这条素材"},
    {"clue.settled", "这条素材已经处理过了"},
    {"clue.text", "素材要写一两句话（不超过8KB），来源和地点各一行"},
    {"clue.which", "请选1到16条素材"},
    {"draft.clue", "这是一条素材，不是稿件；请先转成信息再报"},
    {"handover.changed", "别的同志刚改过注意事项，您写的还没有存；请先看过对方写的，再合在一起"},
    {"handover.note", "交班说明最多2000字"},
    {"handover.to", "请选接班人：本单位在用的另一位同志"},
    {"exercise.form", "请写明演练是开始还是结束，名称写一行"},
    {"nil.sent", "本时段的零报告已经报过"},
    {"nil.waiting", "本时段的零报告已提交，正等签发"},
    {"stats.figure", "没有这项统计"},
    {"stats.scheme", "没有这个计分办法"},
    {"stats.superior", "本单位没有上级单位"},
    {"stats.time", "时间写作 2026-11-01、2026-11 或完整时间，先起后止，最多400天"},
    {"case.changed", "此件刚有变化（新版本，或已有人处理）：请看过再定"},
    {"case.prefix", "编号太短或不唯一，请多给几位（至少6位）"},
    {"conflict.field", "各版本在这一项上没有不同，或没有这一项"},
    {"conflict.moved", "又到了新的版本，请重新对照后再定"},
    {"conflict.none", "此事项没有并存的版本，不需要合并"},
    {"conflict.undecided", "还有要由人决定的项目，请逐项选定"},
    {"conflict.unreadable", "有一个版本本程序读不懂，请先升级程序再合并"},
    {"conflict.version", "没有这个版本，或给的位数不足以区分（至少6位）"},
    {"denied.not_asked", "这条批示或提问不是给本单位的"},
    {"denied.not_ours", "只有作出批示的单位才能办结"},
    {"denied.office", "只有原报送单位才能这样做"},
    {"denied.role", "您的岗位没有这项权限"},
    {"denied.same_person", "拟稿人与签发（审核）人不能是同一人，请提交后由另一人签发"},
    {"draft.changed", "这份草稿已在另一个窗口保存过，本窗口的文字还没有保存；请先选以哪份为准"},
    {"draft.fixed", "这份稿件不能修改，请删除后重写"},
    {"draft.disputed", "本单位两台机器上的文字不同，请先定下以哪个为准（页面上选，或 yizhan report edit --take）"},
    {"draft.exists", "此事项已有未完成的草稿，请先处理"},
    {"draft.in_review", "稿件在审核中，须先退回才能修改"},
    {"draft.missing", "此事项没有草稿"},
    {"draft.seen", "“seen”不是此草稿给出的，请重新打开草稿"},
    {"draft.signed_elsewhere", "此稿已在本单位另一台机器上签发，正文稍后到达，这里不能再改"},
    {"draft.state", "稿件当前状态不允许这一步"},
    {"draft.version", "没有这个版本，或给的位数不足以区分（至少6位）"},
    {"draft.waits", "此稿所依据的正式件还没有从另一台机器传来，草稿已保留，请稍后再发"},
    {"denied.own", "本单位自己的信息不用转报，也不能由本单位处理"},
    {"forward.depth", "这件信息转报的层数太多，或本单位已经转报过它"},
    {"forward.lane", "转报的紧急程度不能低于来件"},
    {"forward.not_addressed", "这件信息不是报给本单位的，本单位不能转报"},
    {"forward.none", "这件信息本单位没有转报过，没有可补转的附件"},
    {"forward.nowhere", "本单位没有上级单位，不能转报"},
    {"forward.too_long", "说明或改稿太长，与原件合在一起超过上限；请缩短后再转报，或原样转报"},
    {"invalid.due", "时限要写成 2026-11-22T18:00:00+08:00 这样的时间；核报必须写明时限"},
    {"invalid.outcome", "处理结果只能是采用、不采用、退回或备查；只有采用才写刊物和期号（从1起的数）"},
    {"invalid.rating", "评价每项为1到5：高、新、全、实、精"},
    {"invalid.kind", "没有这种信息类别"},
    {"invalid.lane", "紧急程度只能是 flash（特急）、urgent（加急）或 routine（平件）"},
    {"invalid.member", "请求中有不认识的项目"},
    {"invalid.note", "请写明退回原因"},
    {"invalid.reason", "请写明原因"},
    {"invalid.search", "没有可供查找的文字"},
    {"invalid.text", "文字无法保存，请检查编码和长度"},
    {"invite.code", "单位代码或层级不在本单位之下"},
    {"join.expired", "邀请已过期，请向上级另要一份"},
    {"join.invitation", "邀请不完整，请重新复制 YZ1- 开头的那一行"},
    {"join.line", "这份邀请只能由已有上级的单位用于条线登记（yizhan superior add）"},
    {"join.root", "对方与本单位的信任根不同，请电话核对指纹"},
    {"login.confirm", "签发前请再输入一次口令"},
    {"login.denied", "口令不正确，或没有这位人员"},
    {"login.passphrase", "这一步需要再输入口令"},
    {"login.session", "还没有登录，或登录已超时，请重新登录"},
    {"login.wait", "口令错误次数较多，请稍候再试"},
    {"merge.sources", "综合需要2到16件收到的、有正文且未撤回的信息，不能重复，也不能把演练与真实信息放在一起"},
    {"officer.which", "本单位有多位人员，请写明是谁（命令行加 --as 姓名）"},
    {"session.web", "只有网页端口有登录和事件推送"},
    {"web.content", "请求的内容类型不对"},
    {"web.csrf", "页面凭证不符，请刷新页面后再试"},
    {"web.origin", "请求不是本页面发出的，已拒绝"},
    {"malformed.json", "内容不是有效的 JSON"},
    {"address.url", "地址要以 http:// 或 https:// 开头，最多四个"},
    {"invalid.why", "原因只能是 retired（到期停用）或 compromised（已失密）"},
    {"node.rotating", "本机的新密钥正在告知各方，完成后才能再换"},
    {"office.not-below", "只能暂停直接下级单位"},
    {"office.unknown", "没有这个单位"},
    {"officer.ended", "此人的密钥已停用或吊销，请重新添加"},
    {"officer.last", "至少要留一位人员管理员，请先把该角色交给别人"},
    {"officer.unknown", "本单位没有这位人员"},
    {"release.none", "此事项没有因密钥失效而隔离的内容"},
    {"report.addressees", "一份信息最多报送16个单位"},
    {"notice.form", "这不是驿站的短码，没有收下"},
    {"notice.signature", "短码签名不成立，或不是报给本单位的，没有收下；请电话核实"},
    {"notice.stranger", "发出短码的不是本单位的上级或下级，没有收下"},
    {"picture.long", "太长，画不成二维码；请用 yizhan bundle export"},
    {"pictures.missing", "二维码还没有收齐，没有收下；请补扫所缺的，与已有的放在同一个文件里再读一次"},
    {"pictures.none", "文件里没有驿站的二维码内容"},
    {"report.no_superior", "本单位没有上级单位，不能报送；草稿已保存"},
    {"report.rules", "不符合报送规则；草稿已保存，请按提示修改后再报"},
    {"report.state", "事项当前状态不允许这一步"},
    {"report.not_signed", "此事项还没有签发，先签发再转成二维码或短码"},
    {"report.too_long", "正文和要素加在一起超过一件信息的上限"},
    {"revoke.issuer", "只有其上级单位才能吊销"},
    {"revoke.self", "不能吊销本单位或本机；须由上级吊销，或用 yizhan node rotate 换密钥"},
    {"revoke.since", "吊销时间不能晚于现在"},
    {"revoke.unknown", "没有要吊销的对象"},
    {"roles.admin", "三人以上的单位，人员、密钥、规则三个管理员角色须由不同的人担任"},
    {"role.admin-keys", "只有密钥管理员可以这样做"},
    {"superior.code", "这份邀请不是给本单位的，或者对方不是上级"},
    {"superior.exists", "对方已经是本单位的上级"},
    {"superior.line", "本单位已有主管上级；登记条线上级请加 --line"},
    {"superior.many", "上级已达15个"},
    {"superior.missing", "没有这个上级，或还没有加入"},
    {"superior.pending", "本单位还在等待主管上级接纳，请接纳后再加其他上级"},
    {"superior.url", "地址写作 http://主机:端口 或 https://主机:端口，最多四个"},
    {"invalid.class", "没有这个事件大类"},
    {"invalid.grade", "等级只能是 I、II、III、IV 或 ungraded"},
    {"invalid.limit", "条数超出范围"},
    {"invalid.after", "翻页位置无效，请从头再列"},
    {"invalid.state", "没有这种状态"},
    {"invalid.sensitivity", "信息属性只能是 public、internal 或 work_secret"},
    {"invalid.type", "请求中有一项的类型不对"},
    {"office.missing", "没有这个代码的单位"},
    {"malformed.target", "地址写法有误"},
    {"request.size", "请求超过允许的大小，没有保存；请缩短或分几次办"},
    {"kept.long", "写了一半的文字太长（最多64KB），没有存下"},
    {"view.many", "已有50个常用视图，请先删除不用的"},
    {"view.missing", "没有这个名称的视图"},
    {"policy.missing", "本机没有这一版规则"},
    {"policy.form", "规则文件格式不对"},
    {"invalid.side", "side 只能是 issued（本单位下发）或 asked（上级约稿）"},
    {"invalid.to", "报送单位要写成单位代码的列表"},
    {"root.key", "根的持有人密钥不对：要么不在其中，要么已在其中"},
    {"root.threshold", "签名人数不够，或所需人数不在1到9之间"},
    {"root.file", "这不是根文件"},
    {"root.no-key", "本机没有根密钥，请用持有人的密钥文件签名"},
    {"commission.missing", "没有这件约稿"},
    {"commission.due", "时限须晚于现在，也不能晚于上级给的时限"},
    {"commission.depth", "约稿层数太多，不能再往下转"},
    {"commission.elsewhere", "这份稿件已经答复了另一件约稿"},
    {"commission.issued", "这件约稿已经下发，只能更正"},
    {"commission.kind", "约稿的类别不对"},
    {"commission.nobody", "请选要约稿的下级单位"},
    {"commission.report", "只有本单位的信息才能答复约稿"},
    {"commission.same", "与下发的内容相同，没有要更正的"},
    {"commission.title", "约稿要有标题，只能写一行"},
    {"field.too_long", "有一项要素太长"},
    {"field.unknown", "有一项要素本程序不认识"},
    {"invalid.time", "时间写法不对"},
    {"invalid.valid_hours", "有效时间超出范围"},
    {"invalid.valid_minutes", "有效时间超出范围"},
    {"invite.name", "机器名称写一行，不能为空"},
    {"invite.officer", "请写明是谁的机器"},
    {"invite.valid", "邀请的有效时间超出范围"},
    {"login.certificate", "此人的证书已失效，请找人员管理员"},
    {"login.state", "此人已停用，不能登录"},
    {"officer.form", "姓名写一行，不能为空"},
    {"officer.roles", "请至少选一个岗位"},
    {"policy.past", "生效时间不能早于现在"},
    {"report.steps", "按现行规定须先由审核人签名，再签发"},
    {"role.admin-people", "只有人员管理员可以这样做"},
    {"commission.closed", "这件约稿已经结束"},
    {"commission.nothing", "没有可以答复的请求"},
    {"route.missing", "没有这个地址"},
};

constexpr std::pair<std::uint16_t, std::string_view> kRoles[] = {
    {crypto::role::drafter, "drafter"},       {crypto::role::reviewer, "reviewer"},
    {crypto::role::signer, "signer"},         {crypto::role::duty, "duty"},
    {crypto::role::auditor, "auditor"},       {crypto::role::admin_people, "admin_people"},
    {crypto::role::admin_keys, "admin_keys"}, {crypto::role::admin_policy, "admin_policy"},
};

/// As people call a role.
struct RoleWord {
  std::uint16_t role;
  std::string_view zh, en;
};
constexpr RoleWord kRoleWords[] = {
    {crypto::role::drafter, "拟稿", "drafter"},
    {crypto::role::reviewer, "审核", "reviewer"},
    {crypto::role::signer, "签发", "signer"},
    {crypto::role::duty, "值班", "duty officer"},
    {crypto::role::auditor, "审计", "auditor"},
    {crypto::role::admin_people, "人员管理员", "administrator of people"},
    {crypto::role::admin_keys, "密钥管理员", "administrator of keys"},
    {crypto::role::admin_policy, "规则管理员", "administrator of policy"},
};

constexpr std::pair<std::int64_t, std::string_view> kNotes[] = {
    {record_note::one_person, "one_person"},
    {record_note::root_unconfirmed, "root_unconfirmed"},
    {record_note::expired, "expired"},
    {record_note::clock, "clock"},
    {record_note::provisional, "provisional"},
    {record_note::exercise, "exercise"},
    {record_note::unreadable, "unreadable"},
    {record_note::same_signer, "same_signer"},
    {record_note::nested, "nested"},
    {record_note::older_version, "older_version"},
    {record_note::unconfirmed_node, "unconfirmed_node"},
    {record_note::unreviewed, "unreviewed"},
    {record_note::revoked, "revoked"},
    {record_note::unentitled, "unentitled"},
    {record_note::deputy, "deputy"},
};

std::string rfc3339(sync::Millis ms, std::int64_t offset_minutes) {
  using namespace std::chrono;
  const auto local = floor<seconds>(sys_time<milliseconds>(milliseconds(ms) + minutes(offset_minutes)));
  const auto day = floor<days>(local);
  const year_month_day date(day);
  const hh_mm_ss clock(local - day);
  const std::int64_t off = offset_minutes < 0 ? -offset_minutes : offset_minutes;
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d%c%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()), offset_minutes < 0 ? '-' : '+', static_cast<int>(off / 60),
                static_cast<int>(off % 60));
  return out.data();
}

}  // namespace

Json Request::time(std::optional<sync::Millis> ms) const {
  // Beyond these years a peer's clock is nonsense, and no calendar needs it.
  if (!ms || *ms < -62'135'596'800'000 || *ms > 253'402'300'799'000) return {};
  return rfc3339(*ms, host.config().office.utc_offset_minutes.count());
}

Result<OfficeRow> Request::ourselves() const {
  const auto self = TRY(host.directory().office(store().me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  return *self;
}

std::string Request::code_of(const OfficeId& id) const {
  const auto row = host.directory().office(id);
  return row && *row && !(*row)->code.empty() ? (*row)->code : hex(id.view());
}
std::string Request::office_name(const OfficeId& id) const {
  const auto row = host.directory().office(id);
  if (row && *row && !(*row)->name.empty()) return (*row)->name;
  return language == Language::zh ? "另一单位" : "another office";
}
std::string Request::officer_name(const CertDigest& digest) const {
  const auto row = host.directory().officer(digest);
  return row && *row ? (*row)->name : hex(digest.view()).substr(0, 16);
}

Result<ByteView> Request::given_passphrase() const {
  if (!call.passphrase && !call.session.empty())
    return fail(Fault::denied, "this needs your passphrase once more", "login.passphrase");
  return passphrase();
}

Result<Signer> Request::signer(bool to_sign) const {
  if (!call.session.empty()) return host.unlock_session(call.session, to_sign);
  return host.unlock(call.officer.empty() ? officer.name : call.officer, passphrase());
}

ApiReply reply(const Json& j, int exit_code) {
  ApiReply r;
  r.exit_code = exit_code;
  r.body = dump(j);
  return r;
}

std::string_view api_sentence(std::string_view code) {
  const auto* const at = std::ranges::find(kSentences, code, [](const auto& s) { return s.first; });
  return at == std::end(kSentences) ? std::string_view() : at->second;
}

ApiReply problem(const Error& e, Language l, const Json& more) {
  ApiReply r;
  r.status = http_status(e);
  r.exit_code = exit_code(e);
  r.content_type = "application/problem+json";
  Json j = Json::object({{"type", "about:blank"},
                         {"title", advice(e.fault, l)},
                         {"status", r.status},
                         {"detail", sentence(e, l)},
                         {"code", e.code.empty() ? std::string(node::name_of(e.fault)) : e.code},
                         {"fault", node::name_of(e.fault)},
                         {"exit", r.exit_code}});
  if (more.members())
    for (const auto& m : *more.members()) j.set(m.key, m.value);
  r.body = dump(j);
  return r;
}

Result<> only(const Json& object, std::initializer_list<std::string_view> known) {
  if (const auto* members = object.members())
    for (const auto& m : *members)
      if (std::find(known.begin(), known.end(), m.key) == known.end())
        return fail(Fault::invalid, "unknown member " + m.key.substr(0, 40), "invalid.member");
  return {};
}

Json json_of(const std::vector<Finding>& findings, Language l) {
  Json list = Json::array();
  for (const Finding& f : findings)
    list.add(Json::object({{"rule", f.rule},
                           {"severity", f.severity == Severity::error ? "error" : "warning"},
                           {"message", l == Language::zh ? f.zh : f.en},
                           {"field", f.field},
                           {"offset", f.offset},
                           {"length", f.length}}));
  return list;
}

Json flags_json(std::int64_t notes) {
  Json list = Json::array();
  for (const auto& [bit, name] : kNotes)
    if (notes & bit) list.add(name);
  return list;
}

Json value_json(const Request& r, std::string_view key, const Value& value) {
  const FieldSpec* spec = r.host.rules().field(key);
  const auto* ms = std::get_if<std::int64_t>(&value);
  if (spec && spec->type == FieldType::datetime && ms) return r.time(*ms);
  return std::visit([](const auto& v) { return Json(v); }, value);
}

Json fields_json(const Request& r, const Fields& fields) {
  Json out = Json::object();
  for (const auto& [key, value] : fields.values) out.set(key, value_json(r, key, value));
  return out;
}

CaseView case_view(const Request& r, const CaseGraph& graph, const CaseGraph::Standpoint& point) {
  return view_of(graph, point, [&](std::string_view name) { return person_decides(r.host.rules(), name); });
}

Result<> read_report(const Rules& rules, const Json& j, Report& report) {
  const auto text = [&](std::string_view key, std::string& out) -> Result<> {
    if (const Json* v = j.find(key)) {
      if (!v->string()) return fail(Fault::invalid, std::string(key) + " has to be text", "invalid.type");
      out = *v->string();
    }
    return {};
  };
  if (j.find("kind")) {
    const auto kind = kind_from(j.text("kind"));
    if (!kind) return fail(Fault::invalid, "there is no such kind of report", "invalid.kind");
    report.kind = *kind;
  }
  if (j.find("lane")) {
    const auto lane = sync::lane_from(j.text("lane"));
    if (!lane || !sync::is_stream_lane(*lane))
      return fail(Fault::invalid, "the lane is flash, urgent or routine", "invalid.lane");
    report.lane = *lane;
  }
  TRY(text("title", report.title));
  TRY(text("body", report.body));
  const auto set = [&](std::string_view key, const Json& v) -> Result<> {
    if (const std::string* s = v.string()) return rules.set_field(report, key, *s);
    if (v.integer() || v.number() || v.boolean()) return rules.set_field(report, key, dump(v));
    return fail(Fault::invalid, "the value of a field is text, a number, true or false", "invalid.type");
  };
  if (const Json* v = j.find("occurred_at")) {
    if (v->is_null())
      report.occurred_at.reset();
    else
      TRY(set("occurred_at", *v));
  }
  if (const Json* v = j.find("sensitivity")) {
    const std::string* s = v->string();
    const auto known = s ? sensitivity_from(*s) : std::nullopt;
    if (!known) return fail(Fault::invalid, "sensitivity is public, internal or work_secret", "invalid.sensitivity");
    report.sensitivity = *known;
  }
  if (const Json* fields = j.find("fields")) {
    if (!fields->members()) return fail(Fault::invalid, "fields has to be an object", "invalid.type");
    for (const auto& m : *fields->members()) {
      if (m.value.is_null())
        report.fields.values.erase(m.key);
      else
        TRY(set(m.key, m.value));
    }
  }
  return {};
}

std::vector<std::string_view> role_names(std::uint16_t roles) {
  std::vector<std::string_view> out;
  for (const auto& [bit, name] : kRoles)
    if (roles & bit) out.push_back(name);
  return out;
}

Result<> need_role(Request& r, std::uint16_t roles, std::string_view code) {
  if (r.officer.roles & roles) return {};
  std::string zh, en, who_zh, who_en;
  for (const RoleWord& w : kRoleWords)
    if (roles & w.role) {
      zh += (zh.empty() ? "" : "或") + std::string(w.zh);
      en += (en.empty() ? "" : " or ") + std::string(w.en);
    }
  std::set<std::string> named;  // a person may have a key on each machine
  for (const OfficerRow& o : TRY(r.host.directory().officers(r.store().me().office)))
    if (o.state == OfficerState::active && (o.roles & roles) && named.insert(o.name).second) {
      who_zh += (who_zh.empty() ? "" : "、") + o.name;
      who_en += (who_en.empty() ? "" : ", ") + o.name;
    }
  Error e{Fault::denied, "this takes the role " + en + ", which you do not have", std::string(code)};
  e.zh = "这一步需要" + zh + "角色，您没有这个角色";
  if (!named.empty()) {
    e.what += "; it can be done by " + who_en;
    e.zh += "；可请" + who_zh + "办理";
  }
  return std::unexpected(std::move(e));
}

Result<std::uint16_t> roles_from(const Json& list) {
  std::uint16_t roles = 0;
  if (list.items())
    for (const Json& item : *list.items()) {
      std::uint16_t bit = 0;
      for (const auto& [b, name] : kRoles)
        if (item.string() && *item.string() == name) bit = b;
      if (item.string() && *item.string() == "all") bit = crypto::role::all;
      if (bit == 0) return fail(Fault::invalid, "there is no such role", "invalid.roles");
      roles = static_cast<std::uint16_t>(roles | bit);
    }
  if (roles == 0) return fail(Fault::invalid, "an officer needs at least one role", "invalid.roles");
  return roles;
}

StoreBooks books_of(const Request& r) {
  return StoreBooks(r.host.store(), r.host.directory(), r.host.config().office.utc_offset_minutes.count(),
                    r.host.config().report.gravest_to == "all");
}

}  // namespace yz::node::api
