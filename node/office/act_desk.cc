#include "node/office/act_desk.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/office/embargo.h"
#include "node/office/signing.h"
#include "sync/limits.h"

namespace yz::node {
namespace {

namespace role = crypto::role;

constexpr std::uint16_t kActs = role::drafter | role::reviewer | role::signer | role::duty;
constexpr std::uint16_t kEdits = role::reviewer | role::signer;

Step step_of(const Act& a) {
  switch (a.disposal) {
    case Disposal::adopted:
      return Step::adopt;
    case Disposal::not_adopted:
      return Step::decline;
    case Disposal::returned:
      return Step::send_back;
    case Disposal::filed:
      return Step::file;
    default:
      return Step::instruct;
  }
}

/// In what capacity somebody acts alone.
sync::SignRole capacity(const Person& p) {
  if (p.roles & role::signer) return sync::SignRole::signer;
  if (p.roles & role::reviewer) return sync::SignRole::reviewer;
  return p.roles & role::duty ? sync::SignRole::duty : sync::SignRole::drafter;
}

Result<> in_bounds(const Act& a) {
  if (a.text.size() > kActTextBytesMax) return fail(Fault::invalid, "the text is longer than 16 KiB", "act.too_long");
  if (a.reason.size() > kActReasonBytesMax)
    return fail(Fault::invalid, "the reason is longer than 4 KiB", "act.too_long");
  if (a.publication.size() > kActLineBytesMax || !one_line(a.publication))
    return fail(Fault::invalid, "the publication is one line of at most 300 bytes", "act.too_long");
  if (!valid_utf8(a.text) || !valid_utf8(a.reason)) return fail(Fault::invalid, "the text is no UTF-8", "invalid.text");
  return {};
}

std::string shortened(std::string s) {
  std::ranges::replace_if(
      s, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  while (s.size() > kActLineBytesMax || (!s.empty() && !valid_utf8(s))) s.pop_back();
  return one_line(s) ? s : std::string();
}

bool signed_by_signer(const Draft& d) {
  return std::ranges::find(d.signatures, sync::SignRole::signer, &sync::RecordSignature::role) != d.signatures.end();
}

}  // namespace

bool speaks_for(const Person& by, const std::optional<AskedPerson>& leader) {
  return !leader || leader->id == by.id || std::ranges::find(by.stands_for, leader->id) != by.stands_for.end();
}

std::optional<AskedPerson> dictated_by(const Draft& d) {
  const auto& asked = d.extras.cosign.persons;
  return d.extras.act.empty() || asked.empty() ? std::nullopt : std::optional(asked.front());
}

/// What an act is about, looked up once.
struct ActDesk::About {
  CaseFile file;
  std::vector<ActEntry> acts;

