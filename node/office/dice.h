#pragma once
#include <optional>

#include "crypto/secret.h"

namespace yz::node {

/// Random ids and salts by the thousand. A guarded page for each would cost more than signing the record; here one
/// page serves a hundred, and nothing is given out twice.
class Dice {
 public:
  template <class F>
  F draw() {
    static_assert(F::kSize <= kPool);
    if (!pool_ || at_ + F::kSize > kPool) {
      pool_.emplace(crypto::Secret<kPool>::random());
      at_ = 0;
    }
    const F drawn = F::from(pool_->expose().subspan(at_, F::kSize)).value();
    at_ += F::kSize;
    return drawn;
  }

 private:
  static constexpr std::size_t kPool = 2048;
  std::optional<crypto::Secret<kPool>> pool_;
  std::size_t at_ = 0;
};

}  // namespace yz::node
