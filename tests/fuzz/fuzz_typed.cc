// What a person typed or a scanner read: code lines, notices, QR texts.
#include <cstdlib>

#include "crypto/secret.h"
#include "sync/notice.h"
#include "sync/pictures.h"

using namespace yz;
using namespace yz::sync;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  static const crypto::SigningKey key = crypto::SigningKey::random();
  must(started);
  const ByteView in(data, size);
  const auto typed = from_typed_lines(text(in), kNoticeBytesMost);
  if (typed) {
    must(typed->size() <= kNoticeBytesMost);
    const auto again = from_typed_lines(typed_lines(*typed), kNoticeBytesMost);
    must(again && *again == *typed);
  } else {
    must(typed.error().fault == Fault::invalid);
  }
  if (!in.empty() && size <= kNoticeBytesMost) {
    const auto back = from_typed_lines(typed_lines(in), kNoticeBytesMost);
    must(back && text(*back) == text(in));
  }
  const auto notice = decode_notice(in);
  if (notice) {
    // One encoding: what was said comes out as it went in, but for whose signature it is.
    const Bytes again = sign_notice(*notice, {}, {}, key);
    must(again.size() == size && text(ByteView(again).first(size - 64)) == text(in.first(size - 64)));
    must(notice_title(utf8_of(notice->title)) == notice->title);
  } else {
    must(notice.error().fault == Fault::forged);
  }
  PictureBoard board;
  std::string_view rest = text(in);
  while (!rest.empty()) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (board.add(rest.substr(0, end))) must(decode_picture(rest.substr(0, end))->piece.size() <= kPictureBytes);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  (void)board.whole();
  (void)board.missing();
  return 0;
}
