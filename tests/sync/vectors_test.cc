// Replays sync's vectors. The files were computed by tests/vectors/check.py, which shares no code with us.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/hash.h"
#include "sync/bundle.h"
#include "sync/codec.h"
#include "sync/consent.h"
#include "sync/draft_part.h"
#include "sync/forward.h"
#include "sync/line_superiors.h"
#include "sync/notice.h"
#include "sync/pictures.h"
#include "sync/revocation.h"
#include "sync/sibling.h"
#include "tests/support/sync_fakes.h"

using namespace yz;
using namespace yz::sync;
using yz::fake::ScriptedRandom;
using Json = nlohmann::json;

namespace {

Bytes bytes(const Json& v, const char* field) { return from_hex(v.at(field).get<std::string>()).value(); }
std::string str(const Json& v, const char* field) { return v.at(field).get<std::string>(); }
template <class N = std::uint64_t>
N number(const Json& v, const char* field) {
  return v.at(field).get<N>();
}
template <class F>
F id(const Json& v, const char* field) {
  return F::from(bytes(v, field)).value();
}
template <class F>
std::vector<F> ids(const Json& list) {
  std::vector<F> out;
  for (const auto& x : list) out.push_back(F::from(from_hex(x.get<std::string>()).value()).value());
  return out;
}
crypto::Key secret(const Json& v, const char* field) { return crypto::Key::from(bytes(v, field)).value(); }
crypto::SigningKey signer(const Json& v, const char* field = "node_seed") {
  return crypto::SigningKey::from_seed(secret(v, field));
}
template <class N>
std::vector<std::pair<N, N>> pairs(const Json& list) {
  std::vector<std::pair<N, N>> out;
  for (const auto& x : list) {
    if constexpr (std::is_same_v<N, Seq>)
      out.emplace_back(Seq{x[0].get<std::uint64_t>()}, Seq{x[1].get<std::uint64_t>()});
    else
      out.emplace_back(x[0].get<N>(), x[1].get<N>());
  }
  return out;
}

/// Calls `f` with each vector of the file and what it expects.
template <class F>
void replay(const char* file, F f) {
  std::ifstream in(std::string(YZ_SOURCE_DIR "/tests/vectors/") + file);
  REQUIRE(in);
  const Json all = Json::parse(in);
  REQUIRE(all.at("vectors").size() > 0);
  for (const Json& v : all.at("vectors")) {
    const std::string name = str(v, "name");
    CAPTURE(name);
    f(v, str(v, "kind"), v.at("expect"));
  }
}

StreamName stream_name(const Json& v) {
  return {id<OfficeId>(v, "author"), id<NodeId>(v, "node"), id<Incarnation>(v, "incarnation"),
          id<OfficeId>(v, "destination"), static_cast<Lane>(number<int>(v, "lane"))};
}

Bytes body_of(const Json& v) {
  const Json& s = v.at("says");
  const std::string kind = str(v, "statement");
  if (kind == "receipt") {
    Receipt r;
    r.kind = static_cast<ReceiptKind>(number<int>(s, "receipt"));
    r.stream = stream_name(s.at("stream"));
    r.upto.value = number(s, "upto");
    r.chain = id<Hash>(s, "chain");
    r.registry = id<Hash>(s, "registry");
    r.ranges = pairs<Seq>(s.at("ranges"));
    for (const auto& x : s.at("refused"))
      r.refused.push_back(
          {id<RecordId>(x, "record"), Seq{number(x, "seq")}, static_cast<Refusal>(number<int>(x, "why"))});
    return encode(r);
  }
  if (kind == "head") {
    Head h;
    h.destination = id<OfficeId>(s, "destination");
    h.incarnation = id<Incarnation>(s, "incarnation");
    for (std::size_t i = 0; i < 3; ++i) {
      const Json& l = s.at("lanes")[i];
      h.lanes[i] = {Seq{number(l, "seq")}, id<Hash>(l, "chain"), number<std::uint32_t>(l, "waiting"),
                    number<Millis>(l, "oldest_ms")};
    }
    h.node_list = id<Hash>(s, "node_list");
    h.registry = id<Hash>(s, "registry");
    h.journal = id<Hash>(s, "journal");
    h.anchor = id<Hash>(s, "anchor");
    h.urgent_count = number<std::uint32_t>(s, "urgent_count");
    h.urgent_digest = id<Hash>(s, "urgent_digest");
    for (const auto& a : s.at("flash"))
      h.flash.push_back({id<RecordId>(a, "record"), number<Millis>(a, "at_ms"), id<OfficeId>(a, "to")});
    return encode(h);
  }
  if (kind == "node_list") {
    NodeList l;
    l.version = number(s, "version");
    for (const auto& n : s.at("nodes"))
      l.nodes.push_back({id<NodeId>(n, "node"), id<CertDigest>(n, "certificate"), id<BoxPublic>(n, "box"),
                         number<Millis>(n, "box_until_ms")});
    for (const auto& u : s.at("urls")) l.urls.push_back(u.get<std::string>());
    return encode(l);
  }
  if (kind == "revocation") {
    Revocation r;
    r.target = static_cast<RevokedTarget>(number<int>(s, "target"));
    r.why = static_cast<RevokedWhy>(number<int>(s, "why"));
    r.subject = id<crypto::SubjectId>(s, "subject");
    r.certificate = id<CertDigest>(s, "certificate");
    r.since = number<Millis>(s, "since");
    r.last_seen = id<Hash>(s, "last_seen");
    const Bytes body = sign_revocation(r, signer(s, "authority_seed"));
    const auto back = decode_revocation(body);
    REQUIRE(back);
    CHECK(back->subject == r.subject);
    return body;
  }
  if (kind == "consent") {
    const crypto::SigningKey old_key = signer(s, "old_seed"), new_key = signer(s, "new_seed");
    Consent c;
    c.office = id<OfficeId>(s, "office");
    c.old_key = old_key.public_key();
    c.new_key = new_key.public_key();
    c.before = id<OfficeId>(s, "before");
    c.after = id<OfficeId>(s, "after");
    c.time = number<Millis>(s, "time");
    c.serial = number(s, "serial");
    c.list_serial = number(s, "list_serial");
    c.honoured = ids<CertDigest>(s.at("honoured"));
    const Bytes body = sign_consent(c, old_key, new_key);
    const auto back = decode_consent(body);
    REQUIRE(back);
    CHECK(back->honoured == c.honoured);
    return body;
  }
  if (kind == "want") return encode(Want{ids<CertDigest>(s.at("certificates"))});
  if (kind == "incarnation") {
    Opened o{id<Incarnation>(s, "now"), id<Incarnation>(s, "previous"), {}};
    for (const auto& x : s.at("streams"))
      o.streams.push_back({id<OfficeId>(x, "destination"), static_cast<Lane>(number<int>(x, "lane")),
                           Seq{number(x, "last")}, id<Hash>(x, "chain")});
    return encode(o);
  }
  if (kind == "wrap") return encode(FurtherWrap{id<Hash>(s, "envelope"), bytes(s, "wrap")});
  if (kind == "draft")
    return encode(DraftPart{id<CaseId>(s, "draft"), id<DraftTag>(s, "tag"), number<std::uint8_t>(s, "index"),
                            number<std::uint8_t>(s, "count"), bytes(s, "piece")});
  if (kind == "line_superiors") {
    std::vector<LineSuperior> all;
    for (const auto& one : s.at("superiors"))
      all.push_back(
          {id<OfficeId>(one, "office"), one.at("code").get<std::string>(), one.at("name").get<std::string>()});
    return encode(all);
  }
  if (kind == "confirmation") return encode(Confirmation{id<NodeId>(s, "node"), id<CertDigest>(s, "certificate")});
  REQUIRE(kind == "chunk_receipt");
  return encode(ChunkReceipt{id<NodeId>(s, "author"), id<OfficeId>(s, "destination"), id<AttachmentId>(s, "attachment"),
                             number<std::uint32_t>(s, "count"), pairs<std::uint32_t>(s.at("ranges"))});
}

StatementKind kind_of(const std::string& name) {
  if (name == "receipt") return StatementKind::receipt;
  if (name == "head") return StatementKind::head;
  if (name == "node_list") return StatementKind::node_list;
  if (name == "revocation") return StatementKind::revocation;
  if (name == "incarnation") return StatementKind::incarnation;
  if (name == "consent") return StatementKind::consent;
  if (name == "wrap") return StatementKind::wrap;
  if (name == "confirmation") return StatementKind::confirmation;
  if (name == "line_superiors") return StatementKind::line_superiors;
  if (name == "draft") return StatementKind::draft;
  return name == "want" ? StatementKind::want : StatementKind::chunk_receipt;
}

}  // namespace

