#pragma once
#include <map>
#include <optional>
#include <string>

#include "crypto/keyring.h"
#include "sync/gate.h"
#include "sync/limits.h"
#include "sync/sender.h"

namespace yz::sync {

/// Our side of a link to a superior: what to ask next, and what an answer means. Owns no thread, clock, socket
/// or database: its owner calls next() until it gives nothing, carries the requests, and hands back each answer
/// or failure, inside one durable transaction each. Survives a line that comes and goes: small requests, a
/// small window, and after silence everything is dropped and dialled anew.
class Courier {
 public:
  struct Me {
    NodeId node;
    Epoch epoch;
    const crypto::SigningKey* key;
  };
  enum class Channel : std::uint8_t { main, flash };
  struct Outgoing {
    std::uint64_t id = 0;
    Channel channel{};
    bool hello = false;  ///< GET /sync/v1/hello instead of POST /sync/v1/exchange
    Bytes body;
    Millis connect_timeout_ms = 3000;
  };
  enum class Failure : std::uint8_t {
    connect,    ///< no connection came about
    refused,    ///< the other side refused the connection
    cut,        ///< it broke
    too_large,  ///< 413
    busy,       ///< 429 or 503
    nonsense,   ///< anything that is not a validly signed answer: a captive portal
  };

  Courier(Outbox&, Inbox&, Link&, Me);

  /// Loads the link's state. Call once, and again after the store was changed behind our back.
  Result<> start();
  /// A request to send now, or nothing. Runs in a transaction: it may cut envelopes.
  Result<std::optional<Outgoing>> next(Millis now);
  /// A whole answer body. Runs in a transaction that the caller commits before calling next().
  /// Fault::forged when it was not a valid answer (then it counts as failed(nonsense)).
  Result<> answered(std::uint64_t id, ByteView body, std::size_t bytes_down, Millis now, Hlc my_hlc);
  void failed(std::uint64_t id, Failure, Millis retry_after_ms, Millis now);
  /// True once after silence: the owner resets every connection (RST) before the next request.
  bool take_reset();
  /// Requests that hang while others are answered: the owner closes their connections. What they carried is sent
  /// again at once by another; an answer that comes all the same is ignored.
  std::vector<std::uint64_t> take_stuck() { return std::exchange(stuck_, {}); }
  /// What of the main channel's requests the peer's kernel has not acknowledged yet, where the owner can know: tell it
  /// before next(). On a slow line what has arrived makes room for more before the answer is here.
  void on_line(std::size_t bytes) { on_line_ = bytes; }
  /// Room may come about without an event.
  bool wants_looks() const { return on_line_ && slow() && in_flight(); }
  /// Ask for one exchange even when there is nothing to send.
  void poll() { poll_ = true; }
  /// A flash was signed or the person asked: forget the back-off.
  void hurry() {
    backoff_until_ = 0;
    tries_ = 0;
  }
  /// When next() can have something to do again without an event, by itself.
  Millis wake() const;
  /// Nothing in flight, nothing without a receipt, and the peer has nothing more.
  Result<bool> in_sync();
  bool in_flight() const { return !flying_.empty(); }
  /// Time of the last valid answer, by the `now` that was passed; 0 = never in this life.
  Millis last_contact() const { return contact_; }
  std::uint64_t rate_bps() const { return rate_bps_; }
  bool refused_by_peer() const { return refused_; }
  Tally& tally() { return tally_; }
  void set_hlc(Hlc h) { hlc_ = h; }

 private:
  struct Flight {
    Channel channel{};
    bool hello = false;
    Nonce nonce;
    Bytes head;
    std::size_t bytes = 0;
    std::uint64_t control_base = 0;
    Millis sent = 0, deadline = 0;
    bool fresh = false;
  };
  Result<std::optional<Outgoing>> exchange(Channel, Lane first, Lane last, std::size_t budget, bool even_empty,
                                           Millis now);
  Outgoing hello(Millis now);
  void measure(const Flight&, std::size_t bytes_down, Millis now);
  void find_round_trip(Millis took, std::size_t bytes);
  void lost(Millis now);
  void undo(std::uint64_t id, Millis now);
  void give_up_stuck(Millis now);
  void back_off(Millis now);
  std::size_t unacknowledged() const;
  std::size_t most_flights() const;
  std::size_t flights(Channel) const;
  Millis dial_ms() const;
  bool slow() const { return rate_bps_ < limit::slow_bps; }
  /// Whether envelopes may be cut: after a start the peer's view is read first, so that what it has already is not
  /// cut a second time, and an old store learns that it is old before it gives a number twice.
  bool may_cut(Channel c) const { return looked_ >= (c == Channel::flash ? 1 : limit::look_answers); }
  std::size_t window() const;
  Millis patience(std::size_t bytes) const;

  Outbox& outbox_;
  Inbox& inbox_;
  Link& link_;
  Me me_;
  LinkState state_;
  Sender sender_;
  Tally tally_;
  Hlc hlc_;
  std::map<std::uint64_t, Flight> flying_;
  std::vector<std::uint64_t> stuck_;
  std::uint64_t answered_ = 0;  // given to answered() and not known to be committed
  bool reload_ = false;         // the link's state was rolled back
  std::uint64_t next_id_ = 1;
  std::uint64_t rate_bps_ = 0;
  double busy_bytes_ = 0, busy_ms_ = 0;  // decaying sums behind rate_bps_
  Millis rtt_ms_ = 0;
  std::size_t target_ = 0;  // bytes of one request
  std::optional<std::size_t> on_line_;
  std::size_t peer_request_bytes_ = 0;
  Result<> peer_heard(const Mark& said, std::uint64_t base);
  std::uint64_t control_sent_ = 0;  // number up to which control items went out in this life
  Millis contact_ = 0, last_answer_ = 0, last_answered_sent_ = 0, backoff_until_ = 0;
  Millis soon_ = 0;  // no connection came about: when to dial again if anything waits; 0: the back-off alone counts
  int tries_ = 0, silences_ = 0;  // failures and silences in a row
  int looked_ = 0;                // answers read since the start, until the peer had no more to tell
  bool peer_has_more_ = false;    // by its last answer
  bool poll_ = false, peer_more_ = false, fresh_ = false, reset_ = false, refused_ = false;
};

}  // namespace yz::sync
