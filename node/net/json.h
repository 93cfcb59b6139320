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

  // Their bodies stand below Member: clang wants to know it as soon as one makes or destroys the value.
  Json();
  ~Json();
  Json(const Json&);
  Json(Json&&) noexcept;
  Json& operator=(const Json&);
  Json& operator=(Json&&) noexcept;
  Json(std::nullptr_t);
  template <std::same_as<bool> B>
  Json(B b) : Json(Truth{b}) {}
  template <std::integral I>
  requires(!std::same_as<I, bool>) Json(I n) : Json(Whole{static_cast<std::int64_t>(n)}) {}
  Json(double d);
  Json(const char* s);
  Json(std::string_view s);
  Json(std::string s);
  /// Null when there is nothing.
  template <class T>
  Json(const std::optional<T>& v) {
    if (v) *this = Json(*v);
  }
  static Json array();
  static Json object();
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
  struct Truth {
    bool b;
  };
  struct Whole {
    std::int64_t n;
  };
  explicit Json(Truth);
  explicit Json(Whole);
  static Json of(Array a);
  static Json of(Object o);
  std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

struct Json::Member {
  std::string key;
  Json value;
};

inline Json::Json() = default;
inline Json::~Json() = default;
inline Json::Json(const Json&) = default;
inline Json::Json(Json&&) noexcept = default;
inline Json& Json::operator=(const Json&) = default;
inline Json& Json::operator=(Json&&) noexcept = default;
inline Json::Json(std::nullptr_t) {}
inline Json::Json(Truth t) : value_(t.b) {}
inline Json::Json(Whole w) : value_(w.n) {}
inline Json::Json(double d) : value_(d) {}
inline Json::Json(const char* s) : value_(std::string(s)) {}
inline Json::Json(std::string_view s) : value_(std::string(s)) {}
inline Json::Json(std::string s) : value_(std::move(s)) {}
inline Json Json::array() { return of(Array()); }
inline Json Json::object() { return of(Object()); }

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
