#include "node/net/join.h"

#include <doctest/doctest.h>

#include "crypto/hash.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using yz::test::kDay;
using yz::test::kNow;

namespace {

Invite wish() {
  Invite w;
  w.code = "370783105001";
  w.name = "铁匠沟站";
  w.level = crypto::Level::unit;
  return w;
}

Result<Invitation> make(test::World& w, const Invite& i) {
  return w.store().write([&] { return make_invitation(w.store(), w.directory(), i, "", kNow); });
}

/// The invitation with one byte of its content changed, and the check bytes made good again.
std::string with_byte(const Invitation& i, std::size_t at, int value) {
  Bytes raw = from_base32(encode(i).substr(4)).value();
  raw.resize(raw.size() - 4);
  raw[at] = static_cast<std::uint8_t>(value);
  const Hash check = crypto::hash(crypto::purpose::invite_id, {raw});
  raw.insert(raw.end(), check.bytes.begin(), check.bytes.begin() + 4);
  return "YZ1-" + base32(raw);
}

}  // namespace

TEST_CASE("an invitation with a level or a yes-or-no that cannot be is refused") {
  test::World w;
  const Invitation i = make(w, wish()).value();
  CHECK(decode_invitation(encode(i)));
  CHECK(decode_invitation(with_byte(i, 1, 1)));
  CHECK(decode_invitation(with_byte(i, 2, 0)));
  for (const int level : {0, 6, 255}) CHECK_FALSE(decode_invitation(with_byte(i, 1, level)));
  for (const int flag : {2, 255}) CHECK_FALSE(decode_invitation(with_byte(i, 2, flag)));
}

TEST_CASE("an invitation whose addresses nobody could read is not made") {
  test::World w;
  Invite i = wish();
  i.urls = {"http://" + std::string(249, 'a')};
  REQUIRE(make(w, i));
  CHECK(decode_invitation(encode(make(w, i).value())));
  i.urls = {"http://" + std::string(250, 'a')};
  const auto made = make(w, i);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == "invite.urls");
}

TEST_CASE("an invitation is good to its last minute, and after it refused as expired") {
  test::World w;
  Invite i = wish();
  i.valid_minutes = 30;
  const Invitation invitation = make(w, i).value();
  CHECK(invitation.until_ms == kNow + 30 * 60'000);
  const test::Keys unit;
  JoinRequestMessage m;
  m.invitation = id_of(invitation);
  m.authority = unit.authority.public_key();
  const Bytes request = encode(m, unit.authority, invitation.code);
  const auto ask = [&](sync::Millis at) {
    const auto answer = w.store().write([&] { return admit(w.store(), w.directory(), request, w.town.authority, at); });
    REQUIRE_FALSE(answer);  // this request has no certificates: it is the reason that is looked at
    CHECK(answer.error().fault == Fault::forged);
    return answer.error().code;
  };
  CHECK(ask(invitation.until_ms) != "join.expired");
  CHECK(ask(invitation.until_ms + 1) == "join.expired");
  for (const std::int64_t bad : {std::int64_t{0}, std::int64_t{-5}, kMostValidMinutes + 1}) {
    i.valid_minutes = bad;
    CHECK(make(w, i).error().code == "invite.valid");
  }
}
