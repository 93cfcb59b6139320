// Chinese for error codes that arise below the API: what a peer refuses us with, this machine's own files, and whole
// families of codes that say no more to a person than where something is wrong.
#include "node/net/sentences.h"

#include <algorithm>
#include <utility>

namespace yz::node {
namespace {

struct PeerWord {
  std::string_view code, zh, en;
};
constexpr PeerWord kPeer[] = {
    {"exchange.suspended", "对方暂停了与本单位的收发，请打电话联系", "the other office has suspended this one"},
    {"exchange.revoked", "对方已吊销本单位或本机的身份，请打电话联系",
     "the other office has revoked this office or machine"},
    {"exchange.unknown", "对方不认识这台机器：可能还没有加入，或已被移除", "the other node does not know this machine"},
    {"exchange.wrong-node", "这个地址上应答的不是要找的那台机器，请核对地址",
     "another node than the expected one answers at this address"},
    {"the line went silent", "连上后线路没有了回音，本机内容都在，稍后再试", "the line went silent"},
    {"the superior answers, and nothing moves", "已连上，但剩下的还在等别处的回执，稍后再试",
     "the superior answers, and nothing moves"},
    {"exchange.cut", "收发中途断线，会自动再试", "the exchange was cut and is tried again"},
    {"join.by-hand", "对方不自动接纳：请用 yizhan join --request 文件 写出申请，带给对方执行 yizhan admit",
     "the superior admits by hand: write a request with `yizhan join --request FILE` and take it there"},
    {"join.unknown", "对方没有开过这份邀请（或者地址指到了别的单位），请核对邀请和地址",
     "no such invitation was written there: compare the line and the address"},
    {"join.expired", "邀请已过期，请向上级另要一份", "the invitation has expired: ask for a new one"},
    {"join.withdrawn", "对方已撤回这份邀请，请打电话另要一份",
     "the invitation was withdrawn: telephone and ask for a new one"},
    {"join.used", "这份邀请已被别的机器或单位用过，请另要一份；不是你们用的，请马上告诉上级",
     "the invitation was used already by another machine or office: ask for a new one, and say so if it was not you"},
    {"join.dead", "这份邀请试错次数太多已作废，请另要一份",
     "the invitation was tried wrongly too often: ask for a new one"},
    {"join.mac", "邀请码与对方存的不一致，请重新抄录整行",
     "the code of the invitation does not fit: copy the whole line anew"},
    {"join.kind", "这份邀请的用途不对：单位用的和机器用的不能混用",
     "this invitation is for something else: one for an office is not good for a machine, nor the other way round"},
    {"join.officer", "这份邀请是给另一位人员的，或此人已停用：请用开邀请时写的姓名加入",
     "this invitation is for another officer, or for one who has left: join with the name that it was made for"},
    {"join.line", "这份邀请只能由已有上级的单位用于条线登记（yizhan superior add）",
     "this invitation only registers an office that has its superior already (yizhan superior add)"},
    {"join.move", "这份邀请是给整体迁入的单位的（yizhan office move）",
     "this invitation is for an office that comes over as a whole (yizhan office move)"},
    {"join.code", "邀请写的单位代码与本单位的不同，请对方重新开具",
     "the invitation is for an office of another code: ask for a new one"},
    {"join.level", "邀请写的层级与本单位的不合，请对方重新开具",
     "the invitation's level does not fit this office: ask for a new one"},
    {"join.revoked", "本单位已被吊销，不能再用原来的密钥加入；请重新开通",
     "this office was revoked: begin anew with new keys"},
    {"join.root", "对方与本单位的信任根不同，请电话核对指纹", "the other office has another root of trust"},
    {"join.node", "应答的机器与邀请上写的不是同一台，请打电话核实",
     "another machine than the invitation's answered: telephone the superior"},
    {"join.answer", "对方的答复与本机的申请对不上，请核对文件或重新申请", "the answer does not belong to our request"},
    {"join.consent", "迁移所需的同意书没有通过校验，请重新办理", "a consent to the move does not hold"},
    {"join.form", "申请或答复的内容没有通过校验", "the request or the answer does not hold"},
    {"join.refused", "对方没有接纳", "the superior refuses"},
};

/// A code, or with a leading or trailing dot or dash all that begin or end so.
constexpr std::pair<std::string_view, std::string_view> kOwn[] = {
    {"addressee.missing", "没有可以报送的单位"},
    {"archive.key-gone", "这件内容所用的存档密钥本机没有，打不开"},
    {"archive.many", "存档密钥太多"},
    {"authority.missing", "单位密钥不在本机：可能是从更早的备份恢复的"},
    {"backup.cut", "备份文件不完整，没有恢复任何东西；请换一份"},
    {"backup.form", "这不是驿站的备份文件，或已损坏"},
    {"backup.mac", "备份文件被改动过或已损坏，没有恢复任何东西；请换一份"},
    {"backup.missing", "读不到这个备份文件，请核对路径"},
    {"backup.folder", "没有这个目录，没有备份；U盘请先插好，再核对目录名"},
    {"backup.unwritable", "不能写到这个目录，没有留下半份备份；请检查U盘是否写保护、目录权限"},
    {"backup.disk", "目标磁盘放不下，没有留下半份备份；请换一个大的"},
    {"certificate.revoked", "签名所用的证书已吊销"},
    {"certificate.superseded", "签名所用的证书已被新证书取代"},
    {"clock", "本机时钟与记录相差太大，请先校准时间"},
    {"config.address", "config.toml 里的地址写法不对"},
    {"config.unreadable", "读不到 config.toml"},
    {"disk.reserve", "磁盘空间快用完，没有写入；请清理后再试"},
    {"file.missing", "没有这个文件，请核对路径"},
    {"file.denied", "没有权限读写这个文件"},
    {"file.kind", "这不是普通文件"},
    {"file.long", "文件太大，没有读取"},
    {"file.unwritable", "写不出这个文件，没有留下半份；请核对目录和权限"},
    {"home.busy", "另一个 yizhan 程序正在使用这份数据，请等它结束或先停掉"},
    {"home.keys", "本机的密钥文件已损坏，请从备份恢复"},
    {"home.missing", "这里没有单位的数据：请先 init 或 join，或用 --home 指明目录"},
    {"home.not-empty", "这个目录不是空的；开通、加入和恢复都只能用新目录或空目录，请换一个目录"},
    {"init.form", "请写明单位名称和第一位人员"},
    {"invalid.node", "机器编号是32位十六进制数"},
    {"invite.unknown", "没有这份邀请；编号至少给前6位"},
    {"invite.used", "这份邀请已经用过，不能撤回；不该加入的单位或机器请吊销"},
    {"invite.withdrawn", "这份邀请已经撤回"},
    {"join.done", "本单位已经加入"},
    {"key-gone", "所用的密钥本机已没有，打不开"},
    {"link.unknown", "没有与该单位的线路"},
    {"malformed.base64", "内容不是有效的 base64"},
    {"move.keys", "本单位换过太多次密钥，迁移申请放不下，请联系技术支持"},
    {"node.many", "本单位的机器已达上限"},
    {"node.stopping", "程序正在停止；内容都已保存"},
    {"quota", "该单位今天发来的已达限额，明天继续收"},
    {"recovery.machine", "恢复单在本单位第一台机器上做，这台不用；请去掉 --recovery-sheet"},
    {"recovery.none", "开通时没有做恢复单，不能这样恢复"},
    {"recovery.exists", "恢复单要写到一个还没有的文件，请换一个文件名"},
    {"root.adopted", "这一版根文件已经采用"},
    {"root.key-file", "这不是根密钥文件"},
    {"root.signatures", "根文件的签名不成立"},
    {"root.version", "根文件的版本不接在本机这一版之后"},
    {"tls.certificate", "TLS 证书读不出来"},
    {"typed.long", "短码太长"},
    // What only a damaged disk, a hostile neighbour or our own mistake brings about: a person hears where it is.
    {"store.", "本机数据库出错，没有写入；请运行 yizhan doctor，必要时从备份恢复"},
    {"doc.", "程序内部出错，请联系技术支持"},
    {"log.", "写不了日志，请检查磁盘和目录权限"},
    {"exchange.", "与对方收发时内容没有通过校验"},
    {"stream.", "收到的内容与前一份衔接不上"},
    {"revoke.", "这份吊销不成立"},
    {"consent.", "同意书没有通过校验"},
    {"draft.", "草稿内容没有通过校验"},
    {"rules.", "规则文件格式不对"},
    {"root.", "根文件没有通过校验"},
    {".form", "内容格式不对，没有通过校验"},
    {".size", "内容太长"},
    {".schema", "内容由更新的程序写成，本机读不懂，请先升级程序"},
    {".foreign", "这份凭证属于别的单位，没有接受"},
    {".twice", "同一单位代码有两份证书，请立即核实"},
    {".disputed", "有人无权而重新签发了单位证书，没有接受"},
    {".issuer", "签发单位不对，没有接受"},
    {"bad-signature", "签名不成立，没有接受"},
    {"not-addressed", "不是发给本单位的，没有接受"},
    {"not-permitted", "对方无权这样做，没有接受"},
    {"no-way", "没有到该单位的线路"},
    {"unknown-certificate", "签名所用的证书本机没有"},
    {"too-far-ahead", "编号跳得太远，没有接受"},
};

/// By the whole sentence, or how it begins where it ends in a number.
constexpr std::pair<std::string_view, std::string_view> kFound[] = {
    {"its id is not that of its bytes", "编号与内容不符：内容被改过"},
    {"the certificate of an officer who signed is missing", "缺签名人的证书，签名无从核对"},
    {"it was signed by somebody of another office", "签名人不是该单位的人"},
    {"a signature is not good", "签名不成立：内容或签名被改过"},
    {"the certificate of a node is not good", "一台机器的证书不成立"},
    {"its name does not give its id", "通道名与编号不符"},
    {"the certificate of its node is missing", "缺发出机器的证书，无从核对"},
    {"its hash is not that of its bytes", "摘要与内容不符：内容被改过"},
    {"it belongs to another place", "放错了位置：通道或编号不符"},
    {"the node's signature is not good", "机器签名不成立：内容或签名被改过"},
    {"it does not follow the envelope before it", "与前一个信封衔接不上"},
    {"envelopes are missing below ", "缺少信封，最大编号 "},
    {"its chain value is not that of its envelopes", "链条值与信封不符"},
    {"its signature is not good", "签名不成立"},
    {"the receipt is for a chain that is not ours", "回执说的不是本机的通道"},
    {"the receipt covers envelopes that were never written", "回执涉及没有写过的信封"},
    {"the journal was changed here or before", "日志在这里或之前被改过"},
    {"it belongs to another case", "属于另一件事项"},
    {"an attachment's manifest is malformed", "附件清单格式不对"},
    {"a receipt or head is not good", "一份回执不成立：被改过，或缺签发机器的证书"},
    {"an envelope is not good", "一个信封不成立：内容被改过，或缺发出机器的证书"},
    {"a piece of an attachment is not good", "附件的一块不成立"},
    {"an item of a kind that this version does not know", "有一项由更新的程序写成，本机不认识"},
    {"there is no record in it", "里面没有任何记录"},
    {"a certificate with a false signature", "证书的签名不成立"},
    {"not exactly one certificate", "证书格式不对"},
    {"a false signature in the path", "证书链里有不成立的签名"},
    {"no certificate for the issuing key of office ", "缺签发单位的证书，单位编号 "},
};

/// Where it was found, word by word; ids and numbers stay.
constexpr std::pair<std::string_view, std::string_view> kPlaces[] = {
    {"certificate of node", "机器证书"},
    {"certificate", "证书"},
    {"attachments.db", "附件库"},
    {"database", "数据库"},
    {"record", "记录"},
    {"layer", "层"},
    {"statement", "回执"},
    {"envelope", "信封"},
    {"stream", "通道"},
    {"receipt", "回执"},
    {"consent", "同意书"},
    {"chunk", "附件分块"},
    {"journal", "日志"},
    {"page", "页"},
    {"file", "文件"},
};

bool means(std::string_view pattern, std::string_view code) {
  if (pattern.ends_with('.')) return code.starts_with(pattern);
  return pattern.starts_with('.') ? code.ends_with(pattern) : code == pattern;
}

const PeerWord* peer_word(std::string_view code) {
  const auto* const at = std::ranges::find(kPeer, code, &PeerWord::code);
  return at == std::end(kPeer) ? nullptr : at;
}

}  // namespace

namespace api {

std::string sentence(const Error& e, Language l) {
  if (l != Language::zh) return e.what;
  if (!e.zh.empty()) return e.zh;
  if (e.code.empty()) return e.what;
  if (const std::string_view zh = api_sentence(e.code); !zh.empty()) return std::string(zh);
  if (const PeerWord* w = peer_word(e.code)) return std::string(w->zh);
  // The exact ones stand first.
  const auto* const own = std::ranges::find_if(kOwn, [&](const auto& o) { return means(o.first, e.code); });
  return own == std::end(kOwn) ? e.what : std::string(own->second);
}

}  // namespace api

std::string told_by_peer(std::string_view code, Language l) {
  if (code.empty()) return {};
  if (const PeerWord* w = peer_word(code)) return std::string(l == Language::zh ? w->zh : w->en);
  if (l != Language::zh) return std::string(code);
  std::string said = api::sentence({Fault::forged, std::string(code), std::string(code)}, l);
  return said == code ? "没有连上对方（" + said + "）" : said;
}

std::string audit_problem(std::string_view what, Language l) {
  if (l != Language::zh) return std::string(what);
  const auto* const at = std::ranges::find_if(
      kFound, [&](const auto& f) { return f.first.ends_with(' ') ? what.starts_with(f.first) : what == f.first; });
  if (at == std::end(kFound)) return "没有通过校验（" + std::string(what) + "）";
  const std::string_view rest = at->first.ends_with(' ') ? what.substr(at->first.size()) : std::string_view();
  return std::string(at->second) + std::string(rest);
}

std::optional<Fault> fault_from(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(Fault::full); ++i)
    if (name_of(static_cast<Fault>(i)) == name) return static_cast<Fault>(i);
  return std::nullopt;
}

