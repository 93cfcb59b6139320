#pragma once
// The desk: drafting, sign-off, follow-up, correction, withdrawal, acknowledgement. It holds the rules of who may do
// what; the books only keep. Every act is one transaction.
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "node/office/books.h"
#include "node/office/compare.h"
#include "node/office/dice.h"
#include "node/office/rules.h"
#include "sync/forward.h"

namespace yz::node {

struct Outcome {
  std::int64_t matter = 0;
  CaseId case_id;
  ReportState state{};
  std::string number;
  std::vector<Finding> findings;
  /// The draft was kept, and this is why it was not sent.
  std::optional<Error> refused = {};
  bool needs_another = false;  ///< submitted for review: who drafted it may not sign alone
  bool deleted = false;
  std::vector<OfficeId> addressees = {};   ///< where it goes, or would go: our superior first
  std::optional<sync::Lane> queued = {};   ///< something waits to leave: wake the courier
  Seen seen = {};                          ///< of a draft: with this very save
  std::vector<std::string> disputed = {};  ///< of a draft: what stands beside it from another machine
  std::optional<RecordId> record = {};     ///< of an act that was signed by all
  bool act = false;                        ///< an act, or the draft of one
};

/// What sending a text would mean: signed by its writer alone, sent first and signed later (先报后签), or submitted for
/// a second person to sign.
enum class SignOffWay : std::uint8_t { alone, provisional, second };
struct Looked {
  Verdict verdict;
  SignOffWay way{};
};

/// What a person made of versions that stand side by side.
struct Resolution {
  Report report;                               ///< in full; its lane is set to the gravest version's
  bool withdraw = false;                       ///< instead: all of it is withdrawn
  std::set<std::string, std::less<>> decided;  ///< fields of CaseView::disputed() that the person chose
  std::string reason;                          ///< may be empty
};

/// What goes with a case that is passed on.
struct Forwarding {
  std::optional<Report> edit;      ///< our edition, in full; none: passed on unchanged
  std::string note;                ///< at most 4 KiB
  std::vector<OfficeId> to;        ///< ascending; empty: our superior
  std::optional<sync::Lane> lane;  ///< more urgent than the case, or none
  std::optional<RecordId> record;  ///< which one; none: the newest that was addressed to us
  /// Which attachments of the original go along, by name or id; none: all, empty: none of them.
  std::optional<std::vector<std::string>> attachments = {};
  bool send = true;  ///< else it is kept as a draft
  /// Of the draft that this one takes the place of: what its writer was shown of it.
  std::optional<Seen> seen = {};
};

/// A later word of a commission's issuer.
struct IssuerWord {
  CommissionWord::Act act = CommissionWord::Act::chase;
  std::vector<OfficeId> offices;      ///< ascending; empty: everybody whom it can concern
  std::optional<sync::Millis> until;  ///< of grant; none: what was asked for
  std::string note;
};

class Desk {
 public:
  /// Looks up the office once: make a new desk for each call. `compare` = how many of our newest reports a routine
  /// item is compared with (B15); an import compares with none, for it may be long.
  static Result<Desk> open(Books&, const Rules&, sync::Millis now, std::size_t compare = 200);

  /// A new case. With `send` it is signed and queued, or submitted when the person may not sign alone.
  /// Fault::invalid only when the text can't even be kept.
  /// `to`: whom the person named; empty: our superior, and for the gravest emergencies whom policy names.
  /// `answers`: the commission that it answers (name_commission()). `exercise`: 演练, for ever.
  Result<Outcome> write(const SigningPerson&, const CaseId&, Report, bool send, std::vector<OfficeId> to = {},
                        std::optional<CaseRef> answers = {}, bool exercise = false);
  /// `to`: none leaves the addressees as they are.
  /// What the rules would say if the person sent this now; nothing is kept. `matter`: the draft or case that the text
  /// belongs to, 0 for none.
  Result<Looked> check(const Person&, const Report&, std::int64_t matter) const;
  /// `seen`: what its writer was shown, as the draft gave it. A draft that another machine has changed meanwhile then
  /// has both texts; without it the draft must not be disputed, and what is there now counts as seen.
  Result<Outcome> edit(const Person&, std::int64_t matter, Report, std::optional<std::vector<OfficeId>> to = {},
                       const std::optional<Seen>& seen = {});
  /// Settles a disputed draft: one of its versions stands, whole, as that machine has it.
  Result<Outcome> take(const Person&, std::int64_t matter, const DraftVersion&);
  Result<Outcome> attach(const Person&, std::int64_t matter, const Manifest&);
  /// Gives what was detached.
  Result<Manifest> detach(const Person&, std::int64_t matter, std::string_view name);
  Result<Outcome> send(const SigningPerson&, std::int64_t matter);
  Result<Outcome> submit(const SigningPerson&, std::int64_t matter);
  Result<Outcome> review(const SigningPerson&, std::int64_t matter, std::string_view note);
  Result<Outcome> send_back(const Person&, std::int64_t matter, std::string_view note);
  /// A submitted draft; else, also while the next version is being written, the missing cosignature of all provisional
  /// versions of the case that this person did not send.
  Result<Outcome> sign(const SigningPerson&, std::int64_t matter, std::string_view note);
  Result<Outcome> withdraw(const SigningPerson&, std::int64_t matter, std::string_view reason);
  Result<Outcome> remove(const Person&, std::int64_t matter);
  /// `report` is the new version in full.
  /// Goes to all whom the case went to before, and to those named now.
  Result<Outcome> follow_up(const SigningPerson&, std::int64_t matter, Report, bool final, bool send,
                            std::vector<OfficeId> to = {});
  Result<Outcome> correct(const SigningPerson&, std::int64_t matter, Report, std::string_view reason, bool send,
                          std::vector<OfficeId> to = {});
  /// Joins our versions of a case that stand side by side: a correction (or withdrawal) that names all of them as
  /// parents, eight at a time. Fault::conflict "conflict.undecided" while a disputed field is not decided.
  Result<Outcome> resolve(const SigningPerson&, std::int64_t matter, Resolution);
  /// 签收 of a case from another office.
  Result<Outcome> acknowledge(const SigningPerson&, std::int64_t matter, std::string_view note);

