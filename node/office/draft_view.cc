#include "node/office/draft_view.h"

#include <algorithm>

namespace yz::node {
namespace {

using Texts = std::vector<const DraftVersion*>;

/// The version that all were written from: the newest of those that every head has seen, if there is one newest.
const DraftVersion* base_of(const DraftState& s, const Texts& texts) {
  Texts common;
  for (const DraftVersion& b : s.before)
    if (std::ranges::all_of(texts, [&](auto* t) { return t->seen.covers(b.seen) && t->seen != b.seen; }))
      common.push_back(&b);
  for (const DraftVersion* b : common)
    if (std::ranges::all_of(common, [&](auto* other) { return b->seen.covers(other->seen); })) return b;
  return nullptr;
}

/// Any text template field may hold a name, a figure or a place: only prose is put together without a person.
bool person_decides_draft(std::string_view name) {
  return name != "title" && name != "body" && name != "kind" && name != "sensitivity";
}

RecordId as_record(const Hash& id) {
  RecordId r;
  r.bytes = id.bytes;
  return r;
}

Version version_of(const DraftVersion& v, const OfficeId& office, const DraftVersion* base) {
  Version out;
  out.id = as_record(v.id);
  out.author = office;
  out.at = v.at;
  out.lane = v.report.lane;
  out.content = v.report;
  if (base) out.parents = {as_record(base->id)};
  return out;
}

/// What lies beside the report: taken from the one side that changed it.
class Beside {
 public:
  Beside(const Texts& texts, const DraftVersion* base, DraftView& view) : texts_(texts), base_(base), view_(view) {}

  template <class F>
  void settle(const char* name, F value_of) {
    const DraftVersion* from = texts_.back();
    bool several = false, changed = false;
    for (const DraftVersion* t : texts_) {
      if (base_ && value_of(*t) == value_of(*base_)) continue;
      several |= changed && value_of(*t) != value_of(*from);
      from = t;
      changed = true;
    }
    // Without what was before, any difference is one.
    if (!base_)
      several = std::ranges::any_of(texts_, [&](auto* t) { return value_of(*t) != value_of(*texts_.back()); });
    if (several) view_.disputed.emplace_back(name);
    value_of(view_.shown) = value_of(several || !changed ? *texts_.back() : *from);
  }

 private:
  const Texts& texts_;
  const DraftVersion* base_;
  DraftView& view_;
};

/// The signatures under one content, wherever they were given.
void join_signatures(DraftVersion& shown, const Texts& texts) {
  shown.signatures.clear();
  for (const DraftVersion* t : texts)
    for (const auto& s : t->signatures)
      if (std::ranges::find(shown.signatures, s.key(), &sync::RecordSignature::key) == shown.signatures.end())
        shown.signatures.push_back(s);
}

void merge(const DraftState& s, DraftView& v) {
  const DraftVersion* base = base_of(s, v.texts);
  const OfficeId office = s.case_office;
  std::vector<Version> versions;
  if (base) versions.push_back(version_of(*base, office, nullptr));
  for (const DraftVersion* t : v.texts) versions.push_back(version_of(*t, office, base));
  const CaseGraph graph(office, std::move(versions));
  v.shown = *v.texts.back();
  if (const auto* point = graph.of(office)) {
    const CaseView view = view_of(graph, *point, person_decides_draft);
    if (view.report) v.shown.report = *view.report;
    v.disputed = view.disputed();
  }
  Beside beside(v.texts, base, v);
  beside.settle(
      "lane", [](auto& t) -> auto& { return t.report.lane; });
  beside.settle(
      "to", [](auto& t) -> auto& { return t.extras.to; });
  beside.settle(
      "attachments", [](auto& t) -> auto& { return t.extras.attachments; });
  beside.settle(
      "reason", [](auto& t) -> auto& { return t.extras.reason; });
  beside.settle(
      "clue", [](auto& t) -> auto& { return t.extras.clue; });
  beside.settle(
      "note", [](auto& t) -> auto& { return t.note; });
  // Said when it is begun, so all say the same; where they do not, nothing may pass for real by being joined.
  v.shown.extras.exercise = std::ranges::any_of(v.texts, [](auto* t) { return t->extras.exercise; });
  beside.settle(
      "state", [](auto& t) -> auto& { return t.content; });
  // Fixed on one side only: then nothing else may have changed on another, for what is signed is not edited.
  if (!v.shown.content.empty()) {
    const auto same = [&](const DraftVersion& t) {
      return t.content == v.shown.content && t.report == v.shown.report && t.extras == v.shown.extras;
    };
    const bool whole = v.disputed.empty() && std::ranges::any_of(v.texts, [&](auto* t) { return same(*t); });
    if (!whole && std::ranges::find(v.disputed, "state") == v.disputed.end()) v.disputed.emplace_back("state");
  }
  v.shown.signatures.clear();
  if (!v.disputed.empty()) {
    v.shown.content.clear();
  } else if (!v.shown.content.empty()) {
    Texts fixed;
    for (const DraftVersion* t : v.texts)
      if (t->content == v.shown.content) fixed.push_back(t);
    const DraftVersion& one = *fixed.back();
    v.shown.report = one.report;
    v.shown.extras = one.extras;
    v.shown.drafter = one.drafter;
    join_signatures(v.shown, fixed);
  }
}

}  // namespace

DraftView view_of(const DraftState& s) {
  DraftView v;
  for (const DraftVersion& h : s.heads) {
    if (h.kind == DraftVersion::Kind::text) v.texts.push_back(&h);
    if (h.kind == DraftVersion::Kind::released) v.signed_off.push_back(&h);
    v.deleted |= h.kind == DraftVersion::Kind::deleted;
  }
  if (v.texts.empty()) {
    // Signed off: until its record comes, the text is what was known of it.
    if (!v.signed_off.empty() && !s.before.empty()) v.shown = s.before.front();
    return v;
  }
  if (v.texts.size() == 1)
    v.shown = *v.texts.front();
  else
    merge(s, v);
  if (!v.signed_off.empty()) {
    v.disputed.emplace_back("signed");
    v.shown.content.clear();
    v.shown.signatures.clear();
  }
  return v;
}

}  // namespace yz::node
