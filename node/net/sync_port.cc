#include "node/net/sync_port.h"

#include <algorithm>

#include "node/clock.h"
#include "node/fault.h"
#include "node/log.h"
#include "node/net/join.h"
#include "node/store/direct.h"
#include "node/store/link.h"
#include "node/store/revocation.h"
#include "node/store/watch.h"
#include "sync/limits.h"

namespace yz::node {

namespace limit = sync::limit;

namespace {

/// All bodies together; beyond it new ones are asked to come later.
constexpr std::size_t kHeldBytes = 64u * 1024 * 1024;
constexpr std::size_t kJoinBytes = 64 * 1024;
constexpr std::size_t kFeedBytes = 256 * 1024;
constexpr std::size_t kFirstFrames = 8;  ///< a machine that is not known shows its certificate among these
constexpr sync::Millis kWaitMost = 55'000;
constexpr sync::Millis kHeadLookMs = 20'000;  ///< how often to look whether a head for those below is due
constexpr sync::Millis kOpenAgainMs = 5000;   ///< a full disk is not asked again in a tight circle

HttpResponse plain(int status, std::string_view why) {
  HttpResponse r;
  r.status = status;
  r.body.assign(why.begin(), why.end());
  r.close = status >= 400;
  if (status == 503) r.headers.emplace_back("Retry-After", "5");
  if (status == 429 || status == 507) r.headers.emplace_back("Retry-After", "60");
  return r;
}

HttpResponse refusal(const Error& e) {
  // A peer learns the code, never the sentence: that is for our own log.
  int status = http_status(e);
  if (e.fault == Fault::denied) status = 403;
  if (e.code == "quota") status = 429;  // this node alone comes later
  return plain(status, e.code.empty() ? name_of(e.fault) : std::string_view(e.code));
}

}  // namespace

/// One exchange in the making. The HTTP thread only appends to what the store's thread will read.
struct SyncPort::Request {
  std::shared_ptr<Exchange> exchange;
  std::atomic<bool> dead = false;  ///< answered, or the client left: drop what still comes
  sync::Millis wait_ms = 0;
  // Store thread only, from here on.
  Bytes head;
  bool opened = false, good = false;
  sync::FrameReader frames;
  std::vector<std::pair<sync::FrameType, Bytes>> first;  ///< read to see who it is, before the head was proved
  Bytes pending;
  std::shared_ptr<Neighbour> neighbour;  // before what uses it
  std::unique_ptr<StoreLink> link;
  std::unique_ptr<sync::Answerer> answerer;
  sync::Tally moved;
  sync::Millis wait_until = 0;
};

/// Collects a body and hands it on in pieces, so that what came before a cut is kept.
class ExchangeBody : public BodySink {
 public:
  ExchangeBody(SyncPort& port, std::shared_ptr<SyncPort::Request> request)
      : port_(port), request_(std::move(request)) {}
  ~ExchangeBody() override { port_.held_bytes_ -= held_.size(); }

  void on_data(ByteView piece) override {
    if (request_->dead) return;
    if (!head_seen_ && !check_head(piece)) return;
    if ((port_.held_bytes_ += piece.size()) > kHeldBytes) {
      port_.held_bytes_ -= piece.size();
      return give_up(503, "busy");
    }
    held_.insert(held_.end(), piece.begin(), piece.end());
    const sync::Millis now = clock_.now();
    if (head_seen_ && (held_.size() >= kFeedBytes || now - fed_ >= limit::commit_ms)) {
      fed_ = now;
      hand_over(false);
    }
  }
  void on_end() override {
    if (request_->dead) return;
    if (!head_seen_) return give_up(400, "exchange.form");
    hand_over(true);
  }
  void on_abort() override {
    if (request_->dead || !head_seen_) return;
    hand_over(false);  // whole frames before the cut count
    request_->dead = true;
  }

