#include "node/office/cosign.h"

#include <algorithm>

namespace yz::node {
namespace {

bool later(const CosignFact& f, sync::Hlc at, const std::optional<RecordId>& id) {
  return !id || std::pair(f.at, f.id) > std::pair(at, *id);
}

/// The newest ask names the text; who is asked stays asked.
void ask(std::vector<Cosigner>& all, const CosignFact& f, const OfficeId& office, std::optional<PersonId> person,
         const std::string& name) {
  for (Cosigner& c : all)
    if (c.office == office && c.person == person) {
      if (f.at > c.asked_at) {
        c.asked_at = f.at;
        c.ask = f.id;
      }
      return;
    }
  Cosigner c;
  c.office = office;
  c.person = person;
  c.name = name;
  c.asked_at = f.at;
  c.ask = f.id;
  all.push_back(std::move(c));
}

bool speaks_for(const Cosigner& c, const CosignFact& f) {
  if (f.office != c.office || f.at < c.asked_at) return false;
  return !c.person || f.signers.contains(*c.person);
}

}  // namespace

std::string_view name_of(CosignState s) {
  return s == CosignState::waiting ? "waiting" : s == CosignState::signed_too ? "signed" : "declined";
}

std::vector<Cosigner> cosigners_of(const OfficeId& lead, std::span<const CosignFact> facts) {
  std::vector<Cosigner> all;
  for (const CosignFact& f : facts) {
    if (f.kind != ActKind::cosign || f.office != lead) continue;
    for (const OfficeId& o : f.offices) ask(all, f, o, std::nullopt, {});
    for (const AskedPerson& p : f.persons) ask(all, f, lead, p.id, p.name);
  }
  for (const CosignFact& f : facts) {
    if (f.kind != ActKind::cosigned && f.kind != ActKind::cosign_declined) continue;
    for (Cosigner& c : all) {
      if (!speaks_for(c, f) || !later(f, c.at, c.answer)) continue;
      c.state = f.kind == ActKind::cosigned ? CosignState::signed_too : CosignState::declined;
      c.at = f.at;
      c.answer = f.id;
      c.text = f.text;
      c.older = !f.stands;
    }
  }
  std::ranges::sort(all, [](const Cosigner& a, const Cosigner& b) {
    return std::tuple(a.office, a.person) < std::tuple(b.office, b.person);
  });
  return all;
}

bool all_signed(std::span<const Cosigner> all) {
  return !all.empty() && std::ranges::all_of(all, [](const Cosigner& c) { return c.state == CosignState::signed_too; });
}

}  // namespace yz::node
