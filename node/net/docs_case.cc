// openapi.json: a case in full, what superiors do on it, versions side by side.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

#define YZ_WRITING \
  "kind?:text, lane?:text, title?:text, body?:text, fields?:{*:any}, occurred_at?:text, sensitivity?:text"

constexpr ShapeDoc kCaseShapes[] = {
    {"Signed",
     "{officer:text, role:=drafter|reviewer|signer|duty|cosigner|unknown, "
     "part?:=drafter|reviewer|signer|duty|cosigner|unknown|handler|recorder|second, valid?:bool, for?:text}"},
    {"DraftVersion",
     "{version:hex, machine:text, drafter:text, at:time?, state:text, lane:text, title:text, body:text, fields:Fields, "
     "occurred_at:time?, note:text}"},
    {"Draft",
     "{state:text, type:text, kind:text, lane:text, title:text, body:text, fields:Fields, occurred_at:time?, "
     "drafter:text, note:text, reason:text, left_out:[hex], from:[hex], returned:{by:text, at:time?, note:text, "
     "title?:text, body?:text, fields?:Fields}?, submitted:{by:text, at:time?}?, to:[code], signatures:[Signed], "
     "seen:text, "
     "signed_elsewhere:bool, disputed:[text], "
     "versions:[DraftVersion]}"},
    {"CaseRecord",
     "{record:hex, type:text, office:code, at:time?, stored_at:time?, lane:text, flags:Flags, verified:bool, "
     "quarantine:text, signatures:[Signed], parents:[hex], office_name:text, signed_at:time?, signed_until:time?, "
     "submitted_at:time?, act?:text, title?:text, body?:text, fields?:Fields, reason?:text, "
     "became?:text, on_older_version?:bool, newer?:[hex]}"},
    {"Change", "{field:text, label:text, before:any, after:any, passages?:[{paragraph:int, before:text, after:text}]}"},
    {"Layer",
     "{record:hex, type:text, office:code, office_name:text, by:text, at:time?, lane:text, signatures:[Signed], "
     "readable:bool, title?:text, body?:text, fields?:Fields, occurred_at?:time?, note:text, unchanged:bool, "
     "places:int, "
     "changed:[Change], places_in_all:int, attachments?:{named:int, left_out:int}}"},
    {"Forward",
     "{record:hex, office:code, at:time?, to:[code], on_older_version:bool, newer:[hex], newest:{record:hex, "
     "office:code, at:time?, withdrawn:bool, title?:text, body?:text, fields?:Fields, difference?:[Change]}?, "
     "layers:[Layer], deliveries:[Delivery]}"},
    {"Act",
     "{record:hex?, act:text, office:code, office_name:text, by:[text], at:time?, own:bool, text:text, "
     "outcome:text, publication:text, issue:int?, reason:text, rating:{*:int<1,5>}?, due_at:time?, done:bool, "
     "assignees:[{office:code, name:text, state:text, at:time?}], on:[hex], to:[Office], state:text, for_us:bool, "
     "seen:bool, exercise:bool, on_older_version:bool, newer:[hex], waiting_for_signature:bool, waits_for:text, "
     "words_of:text, "
     "returned:bool, note:text, deliveries:[Delivery], "
     "into:{case:text, office:code, office_name:text, title:text, here:bool}?}"},
    {"Delivery", "{office:code, name:text, state:text, at:time?, stored_at?:time?, opened_at?:time?}"},
    {"CaseRef", "{case:text, record:hex, office:code, title:text, due_at:time?}"},
    {"FullReport",
     "{case:text, number:text, kind:text, lane:text, state:text, title:text, body:text, fields:Fields, "
     "sensitivity:text, office:code, office_name:text, occurred_at:time?, signed_at:time?, signed_until:time?, "
     "submitted_at:time?, received_at:time?, verified:bool, flags:Flags, conflict:bool, heads:[hex], disputed:[text], "
     "drafter:text, reviewer:text, signer:text, grade:=I|II|III|IV|ungraded|\"\", may:[text], "
     "contact:text, version:text, forward_waits:bool, answers:CaseRef?, policy:text, findings:[text], draft:Draft?, "
     "records:[CaseRecord], "
     "layers:[Layer], forwards:[Forward], acts:[Act], sources:[{case:text, record:hex, office:code, office_name:text, "
     "title:text, here:bool}], owed:{since:time?, due_at:time?, to:[Office]}?, receipts:[{kind:=custody|stored|opened|"
     "refused, by:code, by_name:text, at:time?, latest_at:time?, record:hex, reason?:text}], deliveries:[Delivery], "
     "attachments:[Attachment], "
     "clues:[Clue], "
     "timeline:[{at:time?, until:time?, event:text, by:code, by_name:text, record:hex?, "
     "persons:[{name:text, part:text}], text:text}], signed_for?:text, cosigners?:[Cosigner], "
     "cosign_wish?:{*:any}?, held_until?:time?, embargo?:{until:time?, here:bool, over:bool, passes_up:bool, "
     "forbids_passing_on:bool, forbids_publishing:bool}?}"},
    {"Attachment",
     "{name:text, bytes:int, complete:bool, id:hex, state:=whole|coming|left_out|forged|not_named, office:code, "
     "office_name:text, differs?:bool, handed_on_by?:code, handed_on_by_name?:text, by?:code, by_name?:text, "
     "passed_on?:bool}"},
    {"Cosigner",
     "{office:code, office_name:text, officer:text, state:=waiting|signed|declined, asked_at:time?, at:time?, "
     "record:hex?, reason:text, on_older_version:bool}"},
    {"Acted", "{...Outcome}"},
    {"ConflictSummary",
     "{case:text, number:text, title:text, kind:text, lane:text, state:text, office:code, office_name:text, "
     "conflict:bool, heads:int, disputed:[text], labels:[text], may_resolve:bool}"},
    {"ConflictVersion",
     "{record:hex, type:text, office:code, at:time?, stored_at:time?, lane:text, verified:bool, unreadable:bool, "
     "signatures:[Signed], attachments:[{name:text, bytes:int}], same:[hex], title?:text, body?:text, "
     "fields?:Fields, occurred_at?:time?, reason?:text}"},
    {"Conflict",
     "{...ConflictSummary, by:code, more:int, base:[hex], base_known:bool, missing:[hex], versions:[ConflictVersion], "
     "fields:[{field:text, label:text, state:=taken|disputed, person_decides:bool, base_known:bool, base:any, "
     "values:{*:any}, taken:hex?}], merged:{kind:text, lane:text, title:text, body:text, fields:Fields, "
     "occurred_at:time?, sensitivity:text}?, others:[{office:code, office_name:text, heads:int, "
     "versions:[ConflictVersion]}]}"},
};

