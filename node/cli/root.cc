// The root of trust: shown, drafted anew, signed by its holders, put in force.

#include "node/cli/commands.h"
#include "node/cli/passphrase.h"

namespace yz::node::cli {
namespace {

void tell_document(const Session& s, const Doc& d) {
  line(s.say("版本：", "Version: ") + std::to_string(d.number("version")) +
       s.say("，须签名人数：", ", signatures needed: ") + std::to_string(d.number("threshold")));
  line(s.say("核对用的数字：", "Digits to compare: ") + plain(d.text("digest")));
  Table table({{s.say("持有人", "holder")}, {s.say("公钥", "public key")}, {s.say("已签", "signed")}});
  for (const Doc& h : d.at("holders").items())
    table.row({h.text("fingerprint"), h.text("key"), h.flag("signed") ? s.say("是", "yes") : s.say("否", "no")});
  out(table.text(terminal_columns()));
}

}  // namespace

int run(Session& s, const RootShow&) {
  return s.finish(s.get("/api/v1/root"), [&](const Doc& d) {
    tell_document(s, d);
    line(d.flag("confirmed") ? s.say("已电话核对。", "Compared by telephone.")
                             : s.say("还没有核对：请打电话核对上面的数字，再执行 yizhan root confirm。",
                                     "Nobody has compared it: telephone, then yizhan root confirm."));
    for (const Doc& h : d.at("history").items())
      line("  " + std::to_string(h.number("version")) + "  " + time_text(h.text("issued")) + "  " +
           plain(h.text("digest")));
  });
}

int run(Session& s, const RootKey& c) {
  auto fresh = ask_new_passphrase(s.globals().passphrase_file, c.name, s.language());
  if (!fresh) return s.finish(s.problem(fresh.error()), {});
  return s.finish(s.answer(make_root_key(absolute_path(c.out), c.name, *fresh)), [&](const Doc& d) {
    line(s.say("密钥文件：", "Key file: ") + plain(d.text("file")));
    line(s.say("公钥：", "Public key: ") + plain(d.text("key")));
    line(s.say("指纹：", "Fingerprint: ") + plain(d.text("fingerprint")));
    line(s.say("文件放入保险柜；只把公钥交给起草人，指纹用电话核对。",
               "The file belongs in a safe; hand out the public key alone, and compare the fingerprint by telephone."));
  });
}

int run(Session& s, const RootPropose& c) {
  Doc body;
  if (c.threshold > 0) body.set("threshold", c.threshold);
  body.set("add", Doc::list(c.add)).set("remove", Doc::list(c.remove)).set("path", absolute_path(c.out));
  return s.finish(s.ask("POST", "/api/v1/root/propose", body), [&](const Doc& d) {
    tell_document(s, d);
    line(s.say("请各持有人核对数字后签名：yizhan root sign 文件 --key 密钥文件",
               "Each holder compares the digits and signs: yizhan root sign FILE --key KEYFILE"));
  });
}

int run(Session& s, const RootSign& c) {
  const auto told = [&](const Doc& d) {
    line(s.say("已签名，共 ", "Signed; signatures: ") + std::to_string(d.number("signatures")) +
         s.say(" 人。核对用的数字：", ". Digits to compare: ") + plain(d.text("digest")));
  };
  if (c.key.empty()) {
    Doc body;
    body.set("path", absolute_path(c.file));
    return s.finish(s.ask("POST", "/api/v1/root/sign", body), told);
  }
  auto passphrase = ask_passphrase(s.globals().passphrase_file, "", s.language());
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  return s.finish(s.answer(sign_root_file(absolute_path(c.file), absolute_path(c.key), *passphrase)), told);
}

int run(Session& s, const RootAdopt& c) {
  Doc body;
  body.set("path", absolute_path(c.file));
  return s.finish(s.ask("POST", "/api/v1/root/adopt", body), [&](const Doc& d) {
    line(s.say("新版根文件已启用，各下级在下次联系时得知。未用过的邀请要重新发。",
               "The new root is in force; everybody below hears of it at the next contact. Invitations that nobody has "
               "used yet have to be made anew."));
    tell_document(s, d);
  });
}

}  // namespace yz::node::cli
