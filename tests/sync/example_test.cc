// The worked example of sync/PROTOCOL.md is printed by this test, so that it stays true. YZ_WRITE=1 writes it anew.
#include <doctest/doctest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sync/codec.h"
#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::Person;

namespace {

std::string dump(ByteView b, std::initializer_list<std::pair<std::size_t, const char*>> fields) {
  std::string out;
  std::size_t at = 0;
  for (const auto& [size, name] : fields) {
    const std::size_t n = size == 0 ? b.size() - at - 64 : size;
    const std::string h = hex(b.subspan(at, n));
    for (std::size_t i = 0; i < h.size(); i += 64) {
      std::string line = i == 0 ? std::to_string(at) : "";
      line.resize(5, ' ');
      line += h.substr(i, 64);
      if (i == 0 && *name) {
        line.resize(71, ' ');
        line += name;
      }
      out += line + "\n";
    }
    at += n;
  }
  CHECK(at == b.size());
  return out;
}

std::string example() {
  // Ids look random, as real ones do: nothing of this shrinks, so the example does not depend on the version of zstd.
  fake::Dice d(1);
  Person county(0x10), township(0x20);
  county.office = d.id<OfficeId>();
  township.office = d.id<OfficeId>();
  Record r;
  r.type = RecordType::reply;
  r.salt = d.id<decltype(r.salt)>();
  r.origin = township.office;
  r.at = Hlc::at(1'764'000'000'000);
  r.event_ms = 1'763'999'400'000;
  r.anchor = d.id<Hash>();
  r.case_office = d.id<OfficeId>();  // the city commissioned it
  r.case_id = d.id<CaseId>();
  r.lane = Lane::urgent;
  r.addressees = {county.office};
  const std::string_view body = R"({"title":"山洪"})";
  r.body.assign(body.begin(), body.end());
  const auto officer = d.id<CertDigest>();
  const auto officer_key = crypto::SigningKey::from_seed(fake::key_of(0x04));
  const RecordId id = record_id(r.content());
  r.signatures = {{SignRole::signer, officer, sign_record(id, SignRole::signer, officer, officer_key)}};
  const ReleasedRecord record = release(r);

  std::string out = "Record, " + std::to_string(record.bytes.size()) + " bytes, id " + hex(id.view()) + "\n\n";
  out += dump(record.bytes, {{4, "magic YZR1"},
                             {1, "suite"},
                             {1, "type: reply"},
                             {2, "schema"},
                             {32, "salt"},
                             {16, "origin: the township"},
                             {8, "clock"},
                             {8, "event time"},
                             {32, "anchor"},
                             {16, "case: office, the city"},
                             {16, "case: id"},
                             {1, "sensitivity: internal"},
                             {1, "lane: urgent"},
                             {1, "parents"},
                             {1, "addressees"},
                             {2, "flags"},
                             {2, "zero"},
                             {4, "body length"},
                             {16, "addressee: the county"},
                             {body.size(), "body"},
                             {1, "signatures"},
                             {1, "role: signer"},
                             {32, "officer certificate"},
                             {64, "signature"}});

  fake::ScriptedRandom random(0, [] {
    Bytes s;
    for (int fill : {0x51, 0x52, 0x53})
      s.insert(s.end(), 32, static_cast<std::uint8_t>(fill));  // content key, two ephemeral keys
    s.insert(s.end(), 24, std::uint8_t{0x54});                 // nonce
    return s;
  }());
  EnvelopeHead head;
  head.stream = {township.office, township.node, township.incarnation, county.office, Lane::urgent};
  head.seq = {1};
  head.at = Hlc::at(1'764'000'001'000);
  const std::vector<Item> items{{Item::Kind::record, record.bytes}};
  const BoxPublic reader = county.keys.boxes[0].public_key();
  const Envelope e = seal(head, items, std::span(&reader, 1), township.keys, 1, false).value();
  CHECK(random.used_up());
  CHECK(squeeze(Bytes(record.bytes), 1)[0] == 0);
  out += "\nEnvelope, " + std::to_string(e.bytes.size()) + " bytes, hash " + hex(e.hash.view()) + "\nstream " +
         hex(head.stream.id().view()) + ", chain value " + hex(e.chain().view()) + "\n\n";
  out += dump(e.bytes, {{4, "magic YZE1"},
                        {1, "suite"},
                        {1, "lane: urgent"},
                        {2, "flags"},
                        {4, "total length"},
                        {16, "author office"},
                        {16, "author node"},
                        {8, "incarnation"},
                        {16, "destination"},
                        {8, "seq"},
                        {32, "previous chain value: none"},
                        {8, "clock"},
                        {32, "commitment to the content key"},
                        {1, "wraps"},
                        {3, "zero"},
                        {4, "ciphertext length"},
                        {8, "wrap 1: key hint"},
                        {112, "wrap 1"},
                        {8, "wrap 2: key hint"},
                        {112, "wrap 2"},
                        {24, "nonce"},
                        {0, "ciphertext and tag"},
                        {64, "signature of the township's node"}});

  Receipt receipt;
  receipt.kind = ReceiptKind::stored;
  receipt.stream = head.stream;
  receipt.upto = {1};
  receipt.chain = e.chain();
  const Statement s = issue(StatementKind::receipt, county.issuer(), Hlc::at(1'764'000'002'000), 1'764'000'002'000,
                            encode(receipt), county.keys.node);
  out += "\nReceipt, " + std::to_string(s.bytes.size()) + " bytes, digest " + hex(s.digest.view()) + "\n\n";
  out += dump(s.bytes, {{4, "magic YZS1"},
                        {1, "suite"},
                        {1, "kind: receipt"},
                        {2, "zero"},
                        {4, "total length"},
                        {16, "issuer: the county"},
                        {16, "its node"},
                        {8, "its store's epoch"},
                        {8, "clock"},
                        {8, "unix ms"},
                        {1, "stored"},
                        {16, "stream: author"},
                        {16, "stream: node"},
                        {8, "stream: incarnation"},
                        {16, "stream: destination"},
                        {1, "stream: lane"},
                        {8, "up to"},
                        {32, "chain value there"},
                        {32, "registry: none"},
                        {1, "ranges"},
                        {1, "refused"},
                        {64, "signature of the county's node"}});
  // The receiver's side agrees with every word of it.
  const auto got = open(decode_envelope(e.bytes).value(), county.keys);
  REQUIRE(got);
  CHECK(decode_record(got->at(0).bytes)->id == id);
  CHECK(decode_receipt(decode_statement(s.bytes)->body)->covers(Seq{1}));
  return out;
}

}  // namespace

TEST_CASE("the worked example in PROTOCOL.md is what this version makes") {
  const char* const path = YZ_SOURCE_DIR "/sync/PROTOCOL.md";
  std::ifstream in(path);
  REQUIRE(in);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const std::string begin = "<!-- example -->\n```\n", end = "```\n<!-- /example -->";
  const std::size_t from = text.find(begin), to = text.find(end);
  REQUIRE(from != std::string::npos);
  REQUIRE(to != std::string::npos);
  const std::string wanted = example();
  if (std::getenv("YZ_WRITE")) {
    std::ofstream(path) << text.substr(0, from + begin.size()) << wanted << text.substr(to);
    return;
  }
  CHECK(text.substr(from + begin.size(), to - from - begin.size()) == wanted);
}
