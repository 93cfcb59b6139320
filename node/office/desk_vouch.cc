// A person of ours vouches for what was held because a key of it had ended: a cosignature of our own in the case.
#include <algorithm>

#include "node/office/desk.h"

namespace yz::node {

Result<Outcome> Desk::vouch(const SigningPerson& by, std::int64_t matter, std::vector<RecordId> records,
                            std::string_view note) {
  constexpr std::size_t kMostParents = 8;
  const CaseFile file = TRY(books_.case_file(matter));
  if (records.size() > kMostParents) records.resize(kMostParents);
  std::sort(records.begin(), records.end());
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r = note_record(file, sync::RecordType::cosignature, TRY(books_.tick(now_)), {file.office}, note);
    r.parents = std::move(records);
    const RecordId id = sync::record_id(r.content());
    r.signatures = {{sync::SignRole::cosigner, by.person.certificate,
                     sync::sign_record(id, sync::SignRole::cosigner, by.person.certificate, by.key)}};
    TRY(books_.release(sync::release(r), 0, now_));
    o.queued = r.lane;
    return books_.journal(by.person, "release", file.case_id, "", now_);
  }));
  o.matter = matter;
  o.case_id = file.case_id;
  o.state = file.state;
  o.number = file.number;
  return o;
}

}  // namespace yz::node
