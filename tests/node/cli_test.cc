#include <doctest/doctest.h>
#include <stdlib.h>

#include <string>
#include <variant>
#include <vector>

#include "node/cli/args.h"
#include "node/cli/doc.h"
#include "node/cli/passphrase.h"
#include "node/cli/print.h"
#include "node/cli/qr.h"
#include "node/cli/session.h"

using namespace yz;
using namespace yz::node;
using namespace yz::node::cli;

namespace {

cli::Asked asked(std::vector<std::string> words) {
  auto parsed = cli::parse(words);
  if (auto* told = std::get_if<Told>(&parsed)) FAIL(told->text);
  return std::get<cli::Asked>(parsed);
}
template <class C>
C command(std::vector<std::string> words) {
  const cli::Asked a = asked(std::move(words));
  REQUIRE(std::holds_alternative<C>(a.command));
  return std::get<C>(a.command);
}
Told told(std::vector<std::string> words) {
  const auto parsed = cli::parse(words);
  REQUIRE(std::holds_alternative<Told>(parsed));
  return std::get<Told>(parsed);
}
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("global options are taken before and behind the command") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"--home", "/h", "--json", "--lang", "en", "--as", "王芳", "--passphrase-file", "p", "report", "list"},
           {"report", "list", "--home", "/h/", "--json", "--lang=en", "--as", "王芳", "--passphrase-file=p"},
           {"--home=/h", "report", "--json", "list", "--lang", "en", "--as=王芳", "--passphrase-file", "p"}}) {
    const Globals g = asked(words).globals;
    CHECK(g.home == "/h");
    CHECK(g.json);
    CHECK(g.language == Language::en);
    CHECK(g.officer == "王芳");
    CHECK(g.passphrase_file == "p");
  }
}

TEST_CASE("forward takes an edition, a note, addressees and a lane, and needs none of them") {
  const auto bare = command<Forward>({"forward", "k3v7qd"});
  CHECK(bare.case_id == "k3v7qd");
  CHECK_FALSE(bare.edit_file);
  CHECK(bare.to.empty());
  const auto f = command<Forward>({"forward", "k3v7qd", "--edit-file", "x", "--title", "t", "--set", "deaths=2",
                                   "--note", "n", "--to", "3707,370799", "--lane", "flash", "--record", "abcdef12"});
  CHECK(f.edit_file == "x");
  CHECK(f.title == "t");
  CHECK(f.fields == std::vector<std::pair<std::string, std::string>>{{"deaths", "2"}});
  CHECK(f.note == "n");
  CHECK(f.to == std::vector<std::string>{"3707", "370799"});
  CHECK(f.lane == "flash");
  CHECK(f.record == "abcdef12");
  CHECK(told({"forward"}).exit_code == 2);
  CHECK(told({"forward", "k3v7qd", "--lane", "slow"}).exit_code == 2);
}

TEST_CASE("the environment gives the language, and --lang wins") {
  setenv("YIZHAN_LANG", "en", 1);
  CHECK(asked({"status"}).globals.language == Language::en);
  CHECK(asked({"status", "--lang", "zh"}).globals.language == Language::zh);
  unsetenv("YIZHAN_LANG");
  setenv("LC_ALL", "zh_CN.UTF-8", 1);
  CHECK(asked({"status"}).globals.language == Language::zh);
  setenv("LC_ALL", "de_DE.UTF-8", 1);
  CHECK(asked({"status"}).globals.language == Language::en);
  unsetenv("LC_ALL");
}

TEST_CASE("a new report keeps every word, sign and file that was given") {
  const auto c = command<ReportNew>({"report",
                                     "new",
                                     "--kind",
                                     "first_report",
                                     "--lane",
                                     "flash",
                                     "--title",
                                     "-标题",
                                     "--set",
                                     "a=b=c",
                                     "--set",
                                     "empty=",
                                     "--set",
                                     "note=一 二",
                                     "--attach",
                                     "1.jpg",
                                     "--attach",
                                     "2.jpg",
                                     "--send",
                                     "--body-file",
                                     "-",
                                     "--occurred-at",
                                     "2026-11-22T08:30:00+08:00"});
  CHECK(c.kind == "first_report");
  CHECK(c.lane == "flash");
  CHECK(*c.content.title == "-标题");
  CHECK(*c.content.body_file == "-");
  CHECK(c.content.fields ==
        std::vector<std::pair<std::string, std::string>>{{"a", "b=c"}, {"empty", ""}, {"note", "一 二"}});
  CHECK(c.content.attachments == std::vector<std::string>{"1.jpg", "2.jpg"});
  CHECK(c.content.send);
  CHECK(*c.content.occurred_at == "2026-11-22T08:30:00+08:00");
}

