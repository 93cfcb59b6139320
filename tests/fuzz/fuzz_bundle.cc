// A bundle on a stick: head and blocks as hostile bytes, first as they are, then under a head of our own with the rest
// as what was sealed, so that the frames behind the seal are reached too.
#include <algorithm>
#include <cstdlib>

#include "sync/bundle.h"
#include "sync/limits.h"

using namespace yz;
using namespace yz::sync;

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

struct World {
  crypto::SigningKey node = crypto::SigningKey::random();
  crypto::Keyring keys{crypto::SigningKey::random(), crypto::BoxKey::random(), {}};
  World() { keys.boxes.push_back(crypto::BoxKey::random()); }
};

std::size_t read(ByteView blocks, BundleReader& r) {
  std::size_t frames = 0;
  while (blocks.size() >= kBundleBlock) {
    const auto added = r.add(blocks.first(kBundleBlock));
    if (!added) {
      must(added.error().fault == Fault::forged);
      return frames;
    }
    for (;;) {
      const auto f = r.next();
      if (!f) {
        must(f.error().fault == Fault::forged);
        return frames;
      }
      if (!*f) break;
      must((*f)->bytes.size() <= limit::frame_bytes);
      ++frames;
    }
    blocks = blocks.subspan(kBundleBlock);
  }
  return frames;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = (crypto::start(), true);
  static const World w;
  must(started);
  const ByteView in(data, size);
  const auto head = decode_bundle_head(in);
  if (head) {
    must(head->size == size && head->head.base <= head->head.mark);
    (void)verify_bundle_head(in, w.node.public_key());
    const auto opened = BundleReader::open(in, w.keys);
    must(!opened);
  } else {
    must(head.error().fault == Fault::forged);
  }
  // The input as text behind the seal: as one frame, whose length has to come out again.
  Bytes file;
  const std::vector<BoxPublic> readers{w.keys.boxes[0].public_key()};
  BundleWriter writer({}, readers, w.node, file);
  const std::size_t at = file.size();
  const std::size_t n = std::min(size, limit::frame_bytes);
  writer.add(size > 0 ? static_cast<FrameType>(1 + data[0] % 7) : FrameType::have, in.first(n), file);
  writer.finish(file);
  auto r = BundleReader::open(ByteView(file).first(at), w.keys);
  must(r.has_value());
  must(read(ByteView(file).subspan(at), *r) == 1 && r->whole());
  if (size > 0) {
    file[at + data[0] % (file.size() - at)] ^= 1;
    auto changed = BundleReader::open(ByteView(file).first(at), w.keys);
    must(changed.has_value());
    (void)read(ByteView(file).subspan(at), *changed);
    must(!changed->whole());
  }
  return 0;
}