  /// Fault::missing unless there is an act of this id.
  Result<const ActEntry*> find(const RecordId& id) const {
    for (const ActEntry& a : acts)
      if (a.fact.id == id) return &a;
    return fail(Fault::missing, "no act of this case has this id", "act.missing");
  }
  bool exercise() const {
    return file.exercise || (file.graph.size() == 0 && std::ranges::any_of(acts, &ActEntry::exercise));
  }
  /// As urgent as the case, or as what was said about it where that is all there is.
  sync::Lane lane() const {
    sync::Lane lane = sync::Lane::routine;
    for (std::size_t i = 0; i < file.graph.size(); ++i) lane = std::min(lane, file.graph.at(i).lane);
    if (file.graph.size() == 0)
      for (const ActEntry& a : acts) lane = std::min(lane, a.lane);
    return lane;
  }
  /// Whom a superior's word is for: the case's own office, and who brought it to us.
  std::vector<OfficeId> below(const OfficeId& us) const {
    std::vector<OfficeId> to = file.own ? std::vector<OfficeId>() : file.brought_by;
    if (file.office != us) to.push_back(file.office);
    return to;
  }
};

Result<ActDesk> ActDesk::open(Books& books, sync::Millis now) {
  HomeOffice home = TRY(books.home());
  return ActDesk(books, std::move(home), now);
}

Result<ActDesk::About> ActDesk::about(std::int64_t matter) const {
  About a;
  a.file = TRY(books_.case_file(matter));
  a.acts = TRY(books_.acts(matter));
  return a;
}

Result<sync::Record> ActDesk::record_of(const About& a, const Act& act, std::vector<RecordId> parents,
                                        std::vector<OfficeId> to) {
  const CaseFile& file = a.file;
  sync::Record r;
  r.type = record_type_of(act.kind);
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.origin = home_.id;
  r.at = TRY(books_.tick(now_));
  r.anchor = home_.anchor;
  r.case_office = file.office;
  r.case_id = file.case_id;
  // News of what was made of a report can wait; what somebody has to do about it is as urgent as it is.
  const bool news = act.kind == ActKind::decision && act.disposal != Disposal::returned;
  r.lane = news ? sync::Lane::routine : a.lane();
  r.sensitivity = sync::Sensitivity::internal;
  if (file.current) r.sensitivity = static_cast<sync::Sensitivity>(file.current->report.sensitivity);
  for (const ActEntry& e : a.acts) r.sensitivity = std::max(r.sensitivity, e.sensitivity);
  if (a.exercise()) r.flags |= sync::record_flag::exercise;
  std::ranges::sort(parents);
  r.parents = std::move(parents);
  r.addressees = as_signed(std::move(to));
  if (r.addressees.empty()) return fail(Fault::invalid, "nobody is named to hear of this", "act.nobody");
  if (r.addressees.size() > sync::limit::addressees)
    return fail(Fault::invalid, "with all who have the case these are more than 16 offices", "act.assignees");
  r.body = encode_act(act);
  return r;
}

Result<Outcome> ActDesk::release(const SigningPerson& by, const About& a, const sync::ReleasedRecord& r,
                                 std::string_view step) {
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.release(r, 0, now_));
    return books_.journal(by.person, step, a.file.case_id, hex(r.id.view()), now_);
  }));
  o.matter = a.file.matter;
  o.case_id = a.file.case_id;
  o.state = TRY(books_.case_file(a.file.matter)).state;
  o.queued = r.record.lane;
  o.record = r.id;
  o.act = true;
  return o;
}

/// What was signed first holds the clock of that moment, and both signatures stand under it. That it was complete only
/// now is a cosignature of its own: by its clock the act is put in order.
Result<> ActDesk::tell_completed(const SigningPerson& by, const sync::ReleasedRecord& act) {
  sync::Record r = act.record;
  r.type = sync::RecordType::cosignature;
  r.salt = crypto::random_fixed<decltype(r.salt)>();
  r.at = TRY(books_.tick(now_));
  r.anchor = home_.anchor;
  r.parents = {act.id};
  BodyExtras x;
  x.type = r.type;
  x.office = home_.name;
  r.body = encode_body(Report(), x);
  r.signatures = {signature(by, sync::SignRole::cosigner, r.content())};
  TRY(books_.release(sync::release(r), 0, now_));
  return {};
}

Result<Outcome> ActDesk::alone(const SigningPerson& by, const About& a, const Act& act, std::vector<RecordId> parents,
                               std::vector<OfficeId> to) {
  TRY(in_bounds(act));
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    sync::Record r = TRY(record_of(a, act, std::move(parents), std::move(to)));
    r.signatures = {signature(by, capacity(by.person), r.content())};
    o = TRY(release(by, a, sync::release(r), name_of(act.kind)));
    return {};
  }));
  return o;
}

