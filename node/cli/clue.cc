#include <filesystem>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kTextMax = 64 * 1024;
constexpr std::size_t kPhotoMax = 512u * 1024 * 1024;

std::string path(const std::string& id) { return "/api/v1/clues/" + percent(id); }

}  // namespace

int run(Session& s, const ClueAdd& c) {
  std::string text = c.text;
  if (text == "-") {
    auto read = read_input("-", kTextMax, s.language());
    if (!read) return s.finish(s.problem(read.error()), {});
    text = *std::move(read);
    if (text.ends_with('\n')) text.pop_back();
  }
  // Files are read before anything is kept: a mistyped name leaves nothing behind.
  std::vector<std::pair<std::string, std::string>> photos;
  for (const std::string& file : c.photos) {
    auto octets = read_input(file, kPhotoMax, s.language());
    if (!octets) return s.finish(s.problem(octets.error()), {});
    photos.emplace_back(std::filesystem::path(file).filename().string(), *std::move(octets));
  }
  Doc body;
  body.set("text", text).set_if("told_by", c.told_by).set_if("place", c.place);
  Answer a = s.ask("POST", "/api/v1/clues", body);
  const std::string id = a.doc.text("case");
  for (auto& [name, octets] : photos) {
    if (!a.good) break;
    Answer put = s.upload("/api/v1/reports/" + percent(id) + "/attachments/" + percent(name), std::move(octets));
    if (put.good) continue;
    put.doc.set("case", std::string_view(id));
    put.text = put.doc.dump();
    a = std::move(put);
  }
  return s.finish(a, [&](const Doc& d) {
    line(s.say("已记下：", "Noted: ") + plain(d.text("case")));
    line(s.say("转成信息：yizhan clue promote ", "To make a report of it: yizhan clue promote ") +
         plain(d.text("case")));
  });
}

int run(Session& s, const ClueList& c) {
  return s.finish(s.get("/api/v1/clues" + query({{"state", c.state}, {"search", c.search}})), [&](const Doc& d) {
    Table table({{s.say("编号", "case")},
                 {s.say("时间", "noted")},
                 {s.say("记录人", "by"), false, 12},
                 {s.say("来源", "told by"), false, 16},
                 {s.say("地点", "place"), false, 16},
                 {s.say("照片", "photos"), true},
                 {s.say("内容", "text"), false, 60},
                 {""}});
    for (const Doc& k : d.at("clues").items()) {
      std::string how;
      if (k.text("state") == "promoted") how = s.say("已转信息", "made a report");
      if (k.text("state") == "discarded") how = s.say("不用：", "put aside: ") + plain(k.text("reason"));
      table.row({cut(k.text("case"), 8), time_text(k.text("at")), plain(k.text("by")), plain(k.text("told_by")),
                 plain(k.text("place")), std::to_string(k.at("photos").items().size()), plain(k.text("text")), how});
    }
    if (table.empty()) return line(s.say("没有素材。", "There are none."));
    out(table.text(terminal_columns()));
  });
}

int run(Session& s, const ClueAct& c) {
  using What = ClueAct::What;
  if (c.what == What::promote) {
    Doc body, list = Doc::array();
    for (const std::string& id : c.cases) list.push(Doc::of(id));
    body.set("clues", list).set_if("kind", c.kind).set_if("lane", c.lane).set_if("title", c.title);
    if (c.photos) body.set("photos", true);
    return s.finish(s.ask("POST", "/api/v1/clues/promote", body), [&](const Doc& d) {
      tell_warnings(s, d);
      line(s.say("已转成草稿：", "Draft made: ") + plain(d.text("case")));
      for (const Doc& p : d.at("photos_elsewhere").items())
        line(s.say("照片在另一台机器上，没有放进来：", "A photo lies on another machine and was left out: ") +
             plain(p.text()));
    });
  }
  Doc body;
  if (c.what == What::discard) body.set("reason", c.reason);
  Answer last;
  // One that can't be settled ends it; those before it are.
  for (const std::string& id : c.cases) {
    last = s.ask("POST", path(id) + (c.what == What::discard ? "/discard" : "/reopen"), body);
    if (!last.good) break;
  }
  return s.finish(last, [&](const Doc&) {
    line(c.what == What::discard ? s.say("已标为不用。", "Put aside.") : s.say("已放回未处理。", "Open again."));
  });
}

}  // namespace yz::node::cli