TEST_CASE("record vectors hold") {
  replay("record.json", [](const Json& v, const std::string&, const Json& e) {
    Record r;
    r.type = static_cast<RecordType>(number<int>(v, "type"));
    r.schema = number<std::uint16_t>(v, "schema");
    r.salt = id<decltype(r.salt)>(v, "salt");
    r.origin = id<OfficeId>(v, "origin");
    r.at.value = number(v, "at");
    r.event_ms = static_cast<std::int64_t>(number(v, "event_ms"));
    r.anchor = id<Hash>(v, "anchor");
    r.case_office = id<OfficeId>(v, "case_office");
    r.case_id = id<CaseId>(v, "case_id");
    r.sensitivity = static_cast<Sensitivity>(number<int>(v, "sensitivity"));
    r.lane = static_cast<Lane>(number<int>(v, "lane"));
    r.flags = number<std::uint16_t>(v, "flags");
    r.parents = ids<RecordId>(v.at("parents"));
    r.addressees = ids<OfficeId>(v.at("addressees"));
    r.body = bytes(v, "body");
    const RecordId rid = record_id(r.content());
    for (const auto& s : v.at("signers")) {
      const auto role = static_cast<SignRole>(number<int>(s, "role"));
      const auto officer = id<CertDigest>(s, "officer");
      const auto key = signer(s, "seed");
      r.signatures.push_back({role, officer, sign_record(rid, role, officer, key)});
      CHECK(verify_record(rid, r.signatures.back(), key.public_key()));
    }
    const ReleasedRecord out = release(r);
    CHECK(hex(out.id.view()) == str(e, "id"));
    CHECK(out.content_size == number<std::size_t>(e, "content_bytes"));
    CHECK(hex(out.bytes) == str(e, "bytes"));
    const auto in = decode_record(bytes(e, "bytes"));
    REQUIRE(in);
    CHECK(in->id == out.id);
  });
}

