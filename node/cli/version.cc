#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const Version&) {
  Doc d;
  d.set("version", kVersion);
  return s.finish(s.answer(d.dump()), [&](const Doc&) { line(s.say("驿站 ", "Yizhan ") + std::string(kVersion)); });
}

}  // namespace yz::node::cli
