#pragma once
#include <functional>
#include <string>

#include "node/home.h"
#include "node/store/store.h"

namespace yz::node {

/// One file that holds a whole home: key slots, both databases as they lie encrypted, a MAC over all. Byte table in
/// store/SCHEMA.md, "Backup". Readable by any officer's passphrase of the day it was made. Returns its bytes.
/// Fault::conflict when `path` exists. What was written is removed when it fails.
Result<std::uint64_t> write_backup(Store&, const Home::Keys&, const crypto::Key& store_key, const std::string& path,
                                   const std::function<void(double)>& progress);

/// Puts a backup into an empty folder and opens a new incarnation: what was sent from the lost machine after the
/// backup stays valid, and nothing is numbered twice. Fault::invalid when the folder is not empty; corrupt when the
/// MAC is wrong (then nothing stays behind); denied for a wrong passphrase.
Result<Identity> restore_backup(const std::string& home, const std::string& backup, std::string_view officer,
                                ByteView passphrase);

/// A home that was put back from a copy (its guard is missing or names another life) goes on under new numbers:
/// incarnation and store epoch are new, what has no stored receipt is cut again. The caller renews the guard.
Result<> begin_new_life(Store&);

}  // namespace yz::node