namespace {
std::vector<crypto::Certificate> certificates_of(const Json& v) {
  std::vector<crypto::Certificate> out;
  for (const auto& c : v.at("certificates"))
    out.push_back(crypto::Certificate::decode(from_hex(c.get<std::string>()).value()).value());
  return out;
}
}  // namespace

TEST_CASE("forward vectors hold") {
  replay("forward.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind == "handed_on") {
      const HandedOn h{decode_record(bytes(v, "manifest")).value(), certificates_of(v)};
      CHECK(hex(h.manifest.id.view()) == str(e, "manifest_id"));
      CHECK(hex(encode_handed_on(h).value()) == str(e, "bytes"));
      const auto in = decode_handed_on(bytes(e, "bytes"));
      REQUIRE(in);
      CHECK(in->manifest.bytes == h.manifest.bytes);
      return;
    }
    Forward f;
    f.note = str(v, "note");
    f.edit = bytes(v, "edit");
    f.nested = decode_record(bytes(v, "nested")).value();
    f.certificates = certificates_of(v);
    if (v.contains("attachments"))
      for (const Json& a : v.at("attachments"))
        f.attachments.push_back({id<AttachmentId>(a, "id"), a.at("handed_on").get<bool>()});
    CHECK(hex(f.nested.id.view()) == str(e, "nested_id"));
    CHECK(hex(encode_forward(f).value()) == str(e, "bytes"));
    const auto in = decode_forward(bytes(e, "bytes"));
    REQUIRE(in);
    CHECK(in->nested.bytes == f.nested.bytes);
    CHECK(in->certificates.size() == f.certificates.size());
    CHECK(in->attachments.size() == f.attachments.size());
  });
}

