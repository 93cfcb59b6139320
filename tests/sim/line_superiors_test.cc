// A superior hears, in an office's own signed words, which others that is registered with.
#include "node/store/line_superiors.h"

#include <doctest/doctest.h>

#include "node/net/superiors.h"
#include "tests/sim/expect.h"
#include "tests/sim/forest.h"

using namespace yz;
using namespace yz::sim;

namespace {

/// As the two nodes do it over the line.
void registers(Forest& f, Office& o, Office& with) {
  node::Invite wish;
  const auto own = o.directory().office(id_of(o)).value().value();
  wish.code = own.code;
  wish.name = own.name;
  wish.level = own.level;
  wish.urls = {"http://127.0.0.1:1"};
  wish.line = true;
  const auto i = with.store()
                     .write([&] { return node::make_invitation(with.store(), with.directory(), wish, "", f.now); })
                     .value();
  const crypto::SigningKey key = f.authority(o).value(), theirs = f.authority(with).value();
  good(o.store().write(
      [&] { return node::ask_superior(o.store(), o.directory(), i, node::encode(i), true, key, f.now); }));
  const auto asked = node::unanswered(o.store(), i.superior).value().value();
  const auto answer =
      with.store().write([&] { return node::admit(with.store(), with.directory(), asked.request, theirs, f.now); });
  good(answer);
  good(o.store().write(
      [&] { return node::accept_registration(o.store(), o.directory(), i, asked.request, *answer, f.now); }));
}

std::vector<std::string> names_at(Office& superior, Office& below) {
  std::vector<std::string> out;
  const auto all = node::line_superiors_below(superior.store()).value();
  if (const auto it = all.find(id_of(below)); it != all.end())
    for (const auto& l : it->second) out.push_back(l.name);
  return out;
}

}  // namespace

TEST_CASE("the superior learns of a line superior that an office registers with, and that it left it") {
  Forest f;
  good(f.start());
  good(f.talk(2));
  CHECK(names_at(f.east, f.town).empty());
  registers(f, f.town, f.west);
  good(f.talk(3));
  const auto west = f.west.directory().office(id_of(f.west)).value()->name;
  CHECK(names_at(f.east, f.town) == std::vector{west});
  CHECK(names_at(f.west, f.town).empty());
  CHECK(names_at(f.city, f.town).empty());
  CHECK(number(f.east, "select count(*) from alarm where code = 'office.line'") == 1);
  CHECK(number(f.east, "select count(*) from statement where kind = 13") == 1);
  // It is said once.
  const auto told = number(f.town, "select max(number) from control");
  good(f.talk(4));
  CHECK(number(f.town, "select count(*) from control where number > " + std::to_string(told) +
                           " and type = 1 and substr(bytes, 6, 1) = x'0d'") == 0);
  // And when it leaves.
  const OfficeId line = id_of(f.west);
  good(f.town.store().write([&] { return node::tell_parting(f.town.store(), line, f.now); }));
  Hop to_west(f.town, f.west, f.now);
  good(to_west.dial());
  to_west.poll();
  for (int i = 0; i < 10; ++i) good(to_west.exchange());
  good(f.town.store().write([&]() -> Result<> {
    TRY(node::remove_superior(f.town.store(), line, f.now));
    return {};
  }));
  good(f.talk(3));
  CHECK(names_at(f.east, f.town).empty());
  CHECK(number(f.east, "select count(*) from alarm where code = 'office.line'") == 0);
  CHECK(number(f.west, "select count(*) from alarm where code = 'office.left'") == 1);
  CHECK(number(f.west, "select count(*) from link where office = x'" + hex(id_of(f.town).view()) + "'") == 0);
  CHECK(f.west.directory().office(id_of(f.town)).value()->state == node::OfficeState::known);
}

TEST_CASE("a list of line superiors has one form") {
  const auto list = std::vector<sync::LineSuperior>{{OfficeId{{1}}, "370799", "市应急局"}, {OfficeId{{2}}, "37", "厅"}};
  const Bytes body = sync::encode(list);
  CHECK(sync::decode_line_superiors(body).value() == list);
  const auto refused = [](std::vector<sync::LineSuperior> l) {
    return sync::decode_line_superiors(sync::encode(l)).error().code == "statement.form";
  };
  CHECK(refused({list[1], list[0]}));
  CHECK(refused({list[0], list[0]}));
  CHECK(refused({{OfficeId{{1}}, "3", "x"}}));
  CHECK(refused({{OfficeId{{1}}, "37a", "x"}}));
  CHECK(refused({{OfficeId{{1}}, "3707991234567", "x"}}));
  CHECK(refused({{OfficeId{{1}}, "370799", ""}}));
  CHECK(refused({{OfficeId{{1}}, "370799", "two\nlines"}}));
  for (std::size_t n = 0; n < body.size(); ++n) CHECK_FALSE(sync::decode_line_superiors(ByteView(body).first(n)));
  Bytes longer = body;
  longer.push_back(0);
  CHECK_FALSE(sync::decode_line_superiors(longer));
  Bytes many{16};
  CHECK_FALSE(sync::decode_line_superiors(many));
}
