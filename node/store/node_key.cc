#include "node/store/node_key.h"

#include <algorithm>
#include <charconv>

#include "node/store/directory.h"
#include "node/store/registry.h"
#include "node/store/told.h"

namespace yz::node {
namespace {

constexpr std::size_t kMostUrls = 4, kMostUrlBytes = 256;
constexpr std::string_view kPending = "node_key_told";  // control number of the new key's certificate

Result<sync::NodeList> own_node_list(Store& store) {
  Query q = TRY(store.db().query("select bytes from node_list where office = ?", store.me().office));
  if (!TRY(q.step())) return fail(Fault::corrupt, "our own node list is missing", "store.nodes");
  return sync::decode_node_list(TRY(sync::decode_statement(q.blob(0))).body);
}

/// Our own list with one thing changed, under the next version.
template <class F>
Result<> restate_node_list(Store& store, sync::Millis now, F change) {
  sync::NodeList list = TRY(own_node_list(store));
  change(list);
  list.version = std::max(list.version + 1, static_cast<std::uint64_t>(now));
  const Identity& me = store.me();
  const sync::Statement s = sync::issue(sync::StatementKind::node_list, {me.office, me.node, me.epoch},
                                        TRY(store.tick(now)), now, sync::encode(list), store.keys().node);
  TRY(store.tell(TRY(sync::statement_key(s)), std::nullopt, sync::FrameType::statement, s.bytes));
  return store.db().run("update node_list set version = ?, bytes = ? where office = ?", list.version, ByteView(s.bytes),
                        me.office);
}

}  // namespace

bool good_address(std::string_view url) {
  if (url.size() > kMostUrlBytes || !(url.starts_with("http://") || url.starts_with("https://"))) return false;
  if (!std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7f; })) return false;
  const std::string_view rest = url.substr(url.find("//") + 2), host_port = rest.substr(0, rest.find_first_of("/?#"));
  const std::size_t bracket = host_port.starts_with('[') ? host_port.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  const std::size_t colon = host_port.find(':', bracket);
  if (colon == std::string_view::npos) return !host_port.empty();
  const std::string_view port = host_port.substr(colon + 1);
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  return colon > 0 && error == std::errc() && end == port.data() + port.size() && number > 0 && number < 65536;
}

Result<> state_addresses(Store& store, const std::vector<std::string>& urls, sync::Millis now) {
  if (urls.size() > kMostUrls || !std::ranges::all_of(urls, good_address))
    return fail(Fault::invalid, "at most four addresses that begin with http:// or https://, of 256 bytes each",
                "address.url");
  return restate_node_list(store, now, [&](sync::NodeList& list) { list.urls = urls; });
}

Result<std::vector<std::string>> stated_addresses(Store& store) { return TRY(own_node_list(store)).urls; }

Result<bool> node_key_waits(Store& store) { return TRY(store.meta_number(kPending)) != 0; }

Result<> begin_node_key(Store& store, const crypto::SigningKey& authority, sync::Millis now) {
  if (TRY(node_key_waits(store)))
    return fail(Fault::conflict, "a new key of this node is on its way already", "node.rotating");
  Database& db = store.db();
  crypto::Certificate c;
  {
    Query q = TRY(db.query("select certificate from node where id = ?", store.me().node));
    if (!TRY(q.step())) return fail(Fault::corrupt, "our own certificate is missing", "store.certificate");
    c = TRY(crypto::Certificate::decode(q.blob(0)));
  }
  const crypto::SigningKey next = crypto::SigningKey::random();
  c.issuer_key = authority.public_key();
  c.key = next.public_key();
  c.serial = TRY(next_serial(store, c.subject, now));
  c.not_before_ms = static_cast<std::uint64_t>(now - sync::kDayMs);
  c.not_after_ms = static_cast<std::uint64_t>(now + 5 * 365 * sync::kDayMs);
  TRY(c.sign(authority));
  TRY(db.run("insert into secret(name, number, value) values('node', 1, ?)", ByteView(next.seed().expose())));
  TRY(Directory(store).learn(c, now));
  TRY(tell_certificate(store, c));
  const auto told = static_cast<std::int64_t>(TRY(newest_told(store)));
  TRY(store.set_meta_number(kPending, told));
  TRY(store.set_meta("node_key_certificate", c.digest.view()));
  return finish_node_key(store, now);
}

Result<> finish_node_key(Store& store, sync::Millis now, bool unheard_too) {
  const std::int64_t told = TRY(store.meta_number(kPending));
  if (told == 0) return {};
  Database& db = store.db();
  if (!unheard_too) {
    Query q =
        TRY(db.query("select 1 from link l where l.peer_heard < ? and not exists(select 1 from node n join office o"
                     " on o.id = n.office where n.id = l.peer and (n.state = 9 or o.state = 9)) limit 1",
                     told));
    if (TRY(q.step())) return {};
  }
  const auto digest = TRY(store.meta("node_key_certificate"));
  if (!digest) return fail(Fault::corrupt, "the new key's certificate is missing", "store.key");
  TRY(
      db.run("update secret set value = (select value from secret where name = 'node' and number = 1)"
             " where name = 'node' and number = 0"));
  TRY(db.run("delete from secret where name = 'node' and number = 1"));
  TRY(store.set_meta_number(kPending, 0));
  const CertDigest certificate = TRY(CertDigest::from(*digest));
  TRY(store.journal("node", "node.rotated", hex(store.me().node.view()), "", now));
  return use_node_certificate(store, certificate, now);
}

Result<std::vector<OfficeId>> node_key_unheard(Store& store) {
  std::vector<OfficeId> out;
  const std::int64_t told = TRY(store.meta_number(kPending));
  Query q = TRY(store.db().query("select distinct office from link where peer_heard < ? order by office", told));
  while (TRY(q.step())) out.push_back(TRY(q.id<OfficeId>(0)));
  return out;
}

Result<> use_node_certificate(Store& store, const CertDigest& certificate, sync::Millis now) {
  // While a new key waits for the neighbours, this is the certificate that it will have.
  if (TRY(node_key_waits(store))) return store.set_meta("node_key_certificate", certificate.view());
  TRY(store.use_node_key(certificate));
  return restate_node_list(store, now, [&](sync::NodeList& list) {
    for (auto& n : list.nodes)
      if (n.node == store.me().node) n.certificate = certificate;
  });
}

}  // namespace yz::node
