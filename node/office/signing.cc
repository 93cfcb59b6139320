#include "node/office/signing.h"

#include <algorithm>

namespace yz::node {

Error lacks_role(const char* what) {
  return {Fault::denied, std::string("this officer's roles do not allow ") + what, "denied.role"};
}

Result<> may_stand_in(const Person& by, std::span<const PersonId> signed_by) {
  const auto signed_it = [&](const PersonId& absent) {
    return std::ranges::find(signed_by, absent) != signed_by.end();
  };
  if (by.stands_for.empty() || !std::ranges::all_of(by.stands_for, signed_it)) return {};
  return fail(Fault::denied, "who stands in for somebody does not sign what that person wrote or signed",
              "denied.deputy");
}

std::vector<OfficeId> as_signed(std::vector<OfficeId> to) {
  std::ranges::sort(to);
  to.erase(std::unique(to.begin(), to.end()), to.end());
  return to;
}

sync::RecordSignature signature(const SigningPerson& by, sync::SignRole role, const RecordId& id) {
  return {role, by.person.certificate, sync::sign_record(id, role, by.person.certificate, by.key)};
}

sync::RecordSignature signature(const SigningPerson& by, sync::SignRole role, ByteView content) {
  return signature(by, role, sync::record_id(content));
}

Result<sync::ReleasedRecord> close(const Bytes& content, std::vector<sync::RecordSignature> signatures) {
  std::sort(signatures.begin(), signatures.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  Writer w;
  w.raw(content).u8(static_cast<std::uint8_t>(signatures.size()));
  for (const auto& s : signatures) w.u8(static_cast<std::uint8_t>(s.role)).id(s.officer).id(s.signature);
  auto released = sync::decode_record(w.view());
  if (!released) return fail(Fault::corrupt, "a draft's fixed content no longer decodes", "draft.content");
  return released;
}

}  // namespace yz::node
