#include "node/store/audit.h"

#include <algorithm>
#include <map>
#include <set>

#include "crypto/hash.h"
#include "node/store/audit_paths.h"
#include "node/store/consents.h"
#include "node/store/sqlite.h"
#include "sync/forward.h"
#include "sync/statement.h"

namespace yz::node {
namespace {

constexpr std::size_t kProblemsMax = 1000;
constexpr std::uint64_t kProgressEvery = 256;

class Auditor {
 public:
  Auditor(Store& store, Directory& directory, std::optional<std::int64_t> matter, const AuditProgress& progress)
      : store_(store), directory_(directory), matter_(matter), progress_(progress) {}

  Result<Audit> run() {
    TRY(prepare());
    if (!matter_) {
      TRY(pages(store_.db(), "yizhan.db"));
      TRY(pages(store_.blobs(), "attachments.db"));
    }
    TRY(streams());
    TRY(records());
    TRY(statements());
    if (!matter_) TRY(journal());
    return std::move(audit_);
  }

 private:
  void add(std::string what, std::string where) {
    if (audit_.problems.size() < kProblemsMax) audit_.problems.push_back({std::move(what), std::move(where)});
  }
  void step() {
    if (++done_ % kProgressEvery == 0 && progress_) progress_(done_, total_);
  }

  Result<> prepare() {
    const auto self = TRY(directory_.office(store_.me().office));
    // Until the superior has admitted us nothing of ours reaches the root, and nothing can.
    const bool admitted = self && self->admitted;
    paths_.emplace(TRY(roots_followed(store_)), TRY(directory_.office_certificates()), TRY(changes_of_key(store_)),
                   admitted ? std::nullopt : std::optional(store_.me().office));
    for (const char* sql : {"select count(*) from matter", "select count(*) from delivery"}) {
      Query q = TRY(store_.db().query(sql));
      TRY(q.step());
      total_ += static_cast<std::uint64_t>(q.integer(0));
    }
    return {};
  }

  Result<> pages(Database& db, const std::string& name) {
    const auto found = TRY(check_pages(db));
    for (const std::string& sentence : found) add(sentence, name);
    return {};
  }

  Result<> records() {
    Query q =
        TRY(store_.db().query(matter_ ? "select id, bytes, quarantine, own from record where matter = ? order by row"
                                      : "select id, bytes, quarantine, own from record order by row"));
    if (matter_) q.bind(*matter_);
    while (TRY(q.step())) {
      ++audit_.records;
      step();
      const std::string where = "record " + hex(q.blob(0));
      const auto r = sync::decode_record(q.blob(1));
      if (!r) {
        add(r.error().what, where);
        continue;
      }
      if (Bytes(r->id.view().begin(), r->id.view().end()) != q.blob(0)) add("its id is not that of its bytes", where);
      if (q.integer(2) != 0) continue;  // refused and shown as such: it was never said to be good
      for (const auto& s : r->record.signatures) TRY(signature(*r, s, where));
      if ((r->record.type == sync::RecordType::forward && r->record.schema == 1) || sync::is_handed_on(r->record))
        TRY(nested(*r, where));
    }
    return {};
  }

  /// What a forward nests, layer by layer.
  Result<> nested(const sync::ReleasedRecord& r, const std::string& where) {
    const auto layers = sync::unfold(r);
    if (!layers) {
      add(layers.error().what, where);
      return {};
    }
    for (std::size_t i = 1; i < layers->size(); ++i)
      for (const auto& s : (*layers)[i].record.record.signatures)
        TRY(signature((*layers)[i].record, s, where + " layer " + std::to_string(i)));
    return {};
  }

  Result<> signature(const sync::ReleasedRecord& r, const sync::RecordSignature& s, const std::string& where) {
    auto at = officers_.find(s.officer);
    if (at == officers_.end()) {
      std::optional<crypto::Certificate> certificate;
      Query q = TRY(store_.db().query("select certificate from officer where digest = ?", s.officer));
      if (TRY(q.step()))
        if (auto decoded = crypto::Certificate::decode(q.blob(0)); decoded && decoded->digest == s.officer)
          certificate = std::move(*decoded);
      at = officers_.emplace(s.officer, std::move(certificate)).first;
      if (at->second)
        if (const std::string bad = paths_->problem(*at->second); !bad.empty())
          add(bad, "certificate " + hex(s.officer.view()));
    }
    if (!at->second) {
      add("the certificate of an officer who signed is missing", where);
    } else if (at->second->type != crypto::CertType::officer || at->second->office != r.record.origin) {
      add("it was signed by somebody of another office", where);
    } else if (!sync::verify_record(r.id, s, at->second->key)) {
      add("a signature is not good", where);
    }
    return {};
  }

