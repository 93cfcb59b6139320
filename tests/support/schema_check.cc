#include "tests/support/schema_check.h"

#include <algorithm>

namespace yz::test {
namespace {

using node::Json;

bool of_type(std::string_view type, const Json& v) {
  if (type == "null") return v.is_null();
  if (type == "boolean") return v.boolean();
  if (type == "integer") return v.integer();
  if (type == "number") return v.integer() || v.number();
  if (type == "string") return v.string();
  if (type == "array") return v.items();
  return type == "object" && v.members();
}

class Checker {
 public:
  explicit Checker(const Json& document) : document_(document) {}

  std::string look(const Json& schema, const Json& v, const std::string& at) const {
    if (const std::string_view ref = schema.text("$ref"); !ref.empty()) {
      const Json* to = document_.find("components")->find("schemas")->find(ref.substr(ref.rfind('/') + 1));
      return to ? look(*to, v, at) : at + ": no shape " + std::string(ref);
    }
    if (const Json* all = schema.find("allOf"))
      for (const Json& one : *all->items())
        if (auto bad = look(one, v, at); !bad.empty()) return bad;
    if (const Json* any = schema.find("anyOf")) {
      std::string bad;
      for (const Json& one : *any->items()) {
        auto why = look(one, v, at);
        if (why.empty()) return {};
        if (bad.size() < why.size()) bad = std::move(why);
      }
      return bad;
    }
    if (const auto type = schema.text("type"); !type.empty() && !of_type(type, v))
      return at + ": " + dump(v).substr(0, 80) + " is not of type " + std::string(type);
    if (const Json* words = schema.find("enum"))
      if (std::ranges::none_of(*words->items(), [&](const Json& w) { return dump(w) == dump(v); }))
        return at + ": " + dump(v).substr(0, 80) + " is none of " + dump(*words).substr(0, 200);
    if (v.integer() && schema.find("minimum") &&
        (*v.integer() < schema.count("minimum") || *v.integer() > schema.count("maximum")))
      return at + ": " + dump(v) + " is out of range";
    if (v.string() && schema.text("pattern") == "^[0-9a-f]*$" &&
        v.string()->find_first_not_of("0123456789abcdef") != std::string::npos)
      return at + ": " + *v.string() + " is not hexadecimal";
    if (v.string() && schema.text("format") == "date-time" && (v.string()->size() != 25 || v.string()->at(10) != 'T'))
      return at + ": " + *v.string() + " is no time";
    if (const Json* items = schema.find("items"); items && v.items())
      for (std::size_t i = 0; i < v.items()->size(); ++i)
        if (auto bad = look(*items, (*v.items())[i], at + "[" + std::to_string(i) + "]"); !bad.empty()) return bad;
    return v.members() ? members(schema, v, at) : std::string();
  }

 private:
  std::string members(const Json& schema, const Json& v, const std::string& at) const {
    const Json *known = schema.find("properties"), *further = schema.find("additionalProperties");
    for (const auto& m : *v.members()) {
      const Json* of = known ? known->find(m.key) : nullptr;
      const std::string where = at + "." + m.key;
      if (!of && further && further->boolean() && !*further->boolean()) return where + ": is not documented";
      if (!of && further && further->members()) of = further;
      if (of)
        if (auto bad = look(*of, m.value, where); !bad.empty()) return bad;
    }
    if (const Json* needed = schema.find("required"))
      for (const Json& key : *needed->items())
        if (!v.find(*key.string())) return at + "." + *key.string() + ": is missing";
    return {};
  }

  const Json& document_;
};

}  // namespace

std::string misfit(const Json& document, const Json& schema, const Json& value) {
  return Checker(document).look(schema, value, "$");
}

}  // namespace yz::test
