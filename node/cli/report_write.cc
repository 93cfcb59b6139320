#include <cstdio>
#include <filesystem>
#include <set>
#include <vector>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

/// The API takes 2 MiB a document; no duty officer writes more.
/// What a configuration may permit at most (limits.attachment_mib); the node holds the exact limit.
constexpr std::size_t kAttachmentMax = 512u * 1024 * 1024;

/// What `new`, `edit`, `follow-up` and `correct` do alike: put the words into one document, then the files, then the
/// wish to send. A failure on the way leaves a draft, and its case is named.
class Writing {
 public:
  Writing(Session& s, const Content& c) : s_(s), c_(c) {}

  int go(const std::string& method, const std::string& target, Doc body, bool clears) {
    if (auto ready = words(body, clears); !ready) return s_.finish(s_.problem(ready.error()), {});
    if (auto ready = files(); !ready) return s_.finish(s_.problem(ready.error()), {});
    const bool at_once = c_.send && c_.attachments.empty();
    if (at_once) body.set("send", true);
    Answer a = s_.ask(method, target, body);
    const std::string case_id = a.doc.text("case");
    for (const std::string& file : c_.attachments) {
      if (!a.good) break;
      auto octets = read_input(file, kAttachmentMax, s_.language());
      const std::string name = std::filesystem::path(file).filename().string();
      const Answer put = octets ? s_.upload(path(case_id) + "/attachments/" + percent(name), *std::move(octets))
                                : s_.problem(octets.error());
      if (!put.good) a = keeping(put, case_id);
    }
    if (a.good && c_.send && !at_once) {
      const Answer sent = s_.ask("POST", path(case_id) + "/send");
      a = sent.good ? sent : keeping(sent, case_id);
    }
    return s_.finish(a, [&](const Doc& d) { tell(d); });
  }

 private:
  static std::string path(const std::string& case_id) { return "/api/v1/reports/" + percent(case_id); }

  Result<> words(Doc& body, bool clears) const {
    if (c_.title) body.set("title", *c_.title);
    if (c_.body_file) {
      std::string text = TRY(read_input(*c_.body_file, kBodyBytesMost, s_.language()));
      if (!is_utf8(text))
        return fail(Fault::invalid,
                    plain(*c_.body_file) + s_.say(" 不是 UTF-8 文字。请另存为 UTF-8 编码后再试。",
                                                  " is not UTF-8 text. Save it in UTF-8 and try again."),
                    "cli.not_utf8");
      if (text.ends_with('\n')) text.pop_back();
      body.set("body", text);
    }
    if (!c_.fields.empty()) {
      Doc fields;
      std::set<std::string> seen;
      for (const auto& [key, value] : c_.fields) {
        if (!seen.insert(key).second)
          return fail(Fault::invalid, s_.say("要素写了两次：", "A field is set twice: ") + plain(key),
                      "cli.field_twice");
        if (clears && value.empty())
          fields.set_null(key);
        else
          fields.set(key, std::string_view(value));
      }
      body.set("fields", fields);
    }
    if (!c_.to.empty()) {
      Doc to = Doc::array();
      for (const std::string& code : c_.to) to.push(Doc::of(code));
      body.set("to", to);
    }
    if (c_.occurred_at) body.set("occurred_at", *c_.occurred_at);
    if (c_.sensitivity) body.set("sensitivity", *c_.sensitivity);
    return {};
  }

  /// Before anything is made: are the files there, and do they have different names?
  Result<> files() const {
    std::set<std::string> names;
    for (const std::string& file : c_.attachments) {
      std::error_code error;
      const std::filesystem::path p(file);
      const auto bytes = std::filesystem::file_size(p, error);
      if (error || !std::filesystem::is_regular_file(p, error))
        return fail(Fault::missing, s_.say("读不到附件 ", "Can't read the attachment ") + plain(file),
                    "cli.file_unreadable");
      if (bytes > kAttachmentMax)
        return fail(Fault::invalid, s_.say("附件太大：", "The attachment is too large: ") + plain(file),
                    "cli.file_large");
      const std::string name = p.filename().string();
      if (!is_utf8(name))
        return fail(Fault::invalid,
                    s_.say("附件的文件名不是 UTF-8：", "The attachment's name is not UTF-8: ") + plain(name),
                    "cli.not_utf8");
      if (!names.insert(name).second)
        return fail(Fault::invalid, s_.say("两个附件同名：", "Two attachments have one name: ") + plain(name),
                    "cli.file_twice");
    }
    return {};
  }

