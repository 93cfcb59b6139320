#pragma once
#include "node/home.h"
#include "node/store/store.h"

namespace yz::node {

// The guard lies outside every backup and remembers what a copy cannot have: the incarnation, when the home's files
// were made on this disk, and a token that changes at every start. By it a home that was put back from a copy shows at
// its start and goes on under new numbers (protocol 9). Byte table in store/SCHEMA.md, "Guard".

/// Whether this home is the one that the guard was written for. A home without a guard is not.
Result<bool> guard_knows(const Home&, Store&);
/// Binds the guard to this home, its files and the present incarnation, and gives the store a new token.
Result<> renew_guard(const Home&, Store&);
/// Before the store is opened: an old main file beside a newer log would give a mixture of both. When the main file
/// alone does not know the token of the guard, the log is not its own and is set aside. True when it was.
Result<bool> set_foreign_log_aside(const Home&, const StoreOptions&);

}  // namespace yz::node
