#include <filesystem>

#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const Backup& c) {
  std::error_code error;
  Doc body;
  body.set("path", std::filesystem::absolute(c.file, error).lexically_normal().string());
  std::optional<ProgressBar> bar(s.say("备份", "backup"));
  const Answer a = s.ask("POST", "/api/v1/backup", body,
                         [&](const Doc& d) { bar->at(static_cast<std::uint64_t>(d.real("share") * 1000), 1000); });
  bar.reset();
  return s.finish(a, [&](const Doc& d) {
    line(s.say("备份完成：", "Backup: ") + plain(d.text("path")) + " (" +
         size_text(static_cast<std::uint64_t>(d.number("bytes"))) + ")");
    line(s.say("文件已加密，恢复时需要任一人员的口令。请存到另一处（例如 U 盘），并定期试恢复。",
               "It is sealed; restoring needs any officer's passphrase. Keep it elsewhere (a USB stick) and try a "
               "restore now and then."));
  });
}

int run(Session& s, const Restore& c) {
  auto passphrase = s.passphrase();
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  return s.finish(s.answer(restore_home(s.home(), c.file, s.globals().officer, **passphrase)), [&](const Doc& d) {
    line(s.say("已恢复到 ", "Restored into ") + plain(s.home()) +
         (d.text("name").empty() ? "" : s.say("：", ": ") + plain(d.text("name"))));
    line(s.say("备份之后发出的内容，下次联系时从上级取回。原来的电脑请不要再使用这份数据。",
               "What was sent after the backup comes back from the superior at the next contact. Don't use the old "
               "machine's home any more."));
    line(s.say("下一步：yizhan sync", "Next: `yizhan sync`"));
  });
}

}  // namespace yz::node::cli
