#pragma once
// What the desk needs to have written down. node/store/books.cc keeps it in the database; a test may keep it elsewhere.
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/office/act_states.h"
#include "node/office/body.h"
#include "node/office/draft_versions.h"
#include "node/office/versions.h"
#include "node/office/workflow.h"
#include "sync/record.h"

namespace yz::node {

/// An officer, as the desk knows one.
struct Person {
  CertDigest certificate;
  PersonId id;
  std::string name, phone;
  std::uint16_t roles = 0;  ///< crypto::role bits; a signer's too while somebody is away in whose place they sign
  /// Who is away and named them: without a signer's role of their own they sign for these alone (代签).
  std::vector<PersonId> stands_for = {};
};
/// One whose key was unlocked for this call.
struct SigningPerson {
  Person person;
  const crypto::SigningKey& key;
};

/// An office that we may report to.
struct Above {
  enum class Rank : std::uint8_t {
    superior,  ///< 块: the one that certified us
    line,      ///< 条: registered beside it
    higher,    ///< above our superior
  };
  OfficeId id;
  std::string code, name;
  Rank rank{};
  bool reached = false;  ///< its keys are known: mail can be sealed for it
};

struct HomeOffice {
  OfficeId id;
  std::string name;
  std::string level;         ///< "township"
  bool one_person = false;   ///< certified so, and one active officer
  std::vector<Above> above;  ///< our superior first, then line superiors, then upwards
  bool gravest_to_all = true;
  Hash anchor;
};

/// A draft: of a new case, or of the next version of one that has records.
struct Draft {
  std::int64_t matter = 0;  ///< 0: not kept yet
  CaseId case_id;
  bool first = true;  ///< the case has no record yet
  ReportState state = ReportState::draft;
  Report report;
  BodyExtras extras;
  PersonId drafter;
  std::string note;  ///< why it was returned
  Bytes content;     ///< fixed when it was submitted; empty before
  std::vector<sync::RecordSignature> signatures;

  /// Which saves of this office's machines it stands on: those that are shown in it. What its writer was shown instead,
  /// when that was less; then it stands beside the rest.
  Seen seen;
  std::vector<std::string> disputed = {};  ///< what a person has to decide, as in draft_view.h
  std::optional<RecordId> record = {};     ///< signed off on another machine; its record has not come here yet
};

/// What the desk must know of a case that has records.
struct CaseFile {
  std::int64_t matter = 0;
  CaseId case_id;
  OfficeId office;
  bool own = false;
  ReportState state{};
  std::string number;
  CaseGraph graph;
  /// What the case's own office says last, ascending; the newest eight when there are more.
  std::vector<RecordId> heads;
  bool crowded = false;                ///< there are more
  std::optional<DecodedBody> current;  ///< the version that a new one starts from
  std::vector<OfficeId> addressees;    ///< whom our good records of it went to, ascending
  std::vector<RecordId> shown;         ///< its record and those that say the same, ascending, at most eight
  bool has_first = false;              ///< an emergency's first report is in it
  std::int64_t last_sequence = 0;
  struct Provisional {
    RecordId record;
    std::vector<PersonId> signed_by;
  };
  std::vector<Provisional> provisional;  ///< versions that wait for their cosignature, oldest first
  std::vector<OfficeId> brought_by;      ///< others who addressed a version or a forward of it to us, ascending
  bool exercise = false;                 ///< a version of it is marked so: what is done about it is too
};

/// An act of a case, ours or another office's.
struct ActEntry {
  std::int64_t row = 0;  ///< of its record
  ActFact fact;
  ActStanding standing;
  Act act;                        ///< of kind `forwarded`: without a body
  std::vector<RecordId> made_on;  ///< versions; of a reply the act that it answers
  sync::Lane lane = sync::Lane::routine;
  sync::Sensitivity sensitivity = sync::Sensitivity::internal;
  bool exercise = false, seen = true;
};

/// What is passed on, and what lets those check it who have never heard of its signers.
struct Original {
  sync::ReleasedRecord record;
  std::vector<crypto::Certificate> certificates;
};

/// An attachment of what is passed on.
struct Enclosed {
  Manifest manifest;       ///< without key and `from`: named in the text, and its manifest has not come yet
  bool kept_back = false;  ///< an office below did not hand it on, so it never will come
  bool handed_on = false;  ///< by us already
};

class Books {
 public:
  virtual ~Books() = default;
  /// All of `work` or nothing, durably. Inside another write() it is part of that one.
  virtual Result<> write(const std::function<Result<>()>& work) = 0;

