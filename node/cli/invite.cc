#include <cstdio>

#include "node/cli/commands.h"
#include "node/cli/qr.h"

namespace yz::node::cli {
namespace {

/// In hours where that is exact.
std::string duration(Session& s, std::int64_t minutes) {
  if (minutes % 60 == 0) return std::to_string(minutes / 60) + s.say(" 小时", " hours");
  return std::to_string(minutes) + s.say(" 分钟", " minutes");
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
    hint(s.say("有效 ", "It holds for ") + duration(s, c.valid_minutes) +
         s.say("，只能用一次。请当面或用可靠的方式交接：拿到它的人就能以该单位的名义加入。",
               " and once. Hand it over in person or by a safe way: whoever has it can join as that office."));
  });
}

}  // namespace yz::node::cli