TEST_CASE("envelope vectors open, and are made again from their keys where zstd has no say") {
  replay("envelope.json", [](const Json& v, const std::string&, const Json& e) {
    EnvelopeHead head;
    head.stream = stream_name(v);
    head.seq.value = number(v, "seq");
    head.previous = id<Hash>(v, "previous");
    head.at.value = number(v, "at");
    CHECK(hex(head.stream.id().view()) == str(e, "stream"));
    std::vector<Item> items;
    for (const auto& i : v.at("items"))
      items.push_back({static_cast<Item::Kind>(number<int>(i, "kind")), bytes(i, "bytes")});
    crypto::Keyring keys{signer(v), crypto::BoxKey::from_secret(secret(v, "archive_secret")), {}};
    std::vector<crypto::BoxKey> readers;
    std::vector<BoxPublic> to;
    for (const auto& s : v.at("reader_secrets")) {
      readers.push_back(crypto::BoxKey::from_secret(crypto::Key::from(from_hex(s.get<std::string>()).value()).value()));
      to.push_back(readers.back().public_key());
    }
    if (!v.contains("zstd_frame")) {
      Bytes script = bytes(v, "cek");
      for (const auto& s : v.at("ephemeral_secrets")) {
        const Bytes b = from_hex(s.get<std::string>()).value();
        script.insert(script.end(), b.begin(), b.end());
      }
      const Bytes nonce = bytes(v, "nonce");
      script.insert(script.end(), nonce.begin(), nonce.end());
      ScriptedRandom random(0, script);
      const auto made = seal(head, items, to, keys, 9, number<int>(v, "least") > 0);
      REQUIRE(made);
      CHECK(random.used_up());
      CHECK(hex(made->bytes) == str(e, "bytes"));
    }
    const auto got = decode_envelope(bytes(e, "bytes"));
    REQUIRE(got);
    CHECK(hex(got->hash.view()) == str(e, "hash"));
    CHECK(hex(got->chain().view()) == str(e, "chain"));
    CHECK(verify_envelope(*got, keys.node.public_key()));
    CHECK(got->head.stream == head.stream);
    const auto check_opens = [&](const crypto::Keyring& ring) {
      const auto opened = open(*got, ring);
      REQUIRE(opened);
      REQUIRE(opened->size() == items.size());
      for (std::size_t i = 0; i < items.size(); ++i) {
        CHECK((*opened)[i].kind == items[i].kind);
        CHECK((*opened)[i].bytes == items[i].bytes);
      }
    };
    check_opens(keys);
    for (auto& reader : readers) {
      crypto::Keyring ring{keys.node.clone(), crypto::BoxKey::from_secret(fake::key_of(0x99)), {}};
      ring.boxes.push_back(std::move(reader));
      check_opens(ring);
    }
  });
}

TEST_CASE("statement vectors hold") {
  replay("statement.json", [](const Json& v, const std::string&, const Json& e) {
    const Issuer by{id<OfficeId>(v, "office"), id<NodeId>(v, "node"), id<Epoch>(v, "epoch")};
    const auto key = signer(v);
    const Statement s =
        issue(kind_of(str(v, "statement")), by, Hlc{number(v, "at")}, number<Millis>(v, "unix_ms"), body_of(v), key);
    CHECK(hex(s.bytes) == str(e, "bytes"));
    CHECK(hex(s.digest.view()) == str(e, "digest"));
    const auto got = decode_statement(bytes(e, "bytes"));
    REQUIRE(got);
    CHECK(verify_statement(*got, key.public_key()));
    CHECK(hex(statement_key(*got).value().view()) == str(e, "key"));
  });
}