TEST_CASE("an option with several values does not swallow the case behind it") {
  const auto c = command<ReportFollowUp>({"report", "follow-up", "--set", "deaths=2", "k3v7qd", "--final"});
  CHECK(c.case_id == "k3v7qd");
  CHECK(c.final);
  CHECK(c.content.fields.size() == 1);
}

TEST_CASE("a decision takes a whole version, or field by field, or what is written anew") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  const auto c = command<ConflictResolve>({"conflict", "resolve", "--take", "deaths=5f02c1aa", "k3v7qd", "--take",
                                           "5f02c1aa", "--set", "missing=1", "--field", "title=a=b", "--take",
                                           "place=00ff00ff", "--reason", "核实", "--body-file", "-"});
  CHECK(c.case_id == "k3v7qd");
  CHECK(c.take == "5f02c1aa");
  CHECK(c.take_fields == Pairs{{"deaths", "5f02c1aa"}, {"place", "00ff00ff"}});
  CHECK(c.fields == Pairs{{"missing", "1"}, {"title", "a=b"}});
  CHECK(c.reason == "核实");
  CHECK(*c.body_file == "-");
  CHECK(*command<ConflictResolve>({"conflict", "resolve", "k3v7qd", "--from", "f"}).from == "f");
  CHECK(command<ConflictShow>({"conflict", "show", "k3v7qd"}).case_id == "k3v7qd");
}

TEST_CASE("evidence has two forms") {
  CHECK(command<Evidence>({"evidence", "k3v7qd", "f"}).case_id == "k3v7qd");
  CHECK(command<EvidenceCheck>({"evidence", "check", "f"}).file == "f");
}

TEST_CASE("roles come with commas or one by one") {
  const std::vector<std::string> both{"drafter", "duty"};
  CHECK(command<OfficerAdd>({"officer", "add", "赵敏", "--role", "drafter,duty"}).roles == both);
  CHECK(command<OfficerAdd>({"officer", "add", "--role", "drafter", "--role", "duty", "赵敏"}).roles == both);
}

TEST_CASE("an invitation holds 72 hours, or as long as was said, to the minute") {
  const std::vector<std::string> words{"invite", "--code", "1", "--name", "镇", "--level", "township"};
  const auto with = [&](std::string valid) {
    auto w = words;
    w.insert(w.end(), {"--valid", std::move(valid)});
    return w;
  };
  CHECK(command<cli::Invite>(words).valid_minutes == 72 * 60);
  CHECK(command<cli::Invite>(with("5d")).valid_minutes == 120 * 60);
  CHECK(command<cli::Invite>(with("6h")).valid_minutes == 6 * 60);
  CHECK(command<cli::Invite>(with("48")).valid_minutes == 48 * 60);
  CHECK(command<cli::Invite>(with("30m")).valid_minutes == 30);
  for (const char* bad : {"0", "x", "", "-1", "0m", "72s", "999999999999999999999"}) {
    CAPTURE(bad);
    CHECK(told(with(bad)).exit_code == 2);
  }
}

TEST_CASE("join needs an invitation and a name, or an answer") {
  CHECK(command<Join>({"join", "YZ1-x", "--officer", "王芳"}).invitation == "YZ1-x");
  CHECK(command<Join>({"join", "--answer", "f"}).answer_file == "f");
  CHECK(told({"join"}).exit_code == 2);
  CHECK(told({"join", "YZ1-x"}).exit_code == 2);
}

