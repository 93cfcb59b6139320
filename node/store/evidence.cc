#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "node/office/acts.h"
#include "node/office/body.h"
#include "node/store/attachments.h"
#include "node/store/audit.h"
#include "node/store/audit_paths.h"
#include "node/store/consents.h"
#include "node/store/evidence_attachments.h"
#include "node/store/forwards.h"
#include "node/store/handed.h"
#include "sync/exchange.h"

namespace yz::node {
namespace {

constexpr std::string_view kEvidenceMagic = "YZE1";
enum class Part : std::uint8_t {
  root = 1,
  certificate = 2,
  record = 3,
  statement = 4,
  envelope = 5,
  chunk = 6,
  consent = 7
};
constexpr std::size_t kItemsMax = 100'000;
constexpr std::int64_t kForgedBytesMax = 16 * 1024 * 1024;  // of one attachment; a larger one is only spoken of

/// Puts each thing once, whatever leads to it.
class Maker {
 public:
  Maker(Store& store, CertificatePaths paths) : store_(store), paths_(std::move(paths)) {}

  void put(Part kind, ByteView bytes) {
    if (!seen_.insert(crypto::hash(crypto::purpose::digest, {bytes})).second) return;
    items_.u8(static_cast<std::uint8_t>(kind)).u32(static_cast<std::uint32_t>(bytes.size())).raw(bytes);
  }
  Result<> certificate(const Bytes& bytes) {
    const auto c = crypto::Certificate::decode(bytes);
    if (!c) return {};
    for (const auto* above : paths_.above(*c)) put(Part::certificate, above->bytes);
    put(Part::certificate, c->bytes);
    // Made under a key that the office replaced: the present key names it.
    for (const Bytes& change : TRY(consents_of(store_, c->issuer)))
      if (TRY(sync::decode_consent(change)).rotates()) put(Part::consent, change);
    return {};
  }
  Result<> officer(const CertDigest& digest) {
    Query q = TRY(store_.db().query("select certificate from officer where digest = ?", digest));
    return TRY(q.step()) ? certificate(q.blob(0)) : Result<>();
  }
  Result<> node(const NodeId& id) {
    Query q = TRY(store_.db().query(
        "select certificate from node where id = ?1 union all select certificate from past_node where node = ?1", id));
    while (TRY(q.step())) TRY(certificate(q.blob(0)));
    return {};
  }
  /// The envelope that carried a record, what is said of its stream, and whose node said it.
  Result<> envelope(std::int64_t row) {
    Bytes stream;
    {
      Query q = TRY(store_.db().query(
          "select e.bytes, s.id, s.node from envelope e join stream s on s.row = e.stream where e.row = ?", row));
      if (!TRY(q.step())) return {};
      if (const Bytes bytes = q.blob(0); !bytes.empty()) put(Part::envelope, bytes);
      stream = q.blob(1);
      const NodeId author = TRY(q.id<NodeId>(2));
      TRY(node(author));
      Query heads = TRY(store_.db().query("select bytes from statement where kind = 2 and node = ?", author));
      while (TRY(heads.step())) put(Part::statement, heads.blob(0));
    }
    Query q = TRY(store_.db().query("select bytes, node from statement where stream = ? and kind = 1", stream));
    while (TRY(q.step())) {
      put(Part::statement, q.blob(0));
      TRY(node(TRY(q.id<NodeId>(1))));
    }
    return {};
  }
  /// What a node signed in the place of what its manifest names.
  Result<> forged(const AttachmentBytes& here) {
    Query size = TRY(store_.blobs().query("select sum(size) from chunk where attachment = ?", here.row));
    if (!TRY(size.step()) || size.integer(0) > kForgedBytesMax) return {};
    Query q = TRY(store_.blobs().query("select bytes from chunk where attachment = ? order by position", here.row));
    while (TRY(q.step())) put(Part::chunk, q.blob(0));
    return node(*here.forged_by);
  }
  Bytes take(const CaseId& id) {
    Writer w;
    w.raw(view(kEvidenceMagic)).id(id).raw(items_.view());
    return w.take();
  }

