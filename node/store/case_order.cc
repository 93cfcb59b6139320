// A list in the order of a column. No index has these orders for every filter: the newest that fit are read, as many as
// one call may look at, and put in order; whoever asks is told when there were more.
#include <algorithm>
#include <charconv>
#include <map>
#include <set>
#include <tuple>

#include "node/store/case_row.h"

namespace yz::node {
namespace {

constexpr std::size_t kTextMost = 200;  ///< octets of a code or number that count
constexpr int kRounds = 4;              ///< calls of the list behind one page

/// 柳河镇〔2026〕2-12号 as text and numbers, so that 12 comes after 9.
using NumberKey = std::vector<std::pair<std::string, std::uint64_t>>;
NumberKey number_key(std::string_view number) {
  NumberKey out;
  number = number.substr(0, kTextMost);
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
struct Entry {
  Key key;
  sync::Millis at = 0;
  std::int64_t row = 0;
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
        return {.office = at == codes_.end() ? std::string() : at->second.substr(0, kTextMost)};
      }
    }
    return {};
  }

  OrderBy by_;
  bool ascending_;
  std::map<OfficeId, std::string> codes_;
};

/// Where a page ended, though its last case may have moved since: the order, and that case's place in it. "o" and
/// hexadecimal.
std::string cursor_of(const ListFilter& f, const Entry& e) {
  Writer w;
  w.u8(static_cast<std::uint8_t>(*f.order)).u8(f.ascending ? 1 : 0);
  w.u64(static_cast<std::uint64_t>(e.key.rank)).u64(static_cast<std::uint64_t>(e.at));
  w.u64(static_cast<std::uint64_t>(e.row)).str16(e.key.office);
  for (const auto& [words, n] : e.key.number) w.str16(words).u64(n);
  return "o" + hex(w.view());
}

Result<Entry> place_of(const ListFilter& f) {
  const auto bad = [] { return fail(Fault::invalid, "that is no cursor of this list", "invalid.after"); };
  if (!f.after.starts_with('o')) return bad();
  const auto bytes = from_hex(std::string_view(f.after).substr(1));
  if (!bytes) return bad();
  Reader r(*bytes);
  const bool same_list = r.u8() == static_cast<std::uint8_t>(*f.order) && r.u8() == (f.ascending ? 1 : 0);
  Entry e;
  e.key.rank = static_cast<std::int64_t>(r.u64());
  e.at = static_cast<sync::Millis>(r.u64());
  e.row = static_cast<std::int64_t>(r.u64());
  e.key.office = r.str16(kTextMost);
  while (r.ok() && r.left() > 0) {
    std::string words = r.str16(kTextMost);
    e.key.number.emplace_back(std::move(words), r.u64());
  }
  if (!r.done() || !same_list || e.row <= 0) return bad();
  return e;
}

/// The newest that fit, each once. One call of the list looks at a bounded number of cases, and of a narrow filter few
/// of them fit.
Result<CaseList> newest(Store& store, ListFilter f) {
  f.order.reset();
  f.after.clear();
  const std::size_t most = f.search.empty() ? kOrderedMost : kOrderedHits;
  CaseList out;
  std::set<std::int64_t> seen;
  for (int round = 0; round < kRounds; ++round) {
    f.limit = most - out.rows.size();
    CaseList part = TRY(list_cases(store, f));
    for (MatterRow& m : part.rows)
      if (seen.insert(m.row).second) out.rows.push_back(std::move(m));
    out.next = f.after = std::move(part.next);
    if (out.next.empty() || out.rows.size() == most) break;
  }
  return out;
}

}  // namespace

Result<CaseList> ordered_cases(Store& store, const ListFilter& f) {
  std::optional<Entry> behind;
  if (!f.after.empty()) behind = TRY(place_of(f));
  CaseList found = TRY(newest(store, f));
  const Order order = TRY(Order::open(store, f));
  std::vector<std::pair<Entry, std::size_t>> sorted;
  for (std::size_t i = 0; i < found.rows.size(); ++i) sorted.emplace_back(order.entry(found.rows[i]), i);
  std::ranges::sort(sorted, [&](const auto& a, const auto& b) { return order.before(a.first, b.first); });
  auto at = sorted.begin();
  if (behind)
    at = std::ranges::upper_bound(
        sorted, *behind, [&](const auto& a, const auto& b) { return order.before(a, b); },
        [](const auto& e) -> const Entry& { return e.first; });
  CaseList out;
  if (!found.next.empty()) out.among = found.rows.size();
  for (; at != sorted.end(); ++at) {
    if (out.rows.size() == f.limit) {
      out.next = cursor_of(f, std::prev(at)->first);
      break;
    }
    out.rows.push_back(std::move(found.rows[at->second]));
  }
  return out;
}

}  // namespace yz::node