TEST_CASE("a wrong command line is told in the language asked for, with exit code 2") {
  const std::vector<std::vector<std::string>> wrong{
      {},
      {"report"},
      {"conflict"},
      {"conflict", "merge"},
      {"conflict", "show"},
      {"conflict", "list", "--limit", "1001"},
      {"conflict", "resolve", "a", "--set", "x"},
      {"conflict", "resolve", "a", "--take", "=b"},
      {"conflict", "resolve", "a", "--take", "b", "--take", "c"},
      {"report", "frob"},
      {"report", "show"},
      {"report", "show", "a", "b"},
      {"report", "show", "a", "--attachment", "n"},
      {"report", "return", "a"},
      {"report", "list", "--limit", "0"},
      {"report", "list", "--limit", "1e3"},
      {"report", "new", "--kind", "first_report"},
      {"report", "new", "--kind", "nothing", "--lane", "flash", "--title", "t", "--body-file", "f"},
      {"report", "new", "--kind", "brief", "--lane", "bulk", "--title", "t", "--body-file", "f"},
      {"report", "new", "--kind", "brief", "--lane", "flash", "--title", "t", "--body-file", "f", "--set", "x"},
      {"status", "--nothing"},
      {"status", "--home"},
      {"init", "--code", "1", "--name", "n", "--level", "village", "--officer", "o"},
      {"officer", "add", "n", "--role", "king"},
      {"verify", "a", "--all"},
  };
  for (const auto& words : wrong)
    for (const char* language : {"zh", "en"}) {
      auto w = words;
      w.insert(w.begin(), {"--lang", language});
      std::string shown;
      for (const std::string& s : w) shown += s + " ";
      CAPTURE(shown);
      const Told t = told(w);
      CHECK(t.exit_code == 2);
      CHECK_FALSE(t.text.empty());
    }
  CHECK(
      has(told({"--lang", "en", "publish"}).text, "sync status report"));  // an unknown command lists those that exist
}

TEST_CASE("help is exit 0, in both languages, by every road") {
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"report", "new", "--help"}, {"help", "report", "new"}, {"report", "new", "-h"}}) {
    auto zh = words, en = words;
    zh.insert(zh.begin(), {"--lang", "zh"});
    en.insert(en.begin(), {"--lang", "en"});
    CHECK(told(zh).exit_code == 0);
    CHECK(has(told(zh).text, "用法：yizhan report new"));
    CHECK(has(told(en).text, "Usage: yizhan report new"));
    CHECK_FALSE(has(told(en).text, "选项"));
  }
}

TEST_CASE("width counts columns, not bytes") {
  CHECK(width("") == 0);
  CHECK(width("abc") == 3);
  CHECK(width("柳河镇") == 6);
  CHECK(width("（12号）") == 8);
  CHECK(width("é") == 1);
  CHECK(width("e\u0301") == 1);
  CHECK(width("\U00020000") == 2);
  CHECK(width("\xff\xfe") == 2);
}

TEST_CASE("cut never passes the width and never halves a character") {
  const std::string text = "a柳河镇b";
  for (std::size_t n = 0; n <= 9; ++n) {
    CAPTURE(n);
    const std::string c = cut(text, n);
    CHECK(width(c) <= n);
    CHECK(is_utf8(c));
  }
  CHECK(cut(text, 8) == text);
  CHECK(cut(text, 7) == "a柳河…");
}

TEST_CASE("what a peer wrote cannot steer the terminal") {
  CHECK(plain("a\033[31mb") == "a\uFFFD[31mb");
  CHECK(plain("\xc2\x9b"
              "31m") ==
        "\uFFFD"
        "31m");
  CHECK(plain("\u202Egpj.exe") == "\uFFFDgpj.exe");
  CHECK(plain("a\r\nb", true) == "a\nb");
  CHECK(plain("a\nb") == "a b");
  CHECK(plain("\xff") == "\uFFFD");
}

TEST_CASE("only UTF-8 is UTF-8") {
  CHECK(is_utf8("柳河\U0001F600"));
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\x9f", "\x80"})
    CHECK_FALSE(is_utf8(bad));
}

TEST_CASE("wrapped lines stay inside, keep their words, and begin with no closing mark") {
  const std::string text = "全镇春耕备耕进展顺利，种子到位九成，化肥到位八成五。all words stay whole here";
  for (std::size_t columns = 24; columns < 60; ++columns) {
    CAPTURE(columns);
    const std::string wrapped = wrap(text, columns, 2);
    std::size_t at = 0;
    std::string joined;
    while (at < wrapped.size()) {
      const std::string one = wrapped.substr(at, wrapped.find('\n', at) - at);
      at += one.size() + 1;
      CHECK(width(one) <= columns);
      CHECK(one.starts_with("  "));
      CHECK_FALSE(one.substr(2).starts_with("，"));
      CHECK_FALSE(one.substr(2).starts_with("。"));
      joined += one.substr(2);
    }
    std::string bare = text;
    std::erase(bare, ' ');
    std::erase(joined, ' ');
    CHECK(joined == bare);
  }
  CHECK(wrap("a\n\nb", 40) == "a\n\nb\n");
}

