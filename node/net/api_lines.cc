// How the mail to each neighbour stands, where we are reached, and any text as a QR code: what a page shows about
// lines.
#include <algorithm>
#include <array>
#include <map>

#include "node/net/api_request.h"
#include "node/net/qr_modules.h"
#include "node/net/serving.h"
#include "node/store/node_key.h"

namespace yz::node::api {
namespace {

using sync::Lane;
constexpr std::array kStreamLanes = {Lane::flash, Lane::urgent, Lane::routine};
/// An invitation has at most four addresses of 256 bytes; with those it is below this.
constexpr std::size_t kQrBytes = 2800;

struct Mail {
  std::int64_t waiting = 0, sent = 0, acknowledged = 0, refused = 0;
  std::optional<sync::Millis> oldest;  ///< signed then, and without a receipt
};
using MailByLane = std::array<Mail, 5>;

Result<std::map<OfficeId, MailByLane>> mail(Store& store) {
  std::map<OfficeId, MailByLane> out;
  Query q = TRY(store.db().query(
      "select destination, lane, state, count(*), min(at_ms) from delivery group by destination, lane, state"));
  while (TRY(q.step())) {
    const std::int64_t lane = q.integer(1), state = q.integer(2), n = q.integer(3), at = q.integer(4);
    if (lane < 1 || lane > 3) continue;
    Mail& m = out[TRY(q.id<OfficeId>(0))][static_cast<std::size_t>(lane)];
    if (state < 2) {
      m.waiting += n;
      m.oldest = std::min(m.oldest.value_or(at), at);
    }
    if (state == 1) m.sent += n;
    if (state == 2 || state == 3) m.acknowledged += n;
    if (state == 8 || state == 9) m.refused += n;
  }
  return out;
}

}  // namespace

Result<ApiReply> get_lines(Request& r) {
  auto all = TRY(mail(r.store()));
  for (const OfficeRow& o : TRY(r.host.directory().superiors())) all.try_emplace(o.id);
  Json list = Json::array();
  for (const auto& [office, lanes] : all) {
    Json by_lane = Json::object();
    for (const Lane l : kStreamLanes) {
      const Mail& m = lanes[static_cast<std::size_t>(l)];
      by_lane.set(name_of(l), Json::object({{"waiting", m.waiting},
                                            {"sent", m.sent},
                                            {"acknowledged", m.acknowledged},
                                            {"refused", m.refused},
                                            {"oldest", r.time(m.oldest)},
                                            {"overdue", m.oldest && r.now() - *m.oldest > overdue_after(l)}}));
    }
    list.add(
        Json::object({{"office", r.code_of(office)}, {"name", r.office_name(office)}, {"lanes", std::move(by_lane)}}));
  }
  return reply(Json::object({{"lines", std::move(list)}}));
}

Result<ApiReply> get_addresses(Request& r) {
  Json urls = Json::array();
  for (const std::string& u : TRY(stated_addresses(r.store()))) urls.add(u);
  Json own = Json::array();
  if (auto* const serving = dynamic_cast<Serving*>(&r.host))
    for (const std::string& u : serving->own_addresses()) own.add(u);
  return reply(Json::object({{"urls", std::move(urls)}, {"own", std::move(own)}}));
}

Result<ApiReply> post_qr(Request& r) {
  TRY(only(r.body, {"text"}));
  const std::string_view text = r.body.text("text");
  if (text.empty() || text.size() > kQrBytes)
    return fail(Fault::invalid, "a QR code holds 1 to 2800 bytes of text", "qr.long");
  const QrModules code = TRY(qr_modules(text));
  Json rows = Json::array();
  for (int y = 0; y < code.size; ++y) {
    std::string row;
    for (int x = 0; x < code.size; ++x) row.push_back(code.dark_at(x, y) ? '1' : '0');
    rows.add(std::move(row));
  }
  return reply(Json::object({{"size", code.size}, {"rows", std::move(rows)}}));
}

}  // namespace yz::node::api
