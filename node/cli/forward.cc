#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kPassageLines = 12;

/// The file is our edition: the text alone, or a JSON object with title, body and fields.
Result<Doc> edit_of(const Session& s, const Forward& c) {
  Doc edit, fields;
  if (c.edit_file) {
    std::string text = TRY(read_input(*c.edit_file, kBodyBytesMost, s.language()));
    if (!is_utf8(text))
      return fail(Fault::invalid,
                  plain(*c.edit_file) + s.say(" 不是 UTF-8 文字。请另存为 UTF-8 编码后再试。",
                                              " is not UTF-8 text. Save it in UTF-8 and try again."),
                  "cli.not_utf8");
    if (text.starts_with('{')) {
      edit = TRY(Doc::parse(text));
      fields = edit.at("fields");
    } else {
      if (text.ends_with('\n')) text.pop_back();
      edit.set("body", text);
    }
  }
  if (c.title) edit.set("title", *c.title);
  for (const auto& [key, value] : c.fields) {
    if (value.empty())
      fields.set_null(key);
    else
      fields.set(key, std::string_view(value));
  }
  if (!c.fields.empty()) edit.set("fields", fields);
  return edit;
}

/// A value on one line.
std::string short_text(const Session& s, const Doc& v) {
  if (v.text().empty()) return s.say("（没有）", "(none)");
  return cut(plain(v.text()), 60);
}

class Layers {
 public:
  Layers(const Session& s, const Doc& report) : s_(s), d_(report) {}

  void print() const {
    const auto all = d_.at("layers").items();
    if (all.empty()) return;
    line("\n" + paint(Colour::bold, s_.say("转报层次", "Passed on, layer by layer")));
    for (std::size_t i = 0; i < all.size(); ++i) layer(i + 1, all[i]);
    for (const Doc& f : d_.at("forwards").items()) newer(f);
  }

 private:
  void layer(std::size_t number, const Doc& l) const {
    std::string who;
    for (const Doc& sig : l.at("signatures").items()) {
      who += "  " + plain(sig.text("officer")) + " " + role_text(sig.text("role"), s_.language());
      who += sig.flag("valid") ? paint(Colour::green, " ✓") : paint(Colour::red, s_.say(" ✗ 签名不成立", " ✗ invalid"));
    }
    const std::string office = l.text("office_name").empty() ? l.text("office") : l.text("office_name");
    line("  " + std::to_string(number) + ". " + plain(office) + "  " + time_text(l.text("at")) + "  " +
         record_text(l.text("type"), s_.language()) + who);
    if (number == 1) return line("     " + s_.say("原件：", "original: ") + plain(l.text("title")));
    if (l.flag("unchanged")) {
      line("     " + paint(Colour::green, s_.say("原样转报，文字没有改动", "passed on unchanged")));
    } else if (l.flag("readable")) {
      line("     " + paint(Colour::yellow, s_.say("改动 ", "places changed: ") + l.text("places") + s_.say(" 处", "")));
    } else {
      line("     " + s_.say("这一层本程序读不懂", "this layer cannot be read by this program"));
    }
    if (const Doc a = l.at("attachments"); a.number("left_out") > 0)
      line("     " + paint(Colour::yellow,
                           s_.say("附件共 " + a.text("named") + " 个，其中 " + a.text("left_out") + " 个没有随同转报",
                                  a.text("left_out") + " of " + a.text("named") + " attachments were not forwarded")));
    if (const std::string note = l.text("note"); !note.empty())
      line("     " + s_.say("说明：", "note: ") + plain(note, true));
    for (const Doc& c : l.at("changed").items()) change(c);
  }

