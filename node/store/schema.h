#pragma once
#include <span>

#include "node/store/migrate.h"

namespace yz::node {

/// The main database and the one of attachments. Tables are explained in SCHEMA.md.
std::span<const Migration> main_migrations();
std::span<const Migration> blob_migrations();

}  // namespace yz::node