TEST_CASE("exchange vectors hold") {
  replay("exchange.json", [](const Json& v, const std::string& kind, const Json& e) {
    const std::string want = str(e, "bytes");
    const Bytes whole = bytes(e, "bytes");
    if (kind == "request_head") {
      RequestHead h;
      h.from = id<NodeId>(v, "from");
      h.to = id<NodeId>(v, "to");
      h.nonce = id<Nonce>(v, "nonce");
      h.at.value = number(v, "at");
      h.epoch = id<Epoch>(v, "epoch");
      h.outstanding = id<Digest>(v, "outstanding");
      h.base = number(v, "base");
      h.mark = number(v, "mark");
      h.heard = number(v, "heard");
      h.base_told = id<Told>(v, "base_told");
      h.mark_told = id<Told>(v, "mark_told");
      h.heard_told = id<Told>(v, "heard_told");
      h.answer_bytes = number<std::uint32_t>(v, "answer_bytes");
      h.frames = frames_hash(bytes(v, "frames"));
      h.nonces_left = number<std::uint8_t>(v, "nonces_left");
      h.fresh = number<int>(v, "fresh") != 0;
      h.more = number<int>(v, "more") != 0;
      CHECK(hex(encode(h, signer(v))) == want);
      CHECK(hex(request_hash(whole).view()) == str(e, "hash"));
      CHECK(verify_request_head(whole, signer(v).public_key()));
      CHECK(encode(decode_request_head(whole).value(), signer(v)) == whole);
    } else if (kind == "answer_head") {
      AnswerHead h;
      h.from = id<NodeId>(v, "from");
      h.to = id<NodeId>(v, "to");
      h.request = id<Hash>(v, "request");
      h.state = static_cast<AnswerState>(number<int>(v, "state"));
      h.at.value = number(v, "at");
      h.unix_ms = number<Millis>(v, "unix_ms");
      h.epoch = id<Epoch>(v, "epoch");
      h.outstanding = id<Digest>(v, "outstanding");
      h.base = number(v, "base");
      h.mark = number(v, "mark");
      h.heard = number(v, "heard");
      h.base_told = id<Told>(v, "base_told");
      h.mark_told = id<Told>(v, "mark_told");
      h.heard_told = id<Told>(v, "heard_told");
      h.request_bytes = number<std::uint32_t>(v, "request_bytes");
      h.retry_after_s = number<std::uint16_t>(v, "retry_after_s");
      h.frames = frames_hash(bytes(v, "frames"));
      h.more = number<int>(v, "more") != 0;
      h.nonces = ids<Nonce>(v.at("nonces"));
      CHECK(hex(encode(h, signer(v))) == want);
      const auto got = decode_answer_head(whole);
      REQUIRE(got);
      CHECK(got->size == whole.size());
      CHECK(verify_answer_head(whole, signer(v).public_key()));
      CHECK(encode(got->head, signer(v)) == whole);
    } else if (kind == "hello") {
      const auto key = signer(v);
      const auto nonce_key = secret(v, "nonce_key");
      const Answerer::Me me{id<NodeId>(v, "node"), {}, id<Epoch>(v, "epoch"), &key, &nonce_key};
      CHECK(hex(hello_answer(me, Hlc{number(v, "at")}, number<Millis>(v, "now_ms"))) == want);
    } else if (kind == "frames") {
      Writer w;
      for (const auto& f : v.at("frames"))
        put_frame(w, static_cast<FrameType>(number<int>(f, "type")), bytes(f, "bytes"));
      CHECK(hex(w.view()) == want);
      CHECK(fake::frames_of(whole).size() == v.at("frames").size());
    } else if (kind == "part") {
      const Bytes piece = bytes(v, "piece");
      const Part p{id<StreamId>(v, "stream"),         static_cast<Lane>(number<int>(v, "lane")), Seq{number(v, "seq")},
                   number<std::uint32_t>(v, "total"), number<std::uint32_t>(v, "offset"),        piece};
      CHECK(hex(encode(p)) == want);
      CHECK(encode(decode_part(whole).value()) == whole);
    } else if (kind == "have") {
      const Have h{id<StreamId>(v, "stream"), Seq{number(v, "seq")}, number<std::uint32_t>(v, "total"),
                   pairs<std::uint32_t>(v.at("ranges"))};
      CHECK(hex(encode(h)) == want);
      CHECK(encode(decode_have(whole).value()) == whole);
    } else {
      REQUIRE(kind == "chunk");
      const Bytes made = sign_chunk(id<NodeId>(v, "author"), id<OfficeId>(v, "destination"),
                                    id<AttachmentId>(v, "attachment"), number<std::uint32_t>(v, "index"),
                                    number<std::uint32_t>(v, "count"), bytes(v, "ciphertext"), signer(v));
      CHECK(hex(made) == want);
      CHECK(decode_chunk(whole));
      CHECK(verify_chunk(whole, signer(v).public_key()));
    }
  });
}

