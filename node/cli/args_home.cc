// The words of an office's beginning, its invitations, superiors and line.

#include "node/cli/args_grammar.h"

namespace yz::node::cli {

void Grammar::home_commands() {
  {
    auto [a, c] = leaf<Init>(&app_, "init",
                             t("新建本单位的数据目录，第一位人员拥有全部角色",
                               "make a new home for an office; the first officer gets all roles"));
    a->add_option("--code", c->code, t("单位代码", "the office's code"))->required()->type_name(t("代码", "CODE"));
    a->add_option("--name", c->name, t("单位名称", "its name"))->required()->type_name(t("名称", "NAME"));
    a->add_option("--level", c->level,
                  t("层级：province、city、county、township、unit", "province, city, county, township or unit"))
        ->required()
        ->type_name(t("层级", "LEVEL"))
        ->check(level_check());
    a->add_option("--officer", c->officer, t("第一位人员的姓名", "the first officer's name"))
        ->required()
        ->type_name(t("姓名", "NAME"));
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_flag("--root", c->root,
                t("本单位就是信任的根（最高一级）", "this office is its own root of trust (the highest level)"));
    a->add_flag("--two-person", c->two_person,
                t("任何时候拟稿人与签发人都不得为同一人", "drafter and signer are never one person"));
    a->add_option(
         "--recovery-sheet", c->recovery_sheet,
         t("把恢复单写到这个文件（打印后删除）", "write the recovery sheet to this file (print it, then delete it)"))
        ->type_name(t("文件", "FILE"));
    a->footer(example("  yizhan init --code 370783 --name 青山县 --level county --officer 李明 --root\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Invite>(
        &app_, "invite", t("给下级单位开一张邀请（一行 YZ1-...）", "invite a subordinate office (one line, YZ1-...)"));
    a->add_option("--code", c->code, t("下级单位代码", "the office's code"))->required()->type_name(t("代码", "CODE"));
    a->add_option("--name", c->name, t("下级单位名称", "its name"))->required()->type_name(t("名称", "NAME"));
    a->add_option("--level", c->level,
                  t("层级：province、city、county、township、unit", "province, city, county, township or unit"))
        ->required()
        ->type_name(t("层级", "LEVEL"))
        ->check(level_check());
    a->add_option("--url", c->urls, t("下级用来连接本单位的地址，可重复", "where it reaches us; may be repeated"))
        ->allow_extra_args(false)
        ->type_name("URL");
    valid_for(a, c->valid_minutes);
    a->add_flag("--two-person", c->two_person,
                t("该单位拟稿人与签发人不得为同一人", "drafter and signer there are never one person"));
    a->add_flag("--line", c->line,
                t("条线登记：对方已有主管上级，只在本单位登记",
                  "to register as a line superior (条): the office has joined its own superior already"));
    a->add_flag("--move", c->move,
                t("该单位从别的上级整体迁来，编号和密钥不变；代码写新代码",
                  "for an office that comes over from another superior with its id and keys; --code is its new code"));
    a->add_flag("--qr", c->qr, t("在终端画出二维码", "draw it as a QR code"));
    a->footer(example("  yizhan invite --code 370783105 --name 柳河镇 --level township --url http://10.77.0.2:8701\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Join>(&app_, "join", t("用上级的邀请加入", "join with a superior's invitation"));
    CLI::Option* invitation = a->add_option(t("邀请", "INVITATION"), c->invitation,
                                            t("上级给的一行 YZ1-...", "the line YZ1-... of the superior"));
    CLI::Option* officer = a->add_option("--officer", c->officer, t("第一位人员的姓名", "the first officer's name"))
                               ->type_name(t("姓名", "NAME"));
    a->add_option("--phone", c->phone, t("联系电话", "telephone"))->type_name(t("号码", "NUMBER"));
    a->add_option(
         "--request", c->request_file,
         t("没有线路时：把加入申请写到文件，带给上级", "without a line: write the request to a file for the superior"))
        ->type_name(t("文件", "FILE"));
    CLI::Option* answer = a->add_option("--answer", c->answer_file,
                                        t("没有线路时：读上级带回的答复", "without a line: read the superior's answer"))
                              ->type_name(t("文件", "FILE"));
    a->add_option(
         "--recovery-sheet", c->recovery_sheet,
         t("把恢复单写到这个文件（打印后删除）", "write the recovery sheet to this file (print it, then delete it)"))
        ->type_name(t("文件", "FILE"));
    a->parse_complete_callback([invitation, officer, answer, this] {
      if (answer->count() == 0 && invitation->count() == 0)
        throw CLI::RequiredError(t("邀请（YZ1-...）", "the invitation (YZ1-...)"));
      if (answer->count() == 0 && officer->count() == 0) throw CLI::RequiredError("--officer");
    });
    a->footer(
        example("  yizhan join YZ1-... --officer 王芳\n  yizhan join YZ1-... --officer 王芳 --request 申请.yzjoin\n  "
                "yizhan join --answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Admit>(
        &app_, "admit", t("读下级带来的加入申请，写出答复", "read a subordinate's request to join, write the answer"));
    a->add_option(t("申请文件", "REQUEST"), c->request_file, t("下级的申请文件", "the subordinate's file"))->required();
    a->add_option("--answer", c->answer_file,
                  t("答复写到这里（默认：申请文件名加 .answer）", "write the answer here (default: REQUEST.answer)"))
        ->type_name(t("文件", "FILE"));
    Admit* to = c.get();
    a->parse_complete_callback([to] {
      if (to->answer_file.empty()) to->answer_file = to->request_file + ".answer";
    });
    a->footer(example("  yizhan admit 申请.yzjoin --answer 答复.yzjoin\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<Serve>(&app_, "serve",
                              t("运行节点：网页、同步端口、后台收发；SIGTERM 正常结束",
                                "run the node: page, sync port, background sync; SIGTERM ends it cleanly"));
    a->add_option("--web", c->web, t("网页端口（默认 127.0.0.1:8700）", "the page (default 127.0.0.1:8700)"))
        ->type_name("HOST:PORT");
    a->add_option("--sync", c->sync,
                  t("供下级连接的同步端口（没有下级则不写）", "the port for subordinates (not needed without any)"))
        ->type_name("HOST:PORT");
    a->footer(example("  yizhan serve --web 127.0.0.1:8700 --sync 0.0.0.0:8701\n"));
    done(a);
  }
  CLI::App* invitations =
      group("invitation", t("开出的邀请：名单，撤回没有用过的", "invitations that were written, and taking one back"));
  {
    auto [a, c] = leaf<InvitationList>(invitations, "list", t("还能用的邀请", "those that can still be used"));
    a->add_flag("--all", c->all, t("连用过、过期、撤回的", "used, expired and withdrawn ones too"));
    done(a);
  }
  {
    auto [a, c] = leaf<InvitationWithdraw>(invitations, "withdraw",
                                           t("撤回一份没有用过的邀请", "nobody can join with it from now on"));
    a->add_option(t("编号", "ID"), c->id, t("邀请编号，至少前 6 位", "its id, six digits of it or more"))->required();
    a->footer(example("  yizhan invitation withdraw 3f9c21\n"));
    done(a);
  }
  CLI::App* superior = group("superior", t("上级：主管上级以外再加条线上级，改地址",
                                           "superiors: line superiors beside our own, and their addresses"));
  {
    auto [a, c] = leaf<SuperiorAdd>(superior, "add",
                                    t("用邀请在另一个上级（条线主管部门）登记，本单位编号和密钥不变",
                                      "register with a further superior; the office keeps its id and its keys"));
    CLI::Option* invitation = a->add_option(t("邀请", "INVITATION"), c->invitation,
                                            t("对方给的一行 YZ1-...", "the line YZ1-... of the superior"));
    by_file(a, invitation, *c);
    a->add_flag("--line", c->line, t("对方是条线上级", "it is a line superior (条)"));
    a->footer(example("  yizhan superior add YZ1-... --line\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<SuperiorRemove>(superior, "remove", t("撤掉一个条线上级", "a line superior is none any more"));
    a->add_option(t("代码", "CODE"), c->code, t("上级的单位代码", "the superior's code"))->required();
    done(a);
  }
  done(leaf<SuperiorList>(superior, "list", t("上级名单和线路", "list them, and whether they are reached")).app);
  {
    auto [a, c] = leaf<SuperiorUrl>(superior, "url", t("改上级的地址", "where a superior is reached from now on"));
    a->add_option(t("代码", "CODE"), c->code, t("上级的单位代码", "the superior's code"))->required();
    a->add_option("URL", c->urls, t("地址，最多四个", "addresses, at most four"))->required();
    a->footer(example("  yizhan superior url 370783 http://10.77.0.2:8701\n"));
    done(a);
  }
  done(leaf<Sync>(&app_, "sync",
                  t("现在与上级收发一次，直到发完", "exchange with the superior now, until nothing is left to send"))
           .app);
  done(leaf<Status>(&app_, "status",
                    t("线路、各通道待发与已送达、提醒", "link, what waits and what arrived in each lane, alarms"))
           .app);
}

}  // namespace yz::node::cli