 private:
  Store& store_;
  CertificatePaths paths_;
  Writer items_;
  std::set<Hash> seen_;
};

/// Gathers what a file is about while it is checked.
class Contents {
 public:
  void office(const crypto::Certificate& c) { offices_[c.office] = c.code + " " + c.name; }
  void record(const sync::Record& r, std::vector<EvidenceCheck::Signer> signers, bool nested) {
    if (items_.size() >= kMost) return;
    EvidenceCheck::Item i;
    i.type = sync::name_of(r.type);
    i.office = name(r.origin);
    i.at_ms = r.at.ms();
    i.nested = nested;
    i.exercise = (r.flags & sync::record_flag::exercise) != 0;
    if (r.type == sync::RecordType::annotation) i.act = act_name(r);
    if (const auto body = decode_body(r.body)) {
      i.title = body->report.title;
      i.number = body->extras.number;
    }
    i.signers = std::move(signers);
    items_.push_back(std::move(i));
  }
  void envelope(const sync::Envelope& e) {
    envelopes_.emplace(std::pair(e.head.stream.id(), e.head.seq), e.head.stream.author);
  }
  void statement(const sync::Statement& s) {
    if (s.kind != sync::StatementKind::receipt) return;
    if (auto r = sync::decode_receipt(s.body)) receipts_.push_back({s.office, s.unix_ms, std::move(*r)});
  }
  void into(EvidenceCheck& out) const {
    struct Covered {
      std::set<std::pair<sync::StreamId, sync::Seq>> envelopes;
      sync::Millis first = 0;
    };
    std::map<std::tuple<OfficeId, OfficeId, sync::ReceiptKind>, Covered> all;
    for (const Said& s : receipts_)
      for (const auto& [place, author] : envelopes_)
        if (s.receipt.stream.id() == place.first && s.receipt.covers(place.second)) {
          Covered& c = all[{s.office, author, s.receipt.kind}];
          c.first = c.envelopes.empty() ? s.at_ms : std::min(c.first, s.at_ms);
          c.envelopes.insert(place);
        }
    for (const auto& [key, c] : all)
      out.acknowledged.push_back({name(std::get<0>(key)), name(std::get<1>(key)),
                                  std::string(sync::name_of(std::get<2>(key))), c.envelopes.size(), c.first});
    out.items = items_;
  }

