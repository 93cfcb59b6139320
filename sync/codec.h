#pragma once
#include "crypto/bytes.h"

namespace yz::sync {

/// One zstd frame at the level (1 to 19), or the bytes themselves when that is not shorter.
/// First byte: 0 none, 1 zstd; then u32 the original length, then the data.
Bytes squeeze(ByteView, int level);
/// Fault::forged when malformed or longer than `cap`. Allocates at most `cap`.
Result<Bytes> expand(ByteView, std::size_t cap);

}  // namespace yz::sync
