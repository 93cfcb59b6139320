#pragma once
// Cases as the pages show them. Everything here only reads; put_record() and its kin are in records.h.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/office/body.h"
#include "node/office/versions.h"
#include "node/office/workflow.h"
#include "node/store/records.h"

namespace yz::node {

/// What a case is about. Stored in matter.sort: never renumber.
enum class Sort : std::uint8_t { report = 0, commission = 1, policy = 2, absence = 3, clue = 4 };
std::string_view name_of(Sort);
/// Of a record of this type in a case that has nothing else.
Sort sort_of(sync::RecordType);
/// Of a draft, as what people work on.
Sort sort_of(const BodyExtras&);

struct MatterRow {
  std::int64_t row = 0;
  CaseId id;
  OfficeId office;  ///< origin
  bool own = false;
  Kind kind{};
  sync::Lane lane{};
  ReportState state{};
  std::string title;
  std::optional<sync::Millis> occurred, signed_at, received;
  std::optional<sync::Millis> submitted, signed_until;  ///< of its newest version, as in SignedShown
  std::string number;
  bool verified = true;
  std::int64_t flags = 0;  ///< record_note bits
  bool conflict = false;
  std::int64_t attachments = 0;
  Sort sort = Sort::report;
  std::string incident, grade;  ///< of the newest version; empty when it says nothing
};

/// Which of a case's times a range is about.
enum class TimeOf : std::uint8_t { occurred, signed_at, received };

/// What a list is put in order by: the moment shown (received, else signed, else of the event), the lane, the office's
/// code, the state as work goes on, the number as a person counts. What is alike in it goes by its moment, newest
/// first.
enum class OrderBy : std::uint8_t { time, lane, office, state, number };

struct ListFilter {
  std::optional<sync::Lane> lane = {};
  std::optional<ReportState> state = {};
  std::optional<OfficeId> office = {};
  bool conflict = false;    ///< only cases with versions side by side
  std::string search = {};  ///< as typed; empty: no search
  std::size_t limit = 100;
  std::string after = {};  ///< a cursor that list_cases gave
  std::optional<Kind> kind = {};
  std::optional<std::vector<std::string>> incidents = {};  ///< any of these types
  std::string grade = {};
  TimeOf by = TimeOf::signed_at;
  std::optional<sync::Millis> from = {}, until = {};  ///< from <= time < until
  std::optional<bool> attachments = {}, exercise = {};
  /// Something on it waits for somebody (an act with a due time), due before then; and not before `due_from`.
  std::optional<sync::Millis> due_from = {}, due_until = {};
  /// Put in this order, `ascending` or not; none: the newest first, without a bound on how many.
  std::optional<OrderBy> order = {};
  bool ascending = false;
};
struct CaseList {
  std::vector<MatterRow> rows;       ///< newest first, or in the order that was asked for
  std::string next;                  ///< empty at the end
  std::optional<std::size_t> among;  ///< only the newest so many that fit were put in order; none: all of them
};
/// Reports only. However many cases there are, one call looks at a bounded number: it may give fewer than the limit,
/// or none, and still a `next`. Fault::invalid for a cursor that is none, or a search without a letter.
Result<CaseList> list_cases(Store&, const ListFilter&);

Result<std::optional<MatterRow>> matter(Store&, const CaseId&);
Result<MatterRow> matter_at(Store&, std::int64_t row);
/// So many characters of an id, at least, name what begins with them.
inline constexpr std::size_t kIdPrefixLeast = 6;
/// By id, by a prefix of 6 or more base32 characters, or by number. Fault::missing "case.missing";
/// Fault::invalid "case.prefix" when the prefix is too short, is no base32, or fits several.
Result<MatterRow> find_case(Store&, std::string_view typed);

struct CaseRecord {
  std::int64_t row = 0;
  sync::ReleasedRecord released;
  sync::Millis at_ms = 0;  ///< when we stored it
  SignedWhen when;         ///< when it was signed
  bool own = false, verified = true;
  std::int64_t flags = 0;
  sync::Refusal quarantine{};
};
/// All records of a case in the order they were stored. Fault::corrupt when one of them no longer decodes.
Result<std::vector<CaseRecord>> case_records(Store&, std::int64_t matter);
/// The case's versions without what is in quarantine; of what cannot be read only that it is there.
CaseGraph graph_of(const OfficeId& lead, const std::vector<CaseRecord>&);
/// Versions that nothing has replaced, each of equal ones too. Newest (by HLC) last.
std::vector<const CaseRecord*> heads(const CaseGraph&, const std::vector<CaseRecord>&);
/// Whether records of this type are versions of the case: what conflicts are about.
bool is_version(sync::RecordType);
/// The record that a new version starts from: the newest head of the lead office that has a text, else the newest
/// version that has.
const CaseRecord* current(const CaseGraph&, const std::vector<CaseRecord>&);

struct CaseReceipt {
  enum class Kind : std::uint8_t { custody, stored, opened, refused } kind{};
  OfficeId by;
  sync::Millis at_ms = 0;  ///< stored, opened: of the first that covered it, and stays
  RecordId record;
  sync::Refusal why{};
  sync::Millis latest_ms = 0;  ///< of the newest one that covers it
};
std::string_view name_of(CaseReceipt::Kind);
/// What other offices said about our records of this case, by their signed receipts.
Result<std::vector<CaseReceipt>> case_receipts(Store&, const std::vector<CaseRecord>&);

/// What of a report is searched beside its title.
std::string search_text(const Report&);
/// Search words of a draft; the same report has to be given to forget them (the index keeps no text).
Result<> index_draft(Store&, std::int64_t matter, const Report&);
Result<> forget_draft(Store&, std::int64_t matter, const Report&);

}  // namespace yz::node