  /// Its key, and those that it had before.
  Result<const std::vector<PublicKey>*> node_keys(const NodeId& id) {
    auto at = nodes_.find(id);
    if (at == nodes_.end()) {
      std::vector<PublicKey> keys;
      Query q = TRY(store_.db().query(
          "select certificate from node where id = ?1 union all select certificate from past_node where node = ?1",
          id));
      while (TRY(q.step())) {
        auto certificate = crypto::Certificate::decode(q.blob(0));
        if (certificate && certificate->type == crypto::CertType::node) {
          keys.push_back(certificate->key);
          if (const std::string bad = paths_->problem(*certificate); !bad.empty())
            add(bad, "certificate of node " + hex(id.view()));
        } else {
          add("the certificate of a node is not good", "node " + hex(id.view()));
        }
      }
      if (keys.empty() && id == store_.me().node) keys.push_back(store_.keys().node.public_key());
      at = nodes_.emplace(id, std::move(keys)).first;
    }
    return &at->second;
  }

  struct Stream {
    std::int64_t row, tip, lane;
    sync::StreamName name;
    Bytes id;
    Hash chain;
    bool own;
  };

  Result<> streams() {
    std::vector<Stream> all;
    {
      Query q = TRY(store_.db().query(
          matter_
              ? "select row, id, author, node, incarnation, destination, lane, own, tip, chain from stream where row in"
                " (select e.stream from envelope e join record r on r.envelope = e.row where r.matter = ?1 union"
                " select e.stream from envelope e join delivery d on d.envelope = e.row join record r on r.row = "
                "d.record"
                " where r.matter = ?1)"
              : "select row, id, author, node, incarnation, destination, lane, own, tip, chain from stream"));
      if (matter_) q.bind(*matter_);
      while (TRY(q.step())) {
        Stream s;
        s.row = q.integer(0);
        s.id = q.blob(1);
        s.name.author = TRY(q.id<OfficeId>(2));
        s.name.node = TRY(q.id<NodeId>(3));
        s.name.incarnation = TRY(q.id<sync::Incarnation>(4));
        s.name.destination = TRY(q.id<OfficeId>(5));
        s.lane = q.integer(6);
        s.name.lane = static_cast<sync::Lane>(s.lane);
        s.own = q.integer(7) == 1;
        s.tip = q.integer(8);
        s.chain = TRY(q.id<Hash>(9));
        all.push_back(std::move(s));
      }
    }
    for (const Stream& s : all) TRY(stream(s));
    return {};
  }

