#include "node/cli/commands.h"

namespace yz::node::cli {

namespace {

std::string check_name(const Session& s, const std::string& name) {
  if (name == "database") return s.say("数据库", "database");
  if (name == "attachments") return s.say("附件库", "attachments");
  if (name == "disk") return s.say("磁盘", "disk");
  if (name == "root") return s.say("信任根", "root of trust");
  if (name == "unopened") return s.say("未拆阅的信件", "unopened mail");
  return name;
}

/// The node says figures in English; what a damaged page says is for the technician.
std::string check_text(const Session& s, const std::string& name, const std::string& message) {
  const std::string figure = message.substr(0, message.find(' '));
  if (name == "disk") return s.say("剩余 " + figure + " MiB", message);
  if (name == "unopened")
    return figure == "0" ? s.say("全部已拆", "all opened") : s.say("还有 " + figure + " 封", message);
  if (message == "no root document") return s.say("没有根文件", message);
  return message;
}

}  // namespace

int run(Session& s, const Doctor&) {
  return s.finish(s.get("/api/v1/doctor"), [&](const Doc& d) {
    for (const Doc& check : d.at("checks").items()) {
      const bool ok = check.flag("ok");
      line((ok ? paint(Colour::green, "✓ ") : paint(Colour::red, "✗ ")) + plain(check_name(s, check.text("name"))) +
           (check.text("message").empty()
                ? ""
                : s.say("：", ": ") + plain(check_text(s, check.text("name"), check.text("message")))));
    }
    line(d.flag("ok")
             ? s.say("一切正常。", "All is well.")
             : s.say("请处理打 ✗ 的各项；拿不准时先做备份再请上级技术人员看。",
                     "See to what is marked ✗; when in doubt make a backup first and ask your superior's technician."));
  });
}

}  // namespace yz::node::cli
