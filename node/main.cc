#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "crypto/secret.h"
#include "node/cli/commands.h"
#include "node/net/web_assets.h"

namespace {

using namespace yz::node;

/// Nothing of what this process knows may reach the disk by another way than the encrypted store.
void close_up() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);  // a peer that hangs up is an error of one call, not the end of the node
}

int answer(const cli::Told& told) {
  std::fputs(told.text.c_str(), told.exit_code == 0 ? stdout : stderr);
  return told.exit_code;
}

int work(const cli::Asked& asked) {
  cli::Session session(asked.globals);
  session.use_page(built_page());
  return std::visit([&](const auto& command) { return cli::run(session, command); }, asked.command);
}

/// A shell that reads half a document should learn of it.
int delivered(int exit_code) {
  const bool lost = std::fflush(stdout) != 0 || std::ferror(stdout) != 0;
  return lost && exit_code == 0 ? view_of(yz::Fault::full).exit_code : exit_code;
}

int unexpected(const char* what) {
  const bool zh = cli::language_of_environment() == Language::zh;
  std::fprintf(stderr,
               zh ? "程序内部出错：%s。已保存的内容不受影响；请运行 yizhan doctor，并把这句话告诉技术人员。\n"
                  : "Internal error: %s. What was saved is not affected; run `yizhan doctor` and tell a technician "
                    "this sentence.\n",
               what);
  return kExitInternal;
}

}  // namespace

int main(int argc, char** argv) {
  close_up();
  try {
    yz::crypto::start();
    const auto parsed = cli::parse({argv + 1, argv + argc});
    if (const auto* told = std::get_if<cli::Told>(&parsed)) return delivered(answer(*told));
    return delivered(work(std::get<cli::Asked>(parsed)));
  } catch (const std::bad_alloc&) {
    return unexpected("out of memory");
  } catch (const std::exception& e) {
    return unexpected(e.what());
  }
}
