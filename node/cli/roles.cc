// Who is away, who signs too, and what has waited too long.
#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::string absence_state(const Session& s, const std::string& state) {
  if (state == "running") return s.say("外出", "away");
  if (state == "coming") return s.say("将外出", "going");
  if (state == "back") return s.say("已提前返回", "back early");
  return s.say("已结束", "over");
}

void tell_absence(const Session& s, const Doc& d) {
  line(s.say("外出：", "Away: ") + plain(d.text("absent")) + "  " + time_text(d.text("from")) + " — " +
       time_text(d.text("ends")) + "  " + absence_state(s, d.text("state")) + "  " +
       plain(d.text("absence")).substr(0, 8));
  if (const std::string deputy = d.text("deputy"); !deputy.empty())
    line(s.say("代签：", "In their place: ") + plain(deputy));
}

std::string cosign_state(const Session& s, const Doc& c) {
  const std::string state = c.text("state");
  if (state == "signed") return s.say("已会签 ", "signed ") + time_text(c.text("at"));
  if (state == "declined") return paint(Colour::red, s.say("不同意：", "declined: ")) + plain(c.text("reason"));
  return paint(Colour::yellow, s.say("未签", "not yet"));
}

void tell_embargo(const Session& s, const Doc& e) {
  std::string said;
  if (!e.text("until").empty())
    said = s.say("发布时间限制：此前不得转报、刊发 ", "Not to be passed on or published before ") +
           time_text(e.text("until"));
  if (e.flag("here"))
    said += (said.empty() ? "" : "  ") + s.say("仅限收文单位，不得再转", "For the offices addressed alone");
  if (e.flag("passes_up")) said += s.say("（紧急信息照报上级）", " (an emergency goes up all the same)");
  line(paint(Colour::red, said));
}

}  // namespace

int run(Session& s, const AbsenceAct& c) {
  if (c.what == AbsenceAct::What::back)
    return s.finish(s.ask("POST", "/api/v1/absences/" + percent(c.absence) + "/back"),
                    [&](const Doc& d) { tell_absence(s, d); });
  if (c.what == AbsenceAct::What::away) {
    Doc body;
    body.set("until", c.until)
        .set_if("from", c.from)
        .set_if("deputy", c.deputy)
        .set_if("officer", c.officer)
        .set_if("reason", c.reason)
        .set_if("place", c.place)
        .set_if("contact", c.contact);
    return s.finish(s.ask("POST", "/api/v1/absences", body), [&](const Doc& d) { tell_absence(s, d); });
  }
  return s.finish(s.get(std::string("/api/v1/absences") + (c.all ? "?all=true" : "")), [&](const Doc& d) {
    Table table({{s.say("单位", "office")},
                 {s.say("外出", "away")},
                 {s.say("代签", "in their place")},
                 {s.say("起", "from")},
                 {s.say("止", "until")},
                 {s.say("状态", "state")},
                 {s.say("去向、电话", "where, telephone"), false, 40},
                 {s.say("编号", "id")}});
    for (const Doc& a : d.at("absences").items())
      table.row({a.text("office_name"), a.text("absent"), a.text("deputy"), time_text(a.text("from")),
                 time_text(a.text("ends")), absence_state(s, a.text("state")),
                 a.text("place") + (a.text("contact").empty() ? "" : " " + a.text("contact")),
                 a.text("absence").substr(0, 8)});
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const CosignAct& c) {
  using What = CosignAct::What;
  const std::string at = "/api/v1/reports/" + percent(c.case_id) + "/cosign";
  Doc body;
  if (c.what == What::ask) {
    if (!c.offices.empty()) body.set("offices", Doc::list(c.offices));
    if (!c.officers.empty()) body.set("officers", Doc::list(c.officers));
    body.set_if("text", c.text).set_if("hold_until", c.hold_until);
    return s.finish(s.ask("POST", at + "/ask", body),
                    [&](const Doc& d) { line(s.say("已请会签：", "Asked to co-sign: ") + plain(d.text("case"))); });
  }
  if (c.what == What::go)
    return s.finish(s.ask("POST", at + "/go"), [&](const Doc& d) {
      line(s.say("不再等会签，排队发送：", "It waits no longer and is queued: ") + plain(d.text("case")));
    });
  if (c.what == What::decline) body.set("decline", true);
  body.set_if("reason", c.text);
  return s.finish(s.ask("POST", at, body), [&](const Doc& d) {
    line((c.what == What::decline ? s.say("已答复不同意：", "Declined: ") : s.say("已会签：", "Co-signed: ")) +
         plain(d.text("case")));
  });
}

int run(Session& s, const EscalationAct& c) {
  if (!c.item.empty()) {
    Doc body;
    body.set("item", c.item).set("step", c.step);
    return s.finish(s.ask("POST", "/api/v1/escalations/seen", body), [&](const Doc&) {
      line(s.say("已知晓，这一级不再提醒。", "Taken note of: this step is quiet now."));
    });
  }
  return s.finish(s.get("/api/v1/escalations"), [&](const Doc& d) {
    const auto all = d.at("escalations").items();
    if (all.empty()) line(s.say("没有超时未办的事项。", "Nothing has waited too long."));
    for (const Doc& e : all) {
      const std::string said = plain(e.text("message"));
      line(e.flag("hushed") ? said : paint(Colour::red, said));
      if (!e.flag("hushed"))
        line(s.say("    知道了：", "    take note: ") + "yizhan escalation seen " + plain(e.text("item")) + " " +
             e.text("step"));
    }
  });
}

void tell_roles(const Session& s, const Doc& d) {
  if (const Doc e = d.at("embargo"); !e.empty() && !e.flag("over")) tell_embargo(s, e);
  if (const std::string absent = d.text("signed_for"); !absent.empty())
    line(paint(Colour::yellow, s.say("代签：", "Signed in the place of ") + plain(absent) +
                                   s.say(" 外出，由 ", ", who was away, by ") + plain(d.text("signer")) +
                                   s.say(" 代签", "")));
  const auto all = d.at("cosigners").items();
  if (!all.empty()) line("\n" + paint(Colour::bold, s.say("会签", "Co-signatures")));
  for (const Doc& c : all)
    line("  " + plain(c.text("officer").empty() ? c.text("office_name") : c.text("officer")) + "  " +
         cosign_state(s, c) + (c.flag("on_older_version") ? s.say("（针对旧版本）", " (an older version)") : ""));
  if (!d.text("held_until").empty())
    line(paint(Colour::yellow,
               s.say("等会签，最迟报出 ", "waits for co-signatures, leaves by ") + time_text(d.text("held_until"))));
}

}  // namespace yz::node::cli
