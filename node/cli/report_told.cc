// A report on its way without a line: as QR pictures, or as a code that a person reads out and types.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "node/cli/commands.h"
#include "node/cli/qr.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kScannedMost = 1024 * 1024;  // some 1,500 pictures
constexpr std::size_t kCodeMost = 8 * 1024;

std::string caption(const Doc& d, std::size_t i, std::size_t count) {
  return d.text("group") + "  " + std::to_string(i + 1) + "/" + std::to_string(count);
}

std::string file_name(const Doc& d, std::size_t i, std::size_t count) {
  std::string number = std::to_string(i + 1);
  return d.text("group") + "-" + std::string(std::to_string(count).size() - number.size(), '0') + number + "-of-" +
         std::to_string(count) + ".svg";
}

Result<> draw_files(const Session& s, const Doc& d, const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const auto frames = d.at("frames").items();
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const std::string svg = TRY(qr_svg(frames[i].text(), caption(d, i, frames.size())));
    TRY(write_new(folder + "/" + file_name(d, i, frames.size()), svg, s.language()));
  }
  return {};
}

void tell_notice(const Session& s, const Doc& d) {
  const Language l = s.language();
  line(paint(lane_colour(d.text("lane")), lane_text(d.text("lane"), l) + " · " + kind_text(d.text("kind"), l)) + "  " +
       plain(d.text("title")) + (d.flag("exercise") ? s.say("（演练）", " (exercise)") : ""));
  line(plain(d.text("office_name")) + " (" + plain(d.text("office")) + ")  " + plain(d.text("incident_type")) + "  " +
       s.say("事发 ", "happened ") + (d.text("occurred_at").empty() ? "?" : time_text(d.text("occurred_at"))));
  const auto figure = [&](const char* key) { return d.text(key).empty() ? std::string("?") : d.text(key); };
  line(s.say("死亡 ", "dead ") + figure("deaths") + s.say("，受伤 ", ", injured ") + figure("injured") +
       s.say("，失联 ", ", missing ") + figure("missing"));
  line(d.text("case").empty()
           ? paint(Colour::yellow, s.say("短码告知，正式报告还没到", "told by code, the full report is still to come"))
           : paint(Colour::green, s.say("正式报告已到：", "the full report is here: ")) + plain(d.text("case")));
}

}  // namespace

int run(Session& s, const ReportQr& c) {
  Answer a = s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/qr");
  if (a.good && c.out != "-")
    if (auto drawn = draw_files(s, a.doc, c.out); !drawn) a = s.problem(drawn.error());
  return s.finish(a, [&](const Doc& d) {
    const auto frames = d.at("frames").items();
    if (c.out == "-")
      for (std::size_t i = 0; i < frames.size(); ++i) {
        if (auto picture = draw_qr(frames[i].text(), colours())) out(*picture);
        line(caption(d, i, frames.size()) + "\n");
      }
    else
      line(s.say("二维码已写到 ", "The pictures are in ") + plain(c.out) + ": " + std::to_string(frames.size()));
    std::fprintf(
        stderr, "%s\n",
        s.say("内容已加密。对方逐张扫描（次序不限），存成文本文件，一行一张，再执行：yizhan bundle import --qr 文件",
              "They are sealed. There: scan them in any order into a text file, one a line, then run "
              "`yizhan bundle import --qr FILE`.")
            .c_str());
  });
}

int run(Session& s, const ReportCode& c) {
  return s.finish(s.ask("POST", "/api/v1/reports/" + percent(c.case_id) + "/code"), [&](const Doc& d) {
    out(d.text("code"));
    std::fprintf(
        stderr, "%s\n",
        s.say("短码未加密，只含要点，可用传真、短信或电话念给对方；对方执行：yizhan report code-in 文件（或 -）。"
              "正式报告仍须随后送达。",
              "The code is signed but not sealed and tells only what matters; fax it, or read it out. There: "
              "`yizhan report code-in FILE` (or -). The full report still has to follow.")
            .c_str());
  });
}

int run(Session& s, const ReportCodeIn& c) {
  auto typed = read_input(c.file, kCodeMost, s.language());
  if (!typed) return s.finish(s.problem(typed.error()), {});
  Doc body;
  body.set("code", std::string_view(*typed));
  return s.finish(s.ask("POST", "/api/v1/notices", body), [&](const Doc& d) { tell_notice(s, d); });
}

int run(Session& s, const ReportCodeList&) {
  return s.finish(s.get("/api/v1/notices"), [&](const Doc& d) {
    const auto all = d.at("notices").items();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (i > 0) line();
      tell_notice(s, all[i]);
    }
    if (all.empty()) line(s.say("没有以短码报来的信息。", "Nothing was told by code."));
  });
}

int run(Session& s, const BundlePictures& c) {
  auto scanned = read_input(c.file, kScannedMost, s.language());
  if (!scanned) return s.finish(s.problem(scanned.error()), {});
  Doc body;
  body.set("text", std::string_view(*scanned));
  const Answer a = s.ask("POST", "/api/v1/bundles/pictures", body);
  if (!s.globals().json)
    for (const Doc& m : a.doc.at("missing").items()) {
      std::string numbers;
      for (const Doc& n : m.at("missing").items()) numbers += (numbers.empty() ? "" : ", ") + n.text();
      line(plain(m.text("group")) + s.say("：还缺第 ", ": missing ") + numbers + s.say(" 张，共 ", " of ") +
           m.text("of") + s.say(" 张", ""));
    }
  return s.finish(a, [&](const Doc& d) {
    line(s.say("读入 ", "Read ") + d.text("pictures") + s.say(" 张二维码，新收到信息 ", " pictures; new reports: ") +
         d.text("received") + s.say(" 件。", "."));
  });
}

}  // namespace yz::node::cli
