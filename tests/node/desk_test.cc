#include "node/office/desk.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "node/store/attachments.h"
#include "node/store/audit.h"
#include "node/store/policies.h"
#include "tests/node/desk_world.h"

using namespace yz;
using namespace yz::node;
using test::World;

TEST_CASE("every step of the table leads from a named state to a named state, and each state has one number") {
  std::set<std::pair<ReportState, Step>> seen;
  for (const Transition& t : transitions()) {
    CAPTURE(name_of(t.from));
    CAPTURE(name_of(t.step));
    CHECK(name_of(t.from) != "unknown");
    CHECK(name_of(t.to) != "unknown");
    CHECK((t.who == Who::officer) == (t.roles != 0));
    CHECK_MESSAGE(seen.emplace(t.from, t.step).second, "one step, two ways");
    CHECK(report_state_from(name_of(t.from)) == t.from);
    CHECK(report_state_from(static_cast<std::int64_t>(t.to)) == t.to);
  }
}

TEST_CASE("who may take which step") {
  namespace role = crypto::role;
  struct Row {
    ReportState from;
    Step step;
    std::uint16_t roles;
    bool may;
  };
  using S = ReportState;
  const Row rows[] = {
      {S::draft, Step::submit, role::drafter, true},      {S::draft, Step::submit, role::auditor, false},
      {S::in_review, Step::sign, role::signer, true},     {S::in_review, Step::sign, role::drafter, false},
      {S::in_review, Step::sign, role::duty, false},      {S::in_review, Step::review, role::reviewer, true},
      {S::in_review, Step::edit, role::all, false},       {S::returned, Step::edit, role::drafter, true},
      {S::delivered, Step::withdraw, role::signer, true}, {S::delivered, Step::withdraw, role::drafter, false},
      {S::withdrawn, Step::withdraw, role::all, false},   {S::sent, Step::store, role::all, false},
      {S::received, Step::acknowledge, role::duty, true}, {S::received, Step::sign, role::all, false},
      {S::draft, Step::archive, role::all, false},
  };
  for (const Row& r : rows) {
    CAPTURE(name_of(r.from));
    CAPTURE(name_of(r.step));
    CHECK(may(r.roles, r.from, r.step) == r.may);
  }
}

TEST_CASE("a body comes back as it was written, and the same report gives the same bytes") {
  Report r;
  r.kind = Kind::first_report;
  r.lane = sync::Lane::flash;
  r.title = "铁匠沟\"滑坡\"";
  r.body = "第一行\n第二行\t完";
  r.occurred_at = 1'207'285'200'000;
  r.sensitivity = Sensitivity::work_secret;
  r.fields.set("deaths", std::int64_t{2});
  r.fields.set("magnitude", 3.0);
  r.fields.set("sensitive", true);
  r.fields.set("place", std::string("铁匠沟"));
  BodyExtras x;
  x.type = sync::RecordType::correction;
  x.drafter = "王芳";
  x.reason = "核减";
  x.sequence = 3;
  x.findings = {"R01", "B02"};
  Manifest m;
  m.name = "现场.jpg";
  m.bytes = 70'000;
  m.chunks = 3;
  m.id.bytes[3] = 9;
  m.key = Bytes(32, 5);
  x.attachments = {m};
  const Bytes bytes = encode_body(r, x);
  const auto back = decode_body(bytes);
  REQUIRE(back);
  CHECK(back->report == r);
  CHECK(back->extras == x);
  CHECK(encode_body(back->report, back->extras) == bytes);
}

TEST_CASE("a body that is none is refused") {
  for (const char* bad : {"", "[]", "null", R"({"v":2})", R"({"v":1,"kind":"brief"})",
                          R"({"v":1,"kind":"brief","lane":"bulk","sensitivity":"internal"})",
                          R"({"v":1,"kind":"brief","lane":"flash","sensitivity":"secret"})",
                          R"({"v":1,"kind":"brief","lane":"flash","sensitivity":"internal","fields":[1]})",
                          R"({"v":1,"kind":"brief","lane":"flash","sensitivity":"internal","fields":{"a":{}}})",
                          R"({"v":1,"v":1,"kind":"brief","lane":"flash","sensitivity":"internal"})"}) {
    CAPTURE(bad);
    const auto r = decode_body(view(bad));
    REQUIRE_FALSE(r);
    CHECK(r.error().fault == Fault::forged);
  }
}

