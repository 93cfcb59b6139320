// What an officer does to a case that has left: the later versions. A part of Office.
#include "node/office/body.h"
#include "node/store/cases.h"
#include "tests/sim/office.h"

namespace yz::sim {
namespace {

Result<node::Report> current_report(node::StoreBooks& books, std::int64_t matter) {
  const auto file = TRY(books.case_file(matter));
  if (!file.current) return fail(Fault::missing, "nothing stands in this case", "case.empty");
  return file.current->report;
}

}  // namespace

Result<node::Outcome> Office::correct(std::int64_t matter, const std::string& text, bool beside, Millis now) {
  node::Report r = TRY(current_report(*books_, matter));
  r.body = text;
  node::Desk d = TRY(desk(now));
  if (!beside) return d.correct(signer(), matter, std::move(r), "核实", true);
  // Begun before what stands last came in: on what stood first.
  RecordId first;
  {
    node::Query q =
        TRY(store_->db().query("select id from record where matter = ? and quarantine = 0 order by row", matter));
    if (!TRY(q.step())) return fail(Fault::missing, "nothing stands in this case", "case.empty");
    first = TRY(q.id<RecordId>(0));
  }
  TRY(store_->write([&]() -> Result<> {
    TRY(d.correct(signer(), matter, std::move(r), "核实", false));
    auto draft = TRY(books_->draft(matter));
    if (!draft) return fail(Fault::missing, "the draft is not there", "draft.missing");
    draft->extras.written_from = {first};
    return books_->keep(*draft, now);
  }));
  return d.send(signer(), matter);
}

Result<node::Outcome> Office::withdraw(std::int64_t matter, Millis now) {
  return TRY(desk(now)).withdraw(signer(), matter, "有误");
}

Result<node::Outcome> Office::resolve(std::int64_t matter, const std::string& text, Millis now) {
  node::Resolution chosen;
  chosen.report = TRY(current_report(*books_, matter));
  chosen.report.body = text;
  for (const char* name : {"title", "body", "kind", "lane", "occurred_at", "sensitivity"}) chosen.decided.insert(name);
  return TRY(desk(now)).resolve(signer(), matter, std::move(chosen));
}

}  // namespace yz::sim
