#include <algorithm>
#include <filesystem>
#include <map>

#include "node/cli/commands.h"
#include "node/cli/words.h"

namespace yz::node::cli {
namespace {

int take_out(Session& s, const ReportShow& c) {
  // Looked at before the call too: 100 MiB need not be fetched to learn that there is no place for them.
  std::error_code error;
  Answer a = std::filesystem::exists(c.out, error)
                 ? s.problem({Fault::invalid,
                              plain(c.out) + s.say(" 已经存在，没有覆盖。请换一个文件名。",
                                                   " exists already and was not overwritten. Name another file."),
                              "cli.file_exists"})
                 : s.get("/api/v1/reports/" + percent(c.case_id) + "/attachments/" + percent(c.attachment));
  if (a.good) {
    const std::size_t bytes = a.text.size();
    auto written = write_new(c.out, a.text, s.language());
    Doc d;
    d.set("name", c.attachment).set("bytes", static_cast<std::int64_t>(bytes)).set("file", c.out);
    a = written ? s.answer(d.dump()) : s.problem(written.error());
  }
  return s.finish(a, [&](const Doc& d) {
    line(s.say("附件已写到 ", "The attachment is in ") + plain(c.out) + " (" +
         size_text(static_cast<std::uint64_t>(d.number("bytes"))) + ")");
  });
}

/// Of what two persons signed elsewhere "04:07 至 06:36 之间".
std::string signed_text(const Session& s, const Doc& d, const std::string& from, const std::string& until) {
  if (!d.has(until) || d.text(until).empty()) return time_text(d.text(from));
  return time_text(d.text(from)) + s.say(" 至 ", " to ") + time_text(d.text(until)) + s.say(" 之间", "");
}

class Page {
 public:
  Page(const Session& s, const Doc& d)
      : s_(s), d_(d), l_(s.language()), columns_(terminal_columns() ? terminal_columns() : 100) {}

  void print() const {
    head();
    text();
    fields();
    draft();
    attachments();
    tell_layers(s_, d_);
    tell_acts(s_, d_);
    tell_roles(s_, d_);
    records();
    deliveries();
    receipts();
    timeline();
  }

 private:
  void heading(std::string_view zh, std::string_view en) const { line("\n" + paint(Colour::bold, s_.say(zh, en))); }

  void head() const {
    for (const Doc& f : d_.at("flags").items())
      if (f.text() == "exercise")
        line(paint(Colour::red, s_.say("【演练】不是真实情况", "EXERCISE: not a real event")));
    line(paint(Colour::bold, plain(d_.text("title"))));
    std::string first = lane_text(d_.text("lane"), l_) + " · " + kind_text(d_.text("kind"), l_) + " · " +
                        state_text(d_.text("state"), l_);
    line(paint(lane_colour(d_.text("lane")), first) + "  " + plain(d_.text("number")));
    line(s_.say("编号 ", "case ") + plain(d_.text("case")));
    const std::string office =
        d_.text("office_name").empty() ? d_.text("office") : d_.text("office_name") + " (" + d_.text("office") + ")";
    if (!office.empty()) line(s_.say("单位 ", "office ") + plain(office));
    const auto when = [&](const char* key, std::string_view zh, std::string_view en) {
      if (const std::string t = d_.text(key); !t.empty()) line(s_.say(zh, en) + time_text(t));
    };
    when("occurred_at", "事发 ", "happened ");
    when("submitted_at", "送签 ", "submitted ");
    if (!d_.text("signed_at").empty())
      line(s_.say("签发 ", "signed ") + signed_text(s_, d_, "signed_at", "signed_until"));
    when("received_at", "收到 ", "received ");
    if (d_.has("verified") && !d_.at("records").empty())
      line(d_.flag("verified")
               ? paint(Colour::green, s_.say("核验：签名和证书都成立", "verified: signatures and certificates hold"))
               : paint(Colour::red, s_.say("核验没有通过，请勿据此行动，先电话核实",
                                           "NOT verified: telephone before you act on it")));
    std::string flags;
    for (const Doc& f : d_.at("flags").items()) flags += (flags.empty() ? "" : ", ") + flag(f.text());
    if (!flags.empty()) line(s_.say("标记 ", "flags ") + flags);
    if (d_.flag("conflict")) conflict();
  }

