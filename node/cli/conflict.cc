#include <algorithm>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

/// As much of a version's id as is shown; --take understands it.
std::string short_id(const std::string& record) { return plain(record.substr(0, 8)); }

/// A value on one line: a body is told by its beginning, the whole stands below.
std::string value_text(const Session& s, const Doc& v) {
  if (v.is_text()) return v.text().empty() ? s.say("（空）", "(empty)") : cut(plain(v.text()), 60);
  return v.text().empty() ? s.say("（没有）", "(none)") : plain(v.text());
}

class Comparison {
 public:
  Comparison(const Session& s, const Doc& d) : s_(s), d_(d), l_(s.language()) {}

  void print() const {
    head();
    versions();
    fields();
    others();
    advice();
  }

 private:
  void head() const {
    line(paint(Colour::bold, plain(d_.text("title"))));
    line(paint(lane_colour(d_.text("lane")), lane_text(d_.text("lane"), l_) + " · " + kind_text(d_.text("kind"), l_)) +
         "  " + plain(d_.text("number")) + "  " + s_.say("编号 ", "case ") + plain(d_.text("case")));
    if (!d_.flag("conflict")) return line(s_.say("没有并存的版本。", "There is one version: no conflict."));
    line(paint(Colour::red, s_.say("并存的版本：", "Versions side by side: ") + d_.text("heads")));
    if (const auto missing = d_.at("missing").items().size(); missing > 0)
      line(paint(Colour::yellow,
                 s_.say("缺前面的版本：", "Earlier versions that are missing: ") + std::to_string(missing)));
    if (!d_.flag("base_known"))
      line(s_.say("没有可以对照的共同前一版：凡有不同，都由人决定。",
                  "No common earlier version to compare with: every difference is for a person."));
  }

  void versions() const {
    for (const Doc& v : d_.at("versions").items()) {
      std::string who;
      for (const Doc& signature : v.at("signatures").items())
        who += "  " + plain(signature.text("officer")) + " " + role_text(signature.text("role"), l_);
      line("  " + paint(Colour::bold, short_id(v.text("record"))) + "  " + time_text(v.text("at")) + "  " +
           record_text(v.text("type"), l_) + who +
           (v.flag("verified") ? "" : paint(Colour::red, s_.say("  未通过核验", "  not verified"))) +
           (v.flag("unreadable") ? paint(Colour::red, s_.say("  读不懂", "  cannot be read")) : ""));
      if (const std::string reason = v.text("reason"); !reason.empty())
        line("            " + s_.say("原因：", "reason: ") + plain(reason));
      std::string files;
      for (const Doc& a : v.at("attachments").items()) files += (files.empty() ? "" : ", ") + plain(a.text("name"));
      if (!files.empty()) line("            " + s_.say("附件（都保留）：", "attachments (all stay): ") + files);
    }
    if (const std::int64_t more = d_.number("more"); more > 0)
      line(s_.say("  还有，先合并这些：", "  and more, after these: ") + std::to_string(more));
  }

  void fields() const {
    for (const Doc& f : d_.at("fields").items()) {
      const bool disputed = f.text("state") == "disputed";
      line();
      line(paint(Colour::bold, plain(f.text("label"))) +
           (f.text("label") == f.text("field") ? "" : " (" + plain(f.text("field")) + ")") + "  " +
           (disputed ? paint(Colour::red, s_.say("由人决定", "a person decides"))
                     : paint(Colour::green, s_.say("只有一方改过，采用 ", "changed on one side, holds: ") +
                                                short_id(f.text("taken")))));
      if (f.flag("base_known")) line("  " + s_.say("原来  ", "before") + "    " + value_text(s_, f.at("base")));
      const Doc values = f.at("values");
      for (const std::string& record : values.keys()) value(f, record, values.at(record));
    }
  }

  void value(const Doc& f, const std::string& record, const Doc& v) const {
    const bool taken = f.text("taken") == record;
    line("  " + short_id(record) + "  " + (taken ? paint(Colour::green, value_text(s_, v)) : value_text(s_, v)));
    // Of a long text the versions differ somewhere behind the beginning: it is shown whole.
    if (v.is_text() && width(plain(v.text())) > 60)
      out(wrap(plain(v.text(), true), std::max<std::size_t>(terminal_columns(), 100), 12));
  }

  void others() const {
    for (const Doc& o : d_.at("others").items()) {
      line();
      line(s_.say("另有单位所报（各自保留）：", "Beside it, from another office (each stands): ") +
           plain(o.text("office_name").empty() ? o.text("office") : o.text("office_name")));
      for (const Doc& v : o.at("versions").items())
        line("  " + short_id(v.text("record")) + "  " + time_text(v.text("at")) + "  " + plain(v.text("title")));
    }
  }

  void advice() const {
    if (!d_.flag("conflict")) return;
    line();
    if (!d_.flag("may_resolve"))
      return line(s_.say("由写这些版本的单位决定；可先电话询问。",
                         "The office that wrote these versions decides; ask it by telephone."));
    std::string takes;
    for (const Doc& name : d_.at("disputed").items())
      takes += " --take " + plain(name.text()) + "=" + s_.say("版本", "VERSION");
    line(s_.say("决定：", "Decide: ") + "yizhan conflict resolve " + plain(d_.text("case")).substr(0, 8) + takes);
    line(s_.say("整个采用一个版本：--take 版本；另写一项：--set 要素=值",
                "A whole version: --take VERSION; a field anew: --set key=value"));
  }

  const Session& s_;
  const Doc& d_;
  Language l_;
};

}  // namespace

int run(Session& s, const ConflictList& c) {
  const std::string target =
      "/api/v1/conflicts" + query({{"limit", c.limit ? std::to_string(*c.limit) : ""}, {"after", c.after}});
  return s.finish(s.get(target), [&](const Doc& d) {
    const Language l = s.language();
    Table table({{s.say("编号", "case")},
                 {s.say("通道", "lane")},
                 {s.say("单位", "office"), false, 16},
                 {s.say("版本", "versions"), true},
                 {s.say("由人决定", "a person decides"), false, 40},
                 {s.say("标题", "title"), false, 60},
                 {""}});
    for (const Doc& r : d.at("conflicts").items()) {
      std::string disputed;
      const char* named = r.has("labels") ? "labels" : "disputed";
      for (const Doc& name : r.at(named).items()) disputed += (disputed.empty() ? "" : s.say("、", ", ")) + name.text();
      table.row({r.text("case").substr(0, 8),
                 {lane_text(r.text("lane"), l), lane_colour(r.text("lane"))},
                 r.text("office_name").empty() ? r.text("office") : r.text("office_name"),
                 r.text("heads"),
                 disputed,
                 r.text("title"),
                 r.flag("may_resolve") ? s.say("由本单位决定", "ours to decide") : ""});
    }
    if (table.empty()) return line(s.say("没有并存的版本。", "No versions side by side."));
    out(table.text(terminal_columns()));
    if (const std::string next = d.text("next"); !next.empty())
      line(s.say("后面还有，接着看：--after ", "There are more: --after ") + plain(next));
  });
}

int run(Session& s, const ConflictShow& c) {
  return s.finish(s.get("/api/v1/conflicts/" + percent(c.case_id)), [&](const Doc& d) { Comparison(s, d).print(); });
}

}  // namespace yz::node::cli
