#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

namespace yz::node::cli {

/// A JSON value to look at and to build, over node/net/json.h. Reading never
/// fails: what is absent or of another type is empty, 0 or false. Copies are deep.
class Doc {
 public:
  Doc();  ///< {}
  ~Doc();
  Doc(const Doc&);
  Doc(Doc&&) noexcept;
  Doc& operator=(const Doc&);
  Doc& operator=(Doc&&) noexcept;
  static Doc array();
  static Doc of(std::string_view text);
  static Doc list(const std::vector<std::string>& texts);

  /// Fault::invalid when it is not one JSON value, or nested deeper than 64 (our own node never is).
  static Result<Doc> parse(std::string_view json);
  std::string dump() const;
  /// Whether every text set into it is UTF-8, which is all that JSON can carry. dump() writes "�" for what is not.
  bool is_utf8() const;

  bool is_object() const;
  bool is_array() const;
  bool is_text() const;
  bool empty() const;  ///< null, {}, [] or ""
  bool has(std::string_view key) const;
  Doc at(std::string_view key) const;  ///< a null when absent
  std::vector<Doc> items() const;      ///< of an array
  std::vector<std::string> keys() const;
  /// A text as it is, any other value as JSON, a null as "".
  std::string text() const;
  std::string text(std::string_view key) const { return at(key).text(); }
  std::int64_t number() const;
  std::int64_t number(std::string_view key) const { return at(key).number(); }
  double real(std::string_view key) const;
  bool flag(std::string_view key) const;

  Doc& set(std::string_view key, std::string_view text);
  Doc& set(std::string_view key, const char* text) { return set(key, std::string_view(text)); }
  Doc& set(std::string_view key, std::int64_t number);
  Doc& set(std::string_view key, int number) { return set(key, static_cast<std::int64_t>(number)); }
  Doc& set(std::string_view key, bool flag);
  Doc& set(std::string_view key, const Doc& value);
  Doc& set_null(std::string_view key);
  /// Only when there is something to say.
  Doc& set_if(std::string_view key, const std::string& text) {
    return text.empty() ? *this : set(key, std::string_view(text));
  }
  Doc& push(const Doc& value);

 private:
  struct Value;
  std::unique_ptr<Value> value_;
};

}  // namespace yz::node::cli
