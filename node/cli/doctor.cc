#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const Doctor&) {
  return s.finish(s.get("/api/v1/doctor"), [&](const Doc& d) {
    for (const Doc& check : d.at("checks").items()) {
      const bool ok = check.flag("ok");
      line((ok ? paint(Colour::green, "✓ ") : paint(Colour::red, "✗ ")) + plain(check.text("name")) +
           (check.text("message").empty() ? "" : s.say("：", ": ") + plain(check.text("message"))));
    }
    line(d.flag("ok")
             ? s.say("一切正常。", "All is well.")
             : s.say("请处理打 ✗ 的各项；拿不准时先做备份再请上级技术人员看。",
                     "See to what is marked ✗; when in doubt make a backup first and ask your superior's technician."));
  });
}

}  // namespace yz::node::cli
