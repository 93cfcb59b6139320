#include "node/cli/doc.h"

#include <limits>

#include "node/cli/print.h"
#include "node/net/json.h"

namespace yz::node::cli {

struct Doc::Value {
  Json json;
};

namespace {

/// Our own node's answers: a list of 100,000 reports is long, none is deep.
constexpr JsonLimits kLimits{std::numeric_limits<std::size_t>::max(), 64};

bool all_utf8(const Json& j) {
  if (const std::string* s = j.string()) return yz::node::cli::is_utf8(*s);
  if (const Json::Array* items = j.items()) {
    for (const Json& item : *items)
      if (!all_utf8(item)) return false;
  }
  if (const Json::Object* members = j.members()) {
    for (const Json::Member& m : *members)
      if (!yz::node::cli::is_utf8(m.key) || !all_utf8(m.value)) return false;
  }
  return true;
}

}  // namespace

Doc::Doc() : value_(std::make_unique<Value>(Value{Json::object()})) {}
Doc::~Doc() = default;
Doc::Doc(const Doc& other) : value_(std::make_unique<Value>(*other.value_)) {}
// A new empty value for the one moved from: every Doc can be read at any time.
Doc::Doc(Doc&& other) noexcept : value_(std::make_unique<Value>()) { std::swap(value_, other.value_); }
Doc& Doc::operator=(const Doc& other) {
  if (this != &other) value_ = std::make_unique<Value>(*other.value_);
  return *this;
}
Doc& Doc::operator=(Doc&& other) noexcept {
  std::swap(value_, other.value_);
  return *this;
}

Doc Doc::array() {
  Doc d;
  d.value_->json = Json::array();
  return d;
}

Doc Doc::list(const std::vector<std::string>& texts) {
  Doc d = array();
  for (const std::string& t : texts) d.push(of(t));
  return d;
}
Doc Doc::of(std::string_view text) {
  Doc d;
  d.value_->json = Json(text);
  return d;
}

Result<Doc> Doc::parse(std::string_view json) {
  Json parsed = TRY(parse_json(json, kLimits));
  Doc d;
  d.value_->json = std::move(parsed);
  return d;
}

std::string Doc::dump() const { return yz::node::dump(value_->json); }
bool Doc::is_utf8() const { return all_utf8(value_->json); }
bool Doc::is_object() const { return value_->json.members() != nullptr; }
bool Doc::is_array() const { return value_->json.items() != nullptr; }
bool Doc::is_text() const { return value_->json.string() != nullptr; }
bool Doc::empty() const {
  const Json& j = value_->json;
  return j.is_null() || (j.string() && j.string()->empty()) || (j.items() && j.items()->empty()) ||
         (j.members() && j.members()->empty());
}
bool Doc::has(std::string_view key) const { return value_->json.find(key) != nullptr; }

Doc Doc::at(std::string_view key) const {
  const Json* found = value_->json.find(key);
  Doc d;
  d.value_->json = found ? *found : Json();
  return d;
}

std::vector<Doc> Doc::items() const {
  std::vector<Doc> out;
  if (const Json::Array* all = value_->json.items()) {
    out.reserve(all->size());
    for (const Json& j : *all) out.emplace_back().value_->json = j;
  }
  return out;
}

std::vector<std::string> Doc::keys() const {
  std::vector<std::string> out;
  if (const Json::Object* all = value_->json.members())
    for (const Json::Member& m : *all) out.push_back(m.key);
  return out;
}

std::string Doc::text() const {
  if (const std::string* s = value_->json.string()) return *s;
  return value_->json.is_null() ? std::string() : dump();
}
std::int64_t Doc::number() const {
  const std::int64_t* n = value_->json.integer();
  return n ? *n : 0;
}
double Doc::real(std::string_view key) const {
  const Json* j = value_->json.find(key);
  if (j && j->number()) return *j->number();
  return static_cast<double>(number(key));
}
bool Doc::flag(std::string_view key) const { return value_->json.flag(key); }

Doc& Doc::set(std::string_view key, std::string_view text) {
  value_->json.set(key, Json(text));
  return *this;
}
Doc& Doc::set(std::string_view key, std::int64_t number) {
  value_->json.set(key, Json(number));
  return *this;
}
Doc& Doc::set(std::string_view key, bool flag) {
  value_->json.set(key, Json(flag));
  return *this;
}
Doc& Doc::set(std::string_view key, const Doc& value) {
  value_->json.set(key, value.value_->json);
  return *this;
}
Doc& Doc::set_null(std::string_view key) {
  value_->json.set(key, Json());
  return *this;
}
Doc& Doc::push(const Doc& value) {
  value_->json.add(value.value_->json);
  return *this;
}

}  // namespace yz::node::cli
