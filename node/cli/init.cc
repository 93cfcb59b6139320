#include "node/cli/commands.h"
#include "node/cli/passphrase.h"

namespace yz::node::cli {

int run(Session& s, const Init& c) {
  auto passphrase = ask_new_passphrase(s.globals().passphrase_file, c.officer, s.language());
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  NewOffice office;
  office.code = c.code;
  office.name = c.name;
  office.officer = c.officer;
  office.phone = c.phone;
  office.level = crypto::level_from(c.level).value_or(crypto::Level::township);  // args.cc let only the five words in
  office.root = c.root;
  office.one_person = !c.two_person;
  office.recovery_sheet = c.recovery_sheet;
  return s.finish(s.answer(init_home(s.home(), office, *passphrase)), [&](const Doc& d) {
    line(s.say("已建立：", "Made: ") + plain(d.text("name")) + s.say("（", " (") + plain(d.text("office")) +
         s.say("），", "), ") + level_text(c.level, s.language()));
    line(s.say("数据目录：", "Home: ") + plain(s.home()));
    line(s.say("指纹：", "Fingerprint: ") + plain(d.text("fingerprint")));
    if (c.root) line(s.say("下级加入时请核对这个指纹。", "Subordinates compare this fingerprint when they join."));
    if (!c.recovery_sheet.empty())
      line(s.say("恢复单已写到 ", "Recovery sheet: ") + plain(c.recovery_sheet) +
           s.say("。请打印后锁进保险柜，并删除文件。", ". Print it, lock it away, delete the file."));
    else
      line(s.say("忘记口令时，只有别的管理员能帮忙；建议另存恢复单。",
                 "If the passphrase is forgotten only another administrator can help; a recovery sheet is advisable."));
    line(s.say("下一步：yizhan invite 邀请下级；yizhan serve 运行节点；yizhan backup 做备份。",
               "Next: `yizhan invite` a subordinate, `yizhan serve` to run the node, `yizhan backup` to be safe."));
  });
}

}  // namespace yz::node::cli
