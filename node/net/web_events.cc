#include "node/net/web_events.h"

#include <algorithm>
#include <array>

namespace yz::node {
namespace {

constexpr int kBeatsBetweenComments = 15;

}  // namespace

void ChangedCases::note(std::string_view table, std::int64_t row) {
  // What pages show. The rest (numbers, clocks, words of the index) changes with every question that is asked.
  static constexpr std::array kShown{"matter", "draft", "delivery", "alarm", "link"};
  if (std::ranges::find(kShown, table) == kShown.end()) return;
  any_ = true;
  // Rows of drafts have their case's number; a delivery's case would have to be looked up, so it counts for all.
  if (table == "delivery") all_ = true;
  if (all_ || (table != "matter" && table != "draft")) return;
  rows_.insert(row);
  if (rows_.size() > kMost) {
    rows_.clear();
    all_ = true;
  }
}

bool ChangedCases::take(std::set<std::int64_t>& rows, bool& all) {
  rows = std::exchange(rows_, {});
  all = std::exchange(all_, false);
  return std::exchange(any_, false);
}

void WebEvents::open(Exchange& exchange, const Hash& session, HttpHeaders headers) {
  auto stream = exchange.stream("text/event-stream; charset=utf-8", std::move(headers));
  stream->send("retry: 3000\n\nevent: hello\ndata: {}\n\n");
  const std::lock_guard lock(mutex_);
  std::erase_if(open_, [](const Open& o) { return o.stream->closed(); });
  const auto mine = [&](const Open& o) { return o.session == session; };
  auto oldest = open_.end();
  if (static_cast<std::size_t>(std::ranges::count_if(open_, mine)) >= kOfSession)
    oldest = std::ranges::find_if(open_, mine);
  else if (open_.size() >= kInAll)
    oldest = open_.begin();
  if (oldest != open_.end()) {
    end(*oldest, "elsewhere");
    open_.erase(oldest);
  }
  open_.push_back({std::move(stream), session});
}

void WebEvents::end(Open& o, std::string_view event) {
  o.stream->send("event: " + std::string(event) + "\ndata: {}\n\n");
  o.stream->end();
}

void WebEvents::send(std::string_view text) {
  for (Open& o : open_) o.stream->send(text);
  std::erase_if(open_, [](const Open& o) { return o.stream->closed(); });
}

void WebEvents::tell(const WebChange& change) {
  if (!change.any) return;
  std::string text = "event: change\ndata: {\"all\":" + std::string(change.all ? "true" : "false") + ",\"cases\":[";
  for (std::size_t i = 0; i < change.cases.size(); ++i)
    text.append(i == 0 ? "\"" : ",\"").append(change.cases[i]).append("\"");
  const std::lock_guard lock(mutex_);
  send(text + "]}\n\n");
}

void WebEvents::look_after(const std::vector<Hash>& living) {
  const std::lock_guard lock(mutex_);
  for (Open& o : open_)
    if (std::ranges::find(living, o.session) == living.end()) end(o, "signed-out");
  std::erase_if(open_, [](const Open& o) { return o.stream->closed(); });
  if (++beats_ % kBeatsBetweenComments == 0) send(": here\n\n");
}

std::size_t WebEvents::listening() {
  const std::lock_guard lock(mutex_);
  return open_.size();
}

}  // namespace yz::node
