#include <cstdio>
#include <set>

#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

Result<std::string> text_of(const Session& s, const std::string& file) {
  std::string text = TRY(read_input(file, kBodyBytesMost, s.language()));
  if (is_utf8(text)) return text;
  return fail(Fault::invalid,
              plain(file) + s.say(" 不是 UTF-8 文字。请另存为 UTF-8 编码后再试。",
                                  " is not UTF-8 text. Save it in UTF-8 and try again."),
              "cli.not_utf8");
}

/// A field that is chosen twice was not chosen.
Result<> once(const Session& s, std::set<std::string>& seen, const std::string& key) {
  if (seen.insert(key).second) return {};
  return fail(Fault::invalid, s.say("要素写了两次：", "A field is set twice: ") + plain(key), "cli.field_twice");
}

Result<Doc> choices(const Session& s, const ConflictResolve& c) {
  Doc body, takes, sets;
  std::set<std::string> seen;
  body.set_if("take", c.take).set_if("reason", c.reason);
  if (c.from) {
    Doc whole = TRY(Doc::parse(TRY(text_of(s, *c.from))));
    if (!whole.is_object())
      return fail(Fault::invalid, plain(*c.from) + s.say(" 不是一个 JSON 对象。", " is not one JSON object."),
                  "cli.not_object");
    body.set("report", whole);
  }
  for (const auto& [key, version] : c.take_fields) {
    TRY(once(s, seen, key));
    takes.set(key, std::string_view(version));
  }
  for (const auto& [key, value] : c.fields) {
    TRY(once(s, seen, key));
    if (value.empty() && key != "title" && key != "body")
      sets.set_null(key);
    else
      sets.set(key, std::string_view(value));
  }
  if (c.body_file) {
    TRY(once(s, seen, "body"));
    std::string text = TRY(text_of(s, *c.body_file));
    if (text.ends_with('\n')) text.pop_back();
    sets.set("body", text);
  }
  if (!takes.empty()) body.set("take_fields", takes);
  if (!sets.empty()) body.set("set", sets);
  return body;
}

void tell_resolved(const Session& s, const Doc& d) {
  tell_warnings(s, d);
  const std::string id = plain(d.text("case"));
  if (d.text("state") == "in_review") {
    line(s.say("已提交审核，签发后冲突即解除：", "Submitted for review; the conflict ends when it is signed: ") + id);
  } else {
    line(s.say("已合并并签发，排队待发：", "Joined, signed and queued: ") + id + "  " + plain(d.text("number")));
    line(s.say("原来的版本都保留。", "All versions stay."));
  }
  if (const std::int64_t more = d.number("more"); more > 0)
    line(s.say("还有版本没有合并，请再执行一次：", "More versions are left, run it again: ") + std::to_string(more));
}

}  // namespace

int run(Session& s, const ConflictResolve& c) {
  const auto body = choices(s, c);
  if (!body) return s.finish(s.problem(body.error()), {});
  const Answer a = s.ask("POST", "/api/v1/conflicts/" + percent(c.case_id) + "/resolve", *body);
  if (!a.good && !s.globals().json)
    for (const Doc& name : a.doc.at("undecided").items()) {
      const std::string text = s.say("  还没有决定：", "  not decided yet: ") + plain(name.text());
      std::fprintf(stderr, "%s\n", text.c_str());
    }
  return s.finish(a, [&](const Doc& d) { tell_resolved(s, d); });
}

}  // namespace yz::node::cli