  /// Walks a stream from its first envelope. A fork has several chain values at one number; all are followed.
  Result<> stream(const Stream& s) {
    ++audit_.streams;
    const std::string name = "stream " + hex(s.id);
    const sync::StreamId id = s.name.id();
    if (Bytes(id.view().begin(), id.view().end()) != s.id) add("its name does not give its id", name);
    const auto* keys = TRY(node_keys(s.name.node));
    if (keys->empty()) add("the certificate of its node is missing", name);
    std::vector<std::set<Hash>>& chains = chains_[id];
    chains.push_back({Hash{}});
    Query q = TRY(store_.db().query("select seq, hash, bytes from envelope where stream = ? order by seq, row", s.row));
    while (TRY(q.step())) {
      step();
      const auto seq = static_cast<std::uint64_t>(q.integer(0));
      const std::string where = name + " " + std::to_string(seq);
      const Hash hash = TRY(q.id<Hash>(1));
      const bool linked = seq > 0 && seq <= chains.size();  // without a gap before it
      if (linked && seq == chains.size()) chains.emplace_back();
      const Bytes bytes = q.blob(2);
      if (bytes.empty()) {  // past its retention: header and bytes are gone, the hash holds the chain together
        if (linked)
          for (const Hash& before : chains[seq - 1]) chains[seq].insert(sync::chain_value(before, hash));
        continue;
      }
      const auto e = sync::decode_envelope(bytes);
      if (!e) {
        add(e.error().what, where);
        continue;
      }
      if (e->hash != hash) add("its hash is not that of its bytes", where);
      if (e->head.stream != s.name || e->head.seq.value != seq) add("it belongs to another place", where);
      if (!keys->empty() &&
          std::ranges::none_of(*keys, [&](const PublicKey& k) { return sync::verify_envelope(*e, k); }))
        add("the node's signature is not good", where);
      if (!linked) continue;
      if (!chains[seq - 1].contains(e->head.previous)) add("it does not follow the envelope before it", where);
      chains[seq].insert(e->chain());
    }
    const auto tip = static_cast<std::uint64_t>(s.tip);
    if (tip >= chains.size())
      add("envelopes are missing below " + std::to_string(tip), name);
    else if (tip > 0 && !chains[tip].contains(s.chain))
      add("its chain value is not that of its envelopes", name);
    if (s.own) own_.emplace(id, s.name.incarnation == store_.me().incarnation);
    return {};
  }

  Result<> statements() {
    Query q = TRY(store_.db().query("select bytes, digest from statement"));
    while (TRY(q.step())) {
      const std::string where = "statement " + hex(q.blob(1));
      const auto s = sync::decode_statement(q.blob(0));
      if (!s) {
        add(s.error().what, where);
        continue;
      }
      const bool receipt = s->kind == sync::StatementKind::receipt;
      if (matter_ && !receipt) continue;
      const auto* keys = TRY(node_keys(s->node));
      if (keys->empty())
        add("the certificate of its node is missing", where);
      else if (std::ranges::none_of(*keys, [&](const PublicKey& k) { return sync::verify_statement(*s, k); }))
        add("its signature is not good", where);
      if (!receipt) continue;
      const auto r = sync::decode_receipt(s->body);
      if (!r) {
        add(r.error().what, where);
        continue;
      }
      ++audit_.receipts;
      const sync::StreamId id = r->stream.id();
      const auto own = own_.find(id);
      if (own == own_.end() || matter_) continue;
      const auto& chains = chains_[id];
      if (r->upto.value < chains.size()) {
        if (r->upto.value > 0 && !chains[r->upto.value].contains(r->chain))
          add("the receipt is for a chain that is not ours", where);
      } else if (own->second) {
        // An older incarnation may have sent more than the backup knew; the present one never.
        add("the receipt covers envelopes that were never written", where);
      }
    }
    return {};
  }

  Result<> journal() {
    Query q =
        TRY(store_.db().query("select row, at_ms, actor, action, subject, detail, hash from journal order by row"));
    Bytes previous(32);
    while (TRY(q.step())) {
      Writer w;
      w.u64(static_cast<std::uint64_t>(q.integer(1)))
          .str16(q.text(2))
          .str16(q.text(3))
          .str16(q.text(4))
          .str16(q.text(5));
      const Hash hash = crypto::hash(crypto::purpose::journal, {previous, w.view()});
      const Bytes stored = q.blob(6);
      if (!crypto::same(hash.view(), stored))
        add("the journal was changed here or before", "journal " + std::to_string(q.integer(0)));
      previous = stored;
    }
    return {};
  }

  Store& store_;
  Directory& directory_;
  std::optional<std::int64_t> matter_;
  const AuditProgress& progress_;
  Audit audit_;
  std::optional<CertificatePaths> paths_;
  std::map<CertDigest, std::optional<crypto::Certificate>> officers_;
  std::map<NodeId, std::vector<PublicKey>> nodes_;
  std::map<sync::StreamId, std::vector<std::set<Hash>>> chains_;
  std::map<sync::StreamId, bool> own_;  ///< ours, and whether of the present incarnation
  std::uint64_t done_ = 0, total_ = 0;
};

}  // namespace

Result<Audit> verify_store(Store& store, Directory& directory, std::optional<std::int64_t> matter,
                           const AuditProgress& progress) {
  return Auditor(store, directory, matter, progress).run();
}

}  // namespace yz::node