TEST_CASE("a file's name loses everything that could lead elsewhere") {
  CHECK(safe_name("现场.jpg") == "现场.jpg");
  CHECK(safe_name("/etc/passwd") == "passwd");
  CHECK(safe_name("..\\..\\a.txt") == "a.txt");
  CHECK(safe_name(".bashrc") == "bashrc");
  CHECK(safe_name("a:b*c?.txt. ") == "a_b_c_.txt");
  CHECK(safe_name("..").empty());
  CHECK(safe_name("a\nb").empty());
  CHECK(safe_name("\xFF\xFE").empty());
  CHECK(safe_name(std::string(400, 'x')).size() == 200);
}

TEST_CASE("a manifest cut anywhere is refused") {
  Manifest m;
  m.name = "a.bin";
  m.bytes = 10;
  m.chunks = 1;
  m.key = Bytes(32, 1);
  const Bytes whole = encode_manifest(m);
  REQUIRE(decode_manifest(whole));
  CHECK(*decode_manifest(whole) == m);
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CAPTURE(n);
    CHECK_FALSE(decode_manifest(ByteView(whole).first(n)));
  }
}

TEST_CASE("one person alone drafts and signs, and the report waits with a number") {
  World w;
  const std::string id = w.write(true);
  const auto shown = w.call("GET", "/api/v1/reports/" + id).json;
  CHECK(shown.text("state") == "signed");
  CHECK(shown.text("number") == "柳河镇〔2026〕1号");
  CHECK(w.count("select count(*) from delivery where state = 0") == 1);
  CHECK(w.count("select count(*) from draft") == 0);
  CHECK(w.woken == std::vector{sync::Lane::routine});
  const auto& signatures = *shown.find("records")->items()->front().find("signatures")->items();
  REQUIRE(signatures.size() == 1);
  CHECK(signatures[0].text("role") == "signer");
  CHECK(signatures[0].flag("valid"));
  w.write(true);
  CHECK(w.count("select last from number") == 2);
}

TEST_CASE("with two officers the drafter does not sign, and all sign the same bytes") {
  World w(true, true, {"王芳", "李明"});
  const auto sent = w.call(
      "POST", "/api/v1/reports",
      std::string(R"({"kind":"brief","title":"柳河镇防汛物资清点情况","body":")") + World::kBody + R"(","send":true})",
      "王芳");
  CHECK(sent.json.text("state") == "in_review");
  CHECK(sent.json.find("message") != nullptr);
  const std::string path = "/api/v1/reports/" + std::string(sent.json.text("case"));
  const auto own = w.call("POST", path + "/sign", "{}", "王芳");
  CHECK(own.reply.exit_code == 77);
  CHECK(own.json.text("code") == "denied.same_person");
  CHECK(w.call("POST", path + "/review", R"({"note":"好"})", "王芳").reply.exit_code == 77);
  CHECK(w.call("PUT", path, R"({"title":"改"})", "王芳").reply.exit_code == 65);
  CHECK(w.call("POST", path + "/review", R"({"note":"好"})", "李明").reply.status == 200);
  CHECK(w.count("select count(*) from record") == 0);
  const auto signed_off = w.call("POST", path + "/sign", "{}", "李明");
  CHECK(signed_off.json.text("state") == "queued");
  const auto record = w.call("GET", path, {}, "王芳").json.find("records")->items()->front();
  REQUIRE(record.find("signatures")->items()->size() == 3);
  for (const Json& s : *record.find("signatures")->items()) CHECK(s.flag("valid"));
}

TEST_CASE("a returned draft is mended and submitted anew, and the old signatures are gone") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳"), path = "/api/v1/reports/" + id;
  CHECK(w.call("POST", path + "/return", "{}", "李明").reply.exit_code == 65);  // why?
  CHECK(w.call("POST", path + "/return", R"({"note":"缺数字"})", "李明").json.text("state") == "returned");
  CHECK(w.state(id) == "returned");
  CHECK(w.call("GET", path, {}, "王芳").json.find("draft")->text("note") == "缺数字");
  CHECK(w.call("PUT", path, R"({"title":"柳河镇防汛物资清点完毕"})", "王芳").reply.status == 200);
  CHECK(w.call("POST", path + "/submit", "{}", "王芳").json.text("state") == "in_review");
  CHECK(w.call("POST", path + "/sign", "{}", "李明").json.text("state") == "queued");
  CHECK(w.call("GET", path, {}, "王芳").json.text("title") == "柳河镇防汛物资清点完毕");
}

