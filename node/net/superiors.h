#pragma once
#include <optional>
#include <string>
#include <vector>

#include "node/net/join.h"

namespace yz::node {

/// A superior that we asked to take us in and that has not answered yet.
struct Unanswered {
  Invitation invitation;
  Bytes request;           ///< sent again until it is answered; empty: not made yet
  bool registers = false;  ///< a further one, that only registers us
};
/// In the order of their ids; the one that is to certify us first.
Result<std::vector<OfficeId>> unanswered_superiors(Store&);
Result<std::optional<Unanswered>> unanswered(Store&, const OfficeId& superior);

/// Remembers the wish to join with this invitation: an office that is certified already is registered with a further
/// superior, one that is not joins its first. `line`: the person says that it is a line superior (条). Inside a write.
/// Faults: invalid with superior.code, superior.line, superior.exists, superior.pending; forged with join.expired,
/// join.root.
Result<> ask_superior(Store&, Directory&, const Invitation&, std::string_view typed, bool line,
                      const crypto::SigningKey& authority, sync::Millis now);
/// The superior refused for good. Inside a write.
Result<> forget_asked(Store&, const OfficeId& superior);

/// One superior as status and `superior list` show it.
struct SuperiorRow {
  enum class Kind : std::uint8_t { superior, line, direct } kind{};
  OfficeRow office;
  std::vector<std::string> urls;
  sync::Millis last_contact = 0;  ///< 0: never
  bool joined = false;
  sync::Millis failing = 0;  ///< since then, after the last contact, no try got an answer; 0: not so
  std::string refusal = {};  ///< what it answered instead of an exchange, "" = it talks
};
/// The one that certified us first.
Result<std::vector<SuperiorRow>> superior_rows(Store&, Directory&);
std::string_view name_of(SuperiorRow::Kind);
/// The further superior of this code, joined or asked; or the one that we asked to move to. Faults: missing
/// "superior.missing"; denied "superior.own" for the one that certified us.
Result<OfficeId> further_superior(Store&, Directory&, std::string_view code);
/// It is none any more: its link ends, and our own superior hears of it. What waits for it stays and is counted. Inside
/// a write.
Result<std::int64_t> remove_superior(Store&, const OfficeId&, sync::Millis now);
/// Where a superior is reached from now on. Fault::missing "superior.missing" without a link to it, invalid
/// "superior.url". Inside a write.
Result<> set_superior_url(Store&, Directory&, std::string_view code, const std::vector<std::string>& urls);

}  // namespace yz::node
