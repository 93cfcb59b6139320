#pragma once
// How people of the office put their names under what they fixed.
#include <vector>

#include "node/office/books.h"

namespace yz::node {

/// "this officer's roles do not allow WHAT"
Error lacks_role(const char* what);
sync::RecordSignature signature(const SigningPerson&, sync::SignRole, const RecordId&);
sync::RecordSignature signature(const SigningPerson&, sync::SignRole, ByteView content);
/// The signed bytes are the content as it was fixed, never built a second time.
Result<sync::ReleasedRecord> close(const Bytes& content, std::vector<sync::RecordSignature>);

}  // namespace yz::node