TEST_CASE("a flash first report goes on the duty officer's signature, and another person signs later") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳", "flash", "first_report"), path = "/api/v1/reports/" + id;
  auto shown = w.call("GET", path, {}, "王芳").json;
  CHECK(shown.text("state") == "signed");
  CHECK(shown.find("flags")->items()->front().string()->starts_with("provisional"));
  CHECK(shown.find("records")->items()->front().find("signatures")->items()->front().text("role") == "duty");
  CHECK(w.call("POST", path + "/sign", "{}", "王芳").reply.exit_code == 77);
  CHECK(w.call("POST", path + "/sign", "{}", "李明").reply.status == 200);
  shown = w.call("GET", path, {}, "王芳").json;
  CHECK(shown.find("flags")->items()->empty());
  CHECK_FALSE(shown.flag("conflict"));
  CHECK(shown.find("heads")->items()->size() == 1);
  CHECK(shown.find("records")->items()->size() == 2);
  CHECK(w.call("POST", path + "/sign", "{}", "李明").reply.exit_code == 65);  // nothing waits any more
}

TEST_CASE(
    "in a flash the duty officer alone sends the follow-up and the correction too, and one signature later signs all") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳", "flash", "first_report"), path = "/api/v1/reports/" + id;
  const std::string body = std::string(R"({"body":")") + World::kBody;
  CHECK(w.call("POST", path + "/follow-up", body + R"(又找到1人。","send":true})", "王芳").json.text("state") ==
        "queued");
  CHECK(w.call("POST", path + "/correct", body + R"(时间更正。","reason":"时间有误","send":true})", "王芳")
            .json.text("state") == "queued");
  // The final report waits for a second person: its hour allows that.
  const auto final =
      w.call("POST", path + "/follow-up", body + R"(处置完毕。","final":true,"send":true})", "王芳").json;
  CHECK(final.text("state") == "in_review");
  CHECK(w.call("POST", path + "/return", R"({"note":"再等等"})", "李明").reply.status == 200);
  CHECK(w.call("DELETE", path, {}, "王芳").reply.status == 200);

  CHECK(w.call("POST", path + "/sign", "{}", "王芳").json.text("code") == "denied.same_person");
  CHECK(w.call("POST", path + "/sign", "{}", "李明").reply.status == 200);
  const Json shown = w.call("GET", path, {}, "王芳").json;
  CHECK(shown.find("flags")->items()->empty());
  CHECK(w.count("select count(*) from record where type = 8") == 1);
  CHECK(w.count("select count(*) from parent p join record r on r.id = p.child where r.type = 8") == 3);

  // What is sent first after that waits anew, although an earlier signature is there.
  CHECK(w.call("POST", path + "/follow-up", body + R"(再报。","send":true})", "王芳").json.text("state") == "queued");
  CHECK(w.call("GET", path, {}, "王芳").json.find("flags")->items()->size() == 1);
}

