// Stands in for libFuzzer where there is no clang: gives a fuzz target every file of its corpus, each cut short and
// each with one bit flipped, in a fixed order. Linked with tests/fuzz/fuzz_NAME.cc in the sanitizer build.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" __attribute__((weak)) int LLVMFuzzerInitialize(int* argc, char*** argv);

namespace fs = std::filesystem;

namespace {

/// Places tried in one file: all of a small one, evenly spread ones of a large one, so that a corpus stays quick.
constexpr std::size_t kPlaces = 400;

std::size_t tried = 0;

void give(const std::vector<std::uint8_t>& bytes, std::size_t size) {
  // A copy of just that size, so that the address sanitizer sees one byte read too far.
  const std::vector<std::uint8_t> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size));
  LLVMFuzzerTestOneInput(exact.data(), exact.size());
  ++tried;
}

void replay(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  give(bytes, bytes.size());
  const std::size_t stride = std::max<std::size_t>(1, bytes.size() / kPlaces);
  for (std::size_t at = 0; at < bytes.size(); at += stride) {
    give(bytes, at);
    const auto bit = static_cast<std::uint8_t>(1U << (at % 8));
    bytes[at] ^= bit;
    give(bytes, bytes.size());
    bytes[at] ^= bit;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (LLVMFuzzerInitialize != nullptr) LLVMFuzzerInitialize(&argc, &argv);
  give({}, 0);
  std::vector<fs::path> files;
  for (int i = 1; i < argc; ++i) {
    if (!fs::is_directory(argv[i])) {
      if (fs::exists(argv[i])) files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(argv[i])) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) replay(file);
  std::printf("%s: %zu files, %zu inputs, none crashed\n", fs::path(argv[0]).filename().c_str(), files.size(), tried);
}
