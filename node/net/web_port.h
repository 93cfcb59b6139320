#pragma once
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "node/api.h"
#include "node/net/http_server.h"
#include "node/net/json.h"
#include "node/net/web_assets.h"
#include "node/net/web_events.h"
#include "node/net/web_session.h"

namespace yz::node {

/// The web port: the page, its sessions and events, and the JSON API for both the page and programs on this machine.
///
/// Every request is looked at in this order, and refused at the first that does not hold: our own Host; nothing that a
/// browser sends for another origin; for what changes something with a cookie: from our own page (Origin, or
/// Sec-Fetch-Site), of the right content type, with the session's token in X-YZ-CSRF. A call without a cookie needs the
/// passphrase in X-YZ-Passphrase, which no browser adds by itself. Nothing is ever allowed to another origin.
class WebPort : public Handler {
 public:
  struct Parts {
    std::function<void(std::function<void()>)> on_store;
    std::function<ApiReply(const ApiCall&)> call;  ///< on the store's thread, as all below
    std::function<Result<WebSessions::Opened>(std::string_view officer, ByteView passphrase, std::string_view source)>
        sign_in;
    std::function<Result<>(std::string_view token, ByteView passphrase, std::string_view source)> confirm;
    std::function<Json()> place =
        {};  ///< which office and machine this is, as an object; shown before anybody signs in
    WebSessions& sessions;
    std::function<sync::Millis()> clock;  ///< boot_now(); any thread
    std::vector<std::string> hosts;       ///< exact Host values
    std::string cookie;                   ///< its name
    bool tls = false;
    std::span<const WebAsset> page;
    std::size_t attachment_bytes = 0;
  };
  explicit WebPort(Parts p) : p_(std::move(p)) {}
  Intake handle(std::shared_ptr<Exchange>) override;
  WebEvents& events() { return events_; }

 private:
  using Shared = std::shared_ptr<Exchange>;
  bool may_speak(const HttpRequest&) const;
  Result<> from_our_page(const HttpRequest&, const WebSessions::Who*) const;
  std::string token_of(const HttpRequest&) const;
  Intake asset(Shared);
  Intake session(Shared, const WebSessions::Who&);
  Intake begin_session(Shared);
  Intake confirm_session(Shared, std::string token);
  Intake end_session(Shared, const std::string& token);
  Intake listen(Shared, const WebSessions::Who&);
  Intake api(Shared, std::string token);
  Json told(const WebSessions::Who&) const;
  HttpHeaders headers() const;
  void answer(const Shared&, const ApiReply&, std::string cookie = {}) const;
  void refuse(const Shared&, const Error&) const;
  Intake turn_away(const Shared&, const Error&);
  std::string set_cookie(std::string_view token) const;

  Parts p_;
  WebEvents events_;
};

}  // namespace yz::node
