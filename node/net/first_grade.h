#pragma once
#include "node/net/api_request.h"

namespace yz::node::api {

/// The grade of an emergency as a page of the case has it: as the rules grade its figures (初判). Empty for what is no
/// emergency, and where its text is not here.
Result<std::string> first_grade(const Request&, const MatterRow&);

}  // namespace yz::node::api