TEST_CASE("what left on duty alone is signed while its next report is being written, and that one stays as it was") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳", "flash", "first_report"), path = "/api/v1/reports/" + id;
  const std::string body = std::string(R"({"body":")") + World::kBody;
  CHECK(w.call("POST", path + "/follow-up", body + R"(又找到1人。"})", "王芳").reply.status == 200);
  const auto may = [&](const char* who) { return dump(*w.call("GET", path, {}, who).json.find("may")); };
  CHECK(may("李明").find("\"sign\"") != std::string::npos);
  CHECK(w.call("POST", path + "/sign", "{}", "李明").reply.status == 200);
  const Json shown = w.call("GET", path, {}, "王芳").json;
  CHECK(shown.find("flags")->items()->empty());
  CHECK(shown.find("draft")->text("state") == "draft");
  CHECK(shown.text("version") == "report");
  CHECK(may("李明").find("\"sign\"") == std::string::npos);
}

TEST_CASE("a check says what sending would mean for whoever asks") {
  World w(true, true, {"王芳", "李明"});
  const auto way = [&](const char* kind, const char* lane, const char* who) {
    const std::string text = std::string(R"({"kind":")") + kind + R"(","lane":")" + lane + R"(","title":"铁匠沟"})";
    return std::string(w.call("POST", "/api/v1/check", text, who).json.text("sign_off"));
  };
  CHECK(way("first_report", "flash", "王芳") == "provisional");
  CHECK(way("first_report", "urgent", "王芳") == "second");
  CHECK(way("brief", "routine", "李明") == "second");
  World one(true, true);
  CHECK(one.call("POST", "/api/v1/check", R"({"kind":"brief","title":"铁匠沟"})").json.text("sign_off") == "alone");
}

TEST_CASE("without a superior nothing is sent, and the draft is kept and named") {
  World w(true, false);
  const auto a = w.call(
      "POST", "/api/v1/reports",
      std::string(R"({"kind":"brief","title":"柳河镇防汛物资清点情况","body":")") + World::kBody + R"(","send":true})");
  CHECK(a.reply.exit_code == 65);
  CHECK(a.json.text("code") == "report.no_superior");
  CHECK(w.state(std::string(a.json.text("case"))) == "draft");
}

TEST_CASE("a rule that forbids sending keeps the draft and says which rule") {
  World w;
  const auto a =
      w.call("POST", "/api/v1/reports", R"({"kind":"brief","title":"短标题也行","body":"太短","send":true})");
  CHECK(a.reply.exit_code == 65);
  CHECK(a.json.text("code") == "report.rules");
  CHECK_FALSE(a.json.find("warnings")->items()->empty());
  CHECK(w.state(std::string(a.json.text("case"))) == "draft");
  CHECK(w.count("select count(*) from record") == 0);
}

TEST_CASE("withdrawing deletes a draft, and adds a record to what was signed") {
  World w;
  const std::string draft = w.write();
  CHECK(w.call("POST", "/api/v1/reports/" + draft + "/withdraw", R"({"reason":"重复"})").json.text("state") ==
        "deleted");
  CHECK(w.call("GET", "/api/v1/reports/" + draft).reply.exit_code == 66);
  const std::string id = w.write(true), path = "/api/v1/reports/" + id;
  CHECK(w.call("POST", path + "/withdraw", "{}").reply.exit_code == 65);
  CHECK(w.call("POST", path + "/withdraw", R"({"reason":"误报"})").json.text("state") == "withdrawn");
  const auto shown = w.call("GET", path).json;
  CHECK(shown.text("state") == "withdrawn");
  CHECK(shown.text("body") == World::kBody);
  CHECK(shown.find("records")->items()->size() == 2);
  CHECK(w.count("select count(*) from delivery where state = 0") == 2);
  CHECK(w.call("POST", path + "/withdraw", R"({"reason":"误报"})").reply.exit_code == 65);
}

TEST_CASE("follow-ups are numbered, name the version before, and leave one head") {
  World w;
  const std::string id = w.write(true, {}, "urgent", "first_report"), path = "/api/v1/reports/" + id;
  const std::string more = std::string(R"({"body":")") + World::kBody + R"(续报内容。","send":true})";
  for (int i = 1; i <= 2; ++i) {
    const auto a = w.call("POST", path + "/follow-up", more);
    CAPTURE(a.reply.body);
    CHECK(a.reply.status == 200);
  }
  const auto last = w.call("POST", path + "/follow-up",
                           std::string(R"({"final":true,"body":")") + World::kBody + R"(终报。","send":true})");
  CHECK(last.reply.status == 200);
  const auto shown = w.call("GET", path).json;
  const auto& records = *shown.find("records")->items();
  REQUIRE(records.size() == 4);
  CHECK(records[1].text("type") == "followup");
  CHECK(records[3].text("type") == "final");
  for (std::size_t i = 1; i < 4; ++i)
    CHECK(*records[i].find("parents")->items()->front().string() == records[i - 1].text("record"));
  CHECK(shown.find("heads")->items()->size() == 1);
  CHECK(shown.text("kind") == "first_report");
  CHECK(shown.text("number") == "柳河镇〔2026〕1号");
}

TEST_CASE("a further version begins without the progress of the one before, and waits under its own title") {
  World w(true, true, {"王芳", "李明"});
  const std::string id = w.write(true, "王芳", "flash", "first_report"), path = "/api/v1/reports/" + id;
  const std::string body = std::string(R"({"body":")") + World::kBody;
  const auto draft_of = [&] { return *w.call("GET", path, {}, "王芳").json.find("draft"); };
  REQUIRE(w.call("POST", path + "/follow-up",
                 body + R"(续报。","fields":{"progress_since_last":"又到两支队伍"},"send":true})", "王芳")
              .json.text("state") == "queued");
  REQUIRE(w.call("POST", path + "/correct", R"({"reason":"时间有误"})", "王芳").reply.status == 200);
  CHECK(draft_of().find("fields")->text("progress_since_last") == "又到两支队伍");  // it is that version's
  REQUIRE(w.call("DELETE", path, {}, "王芳").reply.status == 200);
  const auto last = w.call("POST", path + "/follow-up",
                           body + R"(处置完毕。","title":"柳河镇滑坡处置终报","final":true,"send":true})", "王芳");
  REQUIRE(last.json.text("state") == "in_review");
  CHECK_FALSE(draft_of().find("fields")->find("progress_since_last"));
  const Json work = w.call("GET", "/api/v1/work", {}, "李明").json;
  std::string waits;
  for (const Json& i : *work.find("items")->items())
    if (i.text("group") == "to_sign") waits = std::string(i.text("title")) + " " + std::string(i.text("writes"));
  CHECK(waits == "柳河镇滑坡处置终报 final");
}

TEST_CASE("a correction needs a reason and replaces the text that is shown") {
  World w;
  const std::string id = w.write(true), path = "/api/v1/reports/" + id;
  CHECK(w.call("POST", path + "/correct", R"({"title":"柳河镇防汛物资复核情况"})").reply.exit_code == 65);
  const auto a =
      w.call("POST", path + "/correct", R"({"title":"柳河镇防汛物资复核情况","reason":"数字有误","send":true})");
  CHECK(a.reply.status == 200);
  const auto shown = w.call("GET", path).json;
  CHECK(shown.text("title") == "柳河镇防汛物资复核情况");
  CHECK(shown.text("body") == World::kBody);
  CHECK(shown.find("records")->items()->back().text("reason") == "数字有误");
  const auto draft = w.call("POST", path + "/correct", R"({"title":"柳河镇防汛物资再核情况","reason":"再核"})");
  CHECK(draft.json.text("state") == "draft");
  CHECK(w.call("GET", path).json.text("state") == "signed");  // the case is as it was; the draft lies beside it
  CHECK(w.call("POST", path + "/follow-up", R"({"send":true})").reply.exit_code == 65);
  CHECK(w.call("DELETE", path).json.text("state") == "deleted");
  CHECK(w.call("GET", path).json.find("records")->items()->size() == 2);
}

TEST_CASE("an attachment leaves with its report only, and comes back byte for byte") {
  World w;
  const std::string id = w.write(), path = "/api/v1/reports/" + id;
  std::string file;
  for (std::size_t i = 0; i < 3 * kChunkPlainBytes + 17; ++i) file += static_cast<char>(i * 31 % 251);
  CHECK(w.call("PUT", path + "/attachments/..%2F%E7%8E%B0%E5%9C%BA.bin", file).json.text("name") == "现场.bin");
  CHECK(w.call("PUT", path + "/attachments/small.txt", "s").json.count("bytes") == 1);
  CHECK(w.call("PUT", path + "/attachments/small.txt", "x").reply.exit_code == 65);
  auto blobs = w.store().blobs().query("select count(*) from attachment where ready = 1");
  REQUIRE(blobs);
  REQUIRE(blobs->step());
  CHECK(blobs->integer(0) == 0);
  CHECK(w.call("POST", path + "/send").json.text("state") == "queued");
  CHECK(w.call("GET", path + "/attachments/%E7%8E%B0%E5%9C%BA.bin").reply.body == file);
  CHECK(w.call("GET", path + "/attachments/small.txt").reply.body == "s");
  const auto shown = w.call("GET", path).json;
  CHECK(shown.find("attachments")->items()->size() == 2);
  CHECK(shown.find("attachments")->items()->front().flag("complete"));
  CHECK(w.call("GET", "/api/v1/status").json.find("lanes")->find("bulk")->count("waiting") == 5);
  // What was signed by all does not tell the key.
  auto record = w.store().db().query("select bytes from record where type = 1");
  REQUIRE(record);
  REQUIRE(record->step());
  CHECK(text(record->blob(0)).find("\"key\"") == std::string_view::npos);

  REQUIRE(w.store().blobs().run("delete from chunk where position = 1"));
  CHECK(w.call("GET", path + "/attachments/%E7%8E%B0%E5%9C%BA.bin").json.text("code") == "attachment.incomplete");
  CHECK_FALSE(w.call("GET", path).json.find("attachments")->items()->front().flag("complete"));
}

TEST_CASE("verify finds a changed record, a changed journal and nothing else") {
  World w;
  w.write(true);
  w.write(true);
  auto audit = verify_store(w.store(), w.directory(), std::nullopt);
  REQUIRE(audit);
  CAPTURE((audit->problems.empty() ? "" : audit->problems[0].what));
  CHECK(audit->ok());
  CHECK(audit->records == 2);
  REQUIRE(w.store().db().run("update journal set detail = 'x' where row = 1"));
  CHECK(verify_store(w.store(), w.directory(), std::nullopt)->problems.size() == 1);
  REQUIRE(w.store().db().run("update record set bytes = (select bytes from record where row = 2) where row = 1"));
  const auto a = w.call("POST", "/api/v1/verify", R"({"case":null})");
  CHECK(a.reply.exit_code == 76);
  CHECK(a.json.find("problems")->items()->size() == 2);
}

TEST_CASE("an evidence file is checked without a store, and any changed byte is found") {
  World w;
  const std::string id = w.write(true);
  const auto file = w.call("GET", "/api/v1/evidence/" + id);
  REQUIRE(file.reply.status == 200);
  const Bytes whole(file.reply.body.begin(), file.reply.body.end());
  const auto good = check_evidence(whole);
  REQUIRE(good);
  CHECK(good->audit.ok());
  CHECK(good->audit.records == 1);
  CHECK(base32(good->case_id.view()) == id);
  int broken = 0;
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    Bytes changed = whole;
    changed[i] ^= 0x40;
    const auto checked = check_evidence(changed);
    CAPTURE(i);
    // A changed root document may still be a root document, but then it has another fingerprint.
    CHECK((!checked || !checked->audit.ok() || checked->root_fingerprint != good->root_fingerprint));
    // Who is named as a signer has signed.
    if (checked && std::ranges::any_of(checked->audit.problems,
                                       [](const auto& p) { return p.what == "a signature is not good"; })) {
      CHECK(checked->items.at(0).signers.size() < good->items.at(0).signers.size());
      ++broken;
    }
  }
  CHECK(broken > 0);
  for (std::size_t n = 0; n < whole.size(); n += 11) {
    const auto checked = check_evidence(ByteView(whole).first(n));
    CHECK((!checked || !checked->audit.ok()));
  }
}

TEST_CASE("a certificate in an evidence file that leads nobody to the root names no office") {
  World w;
  const auto file = w.call("GET", "/api/v1/evidence/" + w.write(true));
  REQUIRE(file.reply.status == 200);
  const Bytes whole(file.reply.body.begin(), file.reply.body.end());
  const auto good = check_evidence(whole);
  REQUIRE(good);
  REQUIRE(good->items.size() == 1);
  CHECK(good->items[0].office.find("柳河镇") != std::string::npos);
  const test::Keys stranger;
  auto forged = test::certificate(crypto::CertType::office, stranger, w.store().me().office);
  forged.subject.bytes = forged.office.bytes;
  forged.not_before_ms += 1000;  // newer than the true one
  forged.key = stranger.authority.public_key();
  forged.code = "110105";
  forged.name = "别的单位";
  REQUIRE(forged.sign(stranger.authority));
  for (const bool first : {false, true}) {
    Writer item;
    item.u8(2).u32(static_cast<std::uint32_t>(forged.bytes.size())).raw(forged.bytes);
    Bytes changed = whole;
    const Bytes added = item.take();
    changed.insert(first ? changed.begin() + 4 + 16 : changed.end(), added.begin(), added.end());
    const auto checked = check_evidence(changed);
    REQUIRE(checked);
    CHECK(checked->items[0].office == good->items[0].office);
  }
}

TEST_CASE("people are told of each office above whose rules begin, and of none below") {
  World w;
  for (int i = 0; i < 3; ++i) w.write(true);
  const test::Keys below;
  const OfficeId offices[] = {w.county.office(), w.store().me().office, below.office()};
  REQUIRE(w.store().write([&]() -> Result<> {
    for (std::size_t i = 0; i < 3; ++i)
      TRY(
          w.store().db().run("insert into policy(record, office, version, effective_ms, hlc, said, signer)"
                             " values(?, ?, 1, ?, 0, ?, zeroblob(32))",
                             static_cast<std::int64_t>(i + 1), offices[i], test::kNow, Bytes(32, 1)));
    TRY(tell_policies_that_begin(w.store(), test::kNow + 1));
    return tell_policies_that_begin(w.store(), test::kNow + 2);
  }));
  auto q = w.store().db().query(
      "select group_concat(office, ' ') from (select office from alarm where code ="
      " 'policy.begins' order by office)");
  REQUIRE(q);
  REQUIRE(q->step());
  CHECK(q->text(0) == "370783 370783105");
}

TEST_CASE("a save that has not seen what another window saved is refused, and neither text is lost") {
  World w;
  const std::string path = "/api/v1/reports/" + w.write();
  const auto seen = [&] { return std::string(w.call("GET", path).json.find("draft")->text("seen")); };
  const auto save = [&](const std::string& title, const std::string& token) {
    return w.call("PUT", path, R"({"title":")" + title + R"(","seen":")" + token + R"("})");
  };
  const std::string both = seen();
  const auto first = save("第一个窗口的标题", both);
  REQUIRE(first.reply.status == 200);
  const auto second = save("第二个窗口的标题", both);
  CHECK(second.reply.status == 409);
  CHECK(second.json.text("code") == "draft.changed");
  CHECK(w.call("GET", path).json.find("draft")->text("title") == "第一个窗口的标题");
  // Whoever has looked at it may replace it.
  CHECK(save("第二个窗口的标题", seen()).reply.status == 200);
  // An attachment says what it came on top of: the window that added it goes on without a question.
  const std::string before = seen();
  const auto put = w.call("PUT", path + "/attachments/a.bin", "abc");
  CHECK(put.json.text("was") == before);
  CHECK(put.json.text("seen") == seen());
  CHECK(save("附件之后", before).reply.status == 409);
  CHECK(save("附件之后", std::string(put.json.text("seen"))).reply.status == 200);
}
