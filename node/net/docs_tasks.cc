// openapi.json: the desk's own lists, commissions, policy.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

#define YZ_TERMS "title?:text, body?:text, due_at?:text, to?:[code], kind?:text, lane?:text"

constexpr ShapeDoc kTasksShapes[] = {
    {"Word", "{code:text, zh:text, en:text}"},
    {"WorkItem",
     "{...Summary, sort:text, group:=returned|to_sign|cosign|in_review|new|waiting|draft|decide|carry_out|answer|"
     "to_close|awaited|feedback|owed|commission|commission_asked|commission_late|cosign_asked|newer, due_at:time?, "
     "note:text, act:text, writes:text, "
     "escalated?:{step:int<1,3>, asks:text, whom:text, what:text, since:time}?, "
     "record:hex?, at:time?, from:Office?, to:[Office], submitted:{by:text, at:time?}?, overdue:bool}"},
    {"Below",
     "{office:code, name:text, state:text, stage:text, due_at:time?, since:time?, reason:text, until:time?, late:bool, "
     "heard:bool}"},
    {"Asked",
     "{office:code, name:text, state:text, stage:text, due_at:time?, late:bool, unsure:bool, since:time?, reason:text, "
     "until:time?, "
     "chased:int, chased_at:time?, answers:[{case:text, record:hex, number:text, title:text, state:text, "
     "signed_at:time?, signed_until:time?, received_at:time?, late:bool}], below:[Below], holds_up:[code], "
     "child:text?}"},
    {"CommissionRow",
     "{case:text, number:text, side:=issued|asked, state:=draft|in_review|open|closed, office:code, office_name:text, "
     "title:text, kind:text, lane:text, issued_at:time?, due_at:time?, record:hex, drafter:text, signer:text, "
     "verified:bool, flags:Flags, parent:CaseRef?, children:[text], mine:Asked?, addressees:[Asked], counts:{*:int}, "
     "draft:{to:[code], note:text, corrects:bool, state:text, title:text, body:text, reason:text, drafter:text}?, "
     "suggested_due_at:time?, may:[=accept|decline|extend|answer|pass|grant|refuse|"
     "chase|close|amend|sign|return|edit|delete]}"},
    {"Commission",
     "{...CommissionRow, body:text, texts:[{at:time?, record:hex, by:text, reason:text, title:text, body:text}], "
     "history:[{at:time?, office:code, office_name:text, by:text, act:text, text:text, "
     "until:time?, record:hex, to:[code]}]}"},
    {"Issued",
     "{case:text, state:=draft|in_review|queued, number:text, addressees:[Office], parent?:text, "
     "message?:text}"},
    {"Policy",
     "{office:code, office_name:text, version:int, effective_at:time?, published_at:time?, case:text, record:hex, "
     "state:=in_force|coming|replaced|superseded_twin, signer:text, verified:bool, deliveries:[Delivery]}"},
};

constexpr ProblemDoc kTasksProblems[] = {
    {"commission",
     "@key 404 commission.missing addressee.missing case.empty; 409 commission.closed commission.nothing draft.state "
     "draft.fixed draft.exists report.state; 422 invalid.time invalid.reason invalid.to commission.due "
     "report.addressees report.rules report.too_long invalid.text"},
    {"terms",
     "@commission 422 commission.title commission.kind commission.nobody commission.elsewhere commission.depth "
     "invalid.kind invalid.lane"},
};

