// Rules that travel down, for people.
#include "node/cli/commands.h"

namespace yz::node::cli {
namespace {

constexpr std::size_t kFileMax = 1024 * 1024;

/// "370700#3" as the API wants it; empty when it is no such word.
Doc version_of(const std::string& text) {
  Doc d;
  const auto at = text.find('#');
  if (at == std::string::npos || at == 0 || at + 1 == text.size() || text.size() > 40 ||
      text.find_first_not_of("0123456789", at + 1) != std::string::npos || text.size() - at > 8)
    return d;
  d.set("office", std::string_view(text).substr(0, at));
  d.set("version", static_cast<std::int64_t>(std::stoll(text.substr(at + 1))));
  return d;
}

Result<Doc> file_doc(const Session& s, const std::string& path) {
  const std::string text = TRY(read_input(path, kFileMax, s.language()));
  auto doc = Doc::parse(text);
  if (!doc || !doc->is_object())
    return fail(Fault::invalid, plain(path) + s.say(" 不是一个 JSON 对象。", " is not one JSON object."),
                "policy.form");
  return doc;
}

/// One entry a line, so that a person can edit it and compare two.
std::string pretty(const Doc& d) {
  std::string out = "{";
  bool first = true;
  for (const std::string& key : d.keys()) {
    out += std::string(first ? "\n" : ",\n") + "  \"" + key + "\": ";
    first = false;
    const auto items = d.at(key).items();
    if (!d.at(key).is_array() || items.empty()) {
      Doc one;
      one.set(key, d.at(key));
      const std::string whole = one.dump();
      out += whole.substr(key.size() + 4, whole.size() - key.size() - 5);
      continue;
    }
    out += "[";
    for (std::size_t i = 0; i < items.size(); ++i) out += std::string(i ? ",\n    " : "\n    ") + items[i].dump();
    out += "\n  ]";
  }
  return out + "\n}\n";
}

std::string version_word(const Session& s, const std::string& state) {
  if (state == "in_force") return s.say("现行", "in force");
  if (state == "coming") return s.say("待生效", "to come");
  if (state == "replaced") return s.say("已被取代", "replaced");
  if (state == "superseded_twin") return s.say("与另一台机器发布的同号，以后签发的为准", "superseded twin");
  return plain(state);
}

void tell_version(const Session& s, const Doc& p) {
  line(plain(p.text("office_name")) + " (" + plain(p.text("office")) + ")  #" + p.text("version") + "  " +
       version_word(s, p.text("state")) + s.say("，生效 ", ", from ") + time_text(p.text("effective_at")) + "  " +
       plain(p.text("signer")));
  for (const Doc& d : p.at("deliveries").items())
    line("    " + plain(d.text("name")) + " (" + plain(d.text("office")) + ")  " +
         state_text(d.text("state"), s.language()));
}

std::string one_version(const std::string& version) {
  const Doc v = version_of(version);
  return "/api/v1/policy" + query({{"office", v.text("office")}, {"version", v.text("version")}});
}

}  // namespace

int run(Session& s, const PolicyAct& c) {
  using What = PolicyAct::What;
  if (!c.version.empty() && version_of(c.version).empty())
    return s.finish(
        s.problem({Fault::invalid, s.say("版本要写成 代码#号，如 370700#3", "a version looks like 370700#3"),
                   "policy.missing"}),
        {});
  if (c.what == What::times)
    return s.finish(s.get("/api/v1/policy/times"), [&](const Doc& d) {
      const Doc watch = d.at("watch");
      if (!watch.text("from").empty())
        line(s.say("本班 ", "this shift ") + time_text(watch.text("from")) + " - " + time_text(watch.text("to")) +
             "  " + plain(watch.text("name")));
      for (const Doc& z : d.at("zero_reports").items())
        line(s.say("零报告 ", "zero report ") + time_text(z.text("at")) + "  " + plain(z.text("name")));
      if (d.at("zero_reports").items().empty())
        line(s.say("这几天没有规定零报告。", "No zero report is asked for in these days."));
    });
  if (c.what == What::history)
    return s.finish(s.get("/api/v1/policies"), [&](const Doc& d) {
      for (const Doc& p : d.at("policies").items()) tell_version(s, p);
      if (d.at("policies").items().empty())
        line(s.say("没有发布过规则，按程序内置的执行。", "None was published; the built-in rules hold."));
    });
  if (c.what == What::show || c.what == What::export_file) {
    Answer a = s.get(c.version.empty() ? std::string("/api/v1/policy") : one_version(c.version));
    const char* member = c.version.empty() ? "in_force" : "document";
    if (a.good && c.what == What::export_file)
      if (auto written = write_new(c.file, pretty(a.doc.at(member)), s.language()); !written)
        a = s.problem(written.error());
    return s.finish(a, [&](const Doc& d) {
      if (c.what == What::export_file) return line(s.say("规则已写到 ", "The rules are in ") + plain(c.file));
      if (c.version.empty()) {
        line(s.say("现行规则：", "In force: ") +
             (d.text("text").empty() ? s.say("程序内置", "built in") : plain(d.text("text"))));
        for (const Doc& p : d.at("sources").items()) tell_version(s, p);
        for (const Doc& p : d.at("coming").items()) tell_version(s, p);
        line();
      } else {
        tell_version(s, d.at("policy"));
      }
      out(pretty(d.at(member)));
    });
  }
  Doc body;
  if (const Doc version = version_of(c.file); c.what == What::diff && !version.empty()) {
    body = version;
  } else {
    auto doc = file_doc(s, c.file);
    if (!doc) return s.finish(s.problem(doc.error()), {});
    body.set("document", *doc);
  }
  if (c.what == What::diff && !c.against.empty()) body.set("against", version_of(c.against));
  if (c.what == What::publish) body.set_if("effective_at", c.effective);
  const char* target = c.what == What::check  ? "/api/v1/policy/check"
                       : c.what == What::diff ? "/api/v1/policy/diff"
                                              : "/api/v1/policies";
  const Answer a = s.ask("POST", target, body);
  if (!s.globals().json)
    for (const Doc& p : a.doc.at("problems").items())
      line(plain(p.text("code")) + "  " + plain(p.text("where")) + "  " + plain(p.text("message")));
  return s.finish(a, [&](const Doc& d) {
    if (c.what == What::check) {
      if (d.flag("ok")) line(s.say("可以发布。", "It may be published."));
    } else if (c.what == What::diff) {
      for (const Doc& x : d.at("changes").items())
        line(plain(x.text("where")) + ": " + (x.text("before").empty() ? "-" : plain(x.text("before"))) + " → " +
             (x.text("after").empty() ? "-" : plain(x.text("after"))));
      if (d.at("changes").items().empty()) line(s.say("没有差别。", "No difference."));
    } else if (d.text("state") == "in_review") {
      line(s.say("已拟好，等待另一位签发：yizhan report sign ",
                 "Drafted; another person signs it: yizhan report sign ") +
           plain(d.text("case")));
    } else {
      line(s.say("规则已签发，下发 ", "Signed; it goes to offices below: ") + d.text("offices") +
           s.say(" 个单位，生效 ", ", in force from ") + time_text(d.text("effective_at")));
    }
  });
}

}  // namespace yz::node::cli
