// Attachments of a case: what its records name, what came of it, by whom, and what stayed behind on the way.
#include "node/store/enclosures.h"

#include <algorithm>
#include <map>
#include <set>

#include "node/store/forwards.h"
#include "node/store/handed.h"
#include "sync/forward.h"

namespace yz::node {
namespace {

using sync::RecordType;

/// A good manifest record of the case, and whose word lies inside.
struct Found {
  const CaseRecord* in = nullptr;
  Manifest manifest;
  OfficeId author;
  CaseId case_id;  ///< of the author's manifest
  RecordId text;   ///< what the author's manifest belongs to
  bool handed_on() const { return manifest.from.has_value(); }
};

bool good(const CaseRecord& c) { return c.quarantine == sync::Refusal::none; }

std::optional<Found> found_in(const CaseRecord& c) {
  const sync::Record& r = c.released.record;
  if (r.type != RecordType::manifest || !good(c) || r.parents.empty()) return std::nullopt;
  auto m = decode_manifest(r.body);
  if (!m) return std::nullopt;
  Found f{&c, std::move(*m), r.origin, r.case_id, r.parents.front()};
  if (!f.handed_on()) return f;
  const auto inside = sync::decode_handed_on(r.body);
  if (!inside || inside->manifest.record.parents.empty()) return std::nullopt;
  f.author = inside->manifest.record.origin;
  f.case_id = inside->manifest.record.case_id;
  f.text = inside->manifest.record.parents.front();
  return f;
}

std::vector<Found> all_found(const std::vector<CaseRecord>& records) {
  std::vector<Found> out;
  for (const CaseRecord& c : records)
    if (auto f = found_in(c)) out.push_back(std::move(*f));
  return out;
}

const CaseRecord* record_of(const std::vector<CaseRecord>& records, const RecordId& id) {
  const auto at = std::ranges::find(records, id, [](const CaseRecord& c) { return c.released.id; });
  return at == records.end() || !good(*at) ? nullptr : &*at;
}

std::vector<Manifest> named_in(const sync::Layer& l) {
  const auto body =
      decode_body(l.record.record.type == RecordType::forward ? ByteView(l.edit) : ByteView(l.record.record.body));
  return body ? body->extras.attachments : std::vector<Manifest>();
}

/// The layers of what is passed on, and the versions that these replaced: of each the attachments go along.
std::set<RecordId> texts_of(const std::vector<CaseRecord>& records, const std::vector<sync::Layer>& layers) {
  std::set<RecordId> out;
  std::vector<RecordId> next;
  for (const sync::Layer& l : layers) next.push_back(l.record.id);
  while (!next.empty()) {
    const RecordId id = next.back();
    next.pop_back();
    if (!out.insert(id).second) continue;
    const CaseRecord* c = record_of(records, id);
    if (c == nullptr || !is_version(c->released.record.type)) continue;
    next.insert(next.end(), c->released.record.parents.begin(), c->released.record.parents.end());
  }
  return out;
}

const sync::PassedAttachment* said_of(const sync::Layer& forward, const sync::AttachmentId& id) {
  const auto at = std::ranges::find(forward.attachments, id, &sync::PassedAttachment::id);
  return at == forward.attachments.end() ? nullptr : &*at;
}

/// Who left it out on the way up, the first of them; none when everybody handed it on. `layers`: outermost first.
std::optional<OfficeId> left_out_by(const std::vector<sync::Layer>& layers, const sync::AttachmentId& id) {
  for (std::size_t i = layers.size() - 1; i-- > 0;) {
    const auto* said = said_of(layers[i], id);
    // Its own, attached to its edition, is in no list but that of those further up.
    const auto own = named_in(layers[i]);
    if (std::ranges::find(own, id, &Manifest::id) != own.end()) return std::nullopt;
    if (said == nullptr || !said->handed_on) return layers[i].record.record.origin;
  }
  return std::nullopt;
}

/// Whether the text that a handed-on manifest came with speaks of it. What has not come says nothing against it.
bool is_named(const std::vector<CaseRecord>& records, const Found& f) {
  const CaseRecord* with = record_of(records, f.in->released.record.parents.front());
  if (with == nullptr) return true;
  const auto layers = sync::unfold(with->released);
  if (!layers) return true;
  if (layers->size() == 1) {
    const auto own = named_in(layers->front());
    return std::ranges::any_of(own, [&](const Manifest& m) {
      return m.id == f.manifest.id && m.content == f.manifest.content && m.from == f.manifest.from;
    });
  }
  if (said_of(layers->front(), f.manifest.id) == nullptr) return false;
  if (f.case_id != with->released.record.case_id) {
    const auto original = named_in(layers->back());  // put together below, with an attachment of another case
    return std::ranges::any_of(original, [&](const Manifest& m) { return m.from == f.manifest.from; });
  }
  const auto author = [&](const sync::Layer& l) { return l.record.record.origin == f.author; };
  return std::any_of(layers->begin() + 1, layers->end(), author);
}

/// What its author's own text calls by this id is another content: then the manifest is not the one that was meant.
bool agrees(const std::vector<CaseRecord>& records, const Found& f) {
  const CaseRecord* text = record_of(records, f.text);
  if (text == nullptr) return true;
  const auto layers = sync::unfold(text->released);
  if (!layers) return true;
  const auto own = named_in(layers->front());
  const auto at = std::ranges::find(own, f.manifest.id, &Manifest::id);
  return at == own.end() || (at->content == f.manifest.content && at->chunks == f.manifest.chunks);
}

Result<Enclosure> enclosure_of(Store& store, const std::vector<CaseRecord>& records, const Found& f) {
  Enclosure e;
  e.manifest = f.manifest;
  e.office = f.author;
  const OfficeId& by = f.in->released.record.origin;
  if (f.handed_on()) e.handed_on_by = by;
  const AttachmentBytes here = TRY(bytes_of(store, f.manifest));
  if (f.handed_on() && !f.in->own && !is_named(records, f)) {
    e.state = Enclosure::State::not_named;
    e.by = by;
  } else if (!agrees(records, f)) {
    e.state = Enclosure::State::forged;
    e.by = f.author;
  } else if (here.whole) {
    e.state = Enclosure::State::whole;
  } else if (here.forged_by) {
    e.state = Enclosure::State::forged;
    Query q = TRY(store.db().query("select office from node where id = ?", *here.forged_by));
    if (TRY(q.step())) e.by = TRY(q.id<OfficeId>(0));
  } else {
    e.state = Enclosure::State::coming;
  }
  return e;
}

/// By themselves first: what came straight from its author needs nobody's word for it.
std::vector<Found> best_of(std::vector<Found> all) {
  std::vector<Found> out;
  for (Found& f : all) {
    const auto at = std::ranges::find_if(out, [&](const Found& o) {
      return o.manifest.id == f.manifest.id && o.manifest.content == f.manifest.content && o.author == f.author;
    });
    if (at == out.end())
      out.push_back(std::move(f));
    else if (at->handed_on() && (!f.handed_on() || (at->in->own && !f.in->own)))
      *at = std::move(f);
  }
  return out;
}

/// What texts name, or forwards speak of, and no manifest of it is here.
void add_named(const std::vector<CaseRecord>& records, std::vector<Enclosure>& out) {
  const auto known = [&](const sync::AttachmentId& id) {
    return std::ranges::any_of(out, [&](const Enclosure& e) { return e.manifest.id == id; });
  };
  const auto add = [&](const Manifest& m, const OfficeId& office, std::optional<OfficeId> by) {
    if (known(m.id)) return;
    Enclosure e;
    e.manifest = m;
    e.office = office;
    e.state = by ? Enclosure::State::left_out : Enclosure::State::coming;
    e.by = by;
    out.push_back(std::move(e));
  };
  // The newest word first: what was left out once may have been passed on later.
  auto forwards = outermost_forwards(records);
  std::ranges::reverse(forwards);
  for (const CaseRecord* c : forwards) {
    const auto layers = sync::unfold(c->released);
    if (!layers || c->own) continue;
    for (std::size_t i = 0; i < layers->size(); ++i)
      for (const Manifest& m : named_in((*layers)[i])) {
        const std::vector<sync::Layer> around((*layers).begin(),
                                              (*layers).begin() + static_cast<std::ptrdiff_t>(i) + 1);
        const CaseRecord* itself = record_of(records, (*layers)[i].record.id);
        const bool nested = itself == nullptr || (itself->flags & record_note::nested) != 0;
        add(m, (*layers)[i].record.record.origin, nested ? left_out_by(around, m.id) : std::nullopt);
      }
    for (const sync::Layer& l : *layers)
      for (const auto& a : l.attachments) {
        Manifest m;
        m.id = a.id;
        add(m, layers->back().record.record.origin, left_out_by(*layers, a.id));
      }
  }
  for (const CaseRecord& c : records) {
    if (!good(c) || c.own || (c.flags & record_note::nested) || !is_version(c.released.record.type)) continue;
    if (const auto body = decode_body(c.released.record.body))
      for (const Manifest& m : body->extras.attachments) add(m, c.released.record.origin, std::nullopt);
  }
}

}  // namespace

std::string_view name_of(Enclosure::State s) {
  using enum Enclosure::State;
  switch (s) {
    case whole:
      return "whole";
    case coming:
      return "coming";
    case left_out:
      return "left_out";
    case forged:
      return "forged";
    case not_named:
      return "not_named";
  }
  return "coming";
}

Result<> note_enclosure(Store& store, std::int64_t matter, std::int64_t record_row, const sync::Record& r) {
  const auto m = decode_manifest(r.body);
  if (!m) return {};
  bool counted = false;
  {
    Query q =
        TRY(store.db().query("select 1 from enclosure e join record r on r.row = e.record where e.attachment = ? and"
                             " r.matter = ? and r.quarantine = 0 and r.row <> ?",
                             m->id, matter, record_row));
    counted = TRY(q.step());
  }
  TRY(store.db().run("insert into enclosure(attachment, record) values(?, ?) on conflict do nothing", m->id,
                     record_row));
  return counted ? Result<>() : store.db().run("update matter set attachments = attachments + 1 where row = ?", matter);
}

Result<std::vector<sync::ReleasedRecord>> manifest_records(Store& store, const sync::AttachmentId& id) {
  std::vector<sync::ReleasedRecord> out;
  Query q =
      TRY(store.db().query("select r.bytes from enclosure e join record r on r.row = e.record where e.attachment = ?"
                           " and r.quarantine = 0 order by r.row",
                           id));
  while (TRY(q.step())) {
    auto r = sync::decode_record(q.blob(0));
    if (!r) return fail(Fault::corrupt, "a stored record no longer decodes", "store.record");
    out.push_back(std::move(*r));
  }
  return out;
}

Result<std::vector<Enclosed>> enclosed_in(Store& store, const std::vector<CaseRecord>& records, const RecordId& id) {
  const CaseRecord* chosen = record_of(records, id);
  if (chosen == nullptr) return std::vector<Enclosed>();
  const auto layers = sync::unfold(chosen->released);
  if (!layers) return std::vector<Enclosed>();
  const auto texts = texts_of(records, *layers);
  const OfficeId& us = store.me().office;
  std::vector<Enclosed> out;
  const auto known = [&](const sync::AttachmentId& a) {
    return std::ranges::find(out, a, [](const Enclosed& e) { return e.manifest.id; }) != out.end();
  };
  const auto found = all_found(records);
  const auto handed_on = [&](const sync::AttachmentId& a) {
    return std::ranges::any_of(found, [&](const Found& f) { return f.in->own && f.handed_on() && f.manifest.id == a; });
  };
  for (const Found& f : found) {
    const bool belongs = texts.contains(f.text) || texts.contains(f.in->released.record.parents.front());
    if (f.in->own || f.author == us || !belongs || known(f.manifest.id)) continue;
    if (!agrees(records, f) || (f.handed_on() && !is_named(records, f))) continue;
    Enclosed e;
    e.manifest = f.manifest;
    if (!f.handed_on()) e.manifest.from = f.in->released.id;
    e.handed_on = handed_on(f.manifest.id);
    out.push_back(std::move(e));
  }
  for (std::size_t i = 0; i < layers->size(); ++i)
    for (const Manifest& m : named_in((*layers)[i])) {
      if (known(m.id)) continue;
      const std::vector<sync::Layer> around(layers->begin(), layers->begin() + static_cast<std::ptrdiff_t>(i) + 1);
      Enclosed e;
      e.manifest = m;
      e.manifest.key.clear();
      e.manifest.from.reset();
      e.kept_back = left_out_by(around, m.id).has_value();
      out.push_back(std::move(e));
    }
  return out;
}

Result<Original> authors_manifest(Store& store, const Manifest& m) {
  for (auto& r : TRY(manifest_records(store, m.id))) {
    Original o;
    if (sync::is_handed_on(r.record)) {
      auto inside = TRY(sync::decode_handed_on(r.record.body));
      o.record = std::move(inside.manifest);
    } else {
      o.record = std::move(r);
    }
    if (o.record.id != m.from) continue;
    o.certificates = TRY(vouching_for(store, o.record.record));
    return o;
  }
  return fail(Fault::conflict, "the manifest of an attachment has not come from the other machine yet", "draft.waits");
}

Result<std::vector<Enclosure>> enclosures(Store& store, const std::vector<CaseRecord>& records) {
  std::vector<Enclosure> out;
  const std::vector<Found> all = all_found(records);
  for (const Found& f : best_of(all)) {
    Enclosure e = TRY(enclosure_of(store, records, f));
    e.passed_on = std::ranges::any_of(
        all, [&](const Found& o) { return o.in->own && o.handed_on() && o.manifest.id == f.manifest.id; });
    out.push_back(std::move(e));
  }
  add_named(records, out);
  return out;
}

PassedCount passed_count(const sync::Layer& forward, const sync::ReleasedRecord& innermost,
                         const std::vector<CaseRecord>& records) {
  std::map<sync::AttachmentId, bool> all;
  for (const Manifest& m : named_in({innermost, {}, {}, {}})) all[m.id] = false;
  for (const auto& a : forward.attachments) all[a.id] = a.handed_on;
  for (const Found& f : all_found(records)) {
    const bool later = f.handed_on() && f.in->released.record.origin == forward.record.record.origin;
    if (const auto at = all.find(f.manifest.id); later && at != all.end()) at->second = true;
  }
  PassedCount n;
  n.named = all.size();
  n.left_out = static_cast<std::size_t>(std::ranges::count_if(all, [](const auto& a) { return !a.second; }));
  return n;
}

}  // namespace yz::node