bool advice_fits(Fault fault, std::string_view code) {
  // An API answer without a code of its own has the fault's name there.
  if (code.empty() || code == name_of(fault)) return true;
  switch (fault) {
    case Fault::offline:  // whatever did not answer: what is urgent is told by telephone
      return code.starts_with("curl") || code.starts_with("exchange") || code == "offline";
    case Fault::forged:
      return code.starts_with("exchange.") || code.starts_with("stream.") || code == "bad-signature";
    case Fault::corrupt:
      return code.starts_with("store.");
    default:
      return false;
  }
}

std::string audit_place(std::string_view where, Language l) {
  std::string said(where);
  if (l != Language::zh) return said;
  for (const auto& [en, zh] : kPlaces)
    for (std::size_t at = said.find(en); at != std::string::npos; at = said.find(en, at + zh.size())) {
      const std::size_t end = at + en.size();
      const bool whole = (at == 0 || said[at - 1] == ' ') && (end == said.size() || said[end] == ' ');
      if (whole) said.replace(at, en.size(), zh);
    }
  return said;
}

Error refused_by_superior(std::string_view code) {
  return {Fault::forged, "the superior did not accept the invitation: " + told_by_peer(code, Language::en),
          std::string(code), "上级没有接受邀请：" + told_by_peer(code, Language::zh)};
}

}  // namespace yz::node
