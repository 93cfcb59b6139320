// The words of sticks, of care (verify, evidence, backup, self-check) and of people.

#include "node/cli/args_grammar.h"

namespace yz::node::cli {

void Grammar::bundle_commands() {
  CLI::App* bundle = group("bundle", t("没有线路时：用U盘或邮件附件捎带",
                                       "without a line: carried on a stick, or sent as an e-mail attachment"));
  {
    auto [a, c] = leaf<BundleExport>(
        bundle, "export",
        t("把待发给一个上级或下级的全部内容写进一个加密文件", "write all that waits for a neighbour to a sealed file"));
    a->add_option("--to", c->to, t("对方单位代码（上级或下级）", "the neighbour's code (a superior or a subordinate)"))
        ->required()
        ->type_name(t("代码", "CODE"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("写到这里；已有的捎带文件会被替换，别的文件不会",
                    "where to; an older bundle there is replaced, nothing else"))
        ->required();
    a->footer(example("  yizhan bundle export --to 370783 /media/usb/柳河镇.yzbundle\n\n") +
              t("文件只有对方打得开，也可以当邮件附件发送。写出不算送达：对方的回执回来之前（下次联网，或对方也用\n"
                "bundle export 写回来），内容仍在本机排队，重复捎带不会重复入库。\n",
                "Only that office can open it; it may as well be an attachment of an e-mail. Writing is not "
                "delivering: until\n"
                "their receipts come back (at the next contact, or in a bundle that they write), all of it still waits "
                "here.\n"
                "Carrying it twice does no harm.\n"));
    done(a);
  }
  {
    auto words = std::make_shared<std::pair<std::string, bool>>();
    CLI::App* a = bundle->add_subcommand("import", t("读入上级或下级写的文件，或扫描下来的二维码",
                                                     "take in a file that a neighbour wrote, or scanned QR codes"));
    a->add_option(t("文件", "FILE"), words->first,
                  t("U盘上的文件，或存下来的邮件附件", "the file, or the saved attachment"))
        ->required();
    a->add_flag("--qr", words->second,
                t("文件是扫描枪扫下来的文字，一行一张二维码", "it is a text file with one scanned QR code a line"));
    a->callback([this, words] {
      chosen_ = true;
      if (words->second)
        asked_.command = BundlePictures{words->first};
      else
        asked_.command = BundleImport{words->first};
    });
    a->footer(example("  yizhan bundle import /media/usb/柳河镇.yzbundle\n  yizhan bundle import --qr 扫描.txt\n"));
    done(a);
  }
}

void Grammar::care_commands() {
  {
    auto [a, c] = leaf<Verify>(&app_, "verify",
                               t("重新计算每条链、每个签名、每张回执", "recompute every chain, signature and receipt"));
    CLI::Option* one = a->add_option(t("编号", "CASE"), c->case_id, t("只验这一份", "only this report"));
    CLI::Option* all = a->add_flag("--all", c->all, t("全部（默认）", "everything (default)"));
    one->excludes(all);
    a->footer(example("  yizhan verify --all\n"));
    done(a);
  }
  {
    // One command with two forms; CLI11 would take "check" for a case, so the first word decides.
    auto words = std::make_shared<std::pair<std::string, std::string>>();
    CLI::App* a = app_.add_subcommand(
        "evidence", t("写出一份可独立核验的证据文件；check 核验这样的文件（不需要口令）",
                      "write a file that proves a report by itself; `check` checks such a file (needs no passphrase)"));
    a->add_option(t("编号|check", "CASE|check"), words->first, t("报告编号，或 check", "case id, or the word check"))
        ->required();
    a->add_option(t("文件", "FILE"), words->second, t("证据文件", "the evidence file"))->required();
    a->callback([this, words] {
      chosen_ = true;
      if (words->first == "check")
        asked_.command = EvidenceCheck{words->second};
      else
        asked_.command = Evidence{words->first, words->second};
    });
    a->footer(example("  yizhan evidence k3v7qd 证据.yzevidence\n  yizhan evidence check 证据.yzevidence\n"));
    done(a);
  }
  done(leaf<Doctor>(&app_, "doctor",
                    t("体检：数据、密钥、磁盘、时钟、备份", "a check-up: data, keys, disk, clock, backup"))
           .app);
  {
    auto [a, c] =
        leaf<Backup>(&app_, "backup", t("把本单位备份成一个加密文件", "back the office up into one sealed file"));
    a->add_option(t("文件", "FILE"), c->file, t("备份文件", "the backup file"))->required();
    a->footer(example("  yizhan backup /media/usb/柳河镇.yzbackup\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Restore>(&app_, "restore", t("从备份恢复到空目录", "restore a backup into an empty directory"));
    a->add_option(t("文件", "FILE"), c->file, t("备份文件", "the backup file"))->required();
    a->footer(example("  yizhan --home /var/lib/yizhan restore /media/usb/柳河镇.yzbackup --as 王芳\n"));
    done(a);
  }
  done(leaf<Version>(&app_, "version", t("版本", "the version")).app);
}

void Grammar::people_commands() {
  const std::vector<std::string> roles{"drafter", "reviewer",     "signer",     "duty",
                                       "auditor", "admin_people", "admin_keys", "admin_policy"};
  CLI::App* officer = group("officer", t("本单位人员", "people of this office"));
  {
    auto [a, c] = leaf<OfficerAdd>(officer, "add", t("添加人员", "add an officer"));
    a->add_option(t("姓名", "NAME"), c->name, t("姓名", "the name"))->required();
    a->add_option("--role", c->roles,
                  t("角色，逗号分开：", "roles, with commas between: ") +
                      "drafter,reviewer,signer,duty,auditor,admin_people,admin_keys,admin_policy")
        ->required()
        ->delimiter(',')
        ->allow_extra_args(false)
        ->type_name(t("角色", "ROLE,..."))
        ->check([check = one_of(roles)](const std::string& given) { return check(given); });
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_option("--passphrase-file-for", c->passphrase_file,
                  t("从文件读新人员的口令", "read the new officer's passphrase from a file"))
        ->type_name(t("文件", "FILE"));
    a->footer(example("  yizhan officer add 赵敏 --role drafter,duty --phone 0536-1234567\n"));
    done(a);
  }
  done(leaf<OfficerList>(officer, "list", t("人员名单", "list them")).app);
  CLI::App* office = group("office", t("知道的单位", "offices known here"));
  done(leaf<OfficeList>(office, "list", t("单位名单", "list them")).app);
  key_commands(officer, office, roles);
  CLI::App* passphrase = group("passphrase", t("口令", "your passphrase"));
  {
    auto [a, c] = leaf<PassphraseChange>(passphrase, "change", t("换口令", "change it"));
    a->add_option("--new-passphrase-file", c->new_passphrase_file, t("从文件读新口令", "read the new one from a file"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  {
    auto [a, c] = leaf<PassphraseRecover>(
        passphrase, "recover",
        t("忘记口令：用保险柜里的恢复单换新口令和新签名密钥",
          "forgotten: a new one, and a new signing key, with the recovery sheet from the safe"));
    a->add_option("--code-file", c->code_file,
                  t("从文件读恢复码（不写则在终端询问）", "read the code from a file (asked otherwise)"))
        ->type_name(t("文件", "FILE"));
    a->add_option("--new-passphrase-file", c->new_passphrase_file, t("从文件读新口令", "read the new one from a file"))
        ->type_name(t("文件", "FILE"));
    done(a);
  }
  CLI::App* root = group("root", t("信任根", "the root of trust"));
  {
    auto [a, c] = leaf<RootConfirm>(
        root, "confirm",
        t("记下：根指纹已与上级电话核对一致", "record that the root fingerprint was compared by telephone"));
    a->add_option("fingerprint", c->fingerprint,
                  t("上级念出的指纹（40 位数字，空格可省）", "the 40 digits the superior read out"))
        ->required()
        ->type_name(t("指纹", "DIGITS"));
    done(a);
  }
  root_commands(root);
}

}  // namespace yz::node::cli