  void conflict() const {
    std::string disputed;
    for (const Doc& name : d_.at("disputed").items()) disputed += (disputed.empty() ? "" : ", ") + plain(name.text());
    line(paint(Colour::red, s_.say("有冲突：同一事项有并存的版本，", "conflict: versions stand side by side, ") +
                                std::to_string(d_.at("heads").items().size()) + s_.say(" 个", " of them")));
    if (!disputed.empty())
      line(paint(Colour::red, s_.say("以下项目由人决定，这里显示的是最新一版：",
                                     "a person decides on these, shown as the newest version has them: ") +
                                  disputed));
    line(s_.say("对照：yizhan conflict show ", "compare them: yizhan conflict show ") +
         plain(d_.text("case")).substr(0, 8));
  }

  std::string flag(const std::string& id) const {
    if (id == "one_person") return s_.say("一人单位", "one person");
    if (id == "root_unconfirmed") return s_.say("根指纹未核对", "root not confirmed");
    if (id == "expired") return s_.say("证书过期", "expired");
    if (id == "clock") return s_.say("时钟可疑", "clock doubtful");
    if (id == "provisional") return s_.say("先报后签，待补签", "sent first, signature to follow");
    if (id == "exercise") return s_.say("演练", "exercise");
    if (id == "unreadable") return s_.say("无法解读", "unreadable");
    if (id == "nested") return s_.say("仅由转报得知", "known from a forward only");
    if (id == "unconfirmed_node") return s_.say("来自尚未确认的机器", "by a machine that nobody has confirmed yet");
    if (id == "older_version") return s_.say("转报所依据的版本已更新", "passed on in an older version");
    if (id == "unreviewed") return s_.say("缺审核人签名", "no reviewer signed");
    if (id == "same_signer") return s_.say("拟稿签发同一人", "drafter signed");
    return plain(id);
  }

  void text() const {
    line();
    out(wrap(plain(d_.text("body"), true), columns_));
  }

  void fields() const {
    const Doc all = d_.at("fields");
    if (all.empty()) return;
    heading("要素", "Fields");
    std::size_t names = 0;
    for (const std::string& key : all.keys()) names = std::max(names, width(plain(field_name(key, l_))));
    for (const std::string& key : all.keys())
      line("  " + pad(plain(field_name(key, l_)), names) + "  " + plain(field_value(key, all.text(key), l_)));
  }

  /// What each machine of the office has of a draft, where they differ.
  void draft() const {
    const Doc draft = d_.at("draft");
    if (draft.flag("signed_elsewhere"))
      line(paint(Colour::yellow, s_.say("已在本单位另一台机器上签发，正文稍后到达",
                                        "signed on another machine of this office; its record is on its way")));
    const auto all = draft.at("versions").items();
    if (all.empty()) return;
    heading("各机器上的草稿", "The draft on each machine");
    for (const Doc& v : all) {
      line("  " + plain(v.text("version")).substr(0, 8) + "  " + plain(v.text("machine")) + "  " +
           time_text(v.text("at")) + "  " + plain(v.text("drafter")) + "  " + state_text(v.text("state"), l_));
      line("    " + plain(v.text("title")));
      out(wrap(plain(v.text("body"), true), columns_));
    }
    line(s_.say("定下一份：yizhan report edit ", "To settle it: yizhan report edit ") + plain(d_.text("case")) +
         s_.say(" --take 版本", " --take VERSION"));
  }