/// A decision or an instruction, on the case as it stands here.
Result<Outcome> ActDesk::begin(const SigningPerson& by, const About& a, Act act, std::vector<OfficeId> to,
                               const Dictated& dictated) {
  const CaseFile& file = a.file;
  if (!after(file.state, step_of(act)) &&
      !(file.own && act.kind == ActKind::instruction && !is_draft(file.state) && file.state != ReportState::withdrawn))
    return fail(Fault::conflict, "a report in this state is not decided on", "report.state");
  if (file.crowded) return fail(Fault::conflict, "too many versions stand side by side: join them first", "case.heads");
  if (file.heads.empty()) return fail(Fault::conflict, "there is no version to decide on here", "report.state");
  TRY(in_bounds(act));
  if (file.current) act.title = shortened(file.current->report.title);
  const auto kept = TRY(books_.draft(file.matter));
  const bool ours = kept && !kept->extras.act.empty();
  if (!needs_two(act)) {
    if (!(by.person.roles & kEdits)) return std::unexpected(lacks_role("deciding"));
    // Signed after this one it would take its place, unseen by whoever decides now.
    if (ours && kept->extras.type == sync::RecordType::decision && kept->state == ReportState::in_review)
      return fail(Fault::conflict, "a decision waits for its second signature; sign it or give it back first",
                  "draft.exists");
    Outcome o;
    TRY(books_.write([&]() -> Result<> {
      // What was given back is decided now.
      if (ours && kept->extras.type == sync::RecordType::decision) TRY(books_.drop(*kept, std::nullopt, now_));
      o = TRY(alone(by, a, act, file.heads, std::move(to)));
      return {};
    }));
    return o;
  }
  if (!(by.person.roles & kActs)) return std::unexpected(lacks_role("deciding"));
  if (dictated.leader && dictated.leader->id == by.person.id)
    return fail(Fault::invalid, "one's own words are signed, not typed for oneself", "act.leader");
  const bool signs = (by.person.roles & role::signer) && !dictated.on;
  const bool again = ours && kept->state == ReportState::returned;
  if (kept && !again)
    return fail(Fault::conflict, "the case has a draft already; finish or delete that one", "draft.exists");
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    if (again) TRY(books_.drop(*kept, std::nullopt, now_));
    sync::Record r = TRY(record_of(a, act, file.heads, std::move(to)));
    if (home_.one_person && (by.person.roles & role::signer)) {
      r.signatures = {signature(by, sync::SignRole::signer, r.content())};
      o = TRY(release(by, a, sync::release(r), name_of(act.kind)));
      return {};
    }
    Draft d;
    d.matter = file.matter;
    d.case_id = file.case_id;
    d.first = false;
    d.state = ReportState::in_review;
    d.drafter = by.person.id;
    d.extras.type = r.type;
    d.extras.drafter = by.person.name;
    d.extras.reason = act.reason;
    d.extras.act = r.body;
    // Who is to sign it too: of an act the leader whose words they are.
    if (dictated.leader) d.extras.cosign.persons = {*dictated.leader};
    if (file.current) d.report = file.current->report;
    d.report.body = act.text;
    d.report.fields = {};
    d.report.lane = r.lane;
    d.content = r.content();
    d.signatures = {signature(by, signs ? sync::SignRole::signer : sync::SignRole::drafter, d.content)};
    TRY(books_.keep(d, now_));
    TRY(books_.journal(by.person, name_of(Step::submit), d.case_id, name_of(act.kind), now_));
    o.matter = d.matter;
    o.case_id = d.case_id;
    o.state = d.state;
    o.act = o.needs_another = true;
    return {};
  }));
  return o;
}

Result<Outcome> ActDesk::decide(const SigningPerson& by, std::int64_t matter, Act act, const Dictated& dictated) {
  const About a = TRY(about(matter));
  if (a.file.own) return fail(Fault::denied, "an office does not decide on its own reports", "denied.own");
  act.kind = ActKind::decision;
  if (act.disposal == Disposal::none || act.disposal == Disposal::unknown)
    return fail(Fault::invalid, "the outcome is adopted, not_adopted, returned or filed", "invalid.outcome");
  if ((act.disposal == Disposal::returned || act.disposal == Disposal::not_adopted) && act.reason.empty())
    return fail(Fault::invalid, "say why", "invalid.reason");
  if (act.disposal != Disposal::adopted && (!act.publication.empty() || act.issue != 0))
    return fail(Fault::invalid, "a publication goes with adopted only", "invalid.outcome");
  // As it came to us: an office on the way may have set a time of its own.
  if (act.disposal == Disposal::adopted)
    if (const auto o = books_.original(matter, std::nullopt))
      if (auto stop = forbids(embargo_of(o->record), Further::publish, now_)) return std::unexpected(std::move(*stop));
  return begin(by, a, std::move(act), a.below(home_.id), dictated);
}

