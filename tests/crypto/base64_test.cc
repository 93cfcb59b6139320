#include "crypto/base64.h"

#include <doctest/doctest.h>

using namespace yz;

TEST_CASE("base64 follows RFC 4648's own examples both ways") {
  crypto::start();
  const std::pair<const char*, const char*> examples[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : examples) {
    CHECK(crypto::base64(view(std::string_view(plain))) == coded);
    CHECK(text(crypto::from_base64(coded).value()) == plain);
    CHECK(text(crypto::secret_from_base64(coded).value().expose()) == plain);
  }
  CHECK(text(crypto::from_base64("Zm9v\r\n YmFy").value()) == "foobar");
}

TEST_CASE("what is not base64 is refused") {
  crypto::start();
  for (const char* bad : {"Zg", "Zg=", "Z===", "!!!!", "Zm9v-", "Zg==Zg=="}) {
    CAPTURE(bad);
    CHECK_FALSE(crypto::from_base64(bad));
    CHECK_FALSE(crypto::secret_from_base64(bad));
  }
}

TEST_CASE("sha256 of the empty string is the one everybody knows") {
  crypto::start();
  CHECK(hex(crypto::sha256({})) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}
