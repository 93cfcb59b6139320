#pragma once
// What a superior does about a case, and what is said and done about that: decisions, instructions, questions and the
// replies to them. Holds the rules of who may; the books only keep. Every act is one transaction, and one record.
#include "node/office/desk.h"

namespace yz::node {

/// 代录: typed for a leader, who signs second.
struct Dictated {
  bool on = false;
  std::optional<AskedPerson> leader = {};  ///< whose words they are; nobody: whichever signer takes them for theirs
};
/// Who has to sign an act that waits, by its draft; nobody when no leader was named.
std::optional<AskedPerson> dictated_by(const Draft&);
/// A leader's words are nobody else's to sign: that leader's, or of who was named to sign while that one is away.
bool speaks_for(const Person&, const std::optional<AskedPerson>& leader);

class ActDesk {
 public:
  static Result<ActDesk> open(Books&, sync::Millis now);
  ActDesk(Books& books, HomeOffice home, sync::Millis now) : books_(books), home_(std::move(home)), now_(now) {}

  /// A decision on another office's case. What takes two persons waits as the case's draft for sign(); one that was
  /// given back is replaced.
  Result<Outcome> decide(const SigningPerson&, std::int64_t matter, Act, const Dictated&);
  /// 批示, to the case's office, to those who brought it to us, and to the assignees, all of whom lie below us.
  Result<Outcome> instruct(const SigningPerson&, std::int64_t matter, Act, const Dictated&);
  /// The second person's signature. What was typed for a leader who is named only that one signs, or who stands in for
  /// them.
  Result<Outcome> sign(const SigningPerson&, Draft);

  /// 办理情况, by an office that an instruction was sent to; to whom it came from, and to those above us who have it
  /// too.
  Result<Outcome> progress(const SigningPerson&, std::int64_t matter, const RecordId& instruction, std::string text,
                           bool done);
  /// 办结, by the office that gave the instruction; to all who got that.
  Result<Outcome> close(const SigningPerson&, std::int64_t matter, const RecordId& instruction, std::string note);
  /// 追问, 核报, 催报. `to` empty: who brought the case to us; of our own, whom it went to. `on`: an instruction of
  /// ours that is urged.
  Result<Outcome> ask(const SigningPerson&, std::int64_t matter, Act, std::vector<OfficeId> to,
                      const std::optional<RecordId>& on);
  Result<Outcome> answer(const SigningPerson&, std::int64_t matter, const RecordId& question, std::string text);

 private:
  struct About;
  Result<About> about(std::int64_t matter) const;
  Result<sync::Record> record_of(const About&, const Act&, std::vector<RecordId> parents, std::vector<OfficeId> to);
  Result<Outcome> begin(const SigningPerson&, const About&, Act, std::vector<OfficeId> to, const Dictated&);
  Result<Outcome> alone(const SigningPerson&, const About&, const Act&, std::vector<RecordId> parents,
                        std::vector<OfficeId> to);
  Result<> tell_completed(const SigningPerson&, const sync::ReleasedRecord&);
  Result<Outcome> release(const SigningPerson&, const About&, const sync::ReleasedRecord&, std::string_view step);

  Books& books_;
  HomeOffice home_;
  sync::Millis now_;
};

}  // namespace yz::node
