#pragma once
// A draft as several machines of one office work on it. Each save is a version that says which saves of which machines
// its writer had seen; what no other version has seen is a head. Versions are never altered: a save makes a new one.
#include <compare>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "node/office/body.h"
#include "sync/envelope.h"

namespace yz::node {

/// One life of one machine: put back from a copy it counts anew, so that a number is never given twice.
struct DraftAuthor {
  NodeId node;
  sync::Incarnation incarnation;
  auto operator<=>(const DraftAuthor&) const = default;
};

/// The newest save of each machine that is known to a version; every earlier one of that machine is known with it.
class Seen {
 public:
  static constexpr std::size_t kMost = 32;  ///< seven machines, put back from copies a few times each

  bool covers(const Seen&) const;
  void join(const Seen&);
  std::uint64_t of(const DraftAuthor&) const;
  /// Beyond kMost the smallest of others is forgotten: what it stood for then counts as not seen, never the reverse.
  void set(const DraftAuthor&, std::uint64_t number);
  bool empty() const { return saves_.empty(); }
  std::size_t size() const { return saves_.size(); }
  bool operator==(const Seen&) const = default;

  void write(Writer&) const;
  /// Spoils the reader unless 1 to kMost, ascending, none of number 0.
  static Seen read(Reader&);
  /// For people's programs to hand back what they were shown; opaque to them.
  std::string token() const;
  static Result<Seen> from_token(std::string_view);

 private:
  std::map<DraftAuthor, std::uint64_t> saves_;
};

struct DraftVersion {
  enum class Kind : std::uint8_t { text = 1, deleted = 2, released = 3 };
  Kind kind = Kind::text;
  Seen seen;  ///< with itself
  DraftAuthor by;
  sync::Hlc at;
  // Of a text:
  Report report;
  BodyExtras extras;
  PersonId drafter;
  std::string note;  ///< why it was returned
  Bytes content;     ///< fixed when it was submitted
  std::vector<sync::RecordSignature> signatures;
  // Of one that was signed off:
  RecordId record;

  Hash id;      ///< over the bytes
  Bytes bytes;  ///< as made or received; never written anew
};

/// Fills `id` and `bytes`.
void fix(DraftVersion&);
/// Fault::forged unless exactly one version in form; its fixed content, if any, is checked by check_content.
Result<DraftVersion> decode_version(ByteView);

/// What one machine knows of a draft.
struct DraftState {
  static constexpr std::size_t kHeads = 8, kBefore = 4;
  CaseId draft;
  OfficeId case_office;              ///< whose case it belongs to: ours, or of a text that is passed on another's
  std::vector<DraftVersion> heads;   ///< none has seen another; by (clock, id)
  std::vector<DraftVersion> before;  ///< what heads were written from; at most kBefore, newest first

  Seen seen() const;  ///< of all heads
  /// The same heads give the same name, on every machine.
  Hash name() const;
};
Bytes encode(const DraftState&, bool with_before = true);
/// Fault::forged unless exactly one state of this office in form.
Result<DraftState> decode_draft_state(ByteView, const OfficeId& office);

/// Everything that both know. Pure: in whichever order machines hear of each other, they end alike. Beyond kHeads the
/// newest stay.
DraftState joined(const DraftState& ours, const DraftState& theirs);
/// A save on top of what its writer saw: heads that it has seen are replaced.
void save(DraftState&, DraftVersion);

/// The text that is under a report's signatures: without keys of attachments, and what only drafts have.
Bytes body_to_sign(const Report&, BodyExtras);
/// The same of our edition of what is passed on: beside it stand the note, and the attachments that are handed on.
Bytes edition_to_sign(const Report&, BodyExtras);
/// What people signed says what the draft shows, for this case of this office; its signatures, in whatever order, have
/// the form of a record's. Fault::forged otherwise. Says nothing of whose they are.
Result<sync::ReleasedRecord> check_content(const DraftVersion&, const OfficeId& office, const OfficeId& case_office,
                                           const CaseId&);

}  // namespace yz::node
