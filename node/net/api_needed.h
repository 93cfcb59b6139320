#pragma once
// Inside the API: a text that a call has to say. What is left out or misspelt never empties what is kept.
#include "node/net/api_request.h"

namespace yz::node::api {

inline Result<std::string> needed_text(const Json& body, std::string_view member) {
  const Json* said = body.find(member);
  if (said && said->string()) return *said->string();
  return fail(Fault::invalid, std::string(member) + " has to be there, as text", "invalid.type");
}

}  // namespace yz::node::api
