// Answers: at once, later from another thread, or piece by piece.
#include <algorithm>
#include <cstring>
#include <utility>

#include "node/net/http_link.h"

namespace yz::node {
namespace {

/// Piece in which an open answer is handed to the library.
constexpr std::size_t kStreamBlock = 4096;

struct ResponseCloser {
  void operator()(MHD_Response* r) const { MHD_destroy_response(r); }
};
using ResponseHandle = std::unique_ptr<MHD_Response, ResponseCloser>;

/// Takes the next bytes of an open answer; parks the connection when there are none.
ssize_t read_stream(void* cls, std::uint64_t, char* out, std::size_t max) {
  EventStream::State& s = **static_cast<std::shared_ptr<EventStream::State>*>(cls);
  std::function<void()> next;
  {
    const std::lock_guard lock(s.mu);
    if (s.queue.size() == s.at) next = std::exchange(s.next, {});
  }
  if (next) next();
  next = {};  // it may hold the stream: gone before the lock is taken again
  const std::lock_guard lock(s.mu);
  if (s.dropped) return MHD_CONTENT_READER_END_WITH_ERROR;
  const std::size_t n = std::min(max, s.queue.size() - s.at);
  if (n > 0) {
    std::memcpy(out, s.queue.data() + s.at, n);
    s.at += n;
    if (s.at == s.queue.size()) {
      s.queue.clear();
      s.at = 0;
    } else if (s.at > kStreamBlock * 4) {
      s.queue.erase(0, s.at);
      s.at = 0;
    }
    return static_cast<ssize_t>(n);
  }
  if (s.ended) return MHD_CONTENT_READER_END_OF_STREAM;
  s.suspended = true;
  MHD_suspend_connection(s.connection);
  return 0;
}

void free_stream(void* cls) {
  auto* s = static_cast<std::shared_ptr<EventStream::State>*>(cls);
  std::function<void()> next;
  {
    const std::lock_guard lock((*s)->mu);
    (*s)->ended = true;
    (*s)->connection = nullptr;
    (*s)->suspended = false;
    next = std::exchange((*s)->next, {});
  }
  delete s;
}

void free_body(void* cls) { delete static_cast<Bytes*>(cls); }

ResponseHandle make_response(HttpResponse& answer, const std::shared_ptr<EventStream::State>& open) {
  ResponseHandle response;
  if (open) {
    response.reset(MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, kStreamBlock, read_stream,
                                                     new std::shared_ptr<EventStream::State>(open), free_stream));
  } else if (!answer.body.empty()) {
    auto body = std::make_unique<Bytes>(std::move(answer.body));
    const std::size_t size = body->size();
    void* data = body->data();
    response.reset(MHD_create_response_from_buffer_with_free_callback_cls(size, data, free_body, body.get()));
    if (response) body.release();
  } else {
    // The library takes a void*, but only reads a persistent buffer.
    response.reset(MHD_create_response_from_buffer(
        answer.fixed_body.size(), const_cast<std::uint8_t*>(answer.fixed_body.data()), MHD_RESPMEM_PERSISTENT));
  }
  if (!response) return nullptr;
  const auto add = [&](const char* name, const std::string& value) {
    return MHD_add_response_header(response.get(), name, value.c_str()) == MHD_YES;
  };
  bool good = answer.content_type.empty() || add("Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) good = good && add(name.c_str(), value);
  if (answer.close) good = good && add("Connection", "close");
  return good ? std::move(response) : nullptr;
}

}  // namespace

MHD_Result queue_answer(MHD_Connection* connection, HttpLink& link, HttpResponse& answer,
                        const std::shared_ptr<EventStream::State>& open) {
  const std::size_t size = answer.body.empty() ? answer.fixed_body.size() : answer.body.size();
  ResponseHandle response = make_response(answer, open);
  int status = answer.status;
  if (!response || status < 200 || status > 599) {  // a header with a line break in it, a status that is none
    if (open) return MHD_NO;
    HttpResponse plain{.status = 500};
    response = make_response(plain, nullptr);
    status = 500;
    if (!response) return MHD_NO;
  }
  {
    const std::lock_guard lock(link.mu);
    link.phase = HttpPhase::receiving;
    link.since = std::chrono::steady_clock::now();
    link.answer_bytes = size;
    link.open_ended = open != nullptr;
  }
  return MHD_queue_response(connection, static_cast<unsigned>(status), response.get());
}

bool EventStream::send(std::string_view text) {
  {
    const std::lock_guard lock(state_->mu);
    if (state_->ended) return false;
    if (state_->queue.size() - state_->at + text.size() <= state_->limit) {
      state_->queue.append(text);
      state_->wake();
      return true;
    }
  }
  state_->drop();
  return false;
}

void EventStream::end() { state_->finish(); }

void EventStream::when_taken(std::function<void()> next) {
  const std::lock_guard lock(state_->mu);
  if (state_->ended) return;  // `next` goes with the caller
  state_->next = std::move(next);
  state_->wake();
}

bool EventStream::closed() const {
  const std::lock_guard lock(state_->mu);
  return state_->ended;
}

Exchange::~Exchange() { state_->finish({.status = 500}); }

void Exchange::respond(HttpResponse response) { state_->finish(std::move(response)); }

bool Exchange::gone() const {
  const std::lock_guard lock(state_->mu);
  return state_->gone;
}

std::shared_ptr<EventStream> Exchange::stream(std::string content_type, HttpHeaders headers) {
  const std::lock_guard lock(state_->mu);
  if (state_->answered || state_->connection == nullptr) {
    auto closed = std::make_shared<EventStream::State>();
    closed->ended = true;
    return std::make_shared<EventStream>(std::move(closed));
  }
  state_->answered = true;
  state_->answer = {.status = 200, .content_type = std::move(content_type), .headers = std::move(headers)};
  state_->stream->connection = state_->connection;
  auto writer = std::make_shared<EventStream>(state_->stream);
  state_->answer.close = true;
  state_->wake();
  return writer;
}

}  // namespace yz::node