  /// 转报 of a case from another office, the original nested unchanged. An edition takes two persons where a report
  /// does: then it is a draft that waits for the signer. The office that the original came from is told.
  Result<Outcome> forward(const SigningPerson&, std::int64_t matter, Forwarding);
  /// 补转附件: attachments of what we passed on before that were left out, or had not come yet. By name or id; none:
  /// all. Fault::conflict "forward.none", Fault::missing "attachment.missing" when there is nothing to hand on.
  Result<Outcome> hand_on(const SigningPerson&, std::int64_t matter,
                          const std::optional<std::vector<std::string>>& attachments);
  /// 综合: a report of our own that names the received ones it was put together from (2 to 16). Their offices are told
  /// when it leaves. Fault::invalid "merge.sources" for our own, for what has no text here, for one named twice, and
  /// for an exercise among others. `attachments` of theirs go along as in Forwarding, at most `most_bytes` of them.
  Result<Outcome> merge(const SigningPerson&, const CaseId&, Report, std::span<const std::int64_t> sources, bool send,
                        std::vector<OfficeId> to = {}, const std::optional<std::vector<std::string>>& attachments = {},
                        std::uint64_t most_bytes = ~std::uint64_t{0});
  /// What was held for an ended key and is released: who did it signs for it (a cosignature of our own office).
  Result<Outcome> vouch(const SigningPerson&, std::int64_t matter, std::vector<RecordId> records,
                        std::string_view note);

  /// 约稿: work is asked of the offices in `terms.to`, below us. Two persons as for a decision: one drafts, a signer
  /// signs. Fault::invalid "commission.due", "commission.title", "commission.nobody".
  Result<Outcome> commission(const SigningPerson&, Report text, CommissionWord terms);
  /// Another text and other terms for a commission that nobody signed off yet, submitted anew; the parent stays.
  /// Fault::conflict "commission.issued" when it was.
  Result<Outcome> edit_commission(const SigningPerson&, std::int64_t matter, Report text, CommissionWord terms);
  /// 更正: a commission that was issued asks this from now on; all who were asked hear it. Two persons as for the
  /// commission. `text`: title and body in full.
  Result<Outcome> amend(const SigningPerson&, std::int64_t matter, Report text, std::string_view reason);
  /// The reply of an office that was asked: accept, decline, extend. To the issuer and everybody up the chain.
  Result<Outcome> reply(const SigningPerson&, std::int64_t matter, CommissionReply, std::string_view reason);
  /// A report of ours answers the commission: a draft names it and is sent, one that left is named by a signed reply.
  Result<Outcome> answer(const SigningPerson&, std::int64_t matter, std::int64_t report);
  /// A draft names the commission that it answers from now on, and goes to the issuer.
  Result<> name_commission(BodyExtras&, Report&, std::int64_t matter);
  /// grant, refuse, chase, close. Fault::conflict "commission.nothing", "commission.closed".
  Result<Outcome> say(const SigningPerson&, std::int64_t matter, IssuerWord);

  /// A policy for all offices below us, as its body is to be signed; `title` for lists. By a signer or who looks after
  /// policy, two persons as for a commission. Whether it may be published was asked before.
  Result<Outcome> publish(const SigningPerson&, std::string title, const Bytes& body, std::vector<OfficeId> to);

  /// By policy it goes to all superiors, unless somebody names others.
  bool skips(const Report&) const;

