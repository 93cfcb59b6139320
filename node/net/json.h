#pragma once
// A small JSON value of our own: members keep their order, so the same value always gives the same bytes, and
// whoever includes this pays nothing for nlohmann's header. The parser behind it never recurses.
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "crypto/result.h"

namespace yz::node {

class Json {
 public:
  struct Member;
  using Array = std::vector<Json>;
  using Object = std::vector<Member>;

  Json() = default;
  Json(std::nullptr_t) {}
  template <std::same_as<bool> B>
  Json(B b) : value_(b) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Json(I n) : value_(static_cast<std::int64_t>(n)) {}
  Json(double d) : value_(d) {}
  Json(const char* s) : value_(std::string(s)) {}
  Json(std::string_view s) : value_(std::string(s)) {}
  Json(std::string s) : value_(std::move(s)) {}
  /// Null when there is nothing.
  template <class T>
  Json(const std::optional<T>& v) {
    if (v) *this = Json(*v);
  }
  static Json array() { return of(Array()); }
  static Json object() { return of(Object()); }
  static Json object(std::initializer_list<Member> members);

  bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
  const bool* boolean() const { return std::get_if<bool>(&value_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  const double* number() const { return std::get_if<double>(&value_); }  ///< one that was written with . or e
  const std::string* string() const { return std::get_if<std::string>(&value_); }
  const Array* items() const { return std::get_if<Array>(&value_); }
  const Object* members() const { return std::get_if<Object>(&value_); }
  Array* items() { return std::get_if<Array>(&value_); }
  Object* members() { return std::get_if<Object>(&value_); }

  /// The member of an object; null when there is none or this is no object.
  const Json* find(std::string_view key) const;
  /// A text member; empty when there is none.
  std::string_view text(std::string_view key) const;
  /// A member that is a whole number; `otherwise` when there is none.
  std::int64_t count(std::string_view key, std::int64_t otherwise = 0) const;
  bool flag(std::string_view key) const;

  /// Adds a member at the end, or replaces the one of that name. Makes an object of a null.
  Json& set(std::string_view key, Json value);
  /// Makes an array of a null.
  Json& add(Json value);

 private:
  static Json of(Array a);
  static Json of(Object o);
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string key;
  Json value;
};

struct JsonLimits {
  std::size_t bytes = 2 * 1024 * 1024;
  std::size_t depth = 16;
};

/// Exactly one JSON text in strict UTF-8. Fault::invalid "malformed.json" for everything else, for a doubled key, a
/// NUL in a string, a whole number beyond 64 bit, nesting or length beyond the limits; the sentence names the byte
/// and never shows the text.
Result<Json> parse_json(std::string_view text, const JsonLimits& = {});

/// Compact, members in their order, letters as they are. Bytes that are no UTF-8 come out as U+FFFD.
std::string dump(const Json&);

}  // namespace yz::node