Result<Outcome> ActDesk::instruct(const SigningPerson& by, std::int64_t matter, Act act, const Dictated& dictated) {
  const About a = TRY(about(matter));
  act.kind = ActKind::instruction;
  if (act.text.empty()) return fail(Fault::invalid, "an instruction needs its words", "invalid.text");
  act.assignees = as_signed(std::move(act.assignees));
  if (act.assignees.size() > kAssigneesMax)
    return fail(Fault::invalid, "an instruction is for at most 12 offices", "act.assignees");
  for (const OfficeId& id : act.assignees)
    if (!TRY(books_.below(id))) return fail(Fault::invalid, "an assignee is no office below this one", "act.assignees");
  std::vector<OfficeId> to = a.below(home_.id);
  to.insert(to.end(), act.assignees.begin(), act.assignees.end());
  return begin(by, a, std::move(act), std::move(to), dictated);
}

Result<Outcome> ActDesk::sign(const SigningPerson& by, Draft d) {
  if (d.state != ReportState::in_review)
    return fail(Fault::conflict, "this was given back: decide or instruct anew", "draft.state");
  const About a = TRY(about(d.matter));
  if (a.file.state == ReportState::withdrawn)
    return fail(Fault::conflict, "the report was withdrawn meanwhile", "report.state");
  const bool led = signed_by_signer(d);
  if (!(by.person.roles & (led ? kActs : role::signer))) return std::unexpected(lacks_role("signing"));
  const bool same = by.person.id == d.drafter;
  if (same && !home_.one_person) return fail(Fault::denied, "this takes two persons", "denied.same_person");
  if (!led) TRY(may_stand_in(by.person, std::span(&d.drafter, 1)));
  if (const auto leader = dictated_by(d); !led && !speaks_for(by.person, leader))
    return fail(Fault::denied, "these are the words of " + leader->name + ", who signs them", "denied.leader");
  // An office that shrank to one person: one signature says so.
  if (same) d.signatures.clear();
  const auto role = led && !same ? sync::SignRole::drafter : sync::SignRole::signer;
  d.signatures.push_back(signature(by, role, d.content));
  const sync::ReleasedRecord released = TRY(node::close(d.content, d.signatures));
  Outcome o;
  TRY(books_.write([&]() -> Result<> {
    TRY(books_.drop(d, released.id, now_));
    o = TRY(release(by, a, released, name_of(Step::sign)));
    if (same) return {};
    TRY(tell_completed(by, released));
    o.state = TRY(books_.case_file(d.matter)).state;
    return {};
  }));
  return o;
}

Result<Outcome> ActDesk::progress(const SigningPerson& by, std::int64_t matter, const RecordId& instruction,
                                  std::string text, bool done) {
  const About a = TRY(about(matter));
  const ActEntry& on = *TRY(a.find(instruction));
  if (on.fact.kind != ActKind::instruction) return fail(Fault::missing, "that is no instruction", "act.missing");
  if (on.fact.office == home_.id || !std::ranges::binary_search(on.fact.to, home_.id))
    return fail(Fault::denied, "the instruction did not go to this office", "denied.not_asked");
  if (on.standing.state == ActState::closed) return fail(Fault::conflict, "the instruction is closed", "act.closed");
  if (!(by.person.roles & kActs)) return std::unexpected(lacks_role("reporting on instructions"));
  if (text.empty()) return fail(Fault::invalid, "say what was done", "invalid.text");
  std::vector<OfficeId> to{on.fact.office};
  for (const Above& up : home_.above)
    if (std::ranges::binary_search(on.fact.to, up.id)) to.push_back(up.id);
  Act act;
  act.kind = ActKind::progress;
  act.text = std::move(text);
  act.done = done;
  return alone(by, a, act, {instruction}, std::move(to));
}

