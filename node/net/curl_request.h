#pragma once
// What every request through libcurl has in common, over the socket or over a line.
#include <curl/curl.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace yz::node {

template <auto Close>
struct Closer {
  void operator()(auto* p) const noexcept { Close(p); }
};
using CurlEasy = std::unique_ptr<CURL, Closer<curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, Closer<curl_multi_cleanup>>;
using CurlShare = std::unique_ptr<CURLSH, Closer<curl_share_cleanup>>;

/// Headers of a request; none with a line break in it is taken.
struct CurlHeaders {
  curl_slist* list = nullptr;
  CurlHeaders() = default;
  CurlHeaders(const CurlHeaders&) = delete;
  CurlHeaders& operator=(const CurlHeaders&) = delete;
  ~CurlHeaders() { curl_slist_free_all(list); }
  bool add(const std::string& line) {
    if (line.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) return false;
    curl_slist* longer = curl_slist_append(list, line.c_str());
    if (longer == nullptr) return false;
    list = longer;
    return true;
  }
};

/// Whether libcurl could be started; once a process.
bool libcurl_ready();
/// No proxy, no redirect, no signal, nothing sent that we did not write.
void set_up_request(CURL*);
/// False when a name or value cannot be a header.
bool set_request_headers(CURL*, CurlHeaders&, const std::vector<std::pair<std::string, std::string>>&);
/// "Name: value" without its line end, or nothing for a status line or the last empty one.
std::optional<std::pair<std::string, std::string>> split_header_line(std::string_view line);
int status_of_request(CURL*);

}  // namespace yz::node
