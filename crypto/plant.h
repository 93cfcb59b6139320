#pragma once
/// Deliberate faults that prove that the tests hold: tools/sim --planted runs the simulator with one of them at a time
/// and demands that it is caught. Only test_planted compiles them in; in every other program planted() is false at
/// compile time, and nothing of them is left. For .cc files: a header would bring them into programs that ship.
#include <cstdint>

namespace yz {

#define YZ_BUGS(X)                                                                              \
  X(receipt_before_commit)      /* what a failed commit rolled back is answered for */          \
  X(commit_not_synced)          /* a commit does not wait for the disk */                       \
  X(log_never_synced)           /* the database's log never reaches the disk on purpose */      \
  X(failed_sync_forgotten)      /* work goes on after an fsync that failed */                   \
  X(attachments_committed_last) /* a receipt becomes durable before the chunk that it covers */ \
  X(migration_in_pieces)        /* a migration is not one transaction */                        \
  X(clock_not_kept)             /* after a restart our clock may go back */                     \
  X(box_key_not_kept)           /* neighbours seal to a key that a restart forgets */           \
  X(tip_over_gap)               /* a stored receipt covers a number that is missing */          \
  X(chain_not_checked)          /* a stored receipt covers an envelope of another history */    \
  X(ranges_as_proof)            /* a number behind a gap counts as delivered */                 \
  X(older_statement_wins)       /* what a neighbour said before replaces its newest word */     \
  X(opened_before_opening)      /* opened is said when it is only stored */                     \
  X(epoch_ignored)              /* another store of the neighbour counts as the old one */      \
  X(nonce_not_spent)            /* one request is taken twice */                                \
  X(parts_by_length)            /* parts are put together when their lengths add up */          \
  X(broken_line_forgotten)      /* what was under way when the line broke never goes again */   \
  X(bulk_before_flash)          /* a flash waits behind a chunk */                              \
  X(delivery_skipped)           /* what fits no more into an envelope counts as sent in it */   \
  X(number_used_twice)          /* two envelopes under one number */                            \
  X(incarnation_kept)           /* a restored store goes on under its old numbers */            \
  X(one_life_for_two)           /* two restores of one copy go on under the same name */        \
  X(lost_not_offered_again)     /* what a restored neighbour lost stays lost */                 \
  X(record_counted_twice)       /* a record that came twice is counted twice */                 \
  X(last_writer_wins)           /* of two versions side by side one goes out of sight */        \
  X(withdrawal_forgotten)       /* a withdrawn report is shown as if it still stood */          \
  X(quota_not_given_back)       /* what was rolled back counts against the sender's day */      \
  X(path_not_checked)           /* a certificate that nobody vouches for is believed */         \
  X(carried_held_back)          /* a relay says that it has what it never hands on */

enum class Bug : std::uint8_t {
#define YZ_BUG(name) name,
  YZ_BUGS(YZ_BUG)
#undef YZ_BUG
};

#ifdef YZ_PLANTED
/// Whether the environment's YZ_PLANT names this one (tests/planted/planted.cc).
bool planted(Bug);
#else
constexpr bool planted(Bug) { return false; }
#endif

}  // namespace yz
