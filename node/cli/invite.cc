#include <cstdio>
#include <functional>

#include "node/cli/commands.h"
#include "node/cli/qr.h"

namespace yz::node::cli {
namespace {

/// In hours where that is exact.
std::string duration(Session& s, std::int64_t minutes) {
  if (minutes % 60 == 0) return std::to_string(minutes / 60) + s.say(" 小时", " hours");
  return std::to_string(minutes) + s.say(" 分钟", " minutes");
}

/// Where the other machine will look for this one: a wrong address is found now, not by who fails to join.
void tell_addresses(Session& s, const Doc& d, const std::function<void(const std::string&)>& hint) {
  std::string urls;
  for (const Doc& u : d.at("urls").items()) urls += (urls.empty() ? "" : ", ") + plain(u.text());
  if (urls.empty())
    return hint(
        s.say("注意：邀请里没有本机地址，对方只能用文件加入。要联网加入，请用 --url 写明地址再开一张。",
              "Note: the invitation has no address of this machine, so they can only join by file. To join over "
              "a line make another with --url."));
  hint(s.say("邀请里的本机地址：", "Addresses of this machine in it: ") + urls);
  if (d.flag("only_here"))
    hint(
        s.say("注意：这些地址只有本机自己能连上，别的电脑连不上。请用 --url 写明对方能连到的地址再开一张。",
              "Warning: only this machine itself gets to these addresses, no other. Make another invitation with --url "
              "and an address that they can reach."));
}

}  // namespace

int run(Session& s, const Invite& c) {
  Doc body;
  body.set("code", c.code)
      .set("name", c.name)
      .set("level", c.level)
      .set("valid_minutes", c.valid_minutes)
      .set("two_person", c.two_person);
  if (c.line) body.set("line", true);
  if (c.move) body.set("move", true);
  if (!c.urls.empty()) {
    Doc urls = Doc::array();
    for (const std::string& u : c.urls) urls.push(Doc::of(u));
    body.set("url", urls);
  }
  return s.finish(s.ask("POST", "/api/v1/invitations", body), [&](const Doc& d) {
    const std::string invitation = d.text("invitation");
    line(invitation);
    if (c.qr) {
      if (auto picture = draw_qr(invitation, colours()))
        out(*picture);
      else
        line(s.say("邀请太长，画不成一个二维码。", "The invitation is too long for one QR code."));
    }
    // The line alone goes to stdout, so that $(yizhan invite ...) is the invitation.
    const auto hint = [](const std::string& text) { std::fprintf(stderr, "%s\n", text.c_str()); };
    hint(s.say("把上面这一行交给", "Hand the line above to ") + plain(c.name) +
         (d.flag("move")
              ? s.say("，由对方执行：yizhan office move 这一行。对方的编号、密钥和往来不变，改归本单位主管。",
                      "; there: yizhan office move THAT-LINE. It keeps its id, keys and history, and lies "
                      "below this office from then on.")
          : d.flag("line")
              ? s.say("，由对方执行：yizhan superior add 这一行 --line。对方不在本单位之下，只在本单位登记。",
                      "; there: yizhan superior add THAT-LINE --line. It does not lie below this office and "
                      "is only registered here.")
              : s.say("，由对方执行：yizhan join 这一行 --officer 姓名",
                      "; there: yizhan join THAT-LINE --officer NAME")));
    tell_addresses(s, d, hint);
    hint(s.say("有效 ", "It holds for ") + duration(s, c.valid_minutes) +
         s.say("，只能用一次。请当面或用可靠的方式交接：拿到它的人就能以该单位的名义加入。",
               " and once. Hand it over in person or by a safe way: whoever has it can join as that office."));
  });
}

namespace {

std::string kind_word(const Session& s, const std::string& kind) {
  if (kind == "machine") return s.say("本单位的机器", "machine of ours");
  if (kind == "move") return s.say("迁入", "move");
  return kind == "line" ? s.say("条线登记", "line") : s.say("新单位", "new office");
}

std::string invitation_word(const Session& s, const std::string& state) {
  if (state == "open") return s.say("未用", "not used");
  if (state == "used") return s.say("已用", "used");
  if (state == "expired") return s.say("已过期", "expired");
  return state == "dead" ? s.say("试错太多，作废", "tried too often") : s.say("已撤回", "withdrawn");
}

}  // namespace

int run(Session& s, const InvitationList& c) {
  return s.finish(s.get("/api/v1/invitations"), [&](const Doc& d) {
    Table table({{s.say("编号", "id")},
                 {s.say("给谁", "for"), false, 40},
                 {s.say("用途", "kind")},
                 {s.say("开具", "made")},
                 {s.say("有效期至", "until")},
                 {s.say("状态", "state")}});
    for (const Doc& i : d.at("invitations").items()) {
      if (!c.all && i.text("state") != "open") continue;
      const std::string whom = i.text("kind") == "machine" ? i.text("officer") + " " + i.text("name")
                                                           : i.text("office") + " " + i.text("name");
      table.row({i.text("id").substr(0, 8), whom, kind_word(s, i.text("kind")), time_text(i.text("made")),
                 time_text(i.text("until")), invitation_word(s, i.text("state"))});
    }
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const InvitationWithdraw& c) {
  return s.finish(s.ask("DELETE", "/api/v1/invitations/" + percent(c.id), {}), [&](const Doc& d) {
    line(s.say("已撤回：", "Withdrawn: ") + plain(d.text("id")).substr(0, 8) +
         s.say("。那张纸上的邀请码从现在起无效。", ". The paper with it is worth nothing from now on."));
  });
}

}  // namespace yz::node::cli
