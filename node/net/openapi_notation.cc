// The short notation of openapi.h, read into JSON schemas.
#include <cctype>
#include <charconv>

#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

constexpr int kDepthMost = 16;

Json typed(std::string_view type) { return Json::object({{"type", type}}); }

bool word_char(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' || c == '>' || c == '"';
}

/// Reads from the front of what is left. Broken: `at_` says where, and whoever asked gives up.
class Notation {
 public:
  explicit Notation(std::string_view text) : whole_(text), left_(text) {}

  Result<Json> whole() {
    Json j = TRY(type(0));
    skip();
    return left_.empty() ? Result<Json>(std::move(j)) : broken();
  }

 private:
  std::unexpected<Error> broken() const {
    return fail(Fault::invalid, "no shape: " + std::string(whole_.substr(whole_.size() - left_.size(), 40)),
                "doc.shape");
  }
  void skip() {
    while (!left_.empty() && (left_[0] == ' ' || left_[0] == '\n')) left_.remove_prefix(1);
  }
  bool took(std::string_view s) {
    skip();
    if (!left_.starts_with(s)) return false;
    left_.remove_prefix(s.size());
    return true;
  }
  std::string word() {
    skip();
    std::size_t n = 0;
    while (n < left_.size() && word_char(left_[n])) ++n;
    std::string out(left_.substr(0, n));
    left_.remove_prefix(n);
    return out;
  }

  Result<Json> type(int depth) {
    if (depth > kDepthMost) return broken();
    Json j = TRY(plain(depth));
    if (!took("?")) return j;
    return Json::object({{"anyOf", list({std::move(j), typed("null")})}});
  }

  static Json list(std::initializer_list<Json> items) {
    Json out = Json::array();
    for (const Json& i : items) out.add(i);
    return out;
  }

  Result<Json> plain(int depth) {
    if (took("{")) return object(depth);
    if (took("[")) {
      Json j = typed("array");
      j.set("items", TRY(type(depth + 1)));
      return took("]") ? Result<Json>(std::move(j)) : broken();
    }
    if (took("(")) {
      Json any = Json::array();
      do any.add(TRY(type(depth + 1)));
      while (took("/"));
      return took(")") ? Result<Json>(Json::object({{"anyOf", std::move(any)}})) : broken();
    }
    if (took("=")) {
      Json words = Json::array();
      do {
        std::string w = word();
        if (w.empty()) return broken();
        words.add(w == "\"\"" ? std::string() : std::move(w));
      } while (took("|"));
      Json j = typed("string");
      j.set("enum", std::move(words));
      return j;
    }
    return named();
  }

  Result<Json> object(int depth) {
    Json j = typed("object"), members = Json::object(), needed = Json::array(), bases = Json::array();
    Json further = false;
    while (!took("}")) {
      if (took("...")) {
        bases.add(word());
      } else if (took("*")) {
        if (!took(":")) return broken();
        further = TRY(type(depth + 1));
      } else {
        const std::string key = word();
        const bool may_miss = took("?");
        if (key.empty() || !took(":")) return broken();
        members.set(key, TRY(type(depth + 1)));
        if (!may_miss) needed.add(key);
      }
      if (!took(",") && !left_.starts_with('}')) return broken();
    }
    if (!bases.items()->empty()) j.set("bases", std::move(bases));  // openapi.cc puts their members in
    j.set("properties", std::move(members));
    if (!needed.items()->empty()) j.set("required", std::move(needed));
    j.set("additionalProperties", std::move(further));
    return j;
  }

  Result<std::int64_t> number() {
    skip();
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(left_.data(), left_.data() + left_.size(), n);
    if (error != std::errc()) return broken();
    left_.remove_prefix(static_cast<std::size_t>(end - left_.data()));
    return n;
  }

  Result<Json> named() {
    const std::string name = word();
    if (name.empty()) return broken();
    if (std::isupper(static_cast<unsigned char>(name[0])))
      return Json::object({{"$ref", "#/components/schemas/" + name}});
    if (name == "any") return Json::object();
    if (name == "bool") return typed("boolean");
    if (name == "number") return typed("number");
    if (name == "time") return Json::object({{"type", "string"}, {"format", "date-time"}});
    if (name == "hex") return Json::object({{"type", "string"}, {"pattern", "^[0-9a-f]*$"}});
    if (name == "code") return Json::object({{"type", "string"}, {"maxLength", 64}});
    Json j = typed(name == "int" ? "integer" : "string");
    if (name != "int" && name != "text") return broken();
    if (!took("<")) return j;
    const std::int64_t first = TRY(number());
    if (name == "text") {
      j.set("maxLength", first);
    } else {
      if (!took(",")) return broken();
      j.set("minimum", first);
      j.set("maximum", TRY(number()));
    }
    return took(">") ? Result<Json>(std::move(j)) : broken();
  }

  std::string_view whole_, left_;
};

bool fits(const Json& schema, const Json& value) {
  if (const Json* any = schema.find("anyOf")) {
    for (const Json& one : *any->items())
      if (fits(one, value)) return true;
    return false;
  }
  const std::string_view type = schema.find("$ref") ? "object" : schema.text("type");
  if (type == "string") return value.string();
  if (type == "integer") return value.integer();
  if (type == "number") return value.integer() || value.number();
  if (type == "boolean") return value.boolean();
  if (type == "array") return value.items();
  return type != "object" || value.members();
}

struct Words {
  std::string_view type, en, zh;
};

const Words& in_words(const Json& schema) {
  static constexpr Words kWords[] = {{"string", "text", "文字"},         {"integer", "a whole number", "整数"},
                                     {"number", "a number", "数"},       {"boolean", "true or false", "true 或 false"},
                                     {"array", "a list", "列表"},        {"object", "an object", "对象"},
                                     {"", "of another type", "别的类型"}};
  const std::string_view type = schema.find("$ref") ? "object" : schema.text("type");
  const Words* w = kWords;
  while (!w->type.empty() && w->type != type) ++w;
  return *w;
}

}  // namespace

Result<Json> schema_from(std::string_view shape) { return Notation(shape).whole(); }

Result<> as_documented(const RouteDoc& doc, const Json& body) {
  if (doc.body == "octets" || !body.members()) return {};
  const Json schema = TRY(schema_from(doc.body.empty() ? "{}" : doc.body));
  const Json* members = schema.find("properties");
  for (const auto& m : *body.members()) {
    const Json* of = members->find(m.key);
    const std::string name = m.key.substr(0, 40);
    if (!of)
      return std::unexpected(
          Error{Fault::invalid, "unknown member " + name, "invalid.member", "请求中有不认识的项目：" + name});
    if (m.value.is_null() || fits(*of, m.value)) continue;
    const Words& words = in_words(*of);
    return std::unexpected(Error{Fault::invalid, name + " has to be " + std::string(words.en), "invalid.type",
                                 "“" + name + "”须为" + std::string(words.zh)});
  }
  return {};
}

}  // namespace yz::node::api
