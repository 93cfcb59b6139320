#include "sync/notice.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/sync/hostile.h"

using namespace yz;
using namespace yz::sync;

namespace {

NodeId author() {
  NodeId n;
  n.bytes.fill(0x31);
  return n;
}
OfficeId county() {
  OfficeId o;
  o.bytes.fill(0x32);
  return o;
}

Notice landslide() {
  Notice n;
  n.node.bytes.fill(0x31);
  n.record.bytes = {1, 2, 3, 4, 5, 6, 7, 8};
  n.lane = Lane::flash;
  n.kind = 1;
  n.incident = "ND-GEO";
  n.place = 370783105000;
  n.event_ms = 1'780'899'960'000;
  n.deaths = 2;
  n.injured = 11;
  n.title = notice_title("柳河镇铁匠沟发生山体滑坡两人死亡");
  return n;
}

}  // namespace

TEST_CASE("a notice has one encoding, and every byte is under its signature") {
  const auto key = crypto::SigningKey::random();
  const Bytes b = sign_notice(landslide(), author(), county(), key);
  CHECK(b.size() <= kNoticeBytesMost);
  CHECK(verify_notice(b, author(), county(), key.public_key()));
  const Notice n = decode_notice(b).value();
  CHECK(n.incident == "ND-GEO");
  CHECK(n.place == 370783105000);
  CHECK(n.event_ms == 1'780'899'960'000);
  CHECK(n.deaths == 2);
  CHECK(n.missing == Notice::kUnknown);
  CHECK(utf8_of(n.title) == "柳河镇铁匠沟发生山体滑");
  const Bytes said(b.begin(), b.end() - 64);
  const auto decode = [&](ByteView front) -> Result<Notice> {
    Bytes whole(front.begin(), front.end());
    whole.insert(whole.end(), b.end() - 64, b.end());
    return decode_notice(whole);
  };
  one_encoding(said, decode, [&](const Notice& again) {
    Bytes bytes = sign_notice(again, author(), county(), key);
    bytes.resize(bytes.size() - 64);
    return bytes;
  });
  for (std::size_t i = 0; i < b.size(); ++i) {
    Bytes changed = b;
    changed[i] ^= 1;
    CHECK_FALSE(verify_notice(changed, author(), county(), key.public_key()));
  }
  CHECK_FALSE(verify_notice(b, author(), OfficeId{}, key.public_key()));
  CHECK_FALSE(verify_notice(b, NodeId{}, county(), key.public_key()));
}

TEST_CASE("what was typed is the code again, with blanks, small letters and 0 1 8") {
  const Bytes b = sign_notice(landslide(), author(), county(), crypto::SigningKey::random());
  const std::string code = typed_lines(b);
  CHECK(std::ranges::count_if(code, [](char c) { return c != ' ' && c != '\n'; }) <= 200);
  CHECK(from_typed_lines(code, kNoticeBytesMost).value() == b);
  std::string sloppy, one_line;
  for (char c : code) {
    if (c == ' ') continue;
    if (c == 'O') c = '0';
    if (c == 'I') c = '1';
    if (c == 'B') c = '8';
    sloppy += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (c == '\n') sloppy += " \r\n-";
    if (c != '\n') one_line += c;
  }
  CHECK(from_typed_lines(sloppy, kNoticeBytesMost).value() == b);
  CHECK(from_typed_lines(one_line, kNoticeBytesMost).value() == b);
}

TEST_CASE("a typing error is found in its line") {
  const std::string code = typed_lines(sign_notice(landslide(), author(), county(), crypto::SigningKey::random()));
  std::size_t line = 1;
  for (std::size_t i = 0; i < code.size(); ++i) {
    if (code[i] == '\n') ++line;
    if (code[i] == '\n' || code[i] == ' ') continue;
    const std::string name = "line " + std::to_string(line) + " ";
    for (const char other : {'A', 'M', '7'}) {
      if (other == code[i]) continue;
      std::string wrong = code;
      wrong[i] = other;
      const auto got = from_typed_lines(wrong, kNoticeBytesMost);
      REQUIRE_FALSE(got);
      CHECK(got.error().what.starts_with(name));
    }
    if (i + 1 < code.size() && code[i + 1] != '\n' && code[i + 1] != ' ' && code[i] != code[i + 1]) {
      std::string swapped = code;
      std::swap(swapped[i], swapped[i + 1]);
      const auto got = from_typed_lines(swapped, kNoticeBytesMost);
      REQUIRE_FALSE(got);
      CHECK(got.error().what.starts_with(name));
    }
    // Left out of the last line, one in 32 passes its check: then the bytes are too few for a notice.
    std::string left_out = code;
    left_out.erase(i, 1);
    const auto short_of = from_typed_lines(left_out, kNoticeBytesMost);
    CHECK_FALSE((short_of && decode_notice(*short_of)));
  }
  // Two lines that changed places.
  const std::size_t end = code.find('\n') + 1, second = code.find('\n', end) + 1;
  const std::string swapped = code.substr(end, second - end) + code.substr(0, end) + code.substr(second);
  CHECK(from_typed_lines(swapped, kNoticeBytesMost).error().what.starts_with("line 1 "));
}

TEST_CASE("nothing typed, too much typed and letters of no code are refused") {
  for (const std::string& s : {std::string(), std::string("\n\n"), std::string("驿站"), std::string(1000, 'A'),
                               std::string(1'000'000, 'A'), std::string("A"), std::string("A!")})
    CHECK(from_typed_lines(s, kNoticeBytesMost).error().fault == Fault::invalid);
}

TEST_CASE("a title is cut to what two bytes a character can say, without marks that hide or turn text") {
  CHECK(notice_title("").empty());
  CHECK(utf8_of(notice_title("a\u202e柳\U0001F600河\nb")) == "a柳河b");
  CHECK(notice_title(std::string(40, 'x')).size() == Notice::kTitleMost);
}
