#include <algorithm>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::int64_t total(const Doc& lanes) {
  std::int64_t sum = 0;
  for (const std::string& lane : lanes.keys())
    if (lane != "control") sum += lanes.number(lane);
  return sum;
}

}  // namespace

int run(Session& s, const Sync&) {
  std::optional<ProgressBar> bar(s.say("同步", "sync"));
  std::int64_t most = 0;
  const Answer a = s.ask("POST", "/api/v1/sync", {}, [&](const Doc& d) {
    const std::int64_t done = total(d.at("sent")) + total(d.at("received"));
    most = std::max(most, done + d.number("waiting"));
    bar->at(static_cast<std::uint64_t>(done), static_cast<std::uint64_t>(most),
            s.say("待发 ", "waiting ") + std::to_string(d.number("waiting")));
  });
  bar.reset();
  return s.finish(a, [&](const Doc& d) {
    if (!d.flag("reached")) {
      line(s.say("这次没有连上上级。", "The superior was not reached."));
    } else {
      Table table({{s.say("通道", "lane")}, {s.say("已送达", "sent"), true}, {s.say("已收到", "received"), true}});
      for (const char* lane : {"flash", "urgent", "routine", "bulk"})
        table.row(
            {{lane_text(lane, s.language()), lane_colour(lane)}, d.at("sent").text(lane), d.at("received").text(lane)});
      out(table.text(terminal_columns()));
    }
    const auto superiors = d.at("superiors").items();
    if (superiors.size() > 1)
      for (const Doc& up : superiors)
        line(plain(up.text("office")) + "  " +
             (up.flag("in_sync")   ? paint(Colour::green, s.say("已收发完", "in sync"))
              : up.flag("reached") ? s.say("已连上，还没有收发完", "reached, not in sync")
                                   : paint(Colour::yellow, s.say("没有连上", "not reached"))));
    if (const std::string why = d.text("said"); !why.empty()) line(plain(why));
    const std::int64_t waiting = d.number("waiting");
    if (waiting > 0)
      line(
          s.say("还有 ", "") + std::to_string(waiting) +
          s.say(
              " 件排在本机，内容不会丢；线路恢复后自动发出（yizhan serve），或稍后再 yizhan sync。特急事项请先打电话。",
              " still queued here, nothing is lost; they leave when the line is back (`yizhan serve`), or run `yizhan "
              "sync` again. Telephone what is most urgent."));
    else if (const std::int64_t carried = d.number("carried"); carried > 0)
      line(s.say("已全部发出。有 ", "Everything has left. ") + std::to_string(carried) +
           s.say(" 件正由上级转送，对方的入库回执还没有到；再次 yizhan sync 或 yizhan serve 时收取。",
                 " are on their way by a relay, their receipts have not come yet; run `yizhan sync` again or `yizhan "
                 "serve`."));
    else if (d.flag("reached"))
      line(s.say("已全部送达。", "Everything has arrived."));
  });
}

}  // namespace yz::node::cli
