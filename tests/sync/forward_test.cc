#include "sync/forward.h"

#include <doctest/doctest.h>

#include "sync/limits.h"

using namespace yz;
using namespace yz::sync;

namespace {

OfficeId office(std::uint8_t n) {
  OfficeId id;
  id.bytes.fill(n);
  return id;
}
const crypto::SigningKey& key() {
  static const crypto::SigningKey k = crypto::SigningKey::random();
  return k;
}
ReleasedRecord signed_record(Record r) {
  r.signatures = {{SignRole::signer, {}, sign_record(record_id(r.content()), SignRole::signer, {}, key())}};
  return release(r);
}
/// By office `from`, for office `to`.
Record plain(std::uint8_t from, std::uint8_t to) {
  Record r;
  r.type = RecordType::report;
  r.origin = office(from);
  r.case_office = office(1);
  r.case_id.bytes[0] = 7;
  r.addressees = {office(to)};
  r.body = Bytes(40, 'x');
  return r;
}
Record around(const ReleasedRecord& nested, std::uint8_t from, std::uint8_t to, Bytes edit = {}) {
  Record r = plain(from, to);
  r.type = RecordType::forward;
  r.parents = {nested.id};
  r.body = encode_forward({"", std::move(edit), nested, {}}).value();
  return r;
}
/// Passed on `times` times: by office 2 to 3, by 3 to 4, ...
ReleasedRecord tower(std::size_t times) {
  ReleasedRecord r = signed_record(plain(1, 2));
  for (std::size_t i = 0; i < times; ++i) {
    const auto from = static_cast<std::uint8_t>(2 + i);
    r = signed_record(around(r, from, static_cast<std::uint8_t>(from + 1)));
  }
  return r;
}
std::string refused(const Record& r) {
  const auto layers = unfold(signed_record(r));
  REQUIRE_FALSE(layers);
  CHECK(layers.error().fault == Fault::forged);
  return layers.error().code;
}

}  // namespace

TEST_CASE("what lies in a forward comes out byte for byte") {
  const ReleasedRecord inner = signed_record(plain(1, 2));
  const Bytes body = encode_forward({"说明", Bytes{'{', '}'}, inner, {}}).value();
  const auto f = decode_forward(body);
  REQUIRE(f);
  CHECK(f->note == "说明");
  CHECK(f->edit == Bytes{'{', '}'});
  CHECK(f->nested.bytes == inner.bytes);
  CHECK(f->nested.id == inner.id);
}

TEST_CASE("a forward's body cut anywhere, or with a byte behind it, is refused") {
  const Bytes whole = encode_forward({"a", Bytes(9, 'b'), signed_record(plain(1, 2)), {}}).value();
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(decode_forward(ByteView(whole).first(n)));
  }
  Bytes longer = whole;
  longer.push_back(0);
  CHECK_FALSE(decode_forward(longer));
}

TEST_CASE("lengths that a forward names are checked before they are believed") {
  Bytes body = encode_forward({"", {}, signed_record(plain(1, 2)), {}}).value();
  for (const std::size_t at : {3u, 7u}) {  // of the edition, of the nested record
    Bytes huge = body;
    std::fill_n(huge.begin() + static_cast<std::ptrdiff_t>(at), 4, std::uint8_t{0xff});
    CHECK_FALSE(decode_forward(huge));
  }
  body.back() = limit::forward_certificates + 1;
  CHECK_FALSE(decode_forward(body));
}

TEST_CASE("each part of a forward has its limit, and reaching it is allowed") {
  const ReleasedRecord inner = signed_record(plain(1, 2));
  CHECK(encode_forward({std::string(limit::forward_note_bytes, 'n'), {}, inner, {}}));
  CHECK_FALSE(encode_forward({std::string(limit::forward_note_bytes + 1, 'n'), {}, inner, {}}));
  CHECK(encode_forward({"", Bytes(limit::body_bytes, 'e'), inner, {}}));
  CHECK_FALSE(encode_forward({"", Bytes(limit::body_bytes + 1, 'e'), inner, {}}));
  // Three texts of the greatest length do not fit into one forward.
  Record large = plain(1, 2);
  large.body = Bytes(limit::body_bytes, 'x');
  const ReleasedRecord once = signed_record(around(signed_record(large), 2, 3, Bytes(limit::body_bytes, 'y')));
  CHECK(unfold(once));
  const auto twice = encode_forward({"", Bytes(limit::body_bytes, 'z'), once, {}});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == "forward.too_long");
  CHECK(encode_forward({"", {}, once, {}}));
}

TEST_CASE("layers unfold from the outermost to the original, as deep as there are levels") {
  const auto layers = unfold(tower(limit::forward_depth));
  REQUIRE(layers);
  REQUIRE(layers->size() == limit::forward_depth + 1);
  CHECK(layers->back().record.record.origin == office(1));
  CHECK(layers->back().record.record.type == RecordType::report);
  CHECK_FALSE(unfold(tower(limit::forward_depth + 1)));
  CHECK(unfold(signed_record(plain(1, 2)))->size() == 1);
}

TEST_CASE("only an addressee of the layer below passes it on") {
  CHECK(refused(around(signed_record(plain(1, 2)), 3, 4)) == "forward.not_addressed");
  // Two layers down too: 3 was an addressee, 2 was none.
  const ReleasedRecord wrong = signed_record(around(signed_record(plain(1, 5)), 2, 3));
  CHECK(refused(around(wrong, 3, 4)) == "forward.not_addressed");
}