  /// A problem that names the draft it left behind.
  static Answer keeping(Answer a, const std::string& case_id) {
    if (a.doc.text("case").empty()) {
      a.doc.set("case", std::string_view(case_id));
      if (a.doc.text("state").empty()) a.doc.set("state", "draft");
      a.text = a.doc.dump();
    }
    return a;
  }

  void tell(const Doc& d) const {
    const std::string id = plain(d.text("case"));
    const std::string state = d.text("state");
    const std::string number = plain(d.text("number"));
    tell_warnings(s_, d);
    std::string to;
    for (const Doc& a : d.at("addressees").items())
      to += (to.empty() ? "" : s_.say("、", ", ")) + plain(a.text("name")) + " (" + plain(a.text("office")) + ")";
    if (!to.empty()) line(s_.say("报送：", "Goes to: ") + to);
    if (state == "queued" || state == "signed") {
      line(s_.say("已签发，排队待发：", "Signed and queued: ") + id + (number.empty() ? "" : "  " + number));
      line(s_.say("yizhan serve 运行时自动发出；也可以现在执行 yizhan sync。",
                  "It leaves by itself while `yizhan serve` runs, or now with `yizhan sync`."));
    } else if (state == "in_review") {
      line(s_.say("已提交审核：", "Submitted for review: ") + id);
      if (const std::string message = plain(d.text("message")); !message.empty()) line(message);
    } else {
      line(s_.say("草稿已保存：", "Draft saved: ") + id);
      if (!d.at("disputed").items().empty())
        line(s_.say("本单位另一台机器上的文字不同，两份都在：yizhan report show ",
                    "Another machine of this office has a different text; both are kept: yizhan report show ") +
             id);
      line(s_.say("发送：yizhan report send ", "To send it: yizhan report send ") + id);
    }
  }

  Session& s_;
  const Content& c_;
};

}  // namespace

void tell_warnings(const Session& s, const Doc& answer) {
  // A first report may lack twenty fields: what one rule says of several of them stands on one line.
  struct Line {
    std::string rule, before, what;
  };
  std::vector<Line> lines;
  for (const Doc& w : answer.at("warnings").items()) {
    const std::string rule = plain(w.text("rule"));
    const std::string message = plain(w.text("message"));
    const auto colon = message.find(": ");
    const std::string before = colon == std::string::npos ? "" : message.substr(0, colon + 2);
    if (!lines.empty() && !before.empty() && lines.back().rule == rule && lines.back().before == before)
      lines.back().what += s.say("、", ", ") + message.substr(before.size());
    else
      lines.push_back({rule, before, message.substr(before.size())});
  }
  for (const Line& l : lines) {
    const std::string text =
        s.say("提醒：", "Note: ") + l.before + l.what + (l.rule.empty() ? "" : " [" + l.rule + "]");
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

int run(Session& s, const ReportNew& c) {
  Doc body;
  body.set("kind", c.kind).set("lane", c.lane);
  if (c.exercise || c.real) body.set("exercise", c.exercise);
  return Writing(s, c.content).go("POST", "/api/v1/reports", body, false);
}

int run(Session& s, const ReportEdit& c) {
  Doc body;
  body.set_if("lane", c.lane);
  body.set_if("take", c.take);
  return Writing(s, c.content).go("PUT", "/api/v1/reports/" + percent(c.case_id), body, true);
}

int run(Session& s, const ReportFollowUp& c) {
  Doc body;
  body.set_if("lane", c.lane);
  if (c.final) body.set("final", true);
  return Writing(s, c.content).go("POST", "/api/v1/reports/" + percent(c.case_id) + "/follow-up", body, false);
}

int run(Session& s, const ReportCorrect& c) {
  Doc body;
  body.set("reason", c.reason);
  return Writing(s, c.content).go("POST", "/api/v1/reports/" + percent(c.case_id) + "/correct", body, false);
}

int run(Session& s, const Merge& c) {
  Doc body, sources = Doc::array();
  for (const std::string& id : c.cases) sources.push(Doc::of(id));
  body.set("sources", sources).set_if("kind", c.kind).set_if("lane", c.lane);
  set_attachments(body, c.attachments);
  return Writing(s, c.content).go("POST", "/api/v1/reports/merge", body, false);
}

}  // namespace yz::node::cli
