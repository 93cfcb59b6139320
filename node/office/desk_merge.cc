// The desk, fifth part: several received reports become one of our own (综合), which names them under its signatures.
#include <algorithm>

#include "crypto/random.h"
#include "node/office/desk.h"
#include "node/office/desk_attachments.h"
#include "node/office/embargo.h"
#include "node/office/signing.h"

namespace yz::node {
namespace {

constexpr std::size_t kSourcesLeast = 2;

auto refuse(const char* why) { return fail(Fault::invalid, why, "merge.sources"); }

std::string title_of(const CaseFile& file) {
  std::string s = file.current->report.title;
  while (s.size() > kActLineBytesMax || (!s.empty() && !valid_utf8(s))) s.pop_back();
  return one_line(s) ? s : std::string();
}

}  // namespace

Result<Outcome> Desk::merge(const SigningPerson& by, const CaseId& id, Report report,
                            std::span<const std::int64_t> sources, bool send, std::vector<OfficeId> to,
                            const std::optional<std::vector<std::string>>& attachments, std::uint64_t most_bytes) {
  if (!may(by.person.roles, ReportState::draft, Step::edit)) return std::unexpected(lacks_role("writing reports"));
  if (sources.size() < kSourcesLeast || sources.size() > kSourcesMax)
    return refuse("two to sixteen reports are put together");
  Draft d;
  std::size_t exercises = 0;
  std::vector<Enclosed> enclosed;
  for (const std::int64_t matter : sources) {
    const CaseFile file = TRY(books_.case_file(matter));
    if (file.own) return refuse("reports of other offices are put together, not our own");
    if (!file.current || file.shown.empty() || file.state == ReportState::withdrawn)
      return refuse("one of the reports has no text here, or was withdrawn");
    if (const auto o = books_.original(matter, std::nullopt))
      if (auto stop = forbids(embargo_of(o->record), Further::publish, now_)) return std::unexpected(std::move(*stop));
    const auto newest = file.graph.find(file.shown.back());
    const auto same = [&](const Source& s) { return s.case_id == file.case_id; };
    if (std::ranges::any_of(d.extras.sources, same)) return refuse("a report is named twice");
    exercises += file.exercise ? 1 : 0;
    for (Enclosed& e : TRY(books_.enclosed(matter, file.graph.at(*newest).id))) enclosed.push_back(std::move(e));
    d.extras.sources.push_back({file.office, file.case_id, file.graph.at(*newest).id, title_of(file)});
  }
  if (exercises != 0 && exercises != sources.size()) return refuse("exercises and real reports are not put together");
  TRY(choose(d, enclosed, attachments));
  d.extras.left_out.clear();  // a report of our own says what it brings, not what others did not
  std::uint64_t bytes = 0;
  for (const Manifest& m : d.extras.attachments) bytes += m.bytes;
  if (bytes > most_bytes)
    return fail(Fault::full, "the attachments of these reports are too large together: choose some of them",
                "attachment.size");
  d.case_id = id;
  d.extras.type = sync::RecordType::report;
  d.extras.to = std::move(to);
  d.report = std::move(report);
  d.drafter = by.person.id;
  return pass(by, d, nullptr, send, true);
}

Result<bool> Desk::from_exercises(const Draft& d) const {
  for (const Source& s : d.extras.sources)
    if (const auto matter = TRY(books_.matter_of(s.case_id))) return TRY(books_.case_file(*matter)).exercise;
  return false;
}

/// The offices below hear what became of their reports; the new report itself is not for them.
Result<> Desk::tell_merged(const SigningPerson& by, const Draft& d, const sync::ReleasedRecord& released,
                           sync::SignRole role) {
  for (const Source& s : d.extras.sources) {
    const auto matter = TRY(books_.matter_of(s.case_id));
    if (!matter) continue;
    const CaseFile file = TRY(books_.case_file(*matter));
    std::vector<OfficeId> to = file.brought_by;
    to.push_back(s.office);
    std::ranges::sort(to);
    to.erase(std::unique(to.begin(), to.end()), to.end());
    Act act;
    act.kind = ActKind::merged;
    std::string title = d.report.title;
    while (title.size() > kActLineBytesMax || (!title.empty() && !valid_utf8(title))) title.pop_back();
    act.merged = MergedInto{home_.id, d.case_id, released.id, one_line(title) ? title : std::string()};
    sync::Record r = note_record(file, sync::RecordType::annotation, TRY(books_.tick(now_)), std::move(to), {});
    r.parents = {s.record};
    r.body = encode_act(act);
    if (file.exercise) r.flags |= sync::record_flag::exercise;
    r.signatures = {signature(by, role, r.content())};
    TRY(books_.release(sync::release(r), 0, now_));
  }
  return {};
}

}  // namespace yz::node
