// What this machine can do with the building blocks that a report goes through, by the project's own code where it has
// one: the limits that tools/bench/run sets its figures beside. primitives BODIES_DIR SCRATCH -> one JSON line each.
// CPU-bound ones are counted in CPU time, so that others on the machine do not spoil them; the disk in wall time.
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <zdict.h>
#include <zstd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <vector>

#include "crypto/passphrase.h"
#include "crypto/secret.h"
#include "crypto/sign.h"
#include "node/store/database.h"
#include "node/store/sqlite.h"

namespace {

using yz::Bytes;
namespace fs = std::filesystem;

double seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

template <class T>
T must(yz::Result<T> r, const char* what) {
  if (!r) {
    std::fprintf(stderr, "primitives: %s: %s\n", what, r.error().what.c_str());
    std::exit(1);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*r);
}

void figure(const char* name, std::size_t n, const std::vector<double>& runs, const char* unit, const char* note = "") {
  std::string list;
  for (double v : runs) list += (list.empty() ? "" : ",") + std::to_string(v);
  std::printf("{\"case\":\"%s\",\"n\":%zu,\"unit\":\"%s\",\"runs\":[%s],\"note\":\"%s\"}\n", name, n, unit,
              list.c_str(), note);
  std::fflush(stdout);
}

/// Calls per second, three times about 0.3 s.
std::vector<double> rates(clockid_t clock, const std::function<void()>& call) {
  std::vector<double> out;
  for (int round = 0; round < 3; ++round) {
    const double began = seconds(clock);
    long calls = 0;
    do {
      call();
      ++calls;
    } while (seconds(clock) - began < 0.3);
    out.push_back(static_cast<double>(calls) / (seconds(clock) - began));
  }
  return out;
}

std::vector<Bytes> read_all(const char* folder) {
  std::vector<fs::path> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path());
  std::sort(names.begin(), names.end());
  std::vector<Bytes> out;
  for (const auto& name : names) {
    std::ifstream in(name, std::ios::binary);
    out.emplace_back(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  }
  return out;
}

void signatures(const Bytes& report) {
  const auto key = yz::crypto::SigningKey::random();
  const yz::ByteView bytes(report);
  const yz::Signature good = key.sign(yz::crypto::context::record, {bytes});
  figure("sign", report.size(),
         rates(CLOCK_PROCESS_CPUTIME_ID, [&] { key.sign(yz::crypto::context::record, {bytes}); }), "1/s",
         "Ed25519 over a report of n bytes, one core");
  figure("verify", report.size(),
         rates(CLOCK_PROCESS_CPUTIME_ID,
               [&] {
                 if (!yz::crypto::verify(key.public_key(), good, yz::crypto::context::record, {bytes})) std::abort();
               }),
         "1/s", "the same checked");
}

void passphrases() {
  const Bytes pass(20, 'p'), secret(64, 's');
  std::vector<double> ms;
  for (int i = 0; i < 3; ++i) {
    const double began = seconds(CLOCK_MONOTONIC);
    yz::crypto::lock_slot(yz::crypto::SlotKind::officer, "o", pass, secret);
    ms.push_back((seconds(CLOCK_MONOTONIC) - began) * 1e3);
  }
  figure("argon2id", yz::crypto::HashCost{}.memory_kib / 1024, ms, "ms", "one unlocking at the default cost; n is MiB");
}

void inserts(const std::string& scratch) {
  Bytes key(32, 1), id(16, 2), body(2048);
  std::uint64_t dice = 88172645463325252U;
  const auto draw = [&dice] {
    dice ^= dice << 13U, dice ^= dice >> 7U, dice ^= dice << 17U;
    return dice;
  };
  for (auto& b : body) b = static_cast<std::uint8_t>(draw());
  for (const std::size_t batch : {std::size_t{1}, std::size_t{100}}) {
    std::vector<double> runs;
    for (int round = 0; round < 3; ++round) {
      fs::remove_all(scratch);
      fs::create_directories(scratch);
      const auto db = must(yz::node::open_sqlite({.path = scratch + "/db",
                                                  .key = std::span<const std::uint8_t, 32>(key),
                                                  .id = std::span<const std::uint8_t, 16>(id),
                                                  .create = true}),
                           "open");
      must(db->exec("create table r(row integer primary key, id blob unique, office int, lane int, at int, body blob);"
                    "create index r_office on r(office, lane, row)"),
           "schema");
      const double began = seconds(CLOCK_MONOTONIC);
      std::uint64_t n = 0;
      do {
        auto t = must(yz::node::Transaction::begin(*db), "begin");
        for (std::size_t i = 0; i < batch; ++i, ++n) {
          Bytes name(16);
          for (auto& b : name) b = static_cast<std::uint8_t>(draw());
          must(db->run("insert into r(id, office, lane, at, body) values(?, ?, ?, ?, ?)", yz::ByteView(name), n % 97,
                       n % 4, 1780000000 + n, yz::ByteView(body)),
               "insert");
        }
        must(t.commit(), "commit");
      } while (seconds(CLOCK_MONOTONIC) - began < 1);
      runs.push_back(static_cast<double>(n) / (seconds(CLOCK_MONOTONIC) - began));
    }
    figure(batch == 1 ? "durable insert, 1 a transaction" : "durable insert, 100 a transaction", 2048, runs, "1/s",
           "rows of n bytes, unique id and one index, through the encrypted pages, wall");
  }
  fs::remove_all(scratch);
}

/// Bytes a report and MB/s over the second half; what is learnt is learnt from the first.
void compression(const std::vector<Bytes>& reports) {
  const std::size_t half = reports.size() / 2, rest = reports.size() - half;
  double plain = 0;
  Bytes learn;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < half; ++i) {
    learn.insert(learn.end(), reports[i].begin(), reports[i].end());
    sizes.push_back(reports[i].size());
  }
  for (std::size_t i = half; i < reports.size(); ++i) plain += static_cast<double>(reports[i].size());
  figure("report, bytes", rest, {plain / static_cast<double>(rest)}, "B", "mean, not compressed");
  ZSTD_CCtx* c = ZSTD_createCCtx();
  const auto measure = [&](const std::string& name, std::size_t group, int level, ZSTD_CDict* dictionary) {
    double bytes = 0;
    const double began = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (std::size_t i = half; i < reports.size();) {
      Bytes in;
      for (std::size_t k = 0; k < group && i < reports.size(); ++k, ++i)
        in.insert(in.end(), reports[i].begin(), reports[i].end());
      Bytes out(ZSTD_compressBound(in.size()));
      const std::size_t got =
          dictionary != nullptr ? ZSTD_compress_usingCDict(c, out.data(), out.size(), in.data(), in.size(), dictionary)
                                : ZSTD_compressCCtx(c, out.data(), out.size(), in.data(), in.size(), level);
      if (ZSTD_isError(got)) std::abort();
      bytes += static_cast<double>(got);
    }
    const double took = seconds(CLOCK_PROCESS_CPUTIME_ID) - began;
    figure((name + ", bytes").c_str(), rest, {bytes / static_cast<double>(rest)}, "B", "mean of a report");
    figure((name + ", speed").c_str(), rest, {plain / took / 1e6}, "MB/s", "one core");
  };
  measure("zstd-9 a report", 1, 9, nullptr);
  measure("zstd-19 a report", 1, 19, nullptr);
  measure("zstd-9 in hundreds", 100, 9, nullptr);
  measure("zstd-19 in hundreds", 100, 19, nullptr);
  Bytes dictionary(112640);
  const std::size_t got = ZDICT_trainFromBuffer(dictionary.data(), dictionary.size(), learn.data(), sizes.data(),
                                                static_cast<unsigned>(sizes.size()));
  if (!ZDICT_isError(got)) {
    ZSTD_CDict* d = ZSTD_createCDict(dictionary.data(), got, 19);
    measure("zstd-19 with dictionary", 1, 19, d);
    ZSTD_freeCDict(d);
  }
  ZSTD_freeCCtx(c);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: primitives BODIES_DIR SCRATCH\n");
    return 2;
  }
  const auto reports = read_all(argv[1]);
  if (reports.size() < 20) {
    std::fprintf(stderr, "primitives: too few reports in %s\n", argv[1]);
    return 2;
  }
  yz::crypto::start();
  signatures(reports[reports.size() / 2]);
  passphrases();
  inserts(argv[2]);
  compression(reports);
  return 0;
}
