#include "crypto/secret.h"

namespace yz::crypto {

SecretText::SecretText(ByteView b) : page_(static_cast<std::uint8_t*>(sodium_malloc(b.size()))), size_(b.size()) {
  if (!page_) throw std::bad_alloc();
  std::copy(b.begin(), b.end(), page_.get());
}

}  // namespace yz::crypto
