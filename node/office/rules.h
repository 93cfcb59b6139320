#pragma once
#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"
#include "node/office/report.h"
#include "node/office/text.h"

/// The rules of good reporting as data, and the one place that applies them.
/// They say what is amiss; they never change a report. node/net/rules_json.h
/// reads the data from the program itself.
namespace yz::node {

// ---- limits: part of the format, not of the data ----

/// A title has to fit a list and a telephone call; the rules advise far less.
inline constexpr std::size_t kTitleCharactersMax = 200;
/// A record takes 256 KiB (protocol.md); the rest is left for fields and signatures.
inline constexpr std::size_t kBodyBytesMax = 200 * 1024;
/// One text field. Longer matter belongs in the body or an attachment.
inline constexpr std::size_t kFieldBytesMax = 8 * 1024;

// ---- the data ----

enum class Severity : std::uint8_t { error, warning };
/// What an error stops.
enum class Blocks : std::uint8_t {
  routine,     ///< the sending of a routine item; on an emergency it travels along as a warning
  always,      ///< sending, whatever the kind and lane
  drafts_too,  ///< even keeping it: the text could not be stored or carried
};

enum class Check : std::uint8_t {
  length,
  forbid_regex,
  forbid_regex_unless,
  require_regex,
  count_regex,
  required_fields,
  unknown_needs_note,
  time_order,
  title_has_casualties,
  title_in_body,
  sentence_length,
  sequence,
  decrease_needs_reason,
  level_matches_thresholds,
  numbers_agree,
  forbid_id_number,
  signed_within,
  parent_exists,
  before_due,
  similar_to_own,
};

/// One rule; which members count depends on `check`.
struct Rule {
  std::string id;
  Severity severity = Severity::warning;
  Blocks blocks = Blocks::routine;
  std::bitset<16> kinds;  ///< by the number of the Kind
  Check check = Check::length;
  std::string zh, en;
  std::vector<std::string> in;      ///< title, body, body_last_sentence, fields, attachments
  std::vector<std::string> fields;  ///< field keys, or for time_order occurred_at, a field, now
  std::string regex, unless;        ///< PCRE2
  std::string by_template;          ///< "R" or "C": the fields the template gives that need
  std::string reason_field;
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::int64_t minutes = 0;  ///< signed_within; tolerance of time_order
  std::int64_t days = 0;
  double share = 0;
  std::map<std::string, std::vector<std::string>> patterns;  ///< numbers_agree: key -> regexes, group 1 is the number
};

struct Condition {
  std::string metric;
  double gte = 0;
};
struct IncidentTypes {
  struct Type {
    std::string code, zh, en, class_code, grading;
    std::vector<std::string> words;  ///< what people call it, the plainest first, in both languages
  };
  struct Class {
    std::string code, zh, en;
  };
  struct Grading {
    bool by_person = false;  ///< no figures: always ungraded
    /// [IncidentLevel]: alternatives, each a list of conditions that hold together.
    std::array<std::vector<std::vector<Condition>>, 5> levels;
  };
  struct Metric {
    std::string zh, en;
    std::vector<std::string> sum;  ///< fields that add up to it when it is not a field itself
  };
  std::vector<Class> classes;
  std::vector<Type> types;
  std::map<std::string, Grading, std::less<>> gradings;
  std::map<std::string, Metric, std::less<>> metrics;
};

/// Which form a report takes. `flash`: the first report of an emergency in the lane flash, the shortest one.
enum class Stage : std::uint8_t { first, followup, final, routine, zero, flash };
inline constexpr std::size_t kStageCount = 6;
/// What a first flash may ask of a person, and no policy may ask more: who reports must not be kept from reporting.
inline constexpr std::size_t kFlashRequiredMost = 6;
enum class Need : std::uint8_t { unused, required, if_known, optional };
enum class FieldType : std::uint8_t { text, integer, number, boolean, datetime, choice, incident_type };
/// Where the node takes a field from that a person need not fill in.
enum class FieldSource : std::uint8_t {
  person,
  title,
  kind,
  lane,
  body,
  occurred_at,
  grade,
  sensitivity,
  office,
  drafter,
  reviewer,
  signer,
  contact,
  sequence,
  parent,
  attachments,
};
struct FieldSpec {
  struct Choice {
    std::string code, zh, en;
  };
  std::string key, zh, en;
  FieldType type = FieldType::text;
  FieldSource source = FieldSource::person;
  bool by_node = false;  ///< not to be set as a field
  double min = 0, max = 1e9;
  std::vector<Choice> choices;
  std::array<Need, kStageCount> need{};  ///< [Stage]
  std::vector<std::string> classes;      ///< an extra field of these classes or types; empty: of all
  bool by_policy = false;                ///< no field of this program: a policy brought it
};
/// What the form of one class or type of incidents wants beyond its stage.
struct ClassNeed {
  std::string class_code;  ///< "AD" or "AD-ENV"
  Stage stage = Stage::first;
  std::string field;
  Need need = Need::required;
};
struct Templates {
  std::vector<FieldSpec> fields;
  std::vector<ClassNeed> class_needs;  ///< no two of one class, stage and field
};
/// Somebody has to fill it in by hand.
constexpr bool by_hand(const FieldSpec& f) {
  return !f.by_node &&
         (f.source == FieldSource::person || f.source == FieldSource::occurred_at || f.source == FieldSource::body);
}

struct KindInfo {
  Kind kind;
  std::string zh, en;
  Stage stage = Stage::routine;
};
/// How soon a first report has to be at the next office, from the time it was learned.
struct Deadline {
  std::string hop;  ///< "township>county"
  IncidentLevel level = IncidentLevel::ungraded;
  std::optional<std::int64_t> phone_min;
  std::int64_t written_min = 0;
  std::string class_code = {};  ///< "AD"; empty: every class of incidents
};

/// Hours of the day that hold for some offices, always or during some days: zero reports, changes of the watch.
struct Timetable {
  std::string name;
  std::vector<std::string> levels;               ///< of offices: "township"
  std::vector<std::string> offices;              ///< codes; with `levels` both count
  std::vector<std::int64_t> at_min;              ///< minutes of the day, ascending
  std::optional<std::int64_t> from_day, to_day;  ///< days since 1970, both inside; none: open
  std::int64_t persons = 0;                      ///< of a watch: how many at least
  bool operator==(const Timetable&) const = default;
};
/// Emergencies of a class that go to all superiors from this grade up, in the lanes flash and urgent.
struct SkipRule {
  std::string class_code;  ///< class or type
  std::string from;        ///< level of the reporting office; empty: any
  IncidentLevel lowest = IncidentLevel::ii;
};

/// After how many minutes each is asked: the deputy, the leader, the superior. Each later than the one before.
using EscalationMin = std::array<std::int64_t, 3>;

/// What is no rule about a text, and set by policy too.
struct PolicyTerms {
  std::int64_t commission_days = 3;
  std::map<std::string, std::int64_t, std::less<>> slack_min;  ///< by level of the office that passes on
  /// Signatures that a text takes: 2 drafter and signer, 3 a reviewer too. The last that fits counts.
  struct SignOff {
    std::optional<Kind> kind;  ///< none: every kind
    std::int64_t steps = 2;
  };
  std::vector<SignOff> signoff;
  IncidentLevel skip_from = IncidentLevel::ii;  ///< flash emergencies from here up go to all superiors
  std::vector<SkipRule> skip;                   ///< of single classes, besides
  std::vector<Timetable> zero_reports, watches;
  /// [Awaited][lane: flash, urgent, routine] (office/escalation.h).
  std::array<std::array<EscalationMin, 3>, 3> escalation_min{};
  std::string name;  ///< "370700#3,370783#1"; empty: built in
};

struct RuleSet {
  std::vector<Rule> quality;
  IncidentTypes incidents;
  Templates templates;
  std::vector<KindInfo> kinds;
  std::vector<Deadline> deadlines;
  PolicyTerms terms;
};

// ---- applying it ----

/// What is amiss, where. `offset` and `length` count Unicode characters of the
/// text of `field` (title, body, a field's key, attachments); length 0: the whole.
struct Finding {
  std::string rule;
  Severity severity = Severity::warning;
  Blocks blocks = Blocks::routine;
  std::string zh, en;
  std::string field;
  std::size_t offset = 0, length = 0;
};

/// What the node knows beside the report itself. Empty means "not there yet".
struct Context {
  std::string drafter, reviewer, signer, reporting_office;
  std::string contact;                     ///< name and telephone
  bool one_person = false;                 ///< the drafter is reviewer and signer as well
  bool first_report_present = false;       ///< this follow-up or final report has its first report in the same case
  std::int64_t last_sequence = 0;          ///< number of the newest follow-up of the case, 0 when there is none
  Fields previous;                         ///< fields of the report before this one in the case
  std::int64_t now_ms = 0;                 ///< 0: rules that need the clock are left out
  std::optional<std::int64_t> sent_at_ms;  ///< for reports that left before they were signed off
  std::optional<std::int64_t> signed_at_ms;
  std::optional<std::int64_t> due_at_ms;  ///< of the commission it answers
  std::vector<std::string> attachments;   ///< names
  /// Calls the visitor with the body of every other report of this office from
  /// the last `days` days, until it returns false. May be empty.
  std::function<void(std::int64_t days, const std::function<bool(std::string_view body)>& visit)> each_own;
};

/// Compiled once, then constant: any thread may use it, copies share one object.
class Rules {
 public:
  /// Fault::corrupt when the data contradicts itself or a pattern does not compile:
  /// the program was built wrong.
  static Result<Rules> make(RuleSet);

