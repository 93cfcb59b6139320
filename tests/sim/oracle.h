#pragma once
// What must hold inside one office, worked out anew from the signed bytes that it keeps and not by the code under test.
// Each gives what is wrong, or nothing.
#include <string>

#include "tests/sim/office.h"

namespace yz::sim {

/// A case's row shows what follows from its versions: side by side or not, withdrawn or not, and every head in sight.
std::string wrong_in_cases(Office&);
/// What a stream, received or its own, says is here without a gap is here, as one history from its first envelope, with
/// the chain value that receipts name.
std::string wrong_in_streams(Office&);
/// Whatever its receipts say is stored is there; so they may be told, now or after any restart.
std::string wrong_in_receipts(Office&);
/// What one office said last, since its store began, is what the other one holds of it. Once all has settled.
std::string wrong_in_hearing(Office& from, Office& to);
/// By statement: its store's epoch and its time, as they were when last looked at.
using Words = std::map<Bytes, std::pair<Bytes, std::int64_t>>;
/// Of what one store of a neighbour says about one thing, no older word takes the place of a newer one.
std::string wrong_in_words(Office&, Words& before);
/// Against the senders' days counts no more than what is stored.
std::string wrong_in_quota(Office&);
/// What was certified in the name kForgedName is believed by nobody.
std::string wrong_in_directory(Office&);

inline constexpr std::string_view kForgedName = "伪造";

}  // namespace yz::sim
