#include "node/net/commission_json.h"

#include <algorithm>

#include "node/office/text.h"

namespace yz::node {
namespace {

constexpr sync::Millis kLatest = 1LL << 44;  // of a record's clock too
constexpr std::size_t kTitleBytesMax = 1000;

auto bad_commission(const char* why) { return fail(Fault::forged, std::string("commission: ") + why, "body.form"); }

template <class F>
Result<F> id_of(std::string_view typed) {
  if (typed.size() != 2 * F::kSize) return bad_commission("an id");
  const auto raw = from_hex(typed);
  if (!raw) return bad_commission("an id");
  return F::from(*raw);
}

/// 0 when there is none.
Result<sync::Millis> time_of(const Json& j, std::string_view key) {
  const Json* t = j.find(key);
  if (!t) return 0;
  if (!t->integer() || *t->integer() <= 0 || *t->integer() >= kLatest) return bad_commission("a time");
  return *t->integer();
}

template <class Ids>
Json list_of(const Ids& ids) {
  Json list = Json::array();
  for (const auto& id : ids) list.add(hex(id.view()));
  return list;
}

Result<std::vector<OfficeId>> offices_of(const Json& j, std::string_view key, std::size_t most, bool ascending) {
  std::vector<OfficeId> out;
  const Json* list = j.find(key);
  if (!list) return out;
  if (!list->items() || list->items()->size() > most) return bad_commission("a list of offices");
  for (const Json& id : *list->items()) {
    if (!id.string()) return bad_commission("a list of offices");
    out.push_back(TRY(id_of<OfficeId>(*id.string())));
  }
  if (ascending && std::ranges::adjacent_find(out, std::ranges::greater_equal()) != out.end())
    return bad_commission("offices out of order");
  return out;
}

Result<CommissionWord::Parent> parent_from(const Json& j) {
  CommissionWord::Parent p;
  p.ref = TRY(case_ref_from(j));
  p.title = j.text("title");
  if (p.title.size() > kTitleBytesMax || !one_line(p.title)) return bad_commission("the title above");
  p.due_ms = TRY(time_of(j, "due_at"));
  return p;
}

}  // namespace

Json json_of(const CaseRef& r) {
  return Json::object({{"office", hex(r.office.view())}, {"case", hex(r.id.view())}, {"record", hex(r.record.view())}});
}

Result<CaseRef> case_ref_from(const Json& j) {
  if (!j.members()) return bad_commission("a case is named by an object");
  CaseRef r;
  r.office = TRY(id_of<OfficeId>(j.text("office")));
  r.id = TRY(id_of<CaseId>(j.text("case")));
  r.record = TRY(id_of<RecordId>(j.text("record")));
  return r;
}

Json json_of(const CommissionWord& w) {
  Json j = Json::object({{"act", name_of(w.act)}});
  if (w.due_ms > 0) j.set("due_at", w.due_ms);
  if (w.parent) {
    Json p = json_of(w.parent->ref);
    p.set("title", w.parent->title);
    if (w.parent->due_ms > 0) p.set("due_at", w.parent->due_ms);
    j.set("parent", std::move(p));
  }
  if (!w.chain.empty()) j.set("chain", list_of(w.chain));
  if (!w.to.empty()) j.set("to", list_of(w.to));
  return j;
}

Result<CommissionWord> commission_from(const Json& j) {
  if (!j.members()) return bad_commission("no object");
  CommissionWord w;
  const auto act = commission_act_from(j.text("act"));
  if (!act) return bad_commission("act");
  w.act = *act;
  w.due_ms = TRY(time_of(j, "due_at"));
  if (w.act == CommissionWord::Act::issue && w.due_ms == 0) return bad_commission("no due time");
  if (const Json* p = j.find("parent")) w.parent = TRY(parent_from(*p));
  w.chain = TRY(offices_of(j, "chain", kCommissionDeepest, false));
  w.to = TRY(offices_of(j, "to", kAskedMost, true));
  return w;
}

Json json_of(const CommissionReply& r) {
  Json j = Json::object({{"act", name_of(r.act)}, {"commission", hex(r.commission.view())}});
  if (r.until_ms > 0) j.set("until", r.until_ms);
  if (r.report) j.set("report", json_of(*r.report));
  if (r.child) j.set("child", hex(r.child->view()));
  if (!r.to.empty()) j.set("to", list_of(r.to));
  return j;
}

Result<CommissionReply> reply_from(const Json& j) {
  if (!j.members()) return bad_commission("no object");
  CommissionReply r;
  const auto act = reply_act_from(j.text("act"));
  if (!act) return bad_commission("act");
  r.act = *act;
  r.commission = TRY(id_of<RecordId>(j.text("commission")));
  r.until_ms = TRY(time_of(j, "until"));
  if (r.act == CommissionReply::Act::extend && r.until_ms == 0) return bad_commission("until when");
  if (const Json* p = j.find("report")) r.report = TRY(case_ref_from(*p));
  if (r.act == CommissionReply::Act::answer && !r.report) return bad_commission("which report");
  if (j.find("child")) r.child = TRY(id_of<CaseId>(j.text("child")));
  r.to = TRY(offices_of(j, "to", kAskedMost, true));
  if (r.act == CommissionReply::Act::pass && !r.child) return bad_commission("passed on as what");
  return r;
}

}  // namespace yz::node
