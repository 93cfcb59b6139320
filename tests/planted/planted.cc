// Which fault is planted: YZ_PLANT=name. At the end it is said how often it was at work, so that a fault that no test
// reaches is not taken for one that every test withstands.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iterator>

#include "crypto/plant.h"

namespace yz {
namespace {

constexpr const char* kNames[] = {
#define YZ_BUG(name) #name,
    YZ_BUGS(YZ_BUG)
#undef YZ_BUG
};

struct Planted {
  int which = -1;
  unsigned long long times = 0;
  Planted() {
    const char* wish = std::getenv("YZ_PLANT");
    if (wish == nullptr || *wish == 0) return;
    for (int i = 0; i < static_cast<int>(std::size(kNames)); ++i)
      if (std::strcmp(wish, kNames[i]) == 0) which = i;
    if (which >= 0) return;
    std::fprintf(stderr, "YZ_PLANT: there is no fault called %s\n", wish);
    std::exit(2);
  }
  ~Planted() {
    if (which >= 0) std::printf("planted %s: at work %llu times\n", kNames[which], times);
  }
};
Planted plant;

}  // namespace

bool planted(Bug bug) {
  if (static_cast<int>(bug) != plant.which) return false;
  ++plant.times;
  return true;
}

}  // namespace yz
