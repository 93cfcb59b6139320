#include "node/office/acts.h"

#include <utility>

#include "node/office/body.h"

namespace yz::node {
namespace {

constexpr std::array<std::pair<ActKind, std::string_view>, 13> kActKinds{{
    {ActKind::decision, "decision"},
    {ActKind::instruction, "instruction"},
    {ActKind::progress, "progress"},
    {ActKind::close, "close"},
    {ActKind::question, "question"},
    {ActKind::verify, "verify"},
    {ActKind::urge, "urge"},
    {ActKind::answer, "answer"},
    {ActKind::merged, "merged"},
    {ActKind::forwarded, "forwarded"},
    {ActKind::cosign, "cosign"},
    {ActKind::cosigned, "cosigned"},
    {ActKind::cosign_declined, "cosign_declined"},
}};

constexpr std::array<std::pair<Disposal, std::string_view>, 4> kDisposals{{
    {Disposal::adopted, "adopted"},
    {Disposal::not_adopted, "not_adopted"},
    {Disposal::returned, "returned"},
    {Disposal::filed, "filed"},
}};

}  // namespace

std::string_view name_of(ActKind k) {
  for (const auto& [kind, name] : kActKinds)
    if (kind == k) return name;
  return "unknown";
}
ActKind act_kind_from(std::string_view name) {
  for (const auto& [kind, n] : kActKinds)
    if (n == name) return kind;
  return ActKind::unknown;
}

std::string_view name_of(Disposal d) {
  for (const auto& [disposal, name] : kDisposals)
    if (disposal == d) return name;
  return d == Disposal::none ? "" : "unknown";
}
Disposal disposal_from(std::string_view name) {
  for (const auto& [disposal, n] : kDisposals)
    if (n == name) return disposal;
  return Disposal::unknown;
}

sync::RecordType record_type_of(ActKind k) {
  switch (k) {
    case ActKind::decision:
      return sync::RecordType::decision;
    case ActKind::instruction:
      return sync::RecordType::instruction;
    case ActKind::forwarded:
      return sync::RecordType::forward;
    case ActKind::cosigned:
    case ActKind::cosign_declined:
      return sync::RecordType::cosignature;
    default:
      return sync::RecordType::annotation;
  }
}

bool needs_two(const Act& a) {
  switch (a.kind) {
    case ActKind::decision:
      return a.disposal != Disposal::not_adopted && a.disposal != Disposal::returned && a.disposal != Disposal::filed;
    case ActKind::instruction:
    case ActKind::unknown:
      return true;
    default:
      return false;
  }
}

Result<std::optional<Act>> act_of(const sync::Record& r) {
  using enum sync::RecordType;
  if ((r.type != annotation && r.type != decision && r.type != instruction && r.type != cosignature) || r.schema != 1)
    return std::nullopt;
  auto act = decode_act(r.body);
  if (!act) {
    if ((r.type == annotation || r.type == cosignature) && decode_body(r.body)) return std::nullopt;
    return std::unexpected(act.error());
  }
  const bool fits = act->kind == ActKind::unknown ? r.type == annotation : record_type_of(act->kind) == r.type;
  if (!fits || act->kind == ActKind::forwarded)
    return fail(Fault::forged, "act: not what a record of this type says", "act.form");
  return std::optional(std::move(*act));
}

}  // namespace yz::node
