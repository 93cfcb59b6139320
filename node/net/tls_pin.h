#pragma once
#include <string>
#include <string_view>

#include "crypto/result.h"

namespace yz::node {

/// "sha256//BASE64" of a PEM certificate's public key (SubjectPublicKeyInfo), as libcurl's CURLOPT_PINNEDPUBLICKEY
/// wants it and as RFC 7469 computes it. Fault::invalid when the text holds no X.509 certificate.
Result<std::string> pin_of(std::string_view certificate_pem);

}  // namespace yz::node
