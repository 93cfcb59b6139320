#include "sync/line_superiors.h"

#include <algorithm>
#include <cassert>

namespace yz::sync {
namespace {

constexpr std::size_t kCodeMin = 2, kCodeMax = 12, kNameMax = 200;

bool digits(std::string_view s) {
  return std::ranges::all_of(s, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Bytes encode(const std::vector<LineSuperior>& all) {
  assert(all.size() <= kLineSuperiorsMost);
  Writer w;
  w.u8(static_cast<std::uint8_t>(all.size()));
  for (const LineSuperior& s : all)
    w.id(s.office).u8(static_cast<std::uint8_t>(s.code.size())).raw(view(s.code)).str16(s.name);
  return w.take();
}

Result<std::vector<LineSuperior>> decode_line_superiors(ByteView body) {
  const auto bad = [](const char* why) {
    return fail(Fault::forged, std::string("statement: line superiors ") + why, "statement.form");
  };
  Reader r(body);
  const std::size_t n = r.u8();
  if (n > kLineSuperiorsMost) return bad("count");
  std::vector<LineSuperior> out;
  for (std::size_t i = 0; i < n && r.ok(); ++i) {
    LineSuperior s;
    s.office = r.id<OfficeId>();
    s.code = text(r.raw(r.u8()));
    s.name = r.str16(kNameMax);
    if (s.code.size() < kCodeMin || s.code.size() > kCodeMax || !digits(s.code)) return bad("code");
    if (s.name.empty() || !one_line(s.name)) return bad("name");
    if (i > 0 && !(out.back().office < s.office)) return bad("order");
    out.push_back(std::move(s));
  }
  if (!r.done()) return bad("length");
  return out;
}

}  // namespace yz::sync
