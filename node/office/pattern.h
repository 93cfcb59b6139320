#pragma once
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "crypto/result.h"

/// Regular expressions over valid UTF-8, bounded in time and memory. The only owner of PCRE2.
namespace yz::node {

template <auto Close>
struct Closer {
  void operator()(auto* p) const noexcept { Close(p); }
};
template <class T, auto Close>
using Handle = std::unique_ptr<T, Closer<Close>>;

struct Hit {
  std::size_t begin = 0, end = 0;
  std::size_t group_begin = 0, group_end = 0;  ///< of the first group; empty when it took no part
};
enum class Found : std::uint8_t { no, yes, gave_up };

/// What matching needs to write to: one for each check(), so that Rules stay constant.
class Scratch {
 public:
  Scratch();
  pcre2_match_context* context() { return context_.get(); }
  pcre2_match_data* data() { return data_.get(); }

 private:
  Handle<pcre2_match_context, pcre2_match_context_free> context_;
  Handle<pcre2_match_data, pcre2_match_data_free> data_;
  Handle<pcre2_jit_stack, pcre2_jit_stack_free> stack_;
};

class Pattern {
 public:
  /// Fault::corrupt when it does not compile: our own data are wrong.
  static Result<Pattern> make(const std::string& source);

  /// The first match at or after `from`. The text is valid UTF-8 and `from` the start of a character.
  Found find(Scratch&, std::string_view valid, std::size_t from, Hit&) const;

 private:
  Handle<pcre2_code, pcre2_code_free> code_;
};

}  // namespace yz::node
