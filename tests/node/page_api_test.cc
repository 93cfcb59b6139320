// What the page asks besides reports: bundles as octets, what somebody has looked at, whom a report may go to.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "node/net/api.h"
#include "node/net/serving.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

namespace {

/// A node whose bundles are a text that it is given and a note of what it was given.
struct LineCarrier : World {
  using World::World;
  std::string folder = [] {
    std::string name = (std::filesystem::temp_directory_path() / "yz-page-api.XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    return name;
  }();
  std::string content = "a bundle", taken;
  std::uint64_t size = 0;  ///< said to be, when not the content's own
  ~LineCarrier() override { std::filesystem::remove_all(folder); }
  const std::string& home() const override { return folder; }
  Result<BundleWritten> write_bundle(const OfficerRow&, std::string_view code, const std::string& path,
                                     const std::function<void(double)>&) override {
    if (code != "370783") return fail(Fault::missing, "no such neighbour", "bundle.neighbour");
    std::ofstream(path) << content;
    BundleWritten done;
    done.bytes = size > 0 ? size : content.size();
    return done;
  }
  Result<BundleRead> read_bundle(const OfficerRow&, const std::string& path,
                                 const std::function<void(double)>&) override {
    taken = std::string(std::istreambuf_iterator<char>(std::ifstream(path).rdbuf()), {});
    BundleRead done;
    done.frames = 3;
    done.whole = taken.size() == content.size();
    if (!done.whole) done.stopped = Error{Fault::invalid, "cut", "bundle.cut"};
    return done;
  }
  std::size_t left_behind() const {
    return static_cast<std::size_t>(
        std::distance(std::filesystem::directory_iterator(folder), std::filesystem::directory_iterator()));
  }
};

/// A node whose sessions cannot go on with another key.
struct Served : World, Serving {
  Result<OfficerRow> authenticate_session(std::string_view) override { return officers.front().row; }
  Result<> key_changed(const Signer&, std::string_view) override {
    return fail(Fault::full, "no room", "session.full");
  }
  std::vector<std::string> own_addresses() override { return {}; }
};

}  // namespace

TEST_CASE("a key that was renewed is answered with its certificate, though the session cannot go on with it") {
  Served w;
  ApiCall c;
  c.method = "POST";
  c.target = "/api/v1/officers/renew";
  c.body = "{}";
  c.session = "open";
  c.passphrase.emplace(view(w.officers.front().name));
  c.language = "en";
  const ApiReply a = Api(w).call(c);
  CAPTURE(a.body);
  CHECK(a.status == 200);
  CHECK(a.body.find(hex(w.officers.front().row.digest.view())) != std::string::npos);
}

TEST_CASE("a bundle goes to the browser and comes from it as octets, and leaves no file in the home") {
  LineCarrier w;
  w.content = std::string("YZB\0\xff", 5);
  const auto out = w.call("POST", "/api/v1/bundles/file", R"({"to":"370783"})");
  CHECK(out.reply.status == 200);
  CHECK(out.reply.content_type == "application/octet-stream");
  CHECK(out.reply.body == w.content);
  CHECK(out.reply.file_name == "370783.yzbundle");
  const auto in = w.call("PUT", "/api/v1/bundles/file", w.content);
  CHECK(in.reply.status == 200);
  CHECK(w.taken == w.content);
  CHECK(in.json.count("frames") == 3);
  CHECK(in.json.flag("whole"));
  const auto cut = w.call("PUT", "/api/v1/bundles/file", "YZB");
  CHECK(cut.reply.exit_code == 65);
  CHECK(cut.json.text("code") == "bundle.cut");
  CHECK(cut.json.count("frames") == 3);
  CHECK(w.call("POST", "/api/v1/bundles/file", R"({"to":"999"})").reply.exit_code == 66);
  CHECK(w.call("POST", "/api/v1/bundles/file", R"({"to":"370783","path":"/tmp/x"})").json.text("code") ==
        "invalid.member");
  CHECK(w.left_behind() == 0);
}

TEST_CASE("a bundle that is too large for a browser is refused, and said to be written to a path") {
  LineCarrier w;
  w.size = 64 * 1024 * 1024 + 1;
  const auto out = w.call("POST", "/api/v1/bundles/file", R"({"to":"370783"})");
  CHECK(out.reply.exit_code == 73);
  CHECK(out.json.text("code") == "bundle.browser");
  w.size = 100;  // more than is there: never handed on as whole
  CHECK(w.call("POST", "/api/v1/bundles/file", R"({"to":"370783"})").reply.exit_code == 76);
  CHECK(w.left_behind() == 0);
}

TEST_CASE("an alarm stands until somebody has seen it, and stands anew when it is raised a day later") {
  World w;
  const auto raise = [&] {
    REQUIRE(w.store().write([&] { return w.store().alarm("frame.refused", "refused: x", "370783", w.now_ms); }));
  };
  const auto standing = [&]() -> std::vector<Json> {
    std::vector<Json> out;
    const Json status = w.call("GET", "/api/v1/status").json;
    for (const Json& a : *status.find("alarms")->items())
      if (a.text("code") == "frame.refused") out.push_back(a);
    return out;
  };
  raise();
  REQUIRE(standing().size() == 1);
  const std::string row = std::to_string(standing().front().count("row"));
  CHECK(w.call("POST", "/api/v1/alarms/" + row + "/seen", "{}").reply.status == 200);
  CHECK(w.call("POST", "/api/v1/alarms/" + row + "/seen", "{}").reply.status == 200);
  CHECK(standing().empty());
  CHECK(w.count("select count(*) from journal where action = 'alarm.seen'") == 1);
  const auto all = w.call("GET", "/api/v1/alarms").json;
  REQUIRE(all.find("alarms")->items()->size() == 1);
  CHECK_FALSE(all.find("alarms")->items()->front().text("seen_at").empty());
  w.now_ms += 60'000;
  raise();
  CHECK(standing().empty());
  w.now_ms += test::kDay;
  raise();
  CHECK(standing().size() == 1);
  for (const char* bad : {"0", "99", "x", "-1", "1x", "99999999999999999999"}) {
    CAPTURE(bad);
    CHECK(w.call("POST", std::string("/api/v1/alarms/") + bad + "/seen", "{}").json.text("code") == "alarm.missing");
  }
}

TEST_CASE("an alarm that follows from the state has no row to be seen by") {
  World w;
  w.write(true, {}, "flash", "first_report");
  w.now_ms += 11 * 60 * 1000;
  bool found = false;
  const Json status = w.call("GET", "/api/v1/status").json;
  for (const Json& a : *status.find("alarms")->items())
    if (a.text("code") == "receipt.overdue") found = a.find("row")->is_null();
  CHECK(found);
}

TEST_CASE("each officer has looked when they said so, and not when another did") {
  World w(false, true, {"王芳", "赵敏"});
  CHECK(w.call("GET", "/api/v1/looked", {}, "王芳").json.find("at")->is_null());
  CHECK(w.call("POST", "/api/v1/looked", "{}", "王芳").reply.status == 200);
  CHECK_FALSE(w.call("GET", "/api/v1/looked", {}, "王芳").json.text("at").empty());
  CHECK(w.call("GET", "/api/v1/looked", {}, "赵敏").json.find("at")->is_null());
}

TEST_CASE("who said by mistake that they had looked takes it back") {
  World w;
  const std::string first = w.call("POST", "/api/v1/looked", "{}").json.text("at").data();
  w.now_ms += 60'000;
  CHECK(w.call("POST", "/api/v1/looked", "{}").json.text("at") != first);
  CHECK(w.call("POST", "/api/v1/looked", R"({"at":")" + first + R"("})").json.text("at") == first);
  CHECK(w.call("GET", "/api/v1/looked").json.text("at") == first);
  CHECK(w.call("POST", "/api/v1/looked", R"({"at":null})").json.find("at")->is_null());
  CHECK(w.call("POST", "/api/v1/looked", R"({"at":"2036-01-01T00:00:00+08:00"})").json.text("code") == "invalid.time");
}

TEST_CASE("what an officer has begun to type is kept for that officer until it is done") {
  World w(false, true, {"王芳", "赵敏"});
  const std::string at = "/api/v1/kept/act.1";
  const auto text = [&](const char* who) { return std::string(w.call("GET", at, {}, who).json.text("text")); };
  CHECK(text("王芳").empty());
  CHECK(w.call("PUT", at, R"({"text":"请查明原因"})", "王芳").reply.status == 200);
  CHECK(text("王芳") == "请查明原因");
  CHECK(text("赵敏").empty());
  CHECK(w.call("PUT", at, R"({"text":""})", "王芳").reply.status == 200);
  CHECK(w.count("select count(*) from meta where key like 'kept%'") == 0);
  for (const char* bad : {"{}", R"({"text":1})", R"({"text":null})"}) {
    CAPTURE(bad);
    CHECK(w.call("PUT", at, bad, "王芳").json.text("code") == "invalid.type");
  }
}

TEST_CASE("of texts that were left unfinished in one millisecond the one written first makes room") {
  World w(false, true, {"王芳"});
  const auto at = [](int i) { return "/api/v1/kept/act." + std::to_string(i); };
  for (int i = 0; i < 200; ++i) REQUIRE(w.call("PUT", at(i), R"({"text":"x"})", "王芳").reply.status == 200);
  w.now_ms -= 3'600'000;  // and of a clock that was put back
  REQUIRE(w.call("PUT", at(0), R"({"text":"y"})", "王芳").reply.status == 200);
  REQUIRE(w.call("PUT", at(200), R"({"text":"x"})", "王芳").reply.status == 200);
  const auto there = [&](int i) { return !w.call("GET", at(i), {}, "王芳").json.text("text").empty(); };
  CHECK_FALSE(there(1));
  for (const int i : {0, 2, 99, 199, 200}) {
    CAPTURE(i);
    CHECK(there(i));
  }
}

TEST_CASE("of 200 texts that somebody left unfinished the one written longest ago makes room for the next") {
  World w(false, true, {"王芳", "赵敏"});
  const auto put = [&](const std::string& name, const char* who = "王芳") {
    w.now_ms += 1000;
    return w.call("PUT", "/api/v1/kept/" + name, R"({"text":"x"})", who).reply.status;
  };
  const auto there = [&](const std::string& name, const char* who = "王芳") {
    return !w.call("GET", "/api/v1/kept/" + name, {}, who).json.text("text").empty();
  };
  CHECK(put("0", "赵敏") == 200);
  for (int i = 0; i < 200; ++i) REQUIRE(put(std::to_string(i)) == 200);
  CHECK(put("0") == 200);  // the oldest is written on: now the second is
  CHECK(there("1"));
  CHECK(put("new") == 200);
  CHECK_FALSE(there("1"));
  for (const char* name : {"0", "2", "199", "new"}) {
    CAPTURE(name);
    CHECK(there(name));
  }
  CHECK(there("0", "赵敏"));
  CHECK(w.count("select count(*) from meta where key like 'kept.%'") == 201);
  CHECK(w.count("select count(*) from meta where key like 'kept_at.%'") == 201);
}

TEST_CASE("whom a report may go to is named, and a draft says whom it names") {
  World w;
  const auto to = w.call("GET", "/api/v1/addressees").json;
  REQUIRE(to.find("addressees")->items()->size() == 1);
  CHECK(to.find("addressees")->items()->front().text("office") == "370783");
  CHECK(to.find("addressees")->items()->front().text("rank") == "superior");
  const std::string id = w.write();
  const auto named = [&] {
    return w.call("GET", "/api/v1/reports/" + id).json.find("draft")->find("to")->items()->size();
  };
  CHECK(named() == 0);
  CHECK(w.call("PUT", "/api/v1/reports/" + id, R"({"to":["370783"]})").reply.status == 200);
  CHECK(named() == 1);
  CHECK(w.call("PUT", "/api/v1/reports/" + id, R"({"to":[]})").reply.status == 200);
  CHECK(named() == 0);
}
