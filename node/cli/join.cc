#include "node/cli/commands.h"
#include "node/cli/passphrase.h"

namespace yz::node::cli {

int run(Session& s, const Join& c) {
  const bool fresh = c.answer_file.empty();
  auto passphrase = fresh ? ask_new_passphrase(s.globals().passphrase_file, c.officer, s.language())
                          : ask_passphrase(s.globals().passphrase_file, s.globals().officer, s.language());
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  const std::string officer = fresh ? c.officer : s.globals().officer;
  const JoinRequest request{c.invitation, officer, c.phone, c.request_file, c.answer_file, c.recovery_sheet};
  return s.finish(s.answer(join_home(s.home(), request, *passphrase)), [&](const Doc& d) {
    const bool ready = d.text("state") == "ready";
    line((ready ? s.say("已加入：", "Joined: ") : s.say("已建立，等待上级接纳：", "Made, waiting for the superior: ")) +
         plain(d.text("name")) + " (" + plain(d.text("office")) + ")");
    line(s.say("指纹：", "Fingerprint: ") + plain(d.text("fingerprint")) +
         s.say("（请与上级电话核对）", " (compare it with the superior by telephone)"));
    if (!c.request_file.empty())
      line(s.say("加入申请写在 ", "The request is in ") + plain(c.request_file) +
           s.say("，请带给上级执行 yizhan admit，再用 yizhan join --answer 读回答复。",
                 "; take it to the superior (`yizhan admit`), then read the answer with `yizhan join --answer FILE`."));
    else if (!ready)
      line(s.say("现在就可以写报告。连上上级后自动完成加入；也可执行 yizhan sync 再试。",
                 "You can write reports now. Joining completes at the first contact; `yizhan sync` tries again."));
  });
}

int run(Session& s, const Admit& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  auto passphrase = s.passphrase();
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  return s.finish(
      s.answer(admit_file(s.home(), c.request_file, c.answer_file, s.globals().officer, **passphrase)),
      [&](const Doc& d) {
        line(s.say("已接纳：", "Admitted: ") + (d.text("name").empty()
                                                    ? plain(c.request_file)
                                                    : plain(d.text("name")) + " (" + plain(d.text("office")) + ")"));
        if (const std::string print = plain(d.text("fingerprint")); !print.empty())
          line(s.say("指纹：", "Fingerprint: ") + print +
               s.say("（请与该单位电话核对）", " (compare it with that office by telephone)"));
        line(s.say("答复写在 ", "The answer is in ") + plain(c.answer_file) +
             s.say("，请带回该单位执行 yizhan join --answer。", "; take it back for `yizhan join --answer FILE`."));
      });
}

}  // namespace yz::node::cli