TEST_CASE("a nest of another case, of two parents, of another parent, or in a circle of offices is refused") {
  const ReleasedRecord inner = signed_record(plain(1, 2));
  Record r = around(inner, 2, 3);
  CHECK(unfold(signed_record(r)));
  r.case_id.bytes[1] ^= 1;
  CHECK(refused(r) == "forward.form");
  r = around(inner, 2, 3);
  r.case_office = office(9);
  CHECK(refused(r) == "forward.form");
  r = around(inner, 2, 3);
  r.parents.front().bytes[0] ^= 1;
  CHECK(refused(r) == "forward.form");
  r = around(inner, 2, 3);
  r.parents.clear();
  CHECK(refused(r) == "forward.form");
  // To and fro between two offices.
  const ReleasedRecord there = signed_record(around(inner, 2, 3));
  const ReleasedRecord back = signed_record(around(there, 3, 2));
  CHECK(unfold(back));
  CHECK(refused(around(back, 2, 3)) == "forward.form");
}

TEST_CASE("nothing but versions of a case and forwards is nested") {
  for (const auto type : {RecordType::acknowledgement, RecordType::instruction, RecordType::manifest,
                          RecordType::annotation, RecordType::policy, static_cast<RecordType>(200)}) {
    Record in = plain(1, 2);
    in.type = type;
    CHECK_FALSE(decode_forward(encode_forward({"", {}, signed_record(in), {}}).value()));
  }
}

namespace {

Forward with_attachments(std::vector<PassedAttachment> all) {
  return {"", {}, signed_record(plain(1, 2)), {}, std::move(all)};
}
PassedAttachment attachment(std::uint8_t n, bool handed_on) {
  PassedAttachment a;
  a.id.bytes.fill(n);
  a.handed_on = handed_on;
  return a;
}
/// An author's own manifest, signed by office `from`.
ReleasedRecord manifest(std::uint8_t from, std::uint8_t version = 1) {
  Record r = plain(from, 2);
  r.type = RecordType::manifest;
  r.body = Bytes(60, 'm');
  r.body[0] = version;
  return signed_record(r);
}
Record handing_on(const ReleasedRecord& inner, std::uint8_t from) {
  Record r = plain(from, 3);
  r.type = RecordType::manifest;
  r.case_id.bytes[0] = 8;  // put together with others it is of another case
  r.body = encode_handed_on({inner, {}}).value();
  return r;
}

}  // namespace

TEST_CASE("a forward says of each attachment whether it goes along, and without any it is what it always was") {
  const Bytes none = encode_forward(with_attachments({})).value();
  CHECK(none.front() == 1);
  const Bytes body =
      encode_forward(with_attachments({attachment(9, true), attachment(3, false), attachment(9, true)})).value();
  CHECK(body.front() == 2);
  const auto f = decode_forward(body);
  REQUIRE(f);
  CHECK(f->attachments == std::vector{attachment(3, false), attachment(9, true)});
  for (std::size_t n = 0; n < body.size(); ++n) CHECK_FALSE(decode_forward(ByteView(body).first(n)));
  Bytes wrong = body;
  wrong.back() = 2;  // neither yes nor no
  CHECK_FALSE(decode_forward(wrong));
  wrong = none;
  wrong.front() = 2;
  wrong.push_back(0);  // a list of none has another form
  CHECK_FALSE(decode_forward(wrong));
  wrong = body;
  std::copy_n(wrong.end() - 34, 16, wrong.end() - 17);  // one named twice
  CHECK_FALSE(decode_forward(wrong));
}

TEST_CASE("a forward speaks of so many attachments and no more") {
  std::vector<PassedAttachment> many;
  for (std::size_t i = 0; i <= limit::forward_attachments; ++i)
    many.push_back(attachment(static_cast<std::uint8_t>(i), true));
  CHECK_FALSE(encode_forward(with_attachments(many)));
  many.pop_back();
  const auto body = encode_forward(with_attachments(many));
  REQUIRE(body);
  CHECK(decode_forward(*body)->attachments.size() == limit::forward_attachments);
}

TEST_CASE("an attachment that is handed on has its author's own manifest inside, one layer and of another office") {
  const ReleasedRecord inner = manifest(1);
  const ReleasedRecord outer = signed_record(handing_on(inner, 2));
  CHECK(is_handed_on(outer.record));
  CHECK_FALSE(is_handed_on(inner.record));
  const auto layers = unfold(outer);
  REQUIRE(layers);
  REQUIRE(layers->size() == 2);
  CHECK(layers->back().record.bytes == inner.bytes);
  CHECK(refused(handing_on(manifest(2), 2)) == "forward.form");  // its own
  CHECK_FALSE(decode_handed_on(encode_handed_on({outer, {}}).value()));
  CHECK_FALSE(decode_handed_on(encode_handed_on({signed_record(plain(1, 2)), {}}).value()));
  const Bytes body = encode_handed_on({inner, {}}).value();
  for (std::size_t n = 0; n < body.size(); ++n) CHECK_FALSE(decode_handed_on(ByteView(body).first(n)));
  Bytes longer = body;
  longer.push_back(0);
  CHECK_FALSE(decode_handed_on(longer));
}
