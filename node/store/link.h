#pragma once
#include "node/store/store.h"

namespace yz::node {

struct LinkRow {
  NodeId peer;
  OfficeId office;
  bool upward = false;
  std::vector<std::string> urls;
  std::string pin;  ///< "sha256//..." of the superior's TLS key; empty without TLS
  sync::Millis last_contact = 0;
  bool direct =
      false;  ///< made without an invitation, beside the usual way: for what cannot wait (sync/PROTOCOL.md 8.2)
  bool sibling = false;  ///< another machine of our office; `upward` when we dial it (sync/PROTOCOL.md 8.3)
};

/// A link's durable state behind sync::Link.
class StoreLink : public sync::Link {
 public:
  StoreLink(Store& store, NodeId peer) : store_(store), peer_(peer) {}
  Result<sync::LinkState> load() override;
  Result<> save(const sync::LinkState&) override;
  const NodeId& peer() const { return peer_; }

 private:
  Store& store_;
  NodeId peer_;
};

/// A neighbour that was not heard for longer was out of contact: what it owes us counts from when it came back.
inline constexpr sync::Millis kContactGapMs = 3 * 60'000;

Result<> add_link(Store&, const LinkRow&, const PublicKey& peer_key);
/// To superiors, or to those who joined below us. Direct ones are not among them.
Result<std::vector<LinkRow>> links(Store&, bool upward);
/// Every link that we dial: to superiors, then direct ones, then other machines of our office.
Result<std::vector<LinkRow>> uplinks(Store&);
Result<std::optional<LinkRow>> link_of(Store&, const NodeId& peer);
/// What the superior answered instead of an exchange ("exchange.suspended"), for the status page; "" = it talks.
Result<> set_link_refusal(Store&, const NodeId& peer, std::string_view code);
Result<std::string> link_refusal(Store&, const NodeId& peer);
/// A superior's signed list of addresses: first those, then what was known before.
Result<> follow_addresses(Store&, const OfficeId&, const std::vector<std::string>& said);
Result<std::size_t> direct_links_below(Store&);
Result<> set_link_urls(Store&, const NodeId& peer, const std::vector<std::string>& urls);

}  // namespace yz::node