 private:
  /// Garbage is turned away on the first bytes, before anything is kept of it.
  bool check_head(ByteView piece) {
    const std::size_t want = sync::kRequestHeadBytes;
    first_.insert(
        first_.end(), piece.begin(),
        piece.begin() + static_cast<std::ptrdiff_t>(std::min(piece.size(), want - std::min(want, first_.size()))));
    if (first_.size() < want) return true;
    if (!sync::decode_request_head(first_)) {
      give_up(400, "exchange.form");
      return false;
    }
    head_seen_ = true;
    return true;
  }
  void hand_over(bool last) {
    port_.held_bytes_ -= held_.size();
    port_.feed(request_, std::exchange(held_, {}), last);
  }
  void give_up(int status, std::string_view why) {
    request_->dead = true;
    request_->exchange->respond(plain(status, why));
  }

  SyncPort& port_;
  std::shared_ptr<SyncPort::Request> request_;
  Bytes held_, first_;
  EvenClock clock_;
  sync::Millis fed_ = clock_.now();
  bool head_seen_ = false;
};

SyncPort::~SyncPort() = default;

sync::Answerer::Me SyncPort::me() const {
  return {p_.store.me().node, p_.store.me().office, p_.store.me().epoch, &p_.store.keys().node, &p_.store.nonce_key()};
}

Intake SyncPort::handle(std::shared_ptr<Exchange> exchange) {
  const HttpRequest& r = exchange->request();
  if (r.method == "GET" && (r.path == "/sync/v1/hello")) {
    p_.on_store([this, exchange] { hello(exchange); });
    return NoBody{};
  }
  if (r.method == "POST" && r.path == "/sync/v1/join")
    return Buffered{kJoinBytes, [this, exchange](Bytes body) {
                      p_.on_store([this, exchange, b = std::move(body)]() mutable { join(exchange, std::move(b)); });
                    }};
  if ((r.method == "POST" && r.path == "/sync/v1/exchange") || (r.method == "GET" && r.path == "/sync/v1/positions")) {
    auto request = std::make_shared<Request>();
    request->exchange = exchange;
    if (const auto wait = r.argument("wait"); wait && wait->size() < 4 && !wait->empty() &&
                                              std::ranges::all_of(*wait, [](char c) { return c >= '0' && c <= '9'; }))
      request->wait_ms = std::min<sync::Millis>(std::stoi(*wait) * 1000, kWaitMost);
    if (r.method == "POST")
      return Streamed{limit::request_bytes + 64 * 1024, std::make_unique<ExchangeBody>(*this, request)};
    // Positions: the same head in a header field, no frames.
    auto head = from_base32(r.header("X-YZ-Head"));
    if (!head || !sync::decode_request_head(*head)) {
      exchange->respond(plain(400, "exchange.form"));
      return NoBody{};
    }
    feed(request, std::move(*head), true);
    return NoBody{};
  }
  exchange->respond(plain(404, "not here"));
  return NoBody{};
}

Result<std::shared_ptr<SyncPort::Neighbour>> SyncPort::neighbour(const NodeId& id) {
  const auto it = neighbours_.find(id);
  if (it != neighbours_.end()) return it->second;
  auto link = TRY(link_of(p_.store, id));
  if (!link) {
    // Nobody has proved yet to be that node: with a wrong signature the link is rolled back, and forgotten here too.
    link = TRY(further_machine_below(p_.store, p_.directory, id));
    if (!link) link = TRY(direct_from_below(p_.store, p_.directory, id));
    p_.store.if_rolled_back([this, id] { neighbours_.erase(id); });
  }
  if (!link || link->upward) return fail(Fault::denied, "a node that has not joined here", "exchange.unknown");
  auto made = std::make_shared<Neighbour>();
  Neighbour& n = *made;
  n.whole = std::make_unique<StoreOutbox>(p_.store, id, link->office, wall_now);
  n.outbox = n.whole.get();
  if (link->direct) {
    n.limited = std::make_unique<LaneLimit>(*n.whole, sync::Lane::urgent, false);
    n.outbox = n.limited.get();
  }
  n.sender = std::make_unique<sync::Sender>(*n.outbox);
  neighbours_.emplace(id, made);
  return made;
}

void SyncPort::feed(const std::shared_ptr<Request>& request, Bytes bytes, bool last) {
  held_bytes_ += bytes.size();
  p_.on_store([this, request, b = std::move(bytes), last]() mutable {
    held_bytes_ -= b.size();
    if (request->dead && last) return;
    Request& r = *request;
    r.pending.insert(r.pending.end(), b.begin(), b.end());
    auto done = p_.store.write([&] { return work(r, last); });
    r.pending.clear();
    if (!done) {
      p_.inbox.forget();
      if (!r.dead.exchange(true)) r.exchange->respond(refusal(done.error()));
      log().warn("exchange.refused", {{"why", done.error()}});
      return;
    }
    if (r.moved.envelopes > 0) begin_opening();
    if (r.moved.carried > 0 && p_.carried) p_.carried(r.moved.carried_flash);
    if (!last) return;
    if (r.wait_until != 0) {
      waiting_.push_back(request);
    } else {
      // After the commit, and only then.
      respond(r, std::move(r.head));
    }
  });
}

void SyncPort::respond(Request& r, Bytes body) {
  if (r.dead.exchange(true)) return;
  HttpResponse out;
  out.body = std::move(body);
  r.exchange->respond(std::move(out));
}

Result<bool> SyncPort::knows(const NodeId& id) {
  if (TRY(link_of(p_.store, id))) return true;
  return TRY(p_.directory.node(id)).has_value();
}

/// A machine that nobody told us of shows its certificate in the first frames (a further one of an office below: it may
/// reach us before the office's own word). The frames are kept; nothing else of them is looked at before the head is
/// proved. True when it is known now, or will not be.
Result<bool> SyncPort::introduced(Request& r, const NodeId& id, sync::Millis now) {
  while (r.first.size() < kFirstFrames) {
    auto frame = TRY(r.frames.next());
    if (!frame) return false;
    r.first.emplace_back(frame->type, Bytes(frame->bytes.begin(), frame->bytes.end()));
    if (frame->type != sync::FrameType::certificate) continue;
    const auto c = crypto::Certificate::decode(frame->bytes);
    if (!c || c->type != crypto::CertType::node || c->subject.bytes != id.bytes) continue;
    const auto office = TRY(p_.directory.office(c->office));
    if (!office || office->state != OfficeState::below) return true;
    TRY(p_.directory.learn(*c, now));
    return true;
  }
  return true;
}

/// In one transaction: the head once, then every whole frame, and at the end the answer (left in `head`).
Result<> SyncPort::work(Request& r, bool last) {
  const sync::Millis now = wall_now();
  p_.inbox.set_now(now);
  ByteView bytes(r.pending);
  if (!r.opened) {
    const std::size_t need = sync::kRequestHeadBytes - r.head.size();
    const std::size_t n = std::min(need, bytes.size());
    r.head.insert(r.head.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    bytes = bytes.subspan(n);
    if (r.head.size() < sync::kRequestHeadBytes) return {};
    const auto head = TRY(sync::decode_request_head(r.head));
    TRY(may_exchange(p_.store, head.from));
    if (!TRY(knows(head.from))) {
      r.frames.add(bytes);
      bytes = {};
      if (!TRY(introduced(r, head.from, now)) && !last) return {};
    }
    r.neighbour = TRY(neighbour(head.from));
    r.link = std::make_unique<StoreLink>(p_.store, head.from);
    r.answerer = std::make_unique<sync::Answerer>(me(), p_.inbox, *r.neighbour->outbox, *r.link, *r.neighbour->sender);
    r.good = TRY(r.answerer->open(r.head, now));
    r.opened = true;
  }
  if (r.good) {
    r.frames.add(bytes);
    for (const auto& [type, frame] : std::exchange(r.first, {})) TRY(r.answerer->take({type, frame}, now));
    for (;;) {
      const auto frame = TRY(r.frames.next());
      if (!frame) break;
      TRY(r.answerer->take(*frame, now));
    }
    if (last && !r.frames.empty()) return fail(Fault::forged, "the body ends inside a frame", "exchange.cut");
    TRY(last ? r.answerer->whole(now) : p_.inbox.settle(now));
    r.moved = r.answerer->tally();
  }
  if (!last) return {};
  if (r.good && r.wait_ms > 0 && r.moved.envelopes == 0 && !TRY(r.answerer->something_to_say(now))) {
    r.wait_until = now + r.wait_ms;
    return {};
  }
  r.head = TRY(r.answerer->close(TRY(p_.store.tick(now)), now, 0));
  return {};
}

void SyncPort::look_at_waiting() {
  if (open_again_ != 0 && p_.now() >= open_again_) begin_opening();
  if (const sync::Millis now = p_.now(); now - heads_looked_ >= kHeadLookMs || now < heads_looked_) {
    heads_looked_ = now;
    auto told = p_.store.write([&] { return tell_and_watch(p_.store, p_.directory, now, p_.patience); });
    if (!told) log().warn("head.failed", {{"why", told.error()}});
  }
  answer_waiting();
}

void SyncPort::answer_waiting() {
  const sync::Millis now = wall_now();
  std::erase_if(waiting_, [&](const std::shared_ptr<Request>& r) {
    if (r->exchange->gone()) return true;
    const auto say = r->answerer->something_to_say(now);
    if (now < r->wait_until && say && !*say) return false;
    Bytes answer;
    auto done = p_.store.write([&]() -> Result<> {
      p_.inbox.set_now(now);
      TRY(may_exchange(p_.store, r->link->peer()));  // it may have been revoked while it waited
      answer = TRY(r->answerer->close(TRY(p_.store.tick(now)), now, 0));
      return {};
    });
    if (done)
      respond(*r, std::move(answer));
    else
      r->exchange->respond(refusal(done.error()));
    return true;
  });
}

void SyncPort::begin_opening() {
  if (opening_) return;
  opening_ = true;
  open_again_ = 0;
  p_.open_later([this] { open_some(); });
}

/// A few envelopes at a time, so that an urgent exchange never waits for a long opening.
void SyncPort::open_some() {
  opening_ = false;
  const auto done = p_.opener.open_some(2, p_.now());
  if (!done) {
    // A full disk gets room again without anybody telling us, and perhaps nothing more comes from below.
    open_again_ = p_.now() + kOpenAgainMs;
    log().error("open.failed", {{"why", done.error()}});
    return;
  }
  if (done->more) begin_opening();
  if (p_.arrived && done->envelopes > 0) p_.arrived(done->records[1] > 0);
}

void SyncPort::hello(const std::shared_ptr<Exchange>& exchange) {
  HttpResponse r;
  const sync::Millis now = wall_now();
  r.body = sync::hello_answer(me(), sync::Hlc::at(now), now);
  exchange->respond(std::move(r));
}

void SyncPort::join(const std::shared_ptr<Exchange>& exchange, Bytes request) {
  const sync::Millis now = wall_now();
  if (!p_.admit_automatically) return exchange->respond(plain(403, "join.by-hand"));
  auto authority = p_.authority();
  if (!authority) return exchange->respond(refusal(authority.error()));
  auto answer = p_.store.write([&] { return admit(p_.store, p_.directory, request, *authority, now); });
  if (!answer) {
    log().warn("join.refused", {{"why", answer.error()}});
    if (answer.error().code == "join.mac") (void)p_.store.write([&] { return count_wrong_try(p_.store, request); });
    HttpResponse r = refusal(answer.error());
    r.status = 403;
    return exchange->respond(std::move(r));
  }
  // One that only dialled us directly until now gets all of its mail from here on.
  std::erase_if(neighbours_, [](const auto& n) { return n.second->limited != nullptr; });
  HttpResponse r;
  r.body = std::move(*answer);
  exchange->respond(std::move(r));
}

}  // namespace yz::node