  void attachments() const {
    const auto all = d_.at("attachments").items();
    if (all.empty()) return;
    heading("附件", "Attachments");
    std::map<std::string, int> names;
    for (const Doc& a : all) ++names[a.text("name")];
    for (const Doc& a : all) {
      const std::string name = a.text("name");
      // Taken out by its name, unless there are two of it.
      const bool by_id = name.empty() || names[name] > 1;
      line("  " + (name.empty() ? s_.say("（名称未知）", "(name not known)") : plain(name)) + "  " +
           (name.empty() ? "" : size_text(static_cast<std::uint64_t>(a.number("bytes")))) +
           (by_id ? "  " + plain(a.text("id")) : "") + attachment_from(a) + attachment_state(a));
    }
  }

  static std::string office_in(const Doc& a, const std::string& key) {
    const std::string name = a.text(key + "_name");
    return plain(name.empty() ? a.text(key) : name);
  }

  /// Whose it is, where that is another office's than the report's, or came by another.
  std::string attachment_from(const Doc& a) const {
    std::string out;
    if (a.text("office") != d_.text("office") || a.has("handed_on_by"))
      out += s_.say("  来自 ", "  from ") + office_in(a, "office");
    if (a.has("handed_on_by")) out += s_.say("，经 ", ", handed on by ") + office_in(a, "handed_on_by");
    return out;
  }

  std::string attachment_state(const Doc& a) const {
    const std::string state = a.text("state"), by = office_in(a, "by");
    if (state == "left_out") return paint(Colour::yellow, s_.say("  没有随同转报：", "  was not forwarded by ") + by);
    if (state == "forged")
      return paint(Colour::red,
                   s_.say("  不是原单位签名的那一份，来自：", "  NOT what its author signed; it came from ") + by);
    if (state == "not_named")
      return paint(Colour::red,
                   s_.say("  正文没有提到这个附件，附上的单位：", "  the text does not name it; added by ") + by);
    return a.flag("complete") ? "" : s_.say("  还没收全", "  not complete yet");
  }

  void records() const {
    const auto all = d_.at("records").items();
    if (all.empty()) return;
    heading("记录与签名", "Records and signatures");
    for (const Doc& r : all) {
      std::string who;
      for (const Doc& signature : r.at("signatures").items()) {
        who += (who.empty() ? "" : ", ") + plain(signature.text("officer")) + " " +
               role_text(signature.text(signature.has("part") ? "part" : "role"), l_);
        if (const std::string absent = signature.text("for"); !absent.empty())
          who += s_.say("（代", " (for ") + plain(absent) + s_.say("签发）", ")");
        who += signature.flag("valid") ? paint(Colour::green, " ✓")
                                       : paint(Colour::red, s_.say(" ✗ 签名不成立", " ✗ invalid"));
      }
      const bool has = r.has("signed_at");
      line("  " + signed_text(s_, r, has ? "signed_at" : "at", "signed_until") + "  " +
           record_text(r.text(r.has("act") ? "act" : "type"), l_) + "  " + office_in(r, "office") + "  " + who +
           (r.text("type") == "manifest" ? "  " + plain(r.text("title")) : ""));
      if (r.flag("on_older_version"))
        line("    " + paint(Colour::yellow, s_.say("依据的是旧版本，当时已有更正或续报",
                                                   "made on an older version, which had been replaced by then")));
      std::string flags;
      for (const Doc& f : r.at("flags").items())
        if (f.text() == "nested") flags = flag(f.text());
      if (!flags.empty()) line("    " + flags);
      if (const std::string became = r.text("became"); !became.empty())
        line("    " + s_.say("状态变为：", "became: ") + state_text(became, l_));
      if (const std::string reason = r.text("reason"); !reason.empty())
        line("    " + s_.say("原因：", "reason: ") + plain(reason));
      if (const std::string q = r.text("quarantine"); !q.empty() && q != "none")
        line("    " + paint(Colour::red, s_.say("隔离：", "quarantined: ") + plain(q)));
    }
  }