  virtual Result<HomeOffice> home() = 0;
  virtual Result<sync::Hlc> tick(sync::Millis now) = 0;
  virtual Result<std::optional<Draft>> draft(std::int64_t matter) = 0;
  /// Fault::missing when the case has no record.
  virtual Result<CaseFile> case_file(std::int64_t matter) = 0;
  /// The record of a case that is passed on: the one asked for; else the newest version that was addressed to us, or
  /// the newest forward of it that was. Fault::denied "forward.not_addressed" when there is none.
  virtual Result<Original> original(std::int64_t matter, const std::optional<RecordId>&) = 0;
  /// What belongs to a record of the case that is passed on: attachments of its layers, and of what these replace.
  virtual Result<std::vector<Enclosed>> enclosed(std::int64_t matter, const RecordId&) = 0;
  /// The author's own manifest of one with `from`, to lie inside ours. Fault::conflict "draft.waits" when it is not
  /// here.
  virtual Result<Original> manifest_record(const Manifest&) = 0;
  /// Our newest forward of a case; none when we never passed it on.
  virtual Result<std::optional<sync::ReleasedRecord>> our_forward(std::int64_t matter) = 0;
  /// What was done about a case, by (clock, id); the newest 256.
  virtual Result<std::vector<ActEntry>> acts(std::int64_t matter) = 0;
  /// Whether the office lies below ours.
  virtual Result<bool> below(const OfficeId&) = 0;
  /// A commission with all that was said about it. Fault::missing "commission.missing" when the case is none.
  virtual Result<CommissionFile> commission(std::int64_t matter, sync::Millis now) = 0;
  /// The row of a case; none when it is not here.
  virtual Result<std::optional<std::int64_t>> matter_of(const CaseId&) = 0;
  /// Bodies of our own newest reports signed since then, newest first, until the visitor gives false.
  virtual Result<> each_own(sync::Millis since, const std::function<bool(std::string_view body)>&) = 0;

  // Inside write():
  /// Keeps a new one (and sets its matter) or replaces it.
  virtual Result<> keep(Draft&, sync::Millis now) = 0;
  /// Forgets the draft; a case that has no records goes with it. `into`: the record that it became.
  virtual Result<> drop(const Draft&, const std::optional<RecordId>& into, sync::Millis now) = 0;
  /// Stores a record of ours and queues it for its addressees. Gives its case's matter.
  virtual Result<std::int64_t> release(const sync::ReleasedRecord&, std::int64_t notes, sync::Millis now) = 0;
  /// The next number for the telephone, of no case yet: 柳河镇〔2026〕12号. A case takes it from what is signed.
  /// Exercises are counted by themselves: 柳河镇〔2026〕演练1号.
  virtual Result<std::string> next_number(std::string_view office_name, bool exercise, sync::Millis now) = 0;
  /// What of ours is released in this case waits until then, but for these offices; 0: it waits no longer.
  virtual Result<> hold(std::int64_t matter, std::span<const OfficeId> but, sync::Millis until) = 0;
  /// Its chunks may leave, for each of these.
  virtual Result<> let_go(const sync::AttachmentId&, std::span<const OfficeId> destinations) = 0;
  /// The same of one that came to us: as soon as all of it is here, and is what its author signed.
  virtual Result<> hand_on(const Manifest&, std::span<const OfficeId> destinations) = 0;
  virtual Result<> journal(const Person&, std::string_view action, const CaseId&, std::string_view detail,
                           sync::Millis now) = 0;
};

}  // namespace yz::node