  /// 素材: by anybody of the office. Its text is the report's body. Fault::invalid "clue.text".
  Result<Outcome> note(const Person&, const CaseId&, Report, ClueNote);
  /// What an open clue says from now on, in full; who noted it and when stay. Fault::missing "clue.missing",
  /// Fault::conflict "clue.settled", Fault::invalid "clue.text".
  Result<Outcome> note_again(const Person&, std::int64_t matter, std::string text, std::string told_by,
                             std::string place);
  /// A clue is settled, or open again. Fault::missing "clue.missing", Fault::conflict "clue.settled", Fault::invalid
  /// "invalid.reason" for one discarded without. `report`: of one promoted.
  Result<Outcome> settle(const Person&, std::int64_t matter, ClueNote::State, std::string_view reason,
                         const std::optional<CaseId>& report = {});

  const HomeOffice& home() const { return home_; }
  /// Whom a draft's attachments are sealed for until it is signed; others get them then.
  OfficeId first_addressee(std::int64_t matter);
  /// For a new case.
  CaseId new_case() { return dice_.draw<CaseId>(); }

 private:
  Desk(Books& books, const Rules& rules, HomeOffice home, sync::Millis now, std::size_t compare)
      : books_(books), rules_(rules), home_(std::move(home)), now_(now), compare_(compare) {}

  static constexpr std::int64_t kNoteOnePerson = 1;  // record_note::one_person, which office may not include

  enum class Way : std::uint8_t { alone, duty, review };
  Way way(const Person&, const Draft&) const;
  Verdict judged(const Draft&, const Person&, Way, const CaseFile* file) const;
  std::optional<Error> obstacle(const Draft&, const CaseFile* file, const Verdict&) const;
  std::vector<OfficeId> addressees(const Draft&, const CaseFile* file) const;
  std::vector<OfficeId> case_addressees(const CaseFile&) const;
  std::vector<OfficeId> shown_order(const std::vector<OfficeId>&) const;
  bool gravest(const Report&) const;
  sync::Record record_of(const Draft&, const CaseFile* file, sync::Hlc, Way);
  Result<bool> waits_for_cosignature(const Person& by, std::int64_t matter);
  sync::Record note_record(const CaseFile&, sync::RecordType, sync::Hlc, std::vector<OfficeId> to,
                           std::string_view reason);
  void fill(Draft&, const Person&, Way, const Verdict&) const;
  Result<Draft> open_draft(std::int64_t matter) const;
  enum class Form : std::uint8_t { report, clue_too };
  Result<Draft> editable(const Person&, std::int64_t matter, bool settles = false, Form = Form::report) const;
  Result<> still_ours(const Draft&) const;
  Result<> undisputed(const Draft&) const;
  Result<Outcome> pass(const SigningPerson&, Draft&, const CaseFile* file, bool send, bool may_sign);
  Result<Outcome> put_away(const SigningPerson&, Draft&, const sync::ReleasedRecord&, sync::SignRole);
  Result<Outcome> version(const SigningPerson&, Draft, const CaseFile&, bool send);
  Result<Outcome> pass_edition(const SigningPerson&, Draft&, const CaseFile&, bool may_sign);
  Result<Outcome> keep_edition(const Person&, Draft&);
  Result<sync::Record> forward_of(const Draft&, const CaseFile&, const Original&, const Bytes& edit);
  Result<> add_late(Draft&, std::int64_t matter, const RecordId& original);
  Result<std::vector<sync::PassedAttachment>> passed_attachments(const Draft&, std::int64_t matter,
                                                                 const RecordId& original);
  Result<> release_manifests(const SigningPerson&, const sync::ReleasedRecord& text, std::span<const Manifest>,
                             sync::SignRole);
  Result<> tell_passed_on(const SigningPerson&, const CaseFile&, const sync::Record&, sync::SignRole);
  Result<> tell_merged(const SigningPerson&, const Draft&, const sync::ReleasedRecord&, sync::SignRole);
  Result<bool> from_exercises(const Draft&) const;
  Result<Outcome> pass_task(const SigningPerson&, Draft&, bool may_sign);
  Result<Outcome> sign_task(const SigningPerson&, Draft&);
  Result<> release_task(const SigningPerson&, Draft&);
  Result<> fix_task(Draft&);
  sync::Record task_record(const Draft&, sync::Hlc) const;
  sync::Record reply_record(const CommissionFile&, sync::Hlc, CommissionReply, std::string_view reason) const;
  Result<> tell_cosigners(const SigningPerson&, const Draft&, const sync::ReleasedRecord&, sync::SignRole);
  Result<> tell_asked(const SigningPerson&, const Draft&);
  Result<> tell_answered(const SigningPerson&, const Draft&, const sync::ReleasedRecord&, sync::SignRole);
  Result<> release_reply(const SigningPerson&, sync::Record, sync::SignRole);
  Result<CaseView> to_join(const CaseFile&) const;
  Result<Outcome> withdraw_all(const SigningPerson&, const CaseFile&, std::vector<RecordId> parents,
                               std::string_view reason);

  Books& books_;
  const Rules& rules_;
  HomeOffice home_;
  sync::Millis now_;
  std::size_t compare_;
  Dice dice_ = {};
};

}  // namespace yz::node
