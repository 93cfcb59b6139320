#pragma once
#include <string>

#include "crypto/root_proposal.h"
#include "node/home.h"

namespace yz::node {

/// A root holder's key in a file of its own, locked by the holder's passphrase:
///
///   offset  size  field       note
///   0       4     magic       "YZH1"
///   4       32    public key  of the holder
///   36      n     slot        crypto/FORMATS.md, kind key_file: the key's seed, 32
///
/// Holders keep it on a stick in a safe; it never lies in a home.
struct RootKeyFile {
  PublicKey key;
  crypto::Slot slot;
};
Bytes encode(const RootKeyFile&);
/// Fault::invalid "root.key-file" unless exactly one key file.
Result<RootKeyFile> decode_root_key(ByteView);
/// Fault::denied for a wrong passphrase; corrupt when the key inside is not the one outside.
Result<crypto::SigningKey> open_root_key(const RootKeyFile&, ByteView passphrase);

inline constexpr std::size_t kRootFileBytes = 4096;
/// Reads a proposal. Fault::invalid "root.file" when it is none; what it holds is good signatures, enough or not.
Result<crypto::RootDocument> read_proposal(const std::string& path);

}  // namespace yz::node
