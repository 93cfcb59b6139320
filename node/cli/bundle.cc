
#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

std::int64_t mail(const Doc& lanes) { return lanes.number("flash") + lanes.number("urgent") + lanes.number("routine"); }

}  // namespace

int run(Session& s, const BundleExport& c) {
  Doc body;
  body.set("to", c.to).set("path", absolute_path(c.file));
  std::optional<ProgressBar> bar(s.say("写出", "writing"));
  const Answer a = s.ask("POST", "/api/v1/bundles/export", body,
                         [&](const Doc& d) { bar->at(static_cast<std::uint64_t>(d.real("share") * 1000), 1000); });
  bar.reset();
  return s.finish(a, [&](const Doc& d) {
    const Doc frames = d.at("frames");
    line(s.say("已写好：", "Written: ") + plain(d.text("path")) + " (" +
         size_text(static_cast<std::uint64_t>(d.number("bytes"))) + ")");
    line(s.say("内有信件 ", "Inside: envelopes ") + std::to_string(mail(frames)) +
         s.say(" 封，附件分片 ", ", attachment pieces ") + frames.text("bulk") +
         s.say(" 片，回执和证书 ", ", receipts and certificates ") + frames.text("control") + s.say(" 件。", "."));
    line(s.say("文件已加密，只有对方单位打得开；丢了也不泄密，再写一份就是。",
               "It is sealed: only that office can open it. If it gets lost, write another one."));
    line(s.say("对方执行：yizhan bundle import 文件。收到对方的回执之前，本机仍算待发。",
               "There: `yizhan bundle import FILE`. Until their receipts are back it still counts as waiting here."));
  });
}

int run(Session& s, const BundleImport& c) {
  Doc body;
  body.set("path", absolute_path(c.file));
  std::optional<ProgressBar> bar(s.say("读入", "reading"));
  const Answer a = s.ask("POST", "/api/v1/bundles/import", body,
                         [&](const Doc& d) { bar->at(static_cast<std::uint64_t>(d.real("share") * 1000), 1000); });
  bar.reset();
  const auto tell = [&](const Doc& d) {
    line(s.say("来自 ", "From ") + plain(d.text("name")) + " (" + plain(d.text("from")) + ")" +
         s.say("，写于 ", ", written ") + time_text(d.text("written_at")));
    line(s.say("新收到信息 ", "New: reports and replies ") + std::to_string(mail(d.at("received"))) +
         s.say(" 件，附件分片 ", ", attachment pieces ") + d.at("received").text("bulk") +
         s.say(" 片；确认本机发出的 ", "; of ours now acknowledged ") + d.text("acknowledged") + s.say(" 件。", "."));
    if (d.number("refused") > 0)
      line(s.say("没有通过校验而未收的：", "refused because they failed a check: ") + d.text("refused"));
  };
  if (!a.good && a.doc.has("frames") && !s.globals().json) {
    line(s.say("其中 ", "") + a.doc.text("frames") +
         s.say(" 件完好，已收下并保存；请对方重新写一份。",
               " of what was on it was kept; ask for it to be written again."));
    tell(a.doc);
  }
  return s.finish(a, [&](const Doc& d) {
    tell(d);
    line(s.say("回执随下一次联系带回；没有线路时用 yizhan bundle export 写回去。",
               "Receipts go back with the next contact, or without a line by `yizhan bundle export`."));
  });
}

}  // namespace yz::node::cli
