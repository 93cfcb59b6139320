#pragma once
// How people of the office put their names under what they fixed.
#include <span>
#include <vector>

#include "node/office/books.h"

namespace yz::node {

/// "this officer's roles do not allow WHAT"
Error lacks_role(const char* what);
/// Who stands in for somebody does not sign what that person has drafted or signed: nobody's authority counts twice.
Result<> may_stand_in(const Person&, std::span<const PersonId> signed_by);
/// Addressees as records name them: ascending, each once.
std::vector<OfficeId> as_signed(std::vector<OfficeId> to);
sync::RecordSignature signature(const SigningPerson&, sync::SignRole, const RecordId&);
sync::RecordSignature signature(const SigningPerson&, sync::SignRole, ByteView content);
/// The signed bytes are the content as it was fixed, never built a second time.
Result<sync::ReleasedRecord> close(const Bytes& content, std::vector<sync::RecordSignature>);

}  // namespace yz::node
