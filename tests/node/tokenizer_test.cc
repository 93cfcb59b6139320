#include "node/store/tokenizer.h"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>

#include "node/store/sqlite.h"
#include "tests/support/crash_vfs.h"

namespace yz::node {
namespace {

using Words = std::vector<std::string>;

std::unique_ptr<Database> open(test::CrashDisk& disk) {
  static const std::array<std::uint8_t, 32> key = {5};
  static const std::array<std::uint8_t, 16> id = {6};
  auto db = open_sqlite({.path = "/s.db", .key = key, .id = id, .create = true, .base_vfs = disk.name()});
  REQUIRE(db);
  REQUIRE(
      (*db)->exec("create table r(id integer primary key, body text not null) strict;"
                  "create virtual table f using fts5(body, content='r', content_rowid='id', tokenize='cjk1')"));
  return std::move(*db);
}

void add(Database& db, std::string_view body) {
  REQUIRE(db.run("insert into r(body) values(?)", body));
  REQUIRE(db.run("insert into f(rowid, body) values(last_insert_rowid(), ?)", body));
}

std::int64_t hits(Database& db, std::string_view typed) {
  const std::string expression = fts_phrase(typed);
  if (expression.empty()) return -1;
  auto q = db.query("select count(*) from f where f match ?");
  REQUIRE(q);
  q->bind(expression);
  auto row = q->step();
  REQUIRE_MESSAGE(row, row.error().what);
  return q->integer(0);
}

}  // namespace

TEST_CASE("each Chinese character is a token and a run of letters and digits is one") {
  CHECK(tokens("山体滑坡") == Words{"山", "体", "滑", "坡"});
  CHECK(tokens("G7京新高速K152+300") == Words{"g7", "京", "新", "高", "速", "k152", "300"});
  CHECK(tokens("Hello, World") == Words{"hello", "world"});
  CHECK(tokens("ＡＢｃ１２３号") == Words{"abc123", "号"});
  CHECK(tokens("，。！？「」…—·、 \n") == Words{});
  CHECK(tokens("Ünal ÀÉ Ж") == Words{"ünal", "àé", "ж"});
  CHECK(tokens("カタ仮𠀀") == Words{"カ", "タ", "仮", "𠀀"});
  CHECK(tokens("") == Words{});
}

TEST_CASE("a token longer than the limit is cut and not lost") {
  const std::string run(1000, 'x');
  const Words cut = tokens(run + " y");
  REQUIRE(cut.size() == 2);
  CHECK(cut[0].size() <= kTokenBytesMax);
  CHECK(cut[0].size() > kTokenBytesMax - 4);
  CHECK(cut[1] == "y");
}

TEST_CASE("invalid UTF-8 of every shape only separates") {
  CHECK(tokens("a\xE5\xB1") == Words{"a"});  // cut inside a character
  CHECK(tokens("a\xFF\xFE"
               "b") == Words{"a", "b"});
  CHECK(tokens("\xC0\x80x") == Words{"x"});          // overlong
  CHECK(tokens("\xED\xA0\x80x") == Words{"x"});      // surrogate
  CHECK(tokens("\xF4\x90\x80\x80x") == Words{"x"});  // past the last code point
  CHECK(tokens("\x80\xBF山") == Words{"山"});
  CHECK(tokens(std::string_view("a\0b", 3)) == Words{"a", "b"});
  std::uint64_t random = 1;
  for (int trial = 0; trial < 20'000; ++trial) {
    // An own heap block of exact size: the sanitizer sees any read past its end.
    std::vector<char> bytes(1 + random % 9);
    for (char& c : bytes) {
      random = random * 6364136223846793005u + 1442695040888963407u;
      const auto b = static_cast<std::uint8_t>(random >> 40);
      c = static_cast<char>(random >> 62 ? (b | 0xC0) : b);
    }
    const std::string_view text(bytes.data(), bytes.size());
    for (const std::string& t : tokens(text)) CHECK_FALSE(t.empty());
    (void)fts_phrase(text);
  }
}

TEST_CASE("whatever a person types becomes a harmless expression") {
  CHECK(fts_phrase("山体 滑坡") == "\"山 体\" \"滑 坡\"");
  CHECK(fts_phrase("山体　滑坡") == "\"山 体\" \"滑 坡\"");  // full-width space
  CHECK(fts_phrase("a\" OR b:* NEAR(") == "\"a\" \"or\" \"b\" \"near\"");
  CHECK(fts_phrase("") == "");
  CHECK(fts_phrase("  ，。\"'* ") == "");
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "字 ";
  CHECK(fts_phrase(many).size() < 1000);
}

TEST_CASE("a Chinese word of two characters is found inside a clause") {
  test::CrashDisk disk;
  auto db = open(disk);
  add(*db, "7月3日凌晨，石门村发生山体滑坡，阻断Ｇ318线。");
  add(*db, "体育场山上积水");
  add(*db, "无异常");
  CHECK(hits(*db, "山体") == 1);
  CHECK(hits(*db, "滑坡") == 1);
  CHECK(hits(*db, "体山") == 0);
  CHECK(hits(*db, "g318") == 1);
  CHECK(hits(*db, "G318 石门") == 1);
  CHECK(hits(*db, "山体滑坡 体育场") == 0);
  CHECK(hits(*db, "山") == 2);
  CHECK(hits(*db, "OR AND NOT") == 0);
  CHECK(hits(*db, "body:山") == 0);
  CHECK(hits(*db, "\"\"\"") == -1);
  // An external-content table is told the old text when a row goes.
  REQUIRE(
      db->exec("insert into f(f, rowid, body) select 'delete', id, body from r where id = 1;"
               "delete from r where id = 1"));
  CHECK(hits(*db, "山体") == 0);
  CHECK(db->exec("insert into f(f, rank) values('integrity-check', 1)"));
}

TEST_CASE("a trigger cannot write a search index, so store code does it itself") {
  // SQLite 3.40 counts FTS5 among what an untrusted schema may not use. When a newer SQLite
  // allows it, nothing breaks; this only records why there are no such triggers.
  test::CrashDisk disk;
  auto db = open(disk);
  REQUIRE(
      db->exec("create trigger r_in after insert on r begin"
               " insert into f(rowid, body) values(new.id, new.body); end"));
  WARN_FALSE(db->exec("insert into r(body) values('x')"));
}

TEST_CASE("a snippet marks the words found") {
  test::CrashDisk disk;
  auto db = open(disk);
  add(*db, "石门村发生山体滑坡");
  auto q = db->query("select snippet(f, 0, '[', ']', '…', 12) from f where f match ?");
  REQUIRE(q);
  q->bind(fts_phrase("山体"));
  REQUIRE(q->step());
  CHECK(q->text(0) == "石门村发生[山体]滑坡");
}

}  // namespace yz::node
