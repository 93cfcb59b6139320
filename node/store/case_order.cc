// A list in the order of a column. No index has these orders for every filter: the newest that fit are read, as many as
// one call may look at, and put in order; whoever asks is told when there were more.
#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>

#include "node/store/case_row.h"

namespace yz::node {
namespace {

/// 柳河镇〔2026〕2-12号 as text and numbers, so that 12 comes after 9.
using NumberKey = std::vector<std::pair<std::string, std::uint64_t>>;
NumberKey number_key(std::string_view number) {
  NumberKey out;
  for (std::size_t at = 0; at < number.size();) {
    const std::size_t digit = std::min(number.find_first_of("0123456789", at), number.size());
    const std::size_t end = std::min(number.find_first_not_of("0123456789", digit), number.size());
    std::uint64_t n = 0;
    // A number longer than this is nobody's count: it is equal to others as long, and goes by its time.
    std::from_chars(number.data() + digit, number.data() + std::min(end, digit + 18), n);
    out.emplace_back(number.substr(at, digit - at), n);
    at = end;
  }
  return out;
}

struct Key {
  std::int64_t rank = 0;  ///< of lane, state and time
  std::string office = {};
  NumberKey number = {};
  auto operator<=>(const Key&) const = default;
};

sync::Millis moment(const MatterRow& m) { return m.received.value_or(m.signed_at.value_or(m.occurred.value_or(0))); }

class Order {
 public:
  static Result<Order> open(Store& store, const ListFilter& f) {
    Order o(*f.order, f.ascending);
    if (*f.order != OrderBy::office) return o;
    Query q = TRY(store.db().query("select id, code from office"));
    while (TRY(q.step())) o.codes_.emplace(TRY(q.id<OfficeId>(0)), q.text(1));
    return o;
  }

  struct Entry {
    Key key;
    sync::Millis at = 0;
    std::int64_t row = 0;
  };
  Entry entry(const MatterRow& m) const { return {key(m), moment(m), m.row}; }

  /// Of no two cases neither goes first.
  bool before(const Entry& a, const Entry& b) const {
    if (const auto c = a.key <=> b.key; c != 0) return ascending_ ? c < 0 : c > 0;
    return std::tie(a.at, a.row) > std::tie(b.at, b.row);
  }

 private:
  Order(OrderBy by, bool ascending) : by_(by), ascending_(ascending) {}
  Key key(const MatterRow& m) const {
    switch (by_) {
      case OrderBy::time:
        return {.rank = moment(m)};
      case OrderBy::lane:
        return {.rank = static_cast<std::int64_t>(m.lane)};
      case OrderBy::state:
        return {.rank = static_cast<std::int64_t>(m.state)};
      case OrderBy::number:
        return {.number = number_key(m.number)};
      case OrderBy::office: {
        const auto at = codes_.find(m.office);
        return {.office = at == codes_.end() ? std::string() : at->second};
      }
    }
    return {};
  }

  OrderBy by_;
  bool ascending_;
  std::map<OfficeId, std::string> codes_;
};

/// "o120": behind the case of row 120, wherever that stands by now.
Result<std::int64_t> row_of(std::string_view cursor) {
  std::int64_t n = 0;
  const char* end = cursor.data() + cursor.size();
  if (cursor[0] == 'o')
    if (const auto [p, error] = std::from_chars(cursor.data() + 1, end, n); error == std::errc() && p == end && n > 0)
      return n;
  return fail(Fault::invalid, "that is no cursor of this list", "invalid.after");
}

}  // namespace

Result<CaseList> ordered_cases(Store& store, const ListFilter& f) {
  ListFilter all = f;
  all.order.reset();
  all.after.clear();
  all.limit = f.search.empty() ? kOrderedMost : kOrderedHits;
  std::optional<std::int64_t> behind;
  if (!f.after.empty()) behind = TRY(row_of(f.after));
  CaseList found = TRY(list_cases(store, all));
  const Order order = TRY(Order::open(store, f));
  std::vector<std::pair<Order::Entry, std::size_t>> sorted;
  for (std::size_t i = 0; i < found.rows.size(); ++i) sorted.emplace_back(order.entry(found.rows[i]), i);
  std::ranges::sort(sorted, [&](const auto& a, const auto& b) { return order.before(a.first, b.first); });
  auto at = sorted.begin();
  if (behind) {
    const Order::Entry last = order.entry(TRY(matter_at(store, *behind)));
    at = std::ranges::upper_bound(
        sorted, last, [&](const auto& a, const auto& b) { return order.before(a, b); },
        [](const auto& e) -> const Order::Entry& { return e.first; });
  }
  CaseList out;
  if (!found.next.empty()) out.among = found.rows.size();
  for (; at != sorted.end(); ++at) {
    if (out.rows.size() == f.limit) {
      out.next = "o" + std::to_string(out.rows.back().row);
      break;
    }
    out.rows.push_back(std::move(found.rows[at->second]));
  }
  return out;
}

}  // namespace yz::node
