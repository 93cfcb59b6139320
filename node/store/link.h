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
Result<> set_link_urls(Store&, const NodeId& peer, const std::vector<std::string>& urls);

}  // namespace yz::node
