#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace yz::node {

/// Whether nobody but this machine itself gets to that URL.
inline bool on_loopback(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  return url.starts_with("127.") || url.starts_with("[::1]") || url == "localhost" || url.starts_with("localhost:") ||
         url.starts_with("localhost/");
}

/// Without those that only this machine gets to, unless there are no others.
inline std::vector<std::string> for_others(std::vector<std::string> urls) {
  if (!std::ranges::all_of(urls, on_loopback)) std::erase_if(urls, on_loopback);
  return urls;
}

}  // namespace yz::node