TEST_CASE("a table's columns stand under each other in both scripts and fit the terminal") {
  Table t({{"名称"}, {"n", true}, {"title", false, 10}});
  t.row({"柳河镇", "5", "short"});
  t.row({"abc", "1234", "a title that is far too long"});
  t.row({"evil\033[2J", "1", ""});
  CHECK(t.text(0) ==
        "名称         n  title\n"
        "柳河镇       5  short\n"
        "abc       1234  a title t…\n"
        "evil\uFFFD[2J     1\n");
  Table wide({{"a"}, {"b"}});
  wide.row({std::string(50, 'x'), std::string(60, 'y')});
  const std::string text = wide.text(60);
  for (std::size_t at = 0; at < text.size();) {
    const auto end = text.find('\n', at);
    CHECK(width(text.substr(at, end - at)) <= 60);
    at = end + 1;
  }
}

TEST_CASE("sizes and times are short") {
  CHECK(size_text(0) == "0 B");
  CHECK(size_text(1023) == "1023 B");
  CHECK(size_text(1536) == "1.5 KiB");
  CHECK(size_text(5ull << 40) == "5.0 TiB");
  CHECK(time_text("2026-11-22T08:30:59+08:00") == "2026-11-22 08:30");
  CHECK(time_text("soon") == "soon");
}

TEST_CASE("every part that somebody had in a signature has a word in both languages") {
  for (const char* part : {"drafter", "reviewer", "signer", "duty", "cosigner", "handler", "recorder", "second"}) {
    CAPTURE(part);
    CHECK(role_text(part, Language::zh).find_first_not_of("abcdefghijklmnopqrstuvwxyz_ ") != std::string::npos);
    CHECK(role_text(part, Language::en).find('_') == std::string::npos);
  }
}

TEST_CASE("a new passphrase has 12 characters or 4 words") {
  for (const char* good : {"柳河-夜雨-渡口-四十七 ferry", "abcdefghijkl", "柳河 夜雨 渡口 码头", "ab-cd-ef-gh"}) {
    CAPTURE(good);
    CHECK(new_passphrase_fault(good, Language::zh).empty());
  }
  for (const char* bad : {"", "short", "abcdefghijk", "柳河夜雨渡口码头", "a b c d", "ab cd ef", "    -  ",
                          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"}) {
    CAPTURE(bad);
    CHECK_FALSE(new_passphrase_fault(bad, Language::zh).empty());
    CHECK_FALSE(new_passphrase_fault(bad, Language::en).empty());
  }
}

TEST_CASE("a QR code has its margin, and what is too long is refused") {
  const auto code = draw_qr("YZ1-ABCDEF", false);
  REQUIRE(code);
  CHECK(code->starts_with("█████"));
  CHECK(draw_qr("YZ1-ABCDEF", true)->find("\033[") != std::string::npos);
  REQUIRE_FALSE(draw_qr(std::string(4000, 'x'), false));
}

TEST_CASE("a document is read without fear and written in order") {
  const auto d = Doc::parse(R"({"b":1,"a":"x","n":null,"f":true,"r":0.5,"l":[1,"2"],"o":{"k":"v"}})");
  REQUIRE(d);
  CHECK(d->number("b") == 1);
  CHECK(d->text("a") == "x");
  CHECK(d->text("b") == "1");
  CHECK(d->text("n").empty());
  CHECK(d->text("none").empty());
  CHECK(d->flag("f"));
  CHECK_FALSE(d->flag("a"));
  CHECK(d->real("r") == 0.5);
  CHECK(d->at("l").items().size() == 2);
  CHECK(d->at("o").at("k").text() == "v");
  CHECK(d->at("a").at("deeper").empty());
  CHECK(d->keys().size() == 7);
  CHECK(Doc().set("b", 1).set("a", "x").dump() == R"({"b":1,"a":"x"})");
  CHECK_FALSE(Doc::parse(std::string(100000, '[')));
  CHECK_FALSE(Doc::parse("{"));
  CHECK(Doc().set("a", "柳").is_utf8());
  CHECK_FALSE(Doc().set("a", "\xff").is_utf8());
}

TEST_CASE("a path and a query carry any text") {
  CHECK(percent("a b/柳?") == "a%20b%2F%E6%9F%B3%3F");
  CHECK(query({{"lane", "flash"}, {"office", ""}, {"search", "a&b"}}) == "?lane=flash&search=a%26b");
  CHECK(query({{"x", ""}}).empty());
}
