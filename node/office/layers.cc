#include "node/office/layers.h"

namespace yz::node {
namespace {

std::optional<Report> text_of(ByteView body) {
  auto decoded = decode_body(body);
  return decoded ? std::optional(std::move(decoded->report)) : std::nullopt;
}

}  // namespace

Result<std::vector<TextLayer>> text_layers(const sync::ReleasedRecord& record) {
  std::vector<sync::Layer> all = TRY(sync::unfold(record));
  std::vector<TextLayer> out;
  for (auto at = all.rbegin(); at != all.rend(); ++at) {
    TextLayer l;
    l.original = at == all.rbegin();
    l.edited = !at->edit.empty();
    l.note = std::move(at->note);
    if (l.original) {
      l.report = text_of(at->record.record.body);
    } else {
      const auto &below = out.back().report, &first = out.front().report;
      l.report = l.edited ? text_of(at->edit) : below;
      if (l.report && below) l.changed = changes(*below, *l.report);
      if (l.report && first) l.in_all = changes(*first, *l.report);
    }
    l.record = std::move(at->record);
    out.push_back(std::move(l));
  }
  return out;
}

std::vector<RecordId> made_on(const sync::ReleasedRecord& r) {
  if (r.record.type != sync::RecordType::forward) return r.record.parents;
  const auto layers = sync::unfold(r);
  return layers ? std::vector{layers->back().record.id} : r.record.parents;
}

std::optional<DecodedBody> edition_of(const sync::Record& r) {
  if (r.type != sync::RecordType::forward || r.schema != 1) return std::nullopt;
  const auto f = sync::decode_forward(r.body);
  if (!f || f->edit.empty()) return std::nullopt;
  auto body = decode_body(f->edit);
  return body ? std::optional(std::move(*body)) : std::nullopt;
}

}  // namespace yz::node
