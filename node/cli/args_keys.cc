// The words of the root and of keys that change or end.

#include "node/cli/args_grammar.h"

namespace yz::node::cli {

void Grammar::root_commands(CLI::App* root) {
  done(leaf<RootShow>(root, "show", t("根文件：版本、持有人、核对用的数字", "version, holders, the digits to compare"))
           .app);
  {
    auto [a, c] = leaf<RootKey>(root, "key", t("给一位持有人生成根密钥文件", "a root holder's key, in a file"));
    a->add_option("--out", c->out, t("写到文件（加锁，放入保险柜）", "the file, locked; for the safe"))
        ->required()
        ->type_name(t("文件", "FILE"));
    a->add_option("--name", c->name, t("持有人", "the holder"))->type_name(t("姓名", "NAME"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootPropose>(root, "propose", t("起草下一版根文件", "draft the next version of the root"));
    a->add_option("--threshold", c->threshold, t("须几人签名", "how many holders have to sign"))
        ->type_name("M")
        ->check(CLI::Range(1, 9));
    a->add_option("--add-key", c->add, t("增加的公钥（64 位十六进制），可重复", "a public key to add; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("KEY");
    a->add_option("--remove-key", c->remove, t("撤下的公钥，可重复", "a public key to remove; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("KEY");
    a->add_option("--out", c->out, t("写到文件", "the file"))->required()->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootSign>(root, "sign", t("持有人在草案上签名", "a holder signs the draft"));
    a->add_option("file", c->file, t("草案文件", "the draft"))->required()->type_name(t("文件", "FILE"));
    a->add_option("--key", c->key,
                  t("持有人的密钥文件（不写则用本机的根密钥）", "the holder's key file (else this home's)"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<RootAdopt>(root, "adopt", t("签名够了，启用新版根文件", "enough have signed: put it in force"));
    a->add_option("file", c->file, t("草案文件", "the draft"))->required()->type_name(t("文件", "FILE"));
    done(a);
  }
}

void Grammar::key_commands(CLI::App* officer, CLI::App* office, const std::vector<std::string>& roles) {
  using What = KeyAct::What;
  const auto named = [&](CLI::App* a, KeyAct& c) {
    a->add_option(t("姓名", "NAME"), c.name, t("姓名", "the name"))->required();
  };
  {
    auto [a, c] = act(officer, "suspend", What::suspend_officer, t("停用人员", "suspend an officer"));
    named(a, *c);
    a->add_flag("--resume", c->resume, t("恢复原来的角色", "give the roles back"));
    done(a);
  }
  {
    auto [a, c] = act(officer, "role", What::role, t("更换角色", "give other roles"));
    named(a, *c);
    a->add_option("--role", c->words, t("角色，逗号分开", "roles, with commas between"))
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE,..."))
        ->check([check = one_of(roles)](const std::string& given) { return check(given); });
    done(a);
  }
  {
    auto [a, c] =
        act(officer, "revoke", What::revoke_officer, t("吊销人员的密钥", "take an officer's key back for good"));
    named(a, *c);
    a->add_option("--office", c->office, t("下级单位代码（默认本单位）", "a subordinate's code (default: ours)"))
        ->type_name(t("代码", "CODE"));
    revoke_of(a, *c);
    done(a);
  }
  done(act(officer, "renew", What::renew_officer, t("换自己的签名密钥和证书", "a new signing key for yourself")).app);
  {
    auto [a, c] =
        act(office, "revoke", What::revoke_office, t("吊销下级单位的身份", "take a subordinate's identity back"));
    code_of(a, c->office)->required();
    revoke_of(a, *c);
    a->footer(example("  yizhan office revoke 370783105 --why compromised --reason 电脑被盗\n"));
    done(a);
  }
  {
    auto [a, c] = act(office, "suspend", What::suspend_office,
                      t("暂停与下级单位的收发", "hold a subordinate's exchanges; everything stays queued there"));
    code_of(a, c->office)->required();
    a->add_flag("--resume", c->resume, t("恢复收发", "let it go on"));
    a->add_option("--reason", c->reason, t("原因", "why"))->type_name(t("原因", "TEXT"));
    done(a);
  }
  {
    auto [a, c] =
        act(office, "renew", What::renew_office, t("重新签发下级单位的证书", "make a subordinate's certificate anew"));
    code_of(a, c->office)->required();
    done(a);
  }
  {
    auto [a, m] = leaf<OfficeMove>(office, "move",
                                   t("迁到另一上级（单位编号、密钥和往来不变）",
                                     "leave the superior for another one; the office keeps its id, keys and history"));
    CLI::Option* invitation =
        a->add_option(t("邀请", "INVITATION"), m->invitation,
                      t("新上级用 yizhan invite --move 给的一行 YZ1-...", "the line YZ1-... of yizhan invite --move"));
    by_file(a, invitation, *m);
    a->footer(example(
        "  yizhan office move YZ1-...\n  yizhan office move YZ1-... --request 申请.yzjoin\n  yizhan office move "
        "--answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = act(office, "rotate-key", What::rotate_office,
                      t("换本单位的密钥（上级核对后启用；顶级单位由根文件的持有人签名后启用）",
                        "another key for this office; in use when its superior has compared it, or for the top office "
                        "when the root's holders have signed"));
    a->add_option("--out", c->out,
                  t("顶级单位：把指定新密钥的根文件写到这里，由各持有人签名",
                    "top office: write the root that names the new key here, for its holders to sign"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = act(
        office, "confirm-key", What::confirm_key,
        t("电话核对下级的指纹：刚加入的记为已核对，换了密钥的签发新密钥",
          "compare a subordinate's key by telephone: one that joined is noted as compared, a new key is certified"));
    code_of(a, c->office)->required();
    a->add_option("fingerprint", c->name, t("下级念出的指纹（40 位数字）", "the 40 digits that the office read out"))
        ->required()
        ->type_name(t("指纹", "DIGITS"));
    done(a);
  }
  const auto urls = [&](CLI::App* a, KeyAct& c) {
    a->add_option("--url", c.words, t("地址，可重复", "an address; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
  };
  {
    auto [a, c] = act(office, "address", What::address, t("登记下级连接本单位的地址", "where subordinates reach us"));
    urls(a, *c);
    a->footer(example("  yizhan office address --url http://10.77.0.2:8701 --url http://10.77.0.9:8701\n"));
    done(a);
  }
  CLI::App* node = group("node", t("机器", "machines"));
  done(leaf<NodeList>(node, "list", t("知道的机器", "list them")).app);
  {
    auto [a, c] =
        leaf<NodeInvite>(node, "invite", t("给本单位的另一台机器开一张邀请", "take in another machine of this office"));
    a->add_option("--url", c->urls,
                  t("新机器用来连接本机的地址，可重复", "where it reaches this machine; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
    a->add_option("--name", c->name, t("机器名称", "what people call it"))->type_name(t("名称", "NAME"));
    a->add_option("--officer", c->officer, t("给谁用（默认自己）", "whom it is for (default: yourself)"))
        ->type_name(t("姓名", "NAME"));
    a->add_option("--role", c->roles, t("新人员的角色，可重复", "roles of a new officer; may be repeated"))
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE"));
    valid_for(a, c->valid_minutes);
    a->add_flag("--qr", c->qr, t("在终端画出二维码", "draw it as a QR code"));
    a->footer(example("  yizhan node invite --url http://10.77.0.5:8701 --name 办公室二号机\n"));
    done(a);
  }
  {
    auto [a, c] =
        leaf<NodeConfirm>(node, "confirm", t("确认下级新增的一台机器", "confirm a further machine of an office below"));
    a->add_option("NODE", c->node, t("机器编号，至少前 6 位", "its id, six digits of it or more"))->required();
    a->add_option("--fingerprint", c->fingerprint,
                  t("对方在电话里念的指纹", "the fingerprint as read out by telephone"))
        ->required()
        ->type_name(t("数字", "DIGITS"));
    done(a);
  }
  {
    auto [a, c] = act(node, "rotate", What::rotate_node, t("换本机的签名密钥", "another signing key for this machine"));
    a->add_flag("--force", c->resume,
                t("不再等没有联系上的相邻单位：它们从此不认本机，直到另行告知",
                  "wait no longer for neighbours that do not return: they refuse this machine until they are told"));
    done(a);
  }
  {
    auto [a, c] = act(node, "revoke", What::revoke_node, t("吊销一台机器", "take a machine's identity back"));
    a->add_option("NODE", c->name, t("机器编号（32 位十六进制）", "its id, 32 hexadecimal digits"))->required();
    revoke_of(a, *c);
    done(a);
  }
}

}  // namespace yz::node::cli
