
#include "node/cli/commands.h"

namespace yz::node::cli {

namespace {

/// The invitation, or the files that stand for the line.
template <class C>
Doc asked(const C& c) {
  Doc body;
  if (!c.answer_file.empty()) {
    body.set("answer", absolute_path(c.answer_file));
    return body;
  }
  body.set("invitation", c.invitation);
  if (!c.request_file.empty()) body.set("request", absolute_path(c.request_file));
  return body;
}

void tell_request(const Session& s, const std::string& file, std::string_view command) {
  line(s.say("申请写在 ", "The request is in ") + plain(file) +
       s.say("，请带给对方执行 yizhan admit，再用 yizhan ",
             "; take it there (`yizhan admit`), then read the answer with `yizhan ") +
       std::string(command) + s.say(" --answer 读回答复。", " --answer FILE`."));
}

}  // namespace

int run(Session& s, const OfficeMove& c) {
  return s.finish(s.ask("POST", "/api/v1/office/move", asked(c)), [&](const Doc& d) {
    const bool ready = d.text("state") == "ready";
    line((ready ? s.say("已迁到：", "Moved to: ") : s.say("等待新上级答复：", "Waiting for: ")) +
         plain(d.text("name")) + " (" + plain(d.text("superior")) + ")");
    if (!c.request_file.empty()) return tell_request(s, c.request_file, "office move");
    if (!ready)
      return line(s.say("连上后自动完成，在此以前仍归原上级；也可执行 yizhan sync 再试。",
                        "It completes at the first contact, until then nothing changes; `yizhan sync` tries again."));
    line(s.say("本单位代码现为 ", "This office's code is now ") + plain(d.text("office")) +
         s.say("；发给原上级而未到的，经新上级继续送达。",
               "; what was for the superior before and has not arrived goes on by way of the new one."));
  });
}

int run(Session& s, const SuperiorAdd& c) {
  Doc body = asked(c);
  if (c.line) body.set("line", true);
  return s.finish(s.ask("POST", "/api/v1/superiors", body), [&](const Doc& d) {
    const bool ready = d.text("state") == "ready";
    line((ready ? s.say("已在上级登记：", "Registered with: ") : s.say("等待上级答复：", "Waiting for: ")) +
         plain(d.text("name")) + " (" + plain(d.text("office")) + ")");
    if (!c.request_file.empty()) return tell_request(s, c.request_file, "superior add");
    if (!ready)
      line(s.say("连上后自动完成，也可执行 yizhan sync 再试。",
                 "It completes at the first contact; `yizhan sync` tries again."));
  });
}

int run(Session& s, const SuperiorRemove& c) {
  return s.finish(s.ask("DELETE", "/api/v1/superiors/" + percent(c.code), {}), [&](const Doc& d) {
    line(s.say("已撤掉条线上级：", "No longer a superior: ") + plain(d.text("office")));
    if (!d.flag("told"))
      line(s.say("对方没有联系上，不知道本单位已撤出：请打电话告知。",
                 "It was not reached and does not know: tell it by telephone."));
    if (d.number("waiting") > 0)
      line(s.say("还有未送达的留在本机：", "Kept here, not delivered: ") + std::to_string(d.number("waiting")));
  });
}

int run(Session& s, const SuperiorList&) {
  return s.finish(s.get("/api/v1/superiors"), [&](const Doc& d) {
    Table table({{s.say("代码", "code")},
                 {s.say("名称", "name"), false, 40},
                 {s.say("关系", "relation")},
                 {s.say("线路", "line")},
                 {s.say("最近联系", "last contact")},
                 {s.say("地址", "address")}});
    for (const Doc& o : d.at("superiors").items()) {
      const std::string kind = o.text("kind"), contact = o.text("last_contact");
      table.row({o.text("office"), o.text("name"),
                 kind == "superior" ? s.say("主管上级", "superior")
                 : kind == "line"   ? s.say("条线上级", "line superior")
                                    : s.say("直达（特急）", "direct (flash)"),
                 o.text("state") == "joining" ? s.say("等待接纳", "joining")
                 : o.flag("reachable")        ? s.say("在线", "reachable")
                                              : s.say("连不上", "not reachable"),
                 contact.empty() ? s.say("从未", "never") : time_text(contact), o.text("url")});
    }
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const SuperiorUrl& c) {
  Doc body;
  Doc urls = Doc::array();
  for (const std::string& u : c.urls) urls.push(Doc::of(u));
  body.set("url", urls);
  return s.finish(s.ask("PUT", "/api/v1/superiors/" + percent(c.code) + "/url", body), [&](const Doc& d) {
    line(s.say("地址已改：", "The address is changed: ") + plain(d.text("office")) + "  " + plain(d.text("url")));
  });
}

}  // namespace yz::node::cli
