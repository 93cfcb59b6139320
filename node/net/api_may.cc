// What the person who asks may do with a case now, by the same rules as the desk's steps: a page offers nothing else.
#include "node/net/api_request.h"

namespace yz::node::api {
namespace {

namespace role = crypto::role;
constexpr std::uint16_t kWrites = role::drafter | role::duty;
constexpr std::uint16_t kActs = kWrites | role::reviewer | role::signer;

struct Asking {
  Person who;
  bool one_person = false;
};

void of_draft(const Asking& a, const Draft& d, Json& out) {
  const auto add = [&](const char* name, bool may_it) {
    if (may_it) out.add(name);
  };
  const auto may_step = [&](Step s) { return may(a.who.roles, d.state, s); };
  const bool mine = d.drafter == a.who.id, signer = (a.who.roles & role::signer) != 0;
  const bool theirs = std::ranges::find(a.who.stands_for, d.drafter) != a.who.stands_for.end();
  const bool act = !d.extras.act.empty();
  add("edit", !act && !is_task(d.extras.type) && may_step(Step::edit));
  add("ask_cosign",
      d.first && !act && !is_task(d.extras.type) && d.state != ReportState::in_review && (a.who.roles & kWrites) != 0);
  // Nobody throws away what another is writing, but who answers for it.
  add("remove", (mine || signer) && may_step(Step::withdraw));
  if (d.state != ReportState::in_review) return;
  add("review", !act && !is_task(d.extras.type) && may_step(Step::review) && (!mine || a.one_person));
  add("return", mine || may_step(Step::send_back));
  add("sign", may_step(Step::sign) && (!mine || a.one_person) && !theirs);
}

/// What left on duty alone can be signed while the next one is being written, but not beside one that waits for a
/// signature itself: that one first.
void of_own(const Asking& a, const MatterRow& m, const Draft* writing, Json& out) {
  const auto add = [&](const char* name, bool may_it) {
    if (may_it) out.add(name);
  };
  const bool signer = (a.who.roles & role::signer) != 0;
  add("sign",
      (m.flags & record_note::provisional) != 0 && signer && (!writing || writing->state != ReportState::in_review));
  add("follow", !writing && may(a.who.roles, m.state, Step::follow));
  add("withdraw", after(m.state, Step::withdraw) && may(a.who.roles, m.state, Step::withdraw) &&
                      (m.state != ReportState::returned || signer));
  add("ask_cosign", m.state != ReportState::withdrawn && (a.who.roles & kWrites) != 0);
}

void of_received(const Asking& a, const MatterRow& m, Json& out) {
  constexpr std::pair<Step, const char*> kSteps[] = {
      {Step::acknowledge, "acknowledge"}, {Step::forward, "forward"}, {Step::adopt, "adopt"},
      {Step::decline, "decline"},         {Step::file, "file"},       {Step::send_back, "give_back"},
  };
  for (const auto& [step, name] : kSteps)
    if (may(a.who.roles, m.state, step)) out.add(name);
}

}  // namespace

Result<Json> may_json(const Request& r, const MatterRow& m, const std::optional<Draft>& draft, bool signed_off) {
  StoreBooks books = books_of(r);
  const Asking a{TRY(acting(r, r.officer)), TRY(books.home()).one_person};
  Json out = Json::array();
  const bool writing = draft && !draft->record;
  if (writing) of_draft(a, *draft, out);
  if (signed_off && m.state != ReportState::withdrawn) {
    if (m.own)
      of_own(a, m, writing ? &*draft : nullptr, out);
    else
      of_received(a, m, out);
    if (a.who.roles & kActs) out.add("ask");
    if (a.who.roles & kActs) out.add("instruct");
  }
  return out;
}

}  // namespace yz::node::api
