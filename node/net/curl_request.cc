#include "node/net/curl_request.h"

namespace yz::node {

bool libcurl_ready() {
  static const bool ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  return ready;
}

void set_up_request(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
}

bool set_request_headers(CURL* easy, CurlHeaders& list,
                         const std::vector<std::pair<std::string, std::string>>& headers) {
  bool typed = false;
  for (const auto& [name, value] : headers) {
    if (name.empty() || name.find_first_of(": \t") != std::string::npos) return false;
    if (curl_strequal(name.c_str(), "Content-Type")) typed = true;
    if (!list.add(value.empty() ? name + ";" : name + ": " + value)) return false;
  }
  if (!list.add("Accept:") || !list.add("Expect:") || (!typed && !list.add("Content-Type:"))) return false;
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list.list);
  return true;
}

std::optional<std::pair<std::string, std::string>> split_header_line(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || line.starts_with("HTTP/")) return std::nullopt;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
  while (!value.empty() && (value.back() == '\r' || value.back() == '\n' || value.back() == ' '))
    value.remove_suffix(1);
  return std::pair{std::string(line.substr(0, colon)), std::string(value)};
}

int status_of_request(CURL* easy) {
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

}  // namespace yz::node
