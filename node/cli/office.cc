// Keys that end and begin: offices, nodes and officers revoked or suspended, roles, new keys, addresses.

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

using What = KeyAct::What;

struct Call {
  std::string target;
  Doc body;
};

Call call_of(const KeyAct& c) {
  Call call;
  Doc& b = call.body;
  switch (c.what) {
    case What::revoke_office:
    case What::revoke_officer:
    case What::revoke_node:
      call.target = "/api/v1/revocations";
      b.set("why", c.why).set("reason", c.reason);
      if (!c.since.empty()) b.set("since", c.since);
      if (!c.office.empty()) b.set("office", c.office);
      if (c.what == What::revoke_officer) b.set("officer", c.name);
      if (c.what == What::revoke_node) b.set("node", c.name);
      break;
    case What::suspend_office:
      call.target = "/api/v1/offices/" + percent(c.office) + "/suspend";
      b.set("resume", c.resume).set("reason", c.reason);
      break;
    case What::renew_office:
      call.target = "/api/v1/offices/" + percent(c.office) + "/renew";
      break;
    case What::address:
      call.target = "/api/v1/addresses";
      b.set("urls", Doc::list(c.words));
      break;
    case What::suspend_officer:
      call.target = "/api/v1/officers/" + percent(c.name) + "/roles";
      b.set(c.resume ? "resume" : "suspend", true);
      break;
    case What::role:
      call.target = "/api/v1/officers/" + percent(c.name) + "/roles";
      b.set("roles", Doc::list(c.words));
      break;
    case What::renew_officer:
      call.target = "/api/v1/officers/renew";
      break;
    case What::rotate_node:
      call.target = "/api/v1/node/rotate";
      if (c.resume) b.set("force", true);
      break;
    case What::release:
      call.target = "/api/v1/reports/" + percent(c.name) + "/release";
      b.set("note", c.reason);
      break;
    case What::rotate_office:
      call.target = "/api/v1/office/rotate-key";
      if (!c.out.empty()) b.set("path", absolute_path(c.out));
      break;
    case What::confirm_key:
      call.target = "/api/v1/offices/" + percent(c.office) + "/confirm-key";
      b.set("fingerprint", c.name);
      break;
  }
  return call;
}

/// The top office's: the root document names it.
void tell_top(const Session& s, const Doc& d) {
  line(s.say("新版根文件核对用的数字：", "The new root, digits to compare: ") + plain(d.text("digest")));
  if (d.text("state") == "ready")
    line(s.say(
        "新密钥已启用，各下级在下次联系时得知；以前签发的照旧有效。",
        "It is in use; everybody below hears of it at the next contact, and what was certified before stays good."));
  else
    line(
        s.say("根文件写在 ", "The root document is in ") + plain(d.text("path")) +
        s.say("：各持有人核对数字后执行 yizhan root sign，齐了执行 yizhan root adopt。启用以前继续用旧密钥。",
              ": each holder compares the digits and runs yizhan root sign; then yizhan root adopt. Until then the old "
              "key is in use."));
  line(s.say("请重新做一次备份：旧备份里没有新密钥。未用过的邀请要重新发。",
             "Make a new backup: older ones do not have the new key. Invitations that nobody has used yet have to be "
             "made anew."));
}

void tell(const Session& s, const KeyAct& c, const Doc& d) {
  switch (c.what) {
    case What::revoke_office:
    case What::revoke_officer:
    case What::revoke_node:
      line(s.say("已吊销：", "Revoked: ") + plain(c.what == What::revoke_office ? d.text("office") : c.name));
      return line(s.say("各相邻单位在下次联系时得知；以前收到的内容照旧有效，什么都不删除。",
                        "Every neighbour learns of it at its next contact; what was received before stays, nothing is "
                        "deleted."));
    case What::suspend_office:
      return line((c.resume ? s.say("已恢复收发：", "Resumed: ") : s.say("已暂停收发：", "Suspended: ")) +
                  plain(d.text("office")) +
                  (c.resume ? "" : s.say("（对方的内容在对方本机排队）", " (everything stays queued there)")));
    case What::renew_office:
      return line(s.say("证书已重新签发：", "The certificate was made anew: ") + plain(d.text("office")));
    case What::address:
      line(s.say("地址已登记，下级在下次联系时得知。",
                 "Recorded; subordinates learn of the addresses at their next contact."));
      return line(s.say("请先让下级都联系过一次，再搬到新地址。", "Let all of them make contact before you move."));
    case What::suspend_officer:
    case What::role:
      return line((d.text("state") == "suspended" ? s.say("已停用：", "Suspended: ")
                                                  : s.say("角色已更换：", "The roles are changed: ")) +
                  plain(d.text("name")));
    case What::renew_officer:
      line(s.say("签名密钥和证书已换新：", "A new signing key and certificate: ") + plain(d.text("name")));
      return line(s.say("以前的备份仍含旧密钥；请重新做一次备份。", "Make a new backup now."));
    case What::rotate_node:
      for (const Doc& o : d.at("unheard").items())
        line(s.say("未得知新密钥，从此不认本机，须用 U 盘包告知或重新登记：",
                   "Has not heard of it and refuses this machine from now on, until it is told by a bundle or joined "
                   "anew: ") +
             plain(o.text()));
      return line(d.flag("rotating")
                      ? s.say("新密钥已生成；所有相邻单位得知后自动启用。",
                              "The new key is made; it is used as soon as every neighbour has heard of it.")
                      : s.say("新密钥已启用。", "The new key is in use."));
    case What::release:
      return line(s.say("已解除隔离，并以本单位人员的签名担保：", "Released, and signed for by this office: ") +
                  plain(d.text("case")));
    case What::rotate_office:
      line(s.say("新密钥已生成，指纹：", "The new key is made; its fingerprint: ") + plain(d.text("fingerprint")));
      if (d.text("state") != "waiting") return tell_top(s, d);
      line(s.say("请打电话把指纹念给上级，由上级执行 yizhan office confirm-key。签发以前继续用旧密钥。",
                 "Read it to the superior by telephone: yizhan office confirm-key, there. Until then the old key is in "
                 "use."));
      return line(s.say("请重新做一次备份：旧备份里没有新密钥。未用过的邀请要重新发。",
                        "Make a new backup: older ones do not have the new key. Invitations that nobody has used yet "
                        "have to be made anew."));
    case What::confirm_key:
      return line((d.flag("certified")
                       ? s.say("新密钥已签发：", "The new key is certified: ")
                       : s.say("指纹一致，已记为核对过：", "The digits are the same, and noted as compared: ")) +
                  plain(d.text("office")));
  }
}

}  // namespace

int run(Session& s, const KeyAct& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  const Call call = call_of(c);
  return s.finish(s.ask("POST", call.target, call.body), [&](const Doc& d) { tell(s, c, d); });
}

}  // namespace yz::node::cli
