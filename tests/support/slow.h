#pragma once
#include <cstdlib>

namespace yz::test {

/// Under the sanitizers (tools/check says so with YZ_SLOW) everything takes five to ten times as long: a test that
/// tries every place, order or seed tries some of them there. All of them are tried in the plain build.
inline bool slow() { return std::getenv("YZ_SLOW") != nullptr; }

}  // namespace yz::test
