#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const ReportStep& c) {
  using What = ReportStep::What;
  const std::string verb = c.what == What::send        ? "send"
                           : c.what == What::submit    ? "submit"
                           : c.what == What::review    ? "review"
                           : c.what == What::sign      ? "sign"
                           : c.what == What::send_back ? "return"
                                                       : "acknowledge";
  Doc body;
  if (c.what != What::submit && c.what != What::send) body.set("note", c.note);
  return s.finish(s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/" + verb, body), [&](const Doc& d) {
    tell_warnings(s, d);
    const std::string id = plain(d.text("case"));
    switch (d.text("state") == "in_review" && c.what == What::send ? What::submit : c.what) {
      case What::submit:
        line(s.say("已提交审核：", "Submitted for review: ") + id);
        return line(s.say("下一步由审核人 yizhan report review、签发人 yizhan report sign。",
                          "Next: the reviewer (`yizhan report review`), then the signer (`yizhan report sign`)."));
      case What::review:
        line(s.say("已审核：", "Reviewed: ") + id);
        return line(s.say("下一步由签发人 yizhan report sign。", "Next: the signer (`yizhan report sign`)."));
      case What::send:
      case What::sign:
        line(s.say("已签发，排队待发：", "Signed and queued: ") + id + "  " + plain(d.text("number")));
        return line(s.say("yizhan serve 运行时自动发出；也可以现在执行 yizhan sync。",
                          "It leaves by itself while `yizhan serve` runs, or now with `yizhan sync`."));
      case What::send_back:
        return line(s.say("已退回修改：", "Returned to be changed: ") + id);
      case What::acknowledge:
        line(s.say("已签收：", "Acknowledged: ") + id);
        return line(s.say("签收回执在下次联系时送达报送单位。", "The reporting office sees it at its next contact."));
    }
  });
}

int run(Session& s, const ReportWithdraw& c) {
  Doc body;
  body.set("reason", c.reason);
  return s.finish(s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/withdraw", body), [&](const Doc& d) {
    const std::string state = d.text("state");
    const std::string id = plain(d.text("case"));
    if (state == "deleted") return line(s.say("草稿已删除：", "Draft deleted: ") + id);
    if (state == "in_review")
      return line(s.say("撤回已起草，等待签发：", "The withdrawal is drafted and waits for the signer: ") + id);
    line(s.say("已撤回：", "Withdrawn: ") + id);
    line(s.say("原件和原因都保留；上级在下次联系时得知。",
               "The original and the reason stay; the superior learns of it at the next contact."));
  });
}

}  // namespace yz::node::cli
