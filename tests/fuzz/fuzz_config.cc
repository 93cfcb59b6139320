#include "node/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto config = yz::node::parse_config({reinterpret_cast<const char*>(data), size});
  if (config && !yz::node::check(*config)) __builtin_trap();
  return 0;
}
