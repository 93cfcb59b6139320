// Several machines of one office: invited, listed, confirmed by the superior.
#include <cstdio>

#include "node/cli/commands.h"
#include "node/cli/qr.h"

namespace yz::node::cli {
namespace {
constexpr std::size_t kShownId = 12;  ///< of a machine's id: six or more name it
}

int run(Session& s, const NodeInvite& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  Doc body;
  body.set("valid_minutes", c.valid_minutes);
  if (!c.name.empty()) body.set("name", c.name);
  if (!c.officer.empty()) body.set("officer", c.officer);
  if (!c.roles.empty()) body.set("roles", Doc::list(c.roles));
  if (!c.urls.empty()) body.set("url", Doc::list(c.urls));
  return s.finish(s.ask("POST", "/api/v1/node/invitations", body), [&](const Doc& d) {
    const std::string invitation = d.text("invitation");
    line(invitation);
    if (c.qr)
      if (auto picture = draw_qr(invitation, colours())) out(*picture);
    // The line alone goes to stdout.
    const std::string officer = plain(d.text("officer"));
    std::string roles;
    for (const Doc& r : d.at("roles").items())
      roles += (roles.empty() ? "" : s.say("、", ", ")) + role_text(r.text(), s.language());
    std::fprintf(stderr, "%s\n",
                 (s.say("在新机器上执行：yizhan join 这一行 --officer ",
                        "On the new machine: yizhan join THAT-LINE --officer ") +
                  officer +
                  (d.flag("exists") ? s.say("（本单位人员，另发一把密钥）", " (a key more for that officer)")
                                    : s.say("（本单位没有这个人：加入后成为新人员，角色：",
                                            " (nobody of this office: becomes a new officer with the roles: ") +
                                          roles + s.say("）", ")")))
                     .c_str());
    std::fprintf(
        stderr, "%s\n",
        s.say("只能用一次。拿到它的人就能成为本单位的一台机器，请当面交接。之后请上级核对指纹并确认。",
              "It holds once: whoever has it becomes a machine of this office. Afterwards the superior compares "
              "the fingerprint and confirms it.")
            .c_str());
  });
}

int run(Session& s, const NodeConfirm& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  Doc body;
  body.set("fingerprint", c.fingerprint);
  return s.finish(s.ask("POST", "/api/v1/nodes/" + percent(c.node) + "/confirm", body), [&](const Doc& d) {
    line(s.say("已确认：", "Confirmed: ") + plain(d.text("node")) + " (" + plain(d.text("office")) + ")");
  });
}

int run(Session& s, const NodeList&) {
  return s.finish(s.get("/api/v1/nodes"), [&](const Doc& d) {
    Table table({{s.say("机器", "node")},
                 {s.say("名称", "name")},
                 {s.say("单位", "office")},
                 {s.say("状态", "state")},
                 {s.say("最近联系", "last contact")}});
    for (const Doc& n : d.at("nodes").items()) {
      const std::string contact = n.text("last_contact"), name = n.text("name");
      std::string state = n.text("state") == "revoked" ? s.say("已吊销", "revoked")
                          : n.flag("confirmed")        ? s.say("正常", "good")
                                                       : s.say("未经上级确认", "unconfirmed node");
      if (n.flag("this")) state += s.say("（本机）", " (this one)");
      table.row({n.text("node").substr(0, kShownId), plain(n.text("number")) + (name.empty() ? "" : " " + plain(name)),
                 plain(n.text("office_name")) + " " + n.text("office"), state,
                 contact.empty() ? "-" : time_text(contact)});
    }
    out(table.text(terminal_columns()));
    // Too long for a column: to be read out on the telephone, or compared.
    line();
    line(s.say("指纹：", "Fingerprints:"));
    for (const Doc& n : d.at("nodes").items())
      if (n.text("state") != "revoked")
        line("  " + n.text("node").substr(0, kShownId) + "  " + plain(n.text("fingerprint")));
  });
}

}  // namespace yz::node::cli
