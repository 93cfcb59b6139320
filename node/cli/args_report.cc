// The words of reports, of passing them on and of versions side by side.

#include "node/cli/args_grammar.h"
#include "node/office/report.h"

namespace yz::node::cli {

void Grammar::report_commands() {
  CLI::App* report = group("report", t("写、改、签、发、查报告", "write, change, sign, send and look at reports"));
  std::vector<std::string> kinds;
  std::string kinds_text;
  for (const auto& [kind, name] : kKinds) {
    kinds.emplace_back(name);
    kinds_text += (kinds_text.empty() ? "" : l_ == Language::zh ? "、" : ", ") + std::string(name);
    if (l_ == Language::zh) kinds_text += " " + kind_text(name, l_);
  }
  const std::string lanes = t("通道：flash 特急，urgent 加急，routine 平件", "lane: flash, urgent or routine");
  {
    auto [a, c] = leaf<ReportNew>(report, "new", t("写一份新报告", "write a new report"));
    a->add_option("--kind", c->kind, t("种类：", "kind: ") + kinds_text)
        ->required()
        ->type_name(t("种类", "KIND"))
        ->check(one_of(kinds));
    a->add_option("--lane", c->lane, lanes)->required()->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--title", c->content.title, t("标题", "title"))->required()->type_name(t("标题", "TEXT"));
    content_of(a, c->content);
    a->get_option("--body-file")->required();
    send_of(a, c->content.send);
    auto* drill =
        a->add_flag("--exercise", c->exercise, t("演练：不是真实情况，以后也不能改", "an exercise, for ever"));
    a->add_flag("--real", c->real, t("演练进行中也按真实情况报", "real, although an exercise is going on"))
        ->excludes(drill);
    a->footer(example(
        "  yizhan report new --kind first_report --lane flash --title \"铁匠沟发生山体滑坡\" --body-file 正文.txt \\\n"
        "      --set incident_type=ND-GEO --set place=铁匠沟 --attach 现场.jpg --send\n"
        "  echo \"……\" | yizhan report new --kind dynamic --lane routine --title \"春耕备耕进展\" --body-file -\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportImport>(report, "import",
                                     t("批量导入，一行一份报告（JSON）", "import many, one report a line (JSON)"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("JSONL 文件；- 从标准输入读。坏行会报出行号，好行照收",
                    "a JSONL file; - reads standard input. Bad lines are named with their number, good ones are kept"))
        ->required();
    to_of(a, c->to);
    send_of(a, c->send);
    a->footer(
        example("  yizhan report import 本周.jsonl --send\n\n") + t("每行：", "A line: ") +
        "{\"kind\":\"first_report\",\"lane\":\"urgent\",\"title\":\"...\",\"body\":\"...\",\n"
        "  "
        "\"occurred_at\":\"2008-04-04T13:00:00+08:00\",\"fields\":{\"incident_type\":\"AD-TRA\",\"place\":\"...\"}}\n");
    done(a);
  }
  {
    auto [a, c] = leaf<ReportList>(report, "list", t("报告列表，新的在前", "list reports, newest first"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--state", c->state,
                  t("状态，如 draft、signed、delivered、received", "state, like draft, signed, delivered, received"))
        ->type_name(t("状态", "STATE"));
    a->add_option("--office", c->office, t("来自哪个单位（代码）", "from which office (its code)"))
        ->type_name(t("代码", "CODE"));
    a->add_option("--search", c->search, t("查找标题和正文里的词", "words in title and text"))
        ->type_name(t("词", "TEXT"));
    a->add_option("--limit", c->limit, t("最多几份（默认 100）", "how many at most (default 100)"))
        ->type_name("N")
        ->check(limit_check(100000));
    a->add_option("--after", c->after, t("从上一页给出的位置继续", "go on where the last page ended"))
        ->type_name(t("位置", "CURSOR"));
    list_options(parts(), a, *c);
    a->footer(
        example("  yizhan report list --lane flash --state received\n  yizhan report list --search 山体滑坡 --json\n"
                "  yizhan report list --class ND --from 2026-11-01 --save 本月灾害\n"
                "  yizhan report list --view 本月灾害 --csv 本月灾害.csv\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportShow>(
        report, "show",
        t("一份报告的正文、要素、签名、回执和经过", "a report's text, fields, signatures, receipts and timeline"));
    case_of(a, c->case_id);
    CLI::Option* attachment =
        a->add_option("--attachment", c->attachment, t("取出这个附件", "take out this attachment"))
            ->type_name(t("名称", "NAME"));
    CLI::Option* out =
        a->add_option("--out", c->out, t("附件写到这个文件", "the file to write it to"))->type_name(t("文件", "FILE"));
    attachment->needs(out);
    out->needs(attachment);
    a->footer(example(
        "  yizhan report show k3v7qd\n  yizhan report show k3v7qd --attachment 现场.jpg --out /tmp/现场.jpg\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportEdit>(report, "edit",
                                   t("改草稿（只改写到的各项；--set 要素= 清除该要素）",
                                     "change a draft (only what is named; --set key= clears a field)"));
    case_of(a, c->case_id);
    a->add_option("--title", c->content.title, t("标题", "title"))->type_name(t("标题", "TEXT"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    a->add_option("--take", c->take,
                  t("两台机器上的文字不同时：以这个版本为准（report show 列出）",
                    "where two machines have different texts: this version stands (report show lists them)"))
        ->type_name(t("版本", "VERSION"));
    content_of(a, c->content);
    done(a);
  }
  {
    auto [a, c] = leaf<ReportFollowUp>(report, "follow-up",
                                       t("续报；加 --final 为终报", "follow up; with --final, the final report"));
    case_of(a, c->case_id);
    a->add_flag("--final", c->final, t("终报：事件已处置完毕", "the final report: the incident is over"));
    a->add_option("--title", c->content.title, t("标题（不写则沿用）", "title (as before when left out)"))
        ->type_name(t("标题", "TEXT"));
    a->add_option("--lane", c->lane, lanes)->type_name(t("通道", "LANE"))->check(lane_check());
    content_of(a, c->content);
    send_of(a, c->content.send);
    a->footer(example("  yizhan report follow-up k3v7qd --body-file 续报.txt --set deaths=2 --send\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCorrect>(report, "correct",
                                      t("更正已发出的报告（原件保留）", "correct what was sent (the original stays)"));
    case_of(a, c->case_id);
    a->add_option("--reason", c->reason, t("为什么更正", "why"))->required()->type_name(t("原因", "TEXT"));
    a->add_option("--title", c->content.title, t("标题", "title"))->type_name(t("标题", "TEXT"));
    content_of(a, c->content);
    send_of(a, c->content.send);
    a->footer(example("  yizhan report correct k3v7qd --set missing=2 --reason \"一人已找到\" --send\n"));
    done(a);
  }
  {
    auto [a, c] =
        leaf<ReportWithdraw>(report, "withdraw", t("撤回（原件和原因都保留）", "withdraw (original and reason stay)"));
    case_of(a, c->case_id);
    a->add_option("--reason", c->reason, t("为什么撤回", "why"))->required()->type_name(t("原因", "TEXT"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportQr>(report, "qr",
                                 t("没有线路时：把已签发的报告画成一组二维码（内容已加密）",
                                   "without a line: a signed report as QR codes (sealed)"));
    case_of(a, c->case_id);
    a->add_option("--out", c->out,
                  t("写成图片放进这个目录；- 画在终端（默认）",
                    "write pictures into this folder; - draws on the terminal (default)"))
        ->type_name(t("目录|-", "DIR|-"));
    a->footer(example("  yizhan report qr k3v7qd --out /tmp/二维码\n"));
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCode>(report, "code",
                                   t("没有线路时：把要点编成约 200 个字符的短码，传真、短信或电话念都行",
                                     "without a line: what matters in some 200 characters, to be faxed or read out"));
    case_of(a, c->case_id);
    done(a);
  }
  {
    auto [a, c] = leaf<ReportCodeIn>(
        report, "code-in", t("录入对方的短码（打错时指出哪一行）", "type in such a code (errors are named by line)"));
    a->add_option(t("文件", "FILE"), c->file,
                  t("短码的文本文件；- 从标准输入读", "a text file; - reads standard input"))
        ->required();
    done(a);
  }
  done(leaf<ReportCodeList>(report, "code-list", t("以短码报来的信息", "what was told by code")).app);
  const auto step = [&](const char* name, ReportStep::What what, std::string about, bool note_needed = false) {
    auto [a, c] = leaf<ReportStep>(report, name, std::move(about), ReportStep{what, {}, {}});
    case_of(a, c->case_id);
    if (what != ReportStep::What::submit && what != ReportStep::What::send) {
      CLI::Option* note =
          a->add_option("--note", c->note,
                        note_needed ? t("要补充或修改什么", "what is to be changed") : t("说明", "a note"))
              ->type_name(t("说明", "TEXT"));
      if (note_needed) note->required();
    }
    done(a);
  };
  step("send", ReportStep::What::send,
       t("把草稿检查、签发并排队发送（拟稿签发须两人时转为提交审核）",
         "check, sign and queue a draft (where two persons are needed: submit it)"));
  step("submit", ReportStep::What::submit, t("拟稿人提交审核", "the drafter submits it for review"));
  step("review", ReportStep::What::review, t("审核人审核通过", "the reviewer agrees"));
  step("sign", ReportStep::What::sign, t("签发人签发，排队发送", "the signer signs; it is queued"));
  step("return", ReportStep::What::send_back, t("退回修改", "send it back to be changed"), true);
  {
    auto [a, c] =
        act(report, "release", KeyAct::What::release,
            t("担保因密钥失效而隔离的内容，解除隔离", "vouch for what is held because a key of it had ended"));
    case_of(a, c->name);
    a->add_option("--note", c->reason, t("如何核实的", "how it was verified"))
        ->required()
        ->type_name(t("说明", "TEXT"));
    done(a);
  }
  step("acknowledge", ReportStep::What::acknowledge, t("签收下级来的报告", "acknowledge a report from below"));
  act_commands(parts(), &app_, report);
  role_commands(parts(), &app_, report);
  desk_commands(parts(), &app_, report);
}

void Grammar::forward_command() {
  auto [a, c] = leaf<Forward>(&app_, "forward",
                              t("转报下级的报告：原件原样附在其中，改稿另成一层",
                                "pass a report on: the original unchanged inside, an edition as a layer of its own"));
  case_of(a, c->case_id);
  auto codes = std::make_shared<std::vector<std::string>>();
  auto sets = std::make_shared<std::vector<std::string>>();
  a->add_option("--edit-file", c->edit_file,
                t("改稿：正文，或含 title、body、fields 的 JSON；不写则原样转报（- 从标准输入读）",
                  "our edition: the text, or JSON with title, body, fields; without it unchanged (- reads stdin)"))
      ->type_name(t("文件", "FILE"));
  a->add_option("--title", c->title, t("改标题", "another title"))->type_name(t("标题", "TEXT"));
  a->add_option("--set", *sets, t("改一项要素，可重复，如 --set deaths=2", "change a field; may be repeated"))
      ->allow_extra_args(false)
      ->type_name(t("要素=值", "KEY=VALUE"))
      ->check(pair_check(false));
  a->add_option("--note", c->note, t("给上级的说明", "a note for the superior"))->type_name(t("说明", "TEXT"));
  a->add_option("--to", *codes, t("转报给哪些上级（代码，默认本级上级）", "to which superiors (codes; default: ours)"))
      ->delimiter(',')
      ->type_name(t("代码", "CODE,..."));
  a->add_option("--lane", c->lane, t("更急的通道（只能比来件更急）", "a more urgent lane (never a less urgent one)"))
      ->type_name(t("通道", "LANE"))
      ->check(lane_check());
  a->add_option("--record", c->record, t("转报哪一个版本（默认最新）", "which version (default: the newest)"))
      ->type_name(t("版本", "RECORD"));
  CLI::Option* none = a->add_flag("--without-attachments", c->attachments.none,
                                  t("不带原件的附件", "without the original's attachments"));
  CLI::Option* chosen = a->add_option("--attachment", c->attachments.chosen,
                                      t("只带这个附件（名称或编号），可重复；默认全部",
                                        "only this attachment (name or id); may be repeated; default: all"))
                            ->allow_extra_args(false)
                            ->type_name(t("附件", "NAME"));
  chosen->excludes(none);
  a->add_flag("--attachments-only", c->attachments.only,
              t("补转附件：先前已转报，这次只转没带的附件", "only attachments, after what was passed on before"))
      ->excludes(none);
  Forward* to = c.get();
  a->parse_complete_callback([to, codes, sets] {
    to->to = *codes;
    for (const std::string& f : *sets) to->fields.push_back(pair_of(f));
  });
  a->footer(
      example("  yizhan forward k3v7qd\n"
              "  yizhan forward k3v7qd --edit-file 改稿.txt --note 已派人核实\n"
              "  yizhan forward k3v7qd --attachment 现场.jpg\n"));
  done(a);
}

void Grammar::conflict_commands() {
  CLI::App* conflict = group("conflict", t("同一事项有几个并存的版本时：对照，由人决定",
                                           "versions of one case side by side: compare, and let a person decide"));
  {
    auto [a, c] =
        leaf<ConflictList>(conflict, "list", t("哪些事项有并存的版本", "the cases that have several versions"));
    a->add_option("--limit", c->limit, t("最多几行（默认 100）", "at most so many rows (default 100)"))
        ->type_name("N")
        ->check(limit_check(1000));
    a->add_option("--after", c->after, t("从上一页给出的位置继续", "go on where the last page ended"))
        ->type_name(t("位置", "CURSOR"));
    done(a);
  }
  {
    auto [a, c] = leaf<ConflictShow>(conflict, "show",
                                     t("各版本逐项对照，并标出要由人决定的项目",
                                       "the versions field by field, and which of them a person has to decide"));
    case_of(a, c->case_id);
    a->footer(example("  yizhan conflict show k3v7qd\n"));
    done(a);
  }
  auto [a, c] = leaf<ConflictResolve>(
      conflict, "resolve",
      t("选定各项，签发一个合并的版本（原来的版本都保留）", "decide, and sign one version that joins them (all stay)"));
  case_of(a, c->case_id);
  auto takes = std::make_shared<std::vector<std::string>>();
  auto sets = std::make_shared<std::vector<std::string>>();
  a->add_option("--take", *takes,
                t("采用哪个版本：--take 版本，或单独一项 --take deaths=版本，可重复",
                  "which version holds: --take VERSION, or for one field --take deaths=VERSION; may be repeated"))
      ->allow_extra_args(false)
      ->type_name(t("[要素=]版本", "[KEY=]VERSION"))
      ->check(pair_check(true));
  a->add_option("--set,--field", *sets,
                t("另写一项的值，可重复，如 --set deaths=2；title、body、withdrawn 也可以",
                  "write a field anew; may be repeated, like --set deaths=2; title, body and withdrawn too"))
      ->allow_extra_args(false)
      ->type_name("KEY=VALUE")
      ->check(pair_check(false));
  a->add_option("--body-file", c->body_file,
                t("正文文件，UTF-8；写 - 从标准输入读", "file with the text, UTF-8; - reads standard input"))
      ->type_name(t("文件|-", "FILE|-"));
  a->add_option("--from", c->from,
                t("整份另写：一个 JSON 对象的文件，写法同 report import 的一行",
                  "write all of it anew: a file with one JSON object like a line of report import"))
      ->type_name(t("文件|-", "FILE|-"));
  a->add_option("--reason", c->reason, t("说明", "why"))->type_name(t("原因", "TEXT"));
  ConflictResolve* to = c.get();
  a->parse_complete_callback([takes, sets, to, this] {
    for (const std::string& word : *takes) {
      if (word.find('=') != std::string::npos)
        to->take_fields.push_back(pair_of(word));
      else if (to->take.empty())
        to->take = word;
      else
        throw CLI::ValidationError("--take", t("只能整个采用一个版本", "only one version can be taken as a whole"));
    }
    for (const std::string& word : *sets) to->fields.push_back(pair_of(word));
  });
  a->footer(
      example("  yizhan conflict resolve k3v7qd --take 5f02c1aa\n"
              "  yizhan conflict resolve k3v7qd --take deaths=5f02c1aa --set missing=1 --reason 医院核实\n"));
  done(a);
}

}  // namespace yz::node::cli