Result<Outcome> ActDesk::close(const SigningPerson& by, std::int64_t matter, const RecordId& instruction,
                               std::string note) {
  const About a = TRY(about(matter));
  const ActEntry& on = *TRY(a.find(instruction));
  if (on.fact.kind != ActKind::instruction) return fail(Fault::missing, "that is no instruction", "act.missing");
  if (on.fact.office != home_.id)
    return fail(Fault::denied, "only the office that gave an instruction closes it", "denied.not_ours");
  if (on.standing.state == ActState::closed) return fail(Fault::conflict, "the instruction is closed", "act.closed");
  if (!(by.person.roles & kEdits)) return std::unexpected(lacks_role("closing instructions"));
  Act act;
  act.kind = ActKind::close;
  act.text = std::move(note);
  return alone(by, a, act, {instruction}, on.fact.to);
}

Result<Outcome> ActDesk::ask(const SigningPerson& by, std::int64_t matter, Act act, std::vector<OfficeId> to,
                             const std::optional<RecordId>& on) {
  const About a = TRY(about(matter));
  if (!(by.person.roles & kActs)) return std::unexpected(lacks_role("asking"));
  if (act.text.empty() && act.kind != ActKind::urge) return fail(Fault::invalid, "say what is asked", "invalid.text");
  if (act.kind == ActKind::verify && !act.due_ms)
    return fail(Fault::invalid, "a demand to verify needs the time by which", "invalid.due");
  if (a.file.state == ReportState::withdrawn) return fail(Fault::conflict, "the report was withdrawn", "report.state");
  std::vector<RecordId> parents = a.file.heads;
  std::vector<OfficeId> known = a.file.own ? a.file.addressees : a.below(home_.id);
  std::vector<OfficeId> by_itself = a.file.own ? a.file.addressees : a.file.brought_by;
  if (on) {
    const ActEntry& e = *TRY(a.find(*on));
    if (e.fact.kind != ActKind::instruction || e.fact.office != home_.id || act.kind != ActKind::urge)
      return fail(Fault::invalid, "only an instruction of this office is urged", "act.missing");
    if (e.standing.state == ActState::closed) return fail(Fault::conflict, "the instruction is closed", "act.closed");
    parents = {*on};
    by_itself = e.fact.assignees.empty() ? e.fact.to : e.fact.assignees;
    known = e.fact.to;
  }
  for (const ActEntry& e : a.acts) {
    known.push_back(e.fact.office);
    known.insert(known.end(), e.fact.to.begin(), e.fact.to.end());
  }
  known = as_signed(std::move(known));
  for (const OfficeId& id : to)
    if (id == home_.id || !std::ranges::binary_search(known, id))
      return fail(Fault::missing, "that office has nothing of this case", "act.office");
  if (to.empty()) to = std::move(by_itself);
  std::erase(to, home_.id);
  if (parents.empty()) return fail(Fault::conflict, "there is no version to ask about here", "report.state");
  return alone(by, a, act, std::move(parents), std::move(to));
}

Result<Outcome> ActDesk::answer(const SigningPerson& by, std::int64_t matter, const RecordId& question,
                                std::string text) {
  const About a = TRY(about(matter));
  const ActEntry& on = *TRY(a.find(question));
  const bool asks =
      on.fact.kind == ActKind::question || on.fact.kind == ActKind::verify || on.fact.kind == ActKind::urge;
  if (!asks) return fail(Fault::missing, "that is no question", "act.missing");
  if (on.fact.office == home_.id || !std::ranges::binary_search(on.fact.to, home_.id))
    return fail(Fault::denied, "this office was not asked", "denied.not_asked");
  if (!(by.person.roles & kActs)) return std::unexpected(lacks_role("answering"));
  if (text.empty()) return fail(Fault::invalid, "an answer needs its words", "invalid.text");
  Act act;
  act.kind = ActKind::answer;
  act.text = std::move(text);
  return alone(by, a, act, {question}, {on.fact.office});
}

}  // namespace yz::node