constexpr RouteDoc kTasksRoutes[] = {
    {"GET /api/v1/rules", "", "",
     "{checks:[{id:text, zh:text, en:text}], kinds:[{id:text, zh:text, en:text, stage:text, emergency:bool}], "
     "fields:[{key:text, zh:text, en:text, "
     "type:text, "
     "by_person:bool, by_hand:bool, min:number?, max:number?, choices:[Word], need:{*:=required|if_known|optional}, "
     "classes:[text]}], class_needs:[{class:text, stage:text, field:text, need:text}], incident_classes:[Word], "
     "incident_types:[{code:text, zh:text, en:text, class:text, words:[text]}], "
     "title_characters_max:int, body_bytes_max:int}"},
    {"POST /api/v1/check", "",
     "{case?:text, kind?:text, lane?:text, title?:text, body?:text, fields?:{*:any}, occurred_at?:text, "
     "sensitivity?:text}",
     "{may_keep:bool, may_send:bool, warnings:[Finding], grade:=I|II|III|IV|ungraded|\"\", skips:bool, "
     "sign_off:=alone|provisional|second, due_at:time?, phone_due_at:time?}",
     "@text 404 case.missing; 422 case.prefix"},
    {"GET /api/v1/work", "", "", "{now:time, zero:ZeroNow?, zero_missed:[ZeroSlot], items:[WorkItem]}"},
    {"POST /api/v1/commissions", "", "{" YZ_TERMS "}", "Issued", "@terms"},
    {"GET /api/v1/commissions", "side?:=issued|asked, open?:=true|false, overdue?:=true|false", "",
     "{now:time, commissions:[CommissionRow]}", "422 invalid.side"},
    {"GET /api/v1/commissions/{case}", "", "", "Commission", "404 commission.missing case.empty"},
    {"PUT /api/v1/commissions/{case}", "", "{" YZ_TERMS "}", "Commission", "@terms 409 commission.issued"},
    {"POST /api/v1/commissions/{case}/amend", "", "{title?:text, body?:text, reason?:text}", "Commission",
     "@commission 422 commission.same commission.title"},
    {"POST /api/v1/commissions/{case}/accept", "", "{note?:text}", "Commission", "@commission"},
    {"POST /api/v1/commissions/{case}/decline", "", "{reason?:text}", "Commission", "@commission"},
    {"POST /api/v1/commissions/{case}/extend", "", "{until?:text, reason?:text}", "Commission", "@commission"},
    {"POST /api/v1/commissions/{case}/answer", "", "{report?:text}", "(Commission/Outcome)",
     "@commission @send 422 commission.report"},
    {"POST /api/v1/commissions/{case}/pass", "", "{" YZ_TERMS "}", "Issued", "@terms"},
    {"POST /api/v1/commissions/{case}/grant", "", "{office?:code, until?:text, note?:text}", "Commission",
     "@commission"},
    {"POST /api/v1/commissions/{case}/refuse", "", "{office?:code, reason?:text}", "Commission", "@commission"},
    {"POST /api/v1/commissions/{case}/chase", "", "{offices?:[code], note?:text}", "Commission", "@commission"},
    {"POST /api/v1/commissions/{case}/close", "", "{note?:text}", "Commission", "@commission"},
    {"GET /api/v1/policy", "office?:code, version?:int", "",
     "({text:text, in_force:any, base:any, bound:bool, own:{version:int, effective_at:time?, document:any}?, "
     "law:{deadlines:[{hop:text, class:text, written_min:int, src:text}], forms:[{stages:[text], fields:[text], "
     "src:text}], flash_required_most:int}, quality:[{id:text, zh:text, en:text, fixed:bool}], sources:[Policy], "
     "coming:[Policy], drafts:[{case:text, title:text, state:text, "
     "drafter:text, version:int?, effective_at:time?, document:any}]}/{policy:Policy, document:any, before:any, "
     "after:any})",
     "404 policy.missing"},
    {"GET /api/v1/policy/times", "", "",
     "{now:time, zero_reports:[{from:time, at:time, name:text}], watch:{from:time, to:time, name:text, persons:int}?}"},
    {"GET /api/v1/policies", "", "", "{policies:[Policy]}"},
    {"POST /api/v1/policy/check", "", "{document?:{*:any}}",
     "{ok:bool, problems:[{code:text, where:text, message:text}]}", "422 policy.form"},
    {"POST /api/v1/policy/diff", "",
     "{document?:{*:any}, office?:code, version?:int, against?:{office?:code, version?:int}}",
     "{changes:[{where:text, before:text, after:text}]}", "404 policy.missing; 422 policy.form"},
    {"POST /api/v1/policies", "", "{document?:{*:any}, effective_at?:text}",
     "{case:text, state:=in_review|queued, version:int, effective_at:time?, offices:int, message?:text}",
     "@key 409 draft.exists; 422 policy.form policy.past policy.size policy.unknown policy.legal policy.laxer "
     "policy.flash "
     "invalid.time"},
};

}  // namespace

DocTable docs_tasks() { return {kTasksShapes, kTasksRoutes, kTasksProblems}; }

}  // namespace yz::node::api
