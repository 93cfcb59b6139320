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
};

/// A link's durable state behind sync::Link.
class StoreLink : public sync::Link {
 public:
  StoreLink(Store& store, NodeId peer) : store_(store), peer_(peer) {}
  Result<sync::LinkState> load() override;
  Result<> save(const sync::LinkState&) override;
  const NodeId& peer() const { return peer_; }

 private:
  Result<bool> beyond_us(const sync::LinkState&);
  Store& store_;
  NodeId peer_;
};

/// A neighbour that was not heard for longer was out of contact: what it owes us counts from when it came back.
inline constexpr sync::Millis kContactGapMs = 3 * 60'000;

Result<> add_link(Store&, const LinkRow&, const PublicKey& peer_key);
Result<std::vector<LinkRow>> links(Store&, bool upward);
Result<std::optional<LinkRow>> link_of(Store&, const NodeId& peer);
/// What the superior answered instead of an exchange ("exchange.suspended"), for the status page; "" = it talks.
Result<> set_link_refusal(Store&, const NodeId& peer, std::string_view code);
Result<std::string> link_refusal(Store&, const NodeId& peer);
/// A superior's signed list of addresses: first those, then what was known before.
Result<> follow_addresses(Store&, const OfficeId&, const std::vector<std::string>& said);
Result<> set_link_urls(Store&, const NodeId& peer, const std::vector<std::string>& urls);

}  // namespace yz::node
