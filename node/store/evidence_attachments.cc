#include "node/store/evidence_attachments.h"

#include <algorithm>

namespace yz::node {
namespace {

std::vector<Manifest> named_in(ByteView body) {
  const auto b = decode_body(body);
  return b ? b->extras.attachments : std::vector<Manifest>();
}

}  // namespace

bool EvidenceAttachments::record(const sync::ReleasedRecord& r, const std::vector<sync::Layer>& layers) {
  const sync::Record& rec = r.record;
  if (rec.type != sync::RecordType::manifest) {
    // Of what a forward nests too: a text that came inside one is perhaps not in the file by itself.
    for (std::size_t i = 0; i < layers.size(); ++i) {
      const sync::Layer& l = layers[i];
      Text t;
      t.forward = l.record.record.type == sync::RecordType::forward;
      t.names = named_in(t.forward ? ByteView(l.edit) : ByteView(l.record.record.body));
      for (const auto& a : l.attachments) t.says.insert(a.id);
      t.bottom = named_in(layers.back().record.record.body);
      for (std::size_t k = i + 1; k < layers.size(); ++k) t.below.insert(layers[k].record.record.origin);
      texts_.emplace(l.record.id, std::move(t));
    }
    return true;
  }
  auto m = decode_manifest(rec.body);
  const sync::Record& own = layers.back().record.record;
  if (!m || rec.parents.empty() || own.parents.empty()) return false;
  manifests_.push_back({std::move(*m), rec.origin, own.origin, rec.parents.front(), own.parents.front(),
                        own.case_office == rec.case_office && own.case_id == rec.case_id});
  return true;
}

void EvidenceAttachments::chunk(const sync::Chunk& c, const OfficeId& office) {
  Sent& s = sent_[{office, c.attachment}];
  s.whole = s.whole && c.index == s.next && (s.count == 0 || s.count == c.count);
  s.count = c.count;
  ++s.next;
  s.all.add(crypto::hash(crypto::purpose::chunk, {c.ciphertext}).view());
}

std::uint64_t EvidenceAttachments::handed_on() const {
  std::uint64_t n = 0;
  for (const Named& m : manifests_) n += m.manifest.from ? 1 : 0;
  return n;
}

/// What is not in the file says nothing against anybody.
bool EvidenceAttachments::belongs(const Named& n) const {
  const auto with = texts_.find(n.with);
  if (with == texts_.end()) return true;
  const Text& t = with->second;
  if (!t.forward)
    return std::ranges::any_of(t.names, [&](const Manifest& m) {
      return m.id == n.manifest.id && m.content == n.manifest.content && m.from == n.manifest.from;
    });
  if (!t.says.contains(n.manifest.id)) return false;
  if (n.same_case) return t.below.contains(n.author);
  // The original was put together from others, with their attachments.
  return std::ranges::any_of(t.bottom, [&](const Manifest& m) { return m.from == n.manifest.from; });
}

std::string EvidenceAttachments::code_of(const OfficeId& id) const {
  const auto at = codes_.find(id);
  return at == codes_.end() || at->second.empty() ? hex(id.view()) : at->second;
}

std::vector<EvidenceCheck::Forged> EvidenceAttachments::forged() const {
  std::vector<EvidenceCheck::Forged> out;
  const auto add = [&](const Named& n, const OfficeId& by, const char* what) {
    out.push_back({n.manifest.name, code_of(by), what});
  };
  for (const Named& n : manifests_) {
    if (n.manifest.from && !belongs(n)) add(n, n.by, "it handed on an attachment that its text does not name");
    const auto text = texts_.find(n.text);
    if (text != texts_.end() && n.same_case)
      for (const Manifest& m : text->second.names)
        if (m.id == n.manifest.id && m.content != n.manifest.content)
          add(n, n.author, "its report and its manifest name different contents");
    const auto sent = sent_.find({n.by, n.manifest.id});
    if (sent == sent_.end() || !sent->second.whole || sent->second.next != sent->second.count) continue;
    const bool unnamed = std::ranges::none_of(manifests_, [&](const Named& o) {
      crypto::Hasher each = sent->second.all;
      return o.by == n.by && o.manifest.id == n.manifest.id && o.manifest.content == each.done();
    });
    if (unnamed) add(n, n.by, "its node sent other bytes than those that the manifest which it signed names");
  }
  return out;
}

}  // namespace yz::node
