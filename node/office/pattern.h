#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.h"

/// Regular expressions over valid UTF-8, bounded in time and memory. The only owner of PCRE2.
struct pcre2_real_code_8;
struct pcre2_real_match_context_8;
struct pcre2_real_match_data_8;
struct pcre2_real_jit_stack_8;

namespace yz::node {

/// PCRE2's own, seen by pattern.cc alone.
struct PcreClose {
  void operator()(pcre2_real_code_8*) const noexcept;
  void operator()(pcre2_real_match_context_8*) const noexcept;
  void operator()(pcre2_real_match_data_8*) const noexcept;
  void operator()(pcre2_real_jit_stack_8*) const noexcept;
};
template <class T>
using PcreHandle = std::unique_ptr<T, PcreClose>;

struct Hit {
  std::size_t begin = 0, end = 0;
  std::size_t group_begin = 0, group_end = 0;  ///< of the first group; empty when it took no part
};
enum class Found : std::uint8_t { no, yes, gave_up };

/// What matching needs to write to: one for each check(), so that Rules stay constant.
class Scratch {
 public:
  Scratch();
  pcre2_real_match_context_8* context() { return context_.get(); }
  pcre2_real_match_data_8* data() { return data_.get(); }

 private:
  PcreHandle<pcre2_real_match_context_8> context_;
  PcreHandle<pcre2_real_match_data_8> data_;
  PcreHandle<pcre2_real_jit_stack_8> stack_;
};

class Pattern {
 public:
  /// Fault::corrupt when it does not compile: our own data are wrong.
  static Result<Pattern> make(const std::string& source);

  /// The first match at or after `from`. The text is valid UTF-8 and `from` the start of a character.
  Found find(Scratch&, std::string_view valid, std::size_t from, Hit&) const;

 private:
  PcreHandle<pcre2_real_code_8> code_;
};

}  // namespace yz::node