  void deliveries() const {
    const auto all = d_.at("deliveries").items();
    if (all.empty()) return;
    heading("送达", "Deliveries");
    for (const Doc& d : all) {
      const std::string state = d.text("state");
      const std::string said = state == "waiting"     ? s_.say("待发", "waiting")
                               : state == "sent"      ? s_.say("已发出", "sent")
                               : state == "custody"   ? s_.say("转递单位已接收", "a relay has it")
                               : state == "delivered" ? s_.say("已送达", "delivered")
                               : state == "opened" ? s_.say("对方已核验（机器回执）", "verified there (by the machine)")
                               : state == "refused" ? paint(Colour::red, s_.say("被拒收", "refused"))
                                                    : paint(Colour::red, s_.say("已搁置", "set aside"));
      line("  " + plain(d.text("name")) + " (" + plain(d.text("office")) + ")  " + said +
           (d.text("at").empty() ? "" : "  " + time_text(d.text("at"))) + taken_by(d.text("office")));
    }
  }

  /// The last acknowledgement of an office, with who gave it: a machine's receipts say nothing of a person.
  std::string taken_by(const std::string& office) const {
    std::string out;
    for (const Doc& r : d_.at("records").items()) {
      if (r.text("type") != "acknowledgement" || r.text("office") != office || r.text("quarantine") != "none") continue;
      out = "  " + s_.say("签收", "acknowledged");
      for (const Doc& s : r.at("signatures").items()) out += " " + plain(s.text("officer"));
      out += " " + time_text(r.text("at"));
    }
    return out;
  }

  /// One line for each office and kind: since when, and the newest receipt that covers it.
  void receipts() const {
    const auto all = d_.at("receipts").items();
    if (all.empty()) return;
    heading("回执", "Receipts");
    struct Line {
      std::string at, latest;
      Doc of;
    };
    std::map<std::string, Line> lines;
    for (const Doc& r : all) {
      const std::string at = r.text("at"), latest = r.text("latest_at");
      auto [it, fresh] =
          lines.try_emplace(r.text("kind") + " " + r.text("by") + " " + r.text("reason"), Line{at, latest, r});
      it->second.at = std::min(it->second.at, at);
      it->second.latest = std::max(it->second.latest, latest);
    }
    for (const auto& [key, l] : lines)
      line("  " + time_text(l.at) + "  " + receipt_text(l.of.text("kind"), l_) + "  " + office_in(l.of, "by") +
           (l.of.text("reason").empty() ? "" : "  " + plain(l.of.text("reason"))) +
           (time_text(l.latest) <= time_text(l.at) ? ""
                                                   : "  " + s_.say("最新回执 ", "newest receipt ") +
                                                         time_text(l.latest) + s_.say("，覆盖至本件", ", covers it")));
  }

  /// A step in the life of a report: a record, a receipt, or a state it came to.
  std::string event(const std::string& id) const {
    for (const auto& said : {record_text(id, l_), receipt_text(id, l_)})
      if (said != plain(id)) return said;
    return state_text(id, l_);
  }

  std::string persons(const Doc& e) const {
    std::string out;
    for (const Doc& p : e.at("persons").items()) {
      const bool alone = p.text("part") == "handler";
      out += (out.empty() ? "  " : s_.say("、", ", ")) + plain(p.text("name")) +
             (alone ? "" : " " + role_text(p.text("part"), l_));
    }
    return out;
  }

  void timeline() const {
    const auto all = d_.at("timeline").items();
    if (all.empty()) return;
    heading("经过", "Timeline");
    for (const Doc& e : all)
      line("  " + signed_text(s_, e, "at", "until") + "  " + event(e.text("event")) + "  " + office_in(e, "by") +
           (e.text("text").empty() ? "" : "  " + plain(e.text("text"))) + persons(e));
  }

  const Session& s_;
  const Doc& d_;
  Language l_;
  std::size_t columns_;
};

}  // namespace

int run(Session& s, const ReportShow& c) {
  if (!c.attachment.empty()) return take_out(s, c);
  return s.finish(s.get("/api/v1/reports/" + percent(c.case_id)), [&](const Doc& d) { Page(s, d).print(); });
}

}  // namespace yz::node::cli
