#include <algorithm>

#include "node/cli/commands.h"
#include "node/cli/passphrase.h"

namespace yz::node::cli {
namespace {

std::string roles_text(const Doc& roles, Language l) {
  std::string all;
  for (const Doc& r : roles.items())
    all += (all.empty() ? "" : l == Language::zh ? "、" : ", ") + role_text(r.text(), l);
  return all;
}

/// A person has a certificate for each key: shown once, by the one that says what they may do now.
std::vector<Doc> newest_of_each(const std::vector<Doc>& certificates) {
  const auto weight = [](const Doc& o) {
    const std::string state = o.text("state");
    return state == "active" ? 0 : state == "suspended" ? 1 : state == "revoked" ? 2 : 3;
  };
  std::vector<Doc> people;
  for (const Doc& o : certificates) {
    const auto same = std::ranges::find_if(people, [&](const Doc& p) { return p.text("name") == o.text("name"); });
    if (same == people.end())
      people.push_back(o);
    else if (weight(o) <= weight(*same))
      *same = o;
  }
  return people;
}

}  // namespace

int run(Session& s, const OfficerAdd& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  auto passphrase = s.passphrase();  // the one who adds is asked first
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  auto fresh = ask_new_passphrase(c.passphrase_file, c.name, s.language());
  if (!fresh) return s.finish(s.problem(fresh.error()), {});
  Doc body;
  Doc roles = Doc::array();
  for (const std::string& r : c.roles) roles.push(Doc::of(r));
  body.set("name", c.name).set("roles", roles).set("phone", c.phone).set("new_passphrase", text(fresh->expose()));
  return s.finish(s.ask("POST", "/api/v1/officers", body), [&](const Doc& d) {
    line(s.say("已添加：", "Added: ") + plain(d.text("name")) + s.say("，", ", ") +
         roles_text(d.at("roles"), s.language()));
    line(s.say("请本人用 yizhan passphrase change --as ",
               "They should choose a passphrase of their own: yizhan passphrase change --as ") +
         plain(c.name) + s.say(" 换成自己的口令。", ""));
  });
}

int run(Session& s, const OfficerList&) {
  return s.finish(s.get("/api/v1/officers"), [&](const Doc& d) {
    const Language l = s.language();
    Table table({{s.say("姓名", "name")},
                 {s.say("角色", "roles"), false, 60},
                 {s.say("电话", "phone")},
                 {s.say("状态", "state")}});
    for (const Doc& o : newest_of_each(d.at("officers").items())) {
      const std::string state = o.text("state");
      table.row({o.text("name"), roles_text(o.at("roles"), l), o.text("phone"),
                 state == "active"      ? s.say("在用", "active")
                 : state == "suspended" ? s.say("停用", "suspended")
                 : state == "retired"   ? s.say("已更换", "retired")
                 : state == "revoked"   ? s.say("已吊销", "revoked")
                                        : state});
    }
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const OfficeList&) {
  return s.finish(s.get("/api/v1/offices"), [&](const Doc& d) {
    const Language l = s.language();
    const auto all = d.at("offices").items();
    std::string us;
    for (const Doc& o : all)
      if (o.text("state") == "self") us = o.text("office");
    // Who compares an office is the one directly above it.
    const auto ours = [&](const Doc& o) {
      return o.text("state") == "below" && o.flag("admitted") && o.text("superior") == us;
    };
    Table table({{s.say("代码", "code")},
                 {s.say("名称", "name"), false, 40},
                 {s.say("层级", "level")},
                 {s.say("关系", "relation")},
                 {s.say("接纳", "admitted")},
                 {s.say("指纹核对", "compared")},
                 {s.say("另有条线上级", "further superiors"), false, 40}});
    for (const Doc& o : all) {
      std::string further;
      for (const Doc& up : o.at("line_superiors").items())
        further.append(further.empty() ? "" : s.say("、", ", "))
            .append(up.text("name") + " (" + up.text("office") + ")");
      const std::string state = o.text("state");
      table.row({o.text("office"), o.text("name"), level_text(o.text("level"), l),
                 state == "self"       ? s.say("本单位", "this office")
                 : state == "below"    ? s.say("下级", "subordinate")
                 : state == "superior" ? s.say("上级", "superior")
                 : state == "revoked"  ? s.say("已吊销", "revoked")
                 : state == "moved"    ? s.say("已迁出", "moved away")
                 : state == "known"    ? s.say("已知", "known")
                                       : state,
                 o.flag("admitted") ? s.say("是", "yes") : s.say("否", "no"),
                 !ours(o)             ? std::string()
                 : o.flag("compared") ? s.say("已核对", "yes")
                                      : s.say("未核对", "no"),
                 further});
    }
    out(table.text(terminal_columns()));
    // Forty digits are no column of a terminal: they stand below, ours and those that nobody has compared yet.
    for (const Doc& o : all) {
      const bool own = o.text("state") == "self";
      if (o.text("fingerprint").empty() || !(own || (ours(o) && !o.flag("compared")))) continue;
      line((own ? s.say("本单位指纹：", "This office's fingerprint: ")
                : plain(o.text("name")) + s.say(" 的指纹（未核对）：", "'s fingerprint (not compared): ")) +
           plain(o.text("fingerprint")));
    }
    for (const Doc& o : all)
      if (ours(o) && !o.flag("compared"))
        return line(
            s.say("打电话请对方念它的“本单位指纹”（yizhan status 里有），听到后：yizhan office confirm-key 代码 数字",
                  "Have the office read its own fingerprint to you by telephone (it is in its `yizhan status`), "
                  "then: yizhan office confirm-key CODE DIGITS"));
  });
}

int run(Session& s, const PassphraseChange& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  auto old = s.passphrase();
  if (!old) return s.finish(s.problem(old.error()), {});
  auto fresh = ask_new_passphrase(c.new_passphrase_file, s.globals().officer, s.language());
  if (!fresh) return s.finish(s.problem(fresh.error()), {});
  Doc body;
  body.set("new_passphrase", text(fresh->expose()));
  return s.finish(s.ask("POST", "/api/v1/passphrase", body), [&](const Doc& d) {
    line(s.say("口令已更换：", "The passphrase is changed: ") + plain(d.text("officer")));
    line(s.say("以前的备份仍要用旧口令打开；请重新做一次备份。",
               "Older backups still open with the old one; make a new backup now."));
  });
}

int run(Session& s, const PassphraseRecover& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  if (serving(s.home()))
    return s.finish(
        s.problem({Fault::busy,
                   s.say("节点正在运行：请先停止 serve，再用恢复单", "the node is running: stop serve first"),
                   "home.busy"}),
        {});
  auto code = ask_passphrase(c.code_file, s.say("恢复单", "recovery sheet"), s.language());
  if (!code) return s.finish(s.problem(code.error()), {});
  auto fresh = ask_new_passphrase(c.new_passphrase_file, s.globals().officer, s.language());
  if (!fresh) return s.finish(s.problem(fresh.error()), {});
  return s.finish(s.answer(recover_home(s.home(), s.globals().officer, *code, *fresh)), [&](const Doc&) {
    line(s.say("口令和签名密钥已换新，旧密钥已停用；以前签过的报告仍然有效。",
               "The passphrase and the signing key are new; the old key is retired, what it signed stays valid."));
    line(s.say("请重新做一次备份，并为保险柜打印新的恢复单。", "Make a new backup now."));
  });
}

int run(Session& s, const RootConfirm& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  Doc body;
  body.set("fingerprint", c.fingerprint);
  return s.finish(s.ask("POST", "/api/v1/root/confirm", body), [&](const Doc&) {
    line(s.say("已记下：根指纹核对一致。", "Recorded: the root fingerprint is confirmed."));
  });
}

}  // namespace yz::node::cli
