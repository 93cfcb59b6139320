#include "node/net/json.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "node/office/rules.h"

namespace yz::node {
namespace {

/// Builds the value while nlohmann's parser, which keeps its own stack on the heap, only names what it sees.
class Builder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = std::string;
  using binary_t = nlohmann::json::binary_t;

  explicit Builder(std::size_t depth) : depth_(depth) {}

  bool null() { return put(Json()); }
  bool boolean(bool b) { return put(Json(b)); }
  bool number_integer(number_integer_t n) { return put(Json(n)); }
  bool number_unsigned(number_unsigned_t n) {
    if (!std::in_range<std::int64_t>(n)) return refuse("a number is too large");
    return put(Json(static_cast<std::int64_t>(n)));
  }
  bool number_float(number_float_t d, const string_t& written) {
    // A whole number that does not fit 64 bit comes here too; rounding it silently would change what was meant.
    if (written.find_first_of(".eE") == std::string::npos) return refuse("a number is too large");
    return put(Json(d));
  }
  bool string(string_t& s) {
    if (s.find('\0') != std::string::npos) return refuse("a NUL in a text");
    return put(Json(std::move(s)));
  }
  bool binary(binary_t&) { return refuse("binary data"); }
  bool key(string_t& k) {
    if (k.find('\0') != std::string::npos) return refuse("a NUL in a name");
    keys_.back() = std::move(k);
    return true;
  }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_object() {
    const Json::Object& members = *stack_.back().members();
    std::vector<std::string_view> names;
    names.reserve(members.size());
    for (const auto& m : members) names.push_back(m.key);
    std::sort(names.begin(), names.end());
    // Two readers of a doubled key may each believe another value.
    if (std::adjacent_find(names.begin(), names.end()) != names.end())
      return refuse("a name comes twice in one object");
    return close();
  }
  bool end_array() { return close(); }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) {
    why_ = "not valid at byte " + std::to_string(at);
    return false;
  }

  const std::string& why() const { return why_; }
  Json take() { return std::move(root_); }

 private:
  bool refuse(const char* why) {
    why_ = why;
    return false;
  }
  bool open(Json container) {
    if (stack_.size() >= depth_) return refuse("nested too deeply");
    stack_.push_back(std::move(container));
    keys_.emplace_back();
    return true;
  }
  bool close() {
    Json done = std::move(stack_.back());
    stack_.pop_back();
    keys_.pop_back();
    return put(std::move(done));
  }
  bool put(Json value) {
    if (stack_.empty()) {
      root_ = std::move(value);
      return true;
    }
    if (auto* items = stack_.back().items())
      items->push_back(std::move(value));
    else
      stack_.back().members()->push_back({std::move(keys_.back()), std::move(value)});
    return true;
  }

  std::size_t depth_;
  std::vector<Json> stack_;
  std::vector<std::string> keys_;  // the name that waits for its value, one a level
  Json root_;
  std::string why_;
};

bool needs_escape(char c) {
  const auto u = static_cast<unsigned char>(c);
  return u < 0x20 || u == 0x7F || c == '"' || c == '\\';
}

void put_escaped(std::string& out, char c) {
  constexpr std::string_view kShort = "\"\"\\\\\nn\rr\tt";
  for (std::size_t i = 0; i < kShort.size(); i += 2)
    if (kShort[i] == c) {
      out += '\\';
      out += kShort[i + 1];
      return;
    }
  constexpr char digits[] = "0123456789abcdef";
  const auto u = static_cast<unsigned char>(c);
  out += "\\u00";
  out += digits[u >> 4];
  out += digits[u & 15];
}

void put_text(std::string& out, std::string_view s) {
  out += '"';
  while (!s.empty()) {
    const auto bad = bad_utf8_at(s);
    std::string_view good = s.substr(0, bad.value_or(s.size()));
    // Nearly all of a text needs no escape and goes over in runs.
    for (auto at = std::ranges::find_if(good, needs_escape); at != good.end();
         at = std::ranges::find_if(good, needs_escape)) {
      out.append(good.begin(), at);
      put_escaped(out, *at);
      good.remove_prefix(static_cast<std::size_t>(at - good.begin()) + 1);
    }
    out += good;
    if (!bad) break;
    out += "\xEF\xBF\xBD";
    s.remove_prefix(*bad + 1);
  }
  out += '"';
}

void put_value(std::string& out, const Json& j) {
  if (const bool* b = j.boolean()) {
    out += *b ? "true" : "false";
  } else if (const auto* n = j.integer()) {
    out += std::to_string(*n);
  } else if (const auto* d = j.number()) {
    char buffer[40];
    const auto end = std::to_chars(buffer, buffer + sizeof buffer, *d).ptr;
    std::string_view s(buffer, static_cast<std::size_t>(end - buffer));
    out += s;
    if (s.find_first_of(".en") == std::string_view::npos) out += ".0";  // a measure stays one when read back
  } else if (const auto* s = j.string()) {
    put_text(out, *s);
  } else if (const auto* items = j.items()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i > 0) out += ',';
      put_value(out, (*items)[i]);
    }
    out += ']';
  } else if (const auto* members = j.members()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i > 0) out += ',';
      put_text(out, (*members)[i].key);
      out += ':';
      put_value(out, (*members)[i].value);
    }
    out += '}';
  } else {
    out += "null";
  }
}

}  // namespace

Json Json::of(Array a) {
  Json j;
  j.value_ = std::move(a);
  return j;
}
Json Json::of(Object o) {
  Json j;
  j.value_ = std::move(o);
  return j;
}
Json Json::object(std::initializer_list<Member> members) { return of(Object(members)); }

const Json* Json::find(std::string_view key) const {
  if (const Object* o = members())
    for (const Member& m : *o)
      if (m.key == key) return &m.value;
  return nullptr;
}
std::string_view Json::text(std::string_view key) const {
  const Json* j = find(key);
  const std::string* s = j ? j->string() : nullptr;
  return s ? std::string_view(*s) : std::string_view();
}
std::int64_t Json::count(std::string_view key, std::int64_t otherwise) const {
  const Json* j = find(key);
  const std::int64_t* n = j ? j->integer() : nullptr;
  return n ? *n : otherwise;
}
bool Json::flag(std::string_view key) const {
  const Json* j = find(key);
  const bool* b = j ? j->boolean() : nullptr;
  return b && *b;
}
Json& Json::set(std::string_view key, Json value) {
  if (is_null()) value_ = Object();
  Object& o = std::get<Object>(value_);
  for (Member& m : o)
    if (m.key == key) {
      m.value = std::move(value);
      return *this;
    }
  o.push_back({std::string(key), std::move(value)});
  return *this;
}
Json& Json::add(Json value) {
  if (is_null()) value_ = Array();
  std::get<Array>(value_).push_back(std::move(value));
  return *this;
}

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes)
    return fail(Fault::invalid, "the JSON text is longer than " + std::to_string(limits.bytes) + " bytes",
                "malformed.json");
  Builder builder(limits.depth);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder))
    return fail(Fault::invalid, "JSON: " + builder.why(), "malformed.json");
  return builder.take();
}

std::string dump(const Json& j) {
  std::string out;
  put_value(out, j);
  return out;
}

}  // namespace yz::node