TEST_CASE("bundle vectors hold") {
  replay("bundle.json", [](const Json& v, const std::string& kind, const Json& e) {
    REQUIRE(kind == "bundle");
    BundleHead h;
    h.from = id<NodeId>(v, "from");
    h.office = id<OfficeId>(v, "office");
    h.to = id<NodeId>(v, "to");
    h.id = id<BundleId>(v, "id");
    h.at.value = number(v, "at");
    h.unix_ms = number<Millis>(v, "unix_ms");
    h.epoch = id<Epoch>(v, "epoch");
    h.peer_epoch = id<Epoch>(v, "peer_epoch");
    h.base = number(v, "base");
    h.mark = number(v, "mark");
    h.heard = number(v, "heard");
    h.base_told = id<Told>(v, "base_told");
    h.mark_told = id<Told>(v, "mark_told");
    h.heard_told = id<Told>(v, "heard_told");
    crypto::Keyring reader{crypto::SigningKey::random(), crypto::BoxKey::random(), {}};
    std::vector<BoxPublic> readers;
    Writer script;
    script.raw(bytes(v, "key")).raw(bytes(v, "stream_header"));
    for (const auto& s : v.at("ephemeral_secrets")) script.raw(from_hex(s.get<std::string>()).value());
    for (const auto& s : v.at("reader_secrets")) {
      const auto key = crypto::Key::from(from_hex(s.get<std::string>()).value()).value();
      reader.boxes.push_back(crypto::BoxKey::from_secret(key));
      readers.push_back(reader.boxes.back().public_key());
    }
    const auto node = signer(v);
    Bytes file;
    {
      const ScriptedRandom random(1, script.take());
      BundleWriter w(h, readers, node, file);
      for (const auto& f : v.at("frames"))
        w.add(static_cast<FrameType>(number<int>(f, "type")), bytes(f, "bytes"), file);
      w.finish(file);
    }
    const std::size_t head = bundle_head_size(file).value();
    CHECK(hex(ByteView(file).first(head)) == str(e, "head"));
    CHECK(file.size() == number<std::size_t>(e, "size"));
    CHECK(hex(frames_hash(file).view()) == str(e, "hash"));
    CHECK(verify_bundle_head(ByteView(file).first(head), node.public_key()));
    auto r = BundleReader::open(ByteView(file).first(head), reader).value();
    std::size_t frames = 0;
    for (std::size_t at = head; at < file.size(); at += kBundleBlock) {
      REQUIRE(r.add(ByteView(file).subspan(at, kBundleBlock)));
      while (r.next().value()) ++frames;
    }
    CHECK(r.whole());
    CHECK(frames == v.at("frames").size());
  });
}

TEST_CASE("draft vectors hold") {
  replay("draft.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind != "draft") return;  // what is inside is the node's: tests/node/draft_test.cc
    const DraftWay way{id<OfficeId>(v, "office"), id<NodeId>(v, "from"), id<NodeId>(v, "to"), id<CaseId>(v, "draft"),
                       id<DraftTag>(v, "tag")};
    crypto::Keyring reader{crypto::SigningKey::random(), crypto::BoxKey::random(), {}};
    reader.boxes.push_back(crypto::BoxKey::from_secret(crypto::Key::from(bytes(v, "reader_secret")).value()));
    const Bytes plain = bytes(v, "plain");
    Writer script;
    script.raw(bytes(v, "cek")).raw(bytes(v, "ephemeral_secret")).raw(bytes(v, "nonce"));
    const ScriptedRandom random(1, script.take());
    const Bytes sealed = seal_draft(way, plain, reader.boxes.front().public_key()).value();
    CHECK(hex(sealed) == str(e, "sealed"));
    CHECK(open_draft(way, sealed, reader).value() == plain);
  });
}

TEST_CASE("notice and picture vectors hold") {
  replay("notice.json", [](const Json& v, const std::string& kind, const Json& e) {
    if (kind == "pictures") {
      const auto envelope = decode_envelope(bytes(v, "envelope")).value();
      CHECK(pictures_of(envelope).value() == e.at("texts").get<std::vector<std::string>>());
      PictureBoard board;
      for (const auto& text : e.at("texts")) CHECK(board.add(text.get<std::string>()));
      CHECK(board.whole() == std::vector<Bytes>{envelope.bytes});
      return;
    }
    REQUIRE(kind == "notice");
    const auto author = id<NodeId>(v, "author");
    const auto destination = id<OfficeId>(v, "destination");
    const Bytes record = bytes(v, "record");
    Notice n;
    std::copy_n(author.bytes.begin(), 4, n.node.bytes.begin());
    std::copy_n(record.begin(), 8, n.record.bytes.begin());
    n.lane = static_cast<Lane>(number<int>(v, "lane"));
    n.kind = number<std::uint8_t>(v, "report_kind");
    n.exercise = number<int>(v, "exercise") != 0;
    n.incident = str(v, "incident");
    n.place = number(v, "place");
    n.event_ms = number<Millis>(v, "event_ms");
    n.deaths = number<std::uint16_t>(v, "deaths");
    n.injured = number<std::uint16_t>(v, "injured");
    n.missing = number<std::uint16_t>(v, "missing");
    n.title = notice_title(str(v, "title"));
    const Bytes whole = sign_notice(n, author, destination, signer(v));
    CHECK(hex(whole) == str(e, "bytes"));
    CHECK(typed_lines(whole) == str(e, "lines"));
    CHECK(from_typed_lines(str(e, "lines"), kNoticeBytesMost).value() == whole);
    CHECK(verify_notice(whole, author, destination, signer(v).public_key()));
    CHECK(utf8_of(decode_notice(whole).value().title) == str(v, "title"));
  });
}
