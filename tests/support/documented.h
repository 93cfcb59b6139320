#pragma once
#include <string>

#include "node/api.h"

namespace yz::test {

/// What openapi.json does not say of this answer, or of the request that got it; empty when all is as documented.
std::string undocumented(const node::ApiCall&, const node::ApiReply&);

}  // namespace yz::test
