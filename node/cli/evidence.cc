#include <filesystem>

#include "node/cli/commands.h"
#include "node/net/sentences.h"

namespace yz::node::cli {

int run(Session& s, const Evidence& c) {
  std::error_code error;
  Answer a = std::filesystem::exists(c.file, error)
                 ? s.problem({Fault::invalid,
                              plain(c.file) + s.say(" 已经存在，没有覆盖。请换一个文件名。",
                                                    " exists already and was not overwritten. Name another file."),
                              "cli.file_exists"})
                 : s.get("/api/v1/evidence/" + percent(c.case_id));
  if (a.good) {
    Doc d;
    d.set("case", c.case_id).set("file", c.file).set("bytes", static_cast<std::int64_t>(a.text.size()));
    auto written = write_new(c.file, a.text, s.language());
    a = written ? s.answer(d.dump()) : s.problem(written.error());
  }
  return s.finish(a, [&](const Doc&) {
    line(s.say("证据文件：", "Evidence file: ") + plain(c.file));
    line(s.say("任何一台装有驿站的电脑都能核验：yizhan evidence check 文件。文件里有报告原文，请按内部资料保管。",
               "Any machine with Yizhan can check it: `yizhan evidence check FILE`. It holds the report's text: keep "
               "it as carefully."));
  });
}

namespace {

/// What was proved is a report of that name, not a number.
void tell_title(const Session& s, const Doc& d) {
  for (const Doc& i : d.at("items").items()) {
    if (i.text("title").empty()) continue;
    const std::string number = plain(i.text("number"));
    return line(s.say("标题：", "Title: ") + plain(i.text("title")) + (number.empty() ? "" : "  " + number) + "  " +
                plain(i.text("office")));
  }
}

}  // namespace

int run(Session& s, const EvidenceCheck& c) {
  Answer a = s.answer(check_evidence_file(c.file));
  if (a.good && !a.doc.flag("ok")) a.exit_code = exit_code({Fault::forged, {}});
  return s.finish(a, [&](const Doc& d) {
    if (d.flag("exercise"))
      line(paint(Colour::red, s.say("【演练】这是演练中的信息，不是真事。", "EXERCISE: nothing of this happened.")));
    for (const Doc& f : d.at("forged").items())
      line(paint(Colour::red, s.say("附件被调换：", "An attachment was put in the place of another: ") +
                                  plain(f.text("attachment")) + s.say("，单位 ", ", by ") + plain(f.text("office")) +
                                  s.say("", ": " + f.text("what"))));
    if (d.flag("ok")) {
      line(paint(Colour::green, s.say("证据成立：", "The evidence holds: ")) + plain(d.text("case")));
      tell_title(s, d);
      line(s.say("根指纹：", "Root fingerprint: ") + plain(d.text("root_fingerprint")));
      return line(s.say("只有根指纹与您所知的一致时，才能证明是谁签的。",
                        "It proves who signed only if that fingerprint is the one you know."));
    }
    line(paint(Colour::red, s.say("证据不成立：", "The evidence does not hold: ")) + plain(d.text("case")));
    for (const Doc& p : d.at("problems").items())
      line("  - " + plain(audit_problem(p.text("what"), s.language())) + s.say("（", " (") +
           plain(audit_place(p.text("where"), s.language())) + s.say("）", ")"));
  });
}

}  // namespace yz::node::cli