 private:
  /// Many kinds of word are annotations: an answer, progress, that it was passed on.
  static std::string act_name(const sync::Record& r) {
    if (const auto act = act_of(r); act && *act) return std::string(name_of((*act)->kind));
    const auto body = decode_body(r.body);
    return body ? body->extras.became : std::string();
  }
  static constexpr std::size_t kMost = 200;
  struct Said {
    OfficeId office;
    sync::Millis at_ms = 0;
    sync::Receipt receipt;
  };
  std::string name(const OfficeId& id) const {
    const auto at = offices_.find(id);
    return at == offices_.end() ? hex(id.view()) : at->second;
  }
  std::map<OfficeId, std::string> offices_;
  std::vector<EvidenceCheck::Item> items_;
  std::map<std::pair<sync::StreamId, sync::Seq>, OfficeId> envelopes_;  // whose stream
  std::vector<Said> receipts_;
};

}  // namespace

Result<Bytes> make_evidence(Store& store, Directory& directory, std::int64_t matter) {
  const MatterRow m = TRY(matter_at(store, matter));
  const auto roots = TRY(roots_followed(store));
  if (roots.empty())
    return fail(Fault::missing, "there is no root document yet: nothing could be checked", "evidence.root");
  Maker maker(store,
              CertificatePaths({roots.front()}, TRY(directory.office_certificates()), TRY(changes_of_key(store))));
  maker.put(Part::root, roots.front().bytes);
  std::vector<std::int64_t> envelopes;
  bool any = false;
  for (const CaseRecord& c : TRY(case_records(store, matter))) {
    any = true;
    for (const CertDigest& signer : signers_of(c.released)) TRY(maker.officer(signer));
    maker.put(Part::record, c.released.bytes);
    Query q =
        TRY(store.db().query("select envelope from record where row = ?1 and envelope is not null union"
                             " select envelope from delivery where record = ?1 and envelope is not null",
                             c.row));
    while (TRY(q.step())) envelopes.push_back(q.integer(0));
  }
  for (const Manifest& attached : manifests(TRY(case_records(store, matter))))
    if (const AttachmentBytes here = TRY(bytes_of(store, attached)); here.forged_by) TRY(maker.forged(here));
  if (!any) return fail(Fault::missing, "this case has nothing that was signed", "case.empty");
  for (const std::int64_t e : envelopes) TRY(maker.envelope(e));
  return maker.take(m.id);
}

Result<EvidenceCheck> check_evidence(ByteView bytes) {
  const auto bad = [] { return fail(Fault::invalid, "this is no evidence file", "evidence.form"); };
  Reader r(bytes);
  EvidenceCheck out;
  if (text(r.raw(4)) != kEvidenceMagic) return bad();
  out.case_id = r.id<CaseId>();
  struct Item {
    Part kind;
    ByteView bytes;
  };
  std::vector<Item> items;
  while (r.ok() && r.left() > 0) {
    const auto kind = static_cast<Part>(r.u8());
    const std::uint32_t size = r.u32();
    items.push_back({kind, r.raw(size)});
    if (items.size() > kItemsMax) return bad();
  }
  if (!r.done()) return bad();

  const auto add = [&](std::string what, std::string where) {
    out.audit.problems.push_back({std::move(what), std::move(where)});
  };
  std::optional<crypto::RootDocument> root;
  std::vector<crypto::Certificate> offices;
  std::vector<sync::Consent> changes;
  std::map<CertDigest, crypto::Certificate> officers;
  std::multimap<NodeId, crypto::Certificate> nodes;  // a node may have had several keys
  for (const Item& i : items) {
    if (i.kind == Part::root) {
      auto document = crypto::RootDocument::decode(i.bytes);
      if (!document || root) return bad();
      root = std::move(*document);
    } else if (i.kind == Part::consent) {
      auto change = sync::decode_consent(i.bytes);
      if (!change)
        add(change.error().what, "consent");
      else
        changes.push_back(std::move(*change));
    } else if (i.kind == Part::certificate) {
      auto c = crypto::Certificate::decode(i.bytes);
      if (!c) {
        add(c.error().what, "certificate");
        continue;
      }
      if (c->type == crypto::CertType::office)
        offices.push_back(std::move(*c));
      else if (c->type == crypto::CertType::officer)
        officers.emplace(c->digest, std::move(*c));
      else
        nodes.emplace(TRY(NodeId::from(c->subject.view())), std::move(*c));
    }
  }
  if (!root) return bad();
  out.root_fingerprint = crypto::fingerprint(root->digest);
  EvidenceAttachments attachments;
  Contents contents;
  // Of the root the newest version alone: who signed that it follows an older one could have made that one himself.
  const CertificatePaths paths({*root}, std::move(offices), std::move(changes));
  // Anybody can sign a certificate of an office of any name: one that leads no good leaf to the root names nobody.
  std::map<OfficeId, const crypto::Certificate*> proved;
  const auto unproved = [&](const crypto::Certificate& leaf, const std::string& where) {
    if (const std::string why = paths.problem(leaf); !why.empty()) {
      add(why, where);
      return true;
    }
    for (const auto* c : paths.above(leaf)) {
      const auto at = proved.emplace(c->office, c).first;
      if (at->second->not_before_ms < c->not_before_ms) at->second = c;
    }
    return false;
  };
  std::erase_if(officers, [&](const auto& o) { return unproved(o.second, "certificate " + hex(o.first.view())); });
  std::erase_if(nodes, [&](const auto& n) { return unproved(n.second, "certificate of node " + hex(n.first.view())); });
  for (const auto& [office, c] : proved) {
    attachments.office(office, c->code);
    contents.office(*c);
  }

  const auto signatures = [&](const sync::ReleasedRecord& rec, const std::string& where) {
    std::vector<EvidenceCheck::Signer> held;
    for (const auto& s : rec.record.signatures) {
      const auto officer = officers.find(s.officer);
      if (officer == officers.end())
        add("the certificate of an officer who signed is missing", where);
      else if (officer->second.office != rec.record.origin || !sync::verify_record(rec.id, s, officer->second.key))
        add("a signature is not good", where);
      else
        held.push_back({officer->second.name, std::string(sync::name_of(s.role))});
    }
    return held;
  };
  const auto by_node = [&](const NodeId& id, const OfficeId& office, const auto& good) {
    const auto [first, last] = nodes.equal_range(id);
    return std::any_of(first, last, [&](const auto& n) { return n.second.office == office && good(n.second.key); });
  };
  std::set<Bytes> streams;
  for (const Item& i : items) {
    switch (i.kind) {
      case Part::record: {
        ++out.audit.records;
        const auto rec = sync::decode_record(i.bytes);
        if (!rec) {
          add(rec.error().what, "record");
          break;
        }
        const std::string where = "record " + hex(rec->id.view());
        if (rec->record.case_id != out.case_id) add("it belongs to another case", where);
        if (rec->record.schema != 1) {
          contents.record(rec->record, signatures(*rec, where), false);
          break;
        }
        const auto layers = sync::unfold(*rec);
        if (!layers) add(layers.error().what, where);
        if (layers && !attachments.record(*rec, *layers)) add("an attachment's manifest is malformed", where);
        for (std::size_t depth = 0; layers && depth < layers->size(); ++depth) {
          out.layers += depth > 0 && !sync::is_handed_on(rec->record);
          const sync::ReleasedRecord& layer = (*layers)[depth].record;
          contents.record(layer.record,
                          signatures(layer, depth == 0 ? where : where + " layer " + std::to_string(depth)), depth > 0);
        }
        break;
      }
      case Part::statement: {
        const auto s = sync::decode_statement(i.bytes);
        if (!s || !by_node(s->node, s->office, [&](const PublicKey& k) { return sync::verify_statement(*s, k); }))
          add("a receipt or head is not good", "statement");
        else {
          ++out.audit.receipts;
          contents.statement(*s);
        }
        break;
      }
      case Part::envelope: {
        const auto e = sync::decode_envelope(i.bytes);
        if (!e || !by_node(e->head.stream.node, e->head.stream.author,
                           [&](const PublicKey& k) { return sync::verify_envelope(*e, k); })) {
          add("an envelope is not good", "envelope");
        } else {
          const auto id = e->head.stream.id();
          streams.emplace(id.bytes.begin(), id.bytes.end());
          contents.envelope(*e);
        }
        break;
      }
      case Part::chunk: {
        const auto c = sync::decode_chunk(i.bytes);
        std::optional<OfficeId> office;
        if (c)
          for (auto [at, end] = nodes.equal_range(c->author); at != end; ++at)
            if (sync::verify_chunk(i.bytes, at->second.key)) office = at->second.office;
        if (!office)
          add("a piece of an attachment is not good", "chunk");
        else
          attachments.chunk(*c, *office);
        break;
      }
      case Part::root:
      case Part::certificate:
      case Part::consent:
        break;
      default:
        add("an item of a kind that this version does not know", "file");
    }
  }
  contents.into(out);
  out.audit.streams = streams.size();
  out.attachments = attachments.handed_on();
  out.forged = attachments.forged();
  if (out.audit.records == 0) add("there is no record in it", "file");
  return out;
}

}  // namespace yz::node
