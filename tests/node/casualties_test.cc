#include "node/office/casualties.h"

#include <doctest/doctest.h>

using namespace yz::node;

TEST_CASE("what a title counts and a text counts is compared by its meaning, in whatever order it is told") {
  for (const auto& [title, body] : {std::pair{"青山县发生透水事故致1人死亡1人失联", "事故造成死亡1人、失联1人。"},
                                    {"致2人遇难", "两名村民不幸身亡，其余正在核实。"},
                                    {"致２人死亡1人失联", "死亡2人，失踪1人"},
                                    {"山体滑坡致3人失联", "3名务工村民失联，已找到1人。"},
                                    {"致3人死亡", "当场死亡2人，另有1人死亡。"},
                                    {"市第一人民医院收治5人", "收治6人，死亡0人"},
                                    {"致5人受伤", "重伤2人、轻伤3人"},
                                    {"反映供水管网冻损问题", "12户停水，1人受伤"}})
    CHECK_MESSAGE(casualties_differ(title, body).empty(), title);
  CHECK(casualties_differ("致2人死亡1人失联", "死亡1人、失联2人。") ==
        "失联 标题 1人，正文 2人；死亡 标题 2人，正文 1人");
  CHECK(casualties_differ("山体滑坡致3人失联", "5名村民失联。") == "失联 标题 3人，正文 5人");
  CHECK(casualties_in("无人员伤亡，失联人员正在核实").empty());
}