  /// All that is amiss, in the order of the rules, the hard limits first. Takes
  /// any bytes: a text that is no UTF-8 gives a finding and is not looked at
  /// further; a pattern that reaches its limit counts as not matched and gives a warning.
  std::vector<Finding> check(const Report&, const Context&) const;

  /// A field's value from what a person typed. Fault::invalid with a sentence that
  /// names the near keys, the choices or the range.
  Result<Value> parse_field(std::string_view key, std::string_view text) const;
  /// parse_field, then into its place: occurred_at and secrecy are members of the report.
  Result<> set_field(Report&, std::string_view key, std::string_view text) const;

  /// By the thresholds; 以上 includes the number. Figures that are absent count as not reached.
  IncidentLevel grade(std::string_view incident_type, const Fields&) const;

  const FieldSpec* field(std::string_view key) const;
  const IncidentTypes::Type* incident_type(std::string_view code) const;
  /// None when the rules set no time for that hop and level.
  /// With a class, what is set for it goes before what is set for all.
  const Deadline* deadline(std::string_view hop, IncidentLevel, std::string_view class_code = {}) const;
  const RuleSet& data() const;

 private:
  struct Compiled;
  explicit Rules(std::shared_ptr<const Compiled> c) : compiled_(std::move(c)) {}
  std::shared_ptr<const Compiled> compiled_;
};

/// What may be done with a report, and the findings as they are to be shown and
/// sent along: on an emergency an error that does not block is a warning.
struct Verdict {
  bool may_keep = true;  ///< as a draft
  bool may_send = true;
  std::vector<Finding> findings;
};
Verdict judge(const Report&, std::vector<Finding>);

}  // namespace yz::node