constexpr ProblemDoc kCaseProblems[] = {
    {"act",
     "@key 404 act.missing act.office; 409 report.state draft.exists act.closed case.heads draft.state; 422 "
     "act.too_long act.missing act.nobody invalid.text invalid.due invalid.reason invalid.time; 403 denied.not_asked "
     "denied.not_ours"},
};

constexpr RouteDoc kCaseRoutes[] = {
    {"GET /api/v1/reports/{case}", "", "", "FullReport"},
    {"POST /api/v1/reports/{case}/decide", "",
     "{outcome?:text, publication?:text, issue?:int, reason?:text, rating?:{*:int}, text?:text, dictated?:bool, "
     "leader?:text, state?:text, heads?:[text]}",
     "Acted", "@act @embargo 409 case.changed; 422 invalid.outcome invalid.rating act.leader"},
    {"POST /api/v1/reports/{case}/instruct", "",
     "{text?:text, due_at?:text, assignees?:[code], dictated?:bool, leader?:text, "
     "state?:text, heads?:[text]}",
     "Acted", "@act 409 case.changed; 422 act.assignees act.leader"},
    {"POST /api/v1/reports/{case}/progress", "", "{instruction?:text, text?:text, done?:bool}", "Acted", "@act"},
    {"POST /api/v1/reports/{case}/close", "", "{instruction?:text, note?:text}", "Acted", "@act"},
    {"POST /api/v1/reports/{case}/ask", "", "{text?:text, kind?:text, due_at?:text, to?:[code], on?:text}", "Acted",
     "@act 422 invalid.kind"},
    {"POST /api/v1/reports/{case}/answer", "", "{to?:text, text?:text}", "Acted", "@act"},
    {"POST /api/v1/reports/{case}/seen", "", "", "{case:text, seen:int}"},
    {"GET /api/v1/conflicts", "limit?:int<1,1000>, after?:text", "", "{conflicts:[ConflictSummary], next:text?}",
     "422 invalid.limit invalid.after"},
    {"GET /api/v1/conflicts/{case}", "", "", "Conflict", "404 case.empty"},
    {"POST /api/v1/conflicts/{case}/resolve", "",
     "{take?:any, take_fields?:{*:text}, set?:{*:any}, report?:{" YZ_WRITING "}, reason?:text, heads?:[text]}",
     "{...Outcome, joined:int, more:int}",
     "@text @send 404 case.empty; 409 conflict.none conflict.undecided conflict.moved conflict.unreadable; 422 "
     "conflict.version conflict.field"},
};

}  // namespace

DocTable docs_case() { return {kCaseShapes, kCaseRoutes, kCaseProblems}; }

}  // namespace yz::node::api
