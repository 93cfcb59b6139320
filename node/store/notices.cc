#include "node/store/notices.h"

#include <algorithm>

namespace yz::node {
namespace {

constexpr std::string_view kNoticeColumns =
    "select n.row, n.bytes, n.office, n.taken_by, n.at_ms, (select m.case_id from record r join matter m on m.row ="
    " r.matter where r.id between n.first and n.last and r.office = n.office and r.quarantine = 0 limit 1)"
    " from notice n ";

Result<NoticeRow> notice_row(Query& q) {
  NoticeRow r;
  r.row = q.integer(0);
  const auto n = sync::decode_notice(q.blob(1));
  if (!n) return fail(Fault::corrupt, "a stored notice is damaged", "store.notice");
  r.notice = *n;
  r.office = TRY(q.id<OfficeId>(2));
  r.taken_by = q.text(3);
  r.at_ms = q.integer(4);
  if (const Bytes id = q.blob(5); !id.empty()) r.matched = TRY(CaseId::from(id));
  return r;
}

/// A few nodes may have ids that begin alike; the signature says which it is.
Result<sync::KnownNode> author_of(Store& store, const sync::Notice& n, ByteView bytes) {
  Directory directory(store);
  std::vector<NodeId> alike;
  {
    Query q = TRY(store.db().query("select peer from link where substr(peer, 1, 4) = ?", n.node));
    while (TRY(q.step())) alike.push_back(TRY(q.id<NodeId>(0)));
  }
  for (const NodeId& id : alike) {
    const auto known = TRY(directory.node(id));
    if (known && sync::verify_notice(bytes, id, store.me().office, known->key)) return *known;
  }
  if (alike.empty())
    return fail(Fault::invalid, "this code was made by a machine that is no neighbour of this office",
                "notice.stranger");
  return fail(Fault::forged, "the code's signature does not hold, or it was made for another office",
              "notice.signature");
}

}  // namespace

Result<NoticeRow> keep_notice(Store& store, ByteView bytes, std::string_view taken_by, sync::Millis now) {
  const sync::Notice n = TRY(sync::decode_notice(bytes));
  const sync::KnownNode author = TRY(author_of(store, n, bytes));
  RecordId first, last;
  last.bytes.fill(0xff);
  std::ranges::copy(n.record.bytes, first.bytes.begin());
  std::ranges::copy(n.record.bytes, last.bytes.begin());
  TRY(
      store.db().run("insert into notice(bytes, node, office, first, last, taken_by, at_ms) values(?, ?, ?, ?, ?, ?, ?)"
                     " on conflict(bytes) do nothing",
                     bytes, author.node, author.office, first, last, taken_by, now));
  if (store.db().changes() > 0)
    TRY(store.journal(taken_by, "notice", hex(author.office.view()), hex(n.record.view()), now));
  Query q = TRY(store.db().query(std::string(kNoticeColumns) + "where n.bytes = ?", bytes));
  TRY(q.step());
  return notice_row(q);
}

Result<std::vector<NoticeRow>> notices(Store& store, std::size_t most) {
  Query q = TRY(store.db().query(std::string(kNoticeColumns) + "order by n.row desc limit ?", most));
  std::vector<NoticeRow> out;
  while (TRY(q.step())) out.push_back(TRY(notice_row(q)));
  return out;
}

Result<std::int64_t> unmatched_notices(Store& store) {
  Query q = TRY(store.db().query(
      "select count(*) from notice n where not exists(select 1 from record r where r.id between n.first"
      " and n.last and r.office = n.office and r.quarantine = 0)"));
  TRY(q.step());
  return q.integer(0);
}

}  // namespace yz::node
