#include <algorithm>

#include "crypto/random.h"
#include "node/net/api_desk.h"

namespace yz::node::api {
namespace {

/// Lines in one transaction: few enough that a full disk costs little, enough that the fsyncs don't count.
constexpr std::size_t kBatchLines = 500;
constexpr std::size_t kLineBytes = 1024 * 1024;

struct Way {
  bool send = false;
  std::vector<OfficeId> to;
  bool exercise = false;
};

struct Totals {
  std::size_t imported = 0, queued = 0, rejected = 0;
  std::vector<std::string> cases;
  std::vector<std::pair<std::int64_t, std::string>> errors;
  std::optional<sync::Lane> lane;
};

Result<Report> report_from(const Rules& rules, std::string_view line) {
  const Json j = TRY(parse_json(line, {.bytes = kLineBytes}));
  if (!j.members()) return fail(Fault::invalid, "the line is no JSON object", "malformed.json");
  TRY(only(j, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity"}));
  if (!j.find("kind")) return fail(Fault::invalid, "the kind of report is missing", "invalid.kind");
  Report report;
  TRY(read_report(rules, j, report));
  return report;
}

/// One line. An error that is the line's own fault is noted; only what stops the whole import comes back.
Result<> take(Request& r, Desk& desk, const SigningPerson& by, std::int64_t number, std::string_view line,
              const Way& way, Totals& t) {
  const auto reject = [&](const Error& e) {
    ++t.rejected;
    t.errors.emplace_back(number, sentence(e, r.language));
  };
  auto report = report_from(r.host.rules(), line);
  if (!report) {
    reject(report.error());
    return {};
  }
  const CaseId id = crypto::random_fixed<CaseId>();
  auto done = desk.write(by, id, std::move(*report), way.send, way.to, {}, way.exercise);
  if (!done) {
    if (done.error().fault != Fault::invalid || !done.error().code.starts_with("invalid"))
      return std::unexpected(done.error());
    reject(done.error());
    return {};
  }
  ++t.imported;
  t.cases.push_back(base32(id.view()));
  if (done->queued) {
    ++t.queued;
    t.lane = std::min(t.lane.value_or(sync::Lane::bulk), *done->queued);
  }
  if (done->refused) {
    std::string why = sentence(*done->refused, r.language);
    for (const Finding& f : done->findings)
      if (f.severity == Severity::error) why += " " + f.rule + " " + (r.language == Language::zh ? f.zh : f.en);
    t.errors.emplace_back(number, std::move(why));
  }
  return {};
}

Json json_of(const Totals& t) {
  Json cases = Json::array(), errors = Json::array();
  for (const auto& c : t.cases) cases.add(c);
  for (const auto& [line, message] : t.errors) errors.add(Json::object({{"line", line}, {"message", message}}));
  return Json::object({{"imported", t.imported},
                       {"queued", t.queued},
                       {"rejected", t.rejected},
                       {"cases", std::move(cases)},
                       {"errors", std::move(errors)}});
}

}  // namespace

Result<ApiReply> post_import(Request& r) {
  TRY(only(r.body, {"lines", "send", "to", "exercise"}));
  const Json* lines = r.body.find("lines");
  if (!lines || !lines->items()) return fail(Fault::invalid, "lines has to be a list", "invalid.type");
  const auto& all = *lines->items();
  for (const Json& line : all) TRY(only(line, {"line", "text"}));
  Way way{r.body.flag("send"), {}, false};
  way.exercise = TRY(is_exercise(r));
  if (const Json* to = r.body.find("to")) way.to = TRY(addressees_from(r, *to));

  const Signer signer = TRY(r.signer());
  const SigningPerson by{person_of(signer.officer), signer.key};
  StoreBooks books = books_of(r);
  // Compared with nothing: a backlog would be compared with itself, each with each.
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now(), 0));

  Totals done;
  for (std::size_t from = 0; from < all.size(); from += kBatchLines) {
    const std::size_t to = std::min(all.size(), from + kBatchLines);
    Totals batch = done;
    auto written = r.store().write([&]() -> Result<> {
      for (std::size_t i = from; i < to; ++i)
        TRY(take(r, desk, by, all[i].count("line", static_cast<std::int64_t>(i) + 1), all[i].text("text"), way, batch));
      return {};
    });
    if (!written) {
      if (done.lane) r.host.wake(*done.lane);
      // What went before is on the disk and stays there: it is reported beside the reason.
      return problem(written.error(), r.language, json_of(done));
    }
    done = std::move(batch);
    r.progress(Json::object({{"done", to}, {"total", all.size()}}));
  }
  if (done.lane) r.host.wake(*done.lane);
  return reply(json_of(done), done.errors.empty() ? 0 : view_of(Fault::invalid).exit_code);
}

}  // namespace yz::node::api
