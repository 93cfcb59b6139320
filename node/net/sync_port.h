#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>

#include "node/clock.h"
#include "node/lane_limit.h"
#include "node/net/http_server.h"
#include "node/store/directory.h"
#include "node/store/inbox.h"
#include "node/store/opener.h"
#include "node/store/outbox.h"
#include "node/store/watch.h"
#include "sync/answerer.h"

namespace yz::node {

/// The face towards subordinate nodes: hello, exchange, positions, join; nothing else, no browser routes.
/// HTTP threads only collect bytes; everything that touches the store is a job on its thread.
class SyncPort : public Handler {
 public:
  struct Parts {
    Store& store;
    Directory& directory;
    StoreInbox& inbox;
    Opener& opener;
    std::function<void(std::function<void()>)> on_store;    ///< queues an urgent job
    std::function<void(std::function<void()>)> open_later;  ///< queues the opening of what came
    std::function<Result<crypto::SigningKey>()> authority;
    bool admit_automatically = true;
    std::function<void(bool flash)> arrived;  ///< something was opened: pages want to know
    std::function<sync::Millis()> now = wall_now;
    std::function<void(bool flash)> carried = {};  ///< something is to be handed on to another neighbour
    Patience patience = {};
  };
  explicit SyncPort(Parts p) : p_(std::move(p)) {}
  ~SyncPort() override;

  Intake handle(std::shared_ptr<Exchange>) override;
  /// On the store's thread, about four times a second: answers long polls that have something to hear or had enough,
  /// and tries again what could not be opened.
  void look_at_waiting();
  /// On the store's thread: what was stored is opened, a little at a time. A fault only puts it off.
  void begin_opening();
  bool anybody_waits() const { return !waiting_.empty(); }

 private:
  friend class ExchangeBody;
  struct Neighbour {  // kept between requests, store thread only
    std::unique_ptr<StoreOutbox> whole;
    std::unique_ptr<LaneLimit> limited;  ///< of one that only dials us directly: its mail goes the usual way
    sync::Outbox* outbox = nullptr;
    std::unique_ptr<sync::Sender> sender;
  };
  struct Request;
  Result<std::shared_ptr<Neighbour>> neighbour(const NodeId&);
  Result<bool> knows(const NodeId&);
  Result<bool> introduced(Request&, const NodeId&, sync::Millis now);
  void feed(const std::shared_ptr<Request>&, Bytes, bool last);
  Result<> work(Request&, bool last);
  void respond(Request&, Bytes);
  void hello(const std::shared_ptr<Exchange>&);
  void join(const std::shared_ptr<Exchange>&, Bytes);
  void open_some();
  void answer_waiting();
  sync::Answerer::Me me() const;

  Parts p_;
  std::map<NodeId, std::shared_ptr<Neighbour>> neighbours_;
  std::vector<std::shared_ptr<Request>> waiting_;
  std::atomic<std::size_t> held_bytes_ = 0;  ///< of bodies in memory, all requests together
  bool opening_ = false;                     ///< a job of open_some() is queued
  sync::Millis open_again_ = 0;              ///< after a failure: not before; 0 = nothing failed
  sync::Millis heads_looked_ = 0;
};

}  // namespace yz::node
