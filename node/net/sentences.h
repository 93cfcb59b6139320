#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "node/fault.h"

namespace yz::node {

/// What the other end said no with (its code), or why the line does not carry (libcurl's words), for a person.
std::string told_by_peer(std::string_view code, Language);
/// What verification or the check of an evidence file found wrong.
std::string audit_problem(std::string_view what, Language);
std::optional<Fault> fault_from(std::string_view name);
/// Whether the general advice of a fault is true beside this code's own sentence. A code says in particular what
/// happened and what to do; the general words were written for what has no code, and beside one they may contradict it.
bool advice_fits(Fault, std::string_view code);
std::string audit_place(std::string_view where, Language);
/// The superior refused an invitation with that code.
Error refused_by_superior(std::string_view code);

namespace api {
/// A person's sentence for an error: Error::zh, else that of its code, else Error::what as it is.
std::string sentence(const Error&, Language);
/// The sentence of a code that the API itself gives; empty when it has none. The table is in api_request.cc.
std::string_view api_sentence(std::string_view code);
}  // namespace api

}  // namespace yz::node
