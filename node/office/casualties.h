#pragma once
// How many persons a text says came to harm, whatever the order of the words: 致1人死亡, 死亡1人, 3名村民失联.
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace yz::node {

/// By what happened to them, in one word for all that mean the same (死亡 for 遇难): each number in the order of the
/// text. A word without a number beside it says nothing here.
std::map<std::string_view, std::vector<std::int64_t>> casualties_in(std::string_view valid);

/// Where title and body cannot both be right: the body has numbers for what the title counts, and neither one of them
/// nor all of them together is the title's. In the words of a person, by kind: "死亡 2人，正文 1人". Empty where they
/// agree.
std::string casualties_differ(std::string_view title, std::string_view body);

}  // namespace yz::node
