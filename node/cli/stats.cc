#include <cmath>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::string reason_of(const Session& s, const Doc& r) {
  const std::string why = r.text("why");
  if (why == "text") return s.say("文字相同 ", "same text ") + r.text("percent") + "%";
  if (why == "type") return s.say("同类事件", "same type");
  if (why == "place") return s.say("同一地点", "same place");
  return s.say("相隔 ", "apart by ") + r.text("minutes") + s.say(" 分钟", " min");
}

std::string score_of(const Doc& o) {
  const double d = o.real("score");
  if (d == std::floor(d)) return std::to_string(static_cast<std::int64_t>(d));
  std::string out = std::to_string(d);
  return out.substr(0, out.find('.') + 3);
}

/// As people call it.
std::string scheme_of(const Session& s, const Doc& d) {
  for (const Doc& scheme : d.at("schemes").items())
    if (scheme.text("id") == d.text("scheme")) return plain(s.say(scheme.text("zh"), scheme.text("en")));
  return plain(d.text("scheme"));
}

int tell_list(Session& s, const std::string& words) {
  return s.finish(s.get("/api/v1/stats/list" + words), [&](const Doc& d) {
    Table table({{s.say("编号", "case")},
                 {s.say("单位", "office"), false, 16},
                 {s.say("时间", "time")},
                 {s.say("标题", "title"), false, 60},
                 {s.say("备注", "note"), false, 24}});
    for (const Doc& r : d.at("items").items())
      table.row({cut(r.text("case"), 8), plain(r.text("office_name")), time_text(r.text("at")), plain(r.text("title")),
                 plain(r.text("note"))});
    if (table.empty()) return line(s.say("没有。", "There are none."));
    out(table.text(terminal_columns()));
  });
}

}  // namespace

int run(Session& s, const ReportSimilar& c) {
  return s.finish(s.get("/api/v1/reports/" + percent(c.case_id) + "/similar"), [&](const Doc& d) {
    for (const Doc& r : d.at("similar").items()) {
      std::string why;
      for (const Doc& one : r.at("reasons").items()) why += (why.empty() ? "" : s.say("，", ", ")) + reason_of(s, one);
      line(cut(r.text("case"), 8) + "  " + plain(r.text("office_name")) + "  " + plain(r.text("title")));
      line("    " + paint(Colour::yellow, why));
    }
    if (d.at("similar").items().empty()) line(s.say("没有相似的信息。", "Nothing looks like it."));
  });
}

int run(Session& s, const Stats& c) {
  const std::string own = c.own ? "true" : "";
  const std::string words = query({{"month", c.month},
                                   {"from", c.from},
                                   {"to", c.to},
                                   {"office", c.office},
                                   {"own", own},
                                   {"scheme", c.scheme},
                                   {"figure", c.figure}});
  if (!c.figure.empty()) return tell_list(s, words);
  if (!c.csv.empty()) {
    const Answer a = s.get("/api/v1/stats/csv" + words);
    if (!a.good) return s.finish(a, {});
    if (auto written = write_new(c.csv, a.text, s.language()); !written)
      return s.finish(s.problem(written.error()), {});
    Doc done;
    done.set("file", c.csv).set("bytes", static_cast<std::int64_t>(a.text.size()));
    return s.finish(s.answer(done.dump()), [&](const Doc&) { line(s.say("已写出：", "Written: ") + plain(c.csv)); });
  }
  return s.finish(s.get("/api/v1/stats" + words), [&](const Doc& d) {
    line(plain(d.at("by").text("name")) + s.say(" 统计  ", " assesses  ") + time_text(d.text("from")) + " – " +
         time_text(d.text("to")) + "  " + scheme_of(s, d));
    Table table({{s.say("单位", "office"), false, 20},
                 {s.say("收到", "received"), true},
                 {s.say("采用", "adopted"), true},
                 {s.say("退回", "returned"), true},
                 {s.say("批示", "instr."), true},
                 {s.say("及时", "timely"), true},
                 {s.say("不确定", "unsure"), true},
                 {s.say("迟报", "late"), true},
                 {s.say("约稿完成", "comm. done"), true},
                 {s.say("零报告漏报", "nil missed"), true},
                 {s.say("签收分钟", "ack min"), true},
                 {s.say("得分", "score"), true}});
    for (const Doc& o : d.at("offices").items()) {
      const Doc f = o.at("figures");
      table.row({plain(o.text("name")), f.text("received"), f.text("adopted"), f.text("returned"), f.text("instructed"),
                 f.text("timely"), f.text("unsure"), f.text("late"), f.text("commission_done"), f.text("nil_missed"),
                 o.text("acknowledge_minutes"), score_of(o)});
    }
    if (table.empty()) return line(s.say("没有下级单位。", "There are no offices below."));
    out(table.text(terminal_columns()));
  });
}

}  // namespace yz::node::cli
