#pragma once
// The part of JSON schema that openapi.json uses, for tests.
#include <string>

#include "node/net/json.h"

namespace yz::test {

/// Where and why the value is not what the schema of the document says; empty when it is.
std::string misfit(const node::Json& document, const node::Json& schema, const node::Json& value);

}  // namespace yz::test