  void change(const Doc& c) const {
    const std::string name = "     " + plain(c.text("label")) + "  ";
    const auto passages = c.at("passages").items();
    if (c.text("field") == "kind")
      return line(name + kind_text(c.text("before"), s_.language()) + " → " +
                  kind_text(c.text("after"), s_.language()));
    if (passages.empty()) return line(name + short_text(s_, c.at("before")) + " → " + short_text(s_, c.at("after")));
    const std::size_t columns = terminal_columns() ? terminal_columns() : 100;
    for (const Doc& p : passages) {
      line(name + s_.say("第 ", "paragraph ") + p.text("paragraph") + s_.say(" 段", ""));
      if (!p.text("before").empty()) {
        line("       " + paint(Colour::red, s_.say("原：", "before:")));
        out(wrap(plain(p.text("before"), true), columns, kPassageLines));
      }
      if (!p.text("after").empty()) {
        line("       " + paint(Colour::green, s_.say("改：", "after:")));
        out(wrap(plain(p.text("after"), true), columns, kPassageLines));
      }
    }
  }

  /// By the name that its layer has; a forward itself has only the code.
  std::string office_of(const Doc& f) const {
    for (const Doc& l : d_.at("layers").items())
      if (l.text("office") == f.text("office") && !l.text("office_name").empty()) return plain(l.text("office_name"));
    return plain(f.text("office"));
  }

  void newer(const Doc& f) const {
    if (!f.flag("on_older_version") && f.at("newest").empty()) return;
    const std::string which = office_of(f) + " " + time_text(f.text("at"));
    line("  " + paint(Colour::yellow, f.flag("on_older_version")
                                          ? which + s_.say(" 转报的是旧版本，当时已有更正或续报",
                                                           ": what was passed on had been replaced by then")
                                          : which + s_.say(" 转报之后，原单位又有新版本",
                                                           ": a newer version has come since it was passed on")));
    const Doc newest = f.at("newest");
    if (newest.flag("withdrawn")) return line("     " + s_.say("原单位已撤回", "its office has withdrawn it"));
    if (newest.empty()) return;
    line("     " + s_.say("最新：", "newest: ") + plain(newest.text("title")));
    for (const Doc& c : newest.at("difference").items()) change(c);
    if (f.text("office") == d_.text("office")) return;
    line("     " + s_.say("可再转报：", "Pass the newer one on: ") + "yizhan forward " +
         plain(d_.text("case")).substr(0, 8));
  }

  const Session& s_;
  const Doc& d_;
};

}  // namespace

void tell_layers(const Session& s, const Doc& report) { Layers(s, report).print(); }

void set_attachments(Doc& body, const Forward::Attachments& c) {
  if (!c.none && c.chosen.empty()) return;
  Doc list = Doc::array();
  for (const std::string& name : c.chosen) list.push(Doc::of(name));
  body.set("attachments", list);
}

namespace {

/// After what was passed on before: attachments alone.
int hand_on(Session& s, const Forward& c) {
  Doc body;
  set_attachments(body, c.attachments);
  return s.finish(s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/forward/attachments", body),
                  [&](const Doc& d) {
                    line(s.say("附件已补转，收全后随即发出：",
                               "The attachments follow what was passed on, each as soon as it is all here: ") +
                         plain(d.text("case")));
                  });
}

}  // namespace

int run(Session& s, const Forward& c) {
  if (c.attachments.only) return hand_on(s, c);
  const auto edit = edit_of(s, c);
  if (!edit) return s.finish(s.problem(edit.error()), {});
  Doc body;
  body.set_if("note", c.note).set_if("lane", c.lane).set_if("record", c.record);
  set_attachments(body, c.attachments);
  if (!c.to.empty()) {
    Doc to = Doc::array();
    for (const std::string& code : c.to) to.push(Doc::of(code));
    body.set("to", to);
  }
  if (!edit->empty()) body.set("edit", *edit);
  return s.finish(s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/forward", body), [&](const Doc& d) {
    tell_warnings(s, d);
    const std::string id = plain(d.text("case"));
    if (d.text("state") == "in_review") {
      line(s.say("改稿已提交审核，签发后转报：", "The edition is submitted for review and leaves when signed: ") + id);
      return line(s.say("下一步由签发人 yizhan report sign。", "Next: the signer (`yizhan report sign`)."));
    }
    line(s.say("已转报，排队待发，原件原样附在其中：", "Passed on and queued, the original unchanged inside: ") + id);
    line(s.say("报送单位在下次联系时得知。", "The reporting office hears of it at its next contact."));
  });
}

}  // namespace yz::node::cli
