#pragma once
#include <string>
#include <string_view>

#include "crypto/result.h"
#include "crypto/secret.h"
#include "node/fault.h"

namespace yz::node::cli {

/// The bytes of `file` without one line end behind them, or, when `file` is empty, what is typed on the terminal
/// without being shown. Fault::invalid when it is empty or longer than 1024 bytes; missing when the file
/// can't be read; denied when there is neither a file nor a terminal. `whose` names the officer, may be empty.
Result<crypto::SecretText> ask_passphrase(const std::string& file, std::string_view whose, Language);

/// The same for a new passphrase: on the terminal it is asked twice. Holds new_passphrase_fault().
Result<crypto::SecretText> ask_new_passphrase(const std::string& file, std::string_view whose, Language);

/// What is wrong with a new passphrase, as a sentence; empty when nothing is. At least 12 characters, or at least 4
/// words of 2 characters or more with blanks or hyphens between them; and UTF-8.
std::string new_passphrase_fault(std::string_view passphrase, Language);

}  // namespace yz::node::cli
