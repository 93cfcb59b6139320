#include "node/office/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <new>

namespace yz::node {
namespace {

/// Steps of backtracking from one place of the text. Our patterns need some
/// dozens; a text made to explode them is stopped in about a millisecond.
constexpr std::uint32_t kMatchSteps = 20'000;
constexpr std::uint32_t kMatchHeapKiB = 16 * 1024;
constexpr std::size_t kJitStackBytes = 256 * 1024;

}  // namespace

void PcreClose::operator()(pcre2_code* p) const noexcept { pcre2_code_free(p); }
void PcreClose::operator()(pcre2_match_context* p) const noexcept { pcre2_match_context_free(p); }
void PcreClose::operator()(pcre2_match_data* p) const noexcept { pcre2_match_data_free(p); }
void PcreClose::operator()(pcre2_jit_stack* p) const noexcept { pcre2_jit_stack_free(p); }

Scratch::Scratch()
    : context_(pcre2_match_context_create(nullptr)),
      data_(pcre2_match_data_create(8, nullptr)),
      stack_(pcre2_jit_stack_create(32 * 1024, kJitStackBytes, nullptr)) {
  if (!context_ || !data_) throw std::bad_alloc();
  pcre2_set_match_limit(context_.get(), kMatchSteps);
  pcre2_set_heap_limit(context_.get(), kMatchHeapKiB);
  // Without a stack of its own (none, where there is no JIT) compiled code uses 32 KiB of ours.
  if (stack_) pcre2_jit_stack_assign(context_.get(), nullptr, stack_.get());
}

Result<Pattern> Pattern::make(const std::string& source) {
  int code = 0;
  PCRE2_SIZE at = 0;
  Pattern p;
  p.code_.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(source.data()), source.size(), PCRE2_UTF | PCRE2_UCP, &code,
                              &at, nullptr));
  if (!p.code_) {
    PCRE2_UCHAR text[200] = {};
    pcre2_get_error_message(code, text, sizeof text);
    return fail(Fault::corrupt, "bad pattern at " + std::to_string(at) + ": " + reinterpret_cast<const char*>(text));
  }
  // Refused where the system forbids writable code (systemd's MemoryDenyWriteExecute):
  // pcre2_match then interprets, with the same result.
  (void)pcre2_jit_compile(p.code_.get(), PCRE2_JIT_COMPLETE);
  return p;
}

Found Pattern::find(Scratch& scratch, std::string_view valid, std::size_t from, Hit& hit) const {
  if (from > valid.size()) return Found::no;
  const int n = pcre2_match(code_.get(), reinterpret_cast<PCRE2_SPTR>(valid.data()), valid.size(), from,
                            PCRE2_NO_UTF_CHECK, scratch.data(), scratch.context());
  if (n == PCRE2_ERROR_NOMATCH) return Found::no;
  if (n < 0) return Found::gave_up;
  const PCRE2_SIZE* o = pcre2_get_ovector_pointer(scratch.data());
  // \K in a lookahead could put the start behind the end.
  hit = {std::min(o[0], o[1]), o[1], 0, 0};
  if (n > 1 && o[2] != PCRE2_UNSET) hit.group_begin = o[2], hit.group_end = o[3];
  return Found::yes;
}

}  // namespace yz::node
