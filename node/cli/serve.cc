#include "node/cli/commands.h"

namespace yz::node::cli {

int run(Session& s, const Serve& c) {
  if (auto home = s.need_home(); !home) return s.finish(s.problem(home.error()), {});
  auto passphrase = s.passphrase();
  if (!passphrase) return s.finish(s.problem(passphrase.error()), {});
  auto ended = serve(s.home(), {c.web, c.sync, s.globals().officer, s.page()}, **passphrase);
  return ended ? *ended : s.finish(s.problem(ended.error()), {});
}

}  // namespace yz::node::cli
