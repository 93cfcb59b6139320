// openapi.json: clues, exercises, nil reports, what looks alike, figures.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

#define YZ_WRITING \
  "kind?:text, lane?:text, title?:text, body?:text, fields?:{*:any}, occurred_at?:text, sensitivity?:text"
#define YZ_PERIOD "month?:text, from?:text, to?:text, office?:code, own?:=true|false, scheme?:text"

constexpr ShapeDoc kDeskShapes[] = {
    {"Clue",
     "{case:text, state:=open|promoted|discarded, text:text, told_by:text, place:text, by:text, at:time?, reason:text, "
     "report:{case:text, title:text, number:text, state:text}?, photos:[{name:text, bytes:int, here:bool}]}"},
    {"ClueSettled", "{case:text, state:=open|promoted|discarded}"},
    {"Drill", "{since:time?, name:text, by:text}"},
    {"Handover", "{at:time, by:text, to:text, from:time, note:text, open:int}"},
    {"ZeroSlot",
     "{due_at:time?, state:=pending|sent|late|overdue|unheard|missed, certain:bool, report:{case:text, title:text, "
     "signed_at:time?, received_at:time?}?}"},
    {"ZeroNow", "{...ZeroSlot, overdue:bool}"},
    {"Similar",
     "{similar:[{...Summary, own:bool, reasons:[{why:=text|type|place|time, percent?:int<0,100>, minutes?:int}], "
     "offer:=merge|follow_up|\"\"}], rows_read:int}"},
    {"Figures",
     "{office:code, name:text, figures:{*:int}, acknowledge_minutes:int?, score:number, points:[{item:int, on:text, "
     "level:text, channel:text, each:number, count:int, points:number}]}"},
};

constexpr ProblemDoc kDeskProblems[] = {
    {"clue", "404 clue.missing; 409 clue.settled; @draft"},
    {"period", "404 stats.scheme stats.superior office.missing; 422 stats.time"},
};

constexpr RouteDoc kDeskRoutes[] = {
    {"POST /api/v1/clues", "", "{text?:text, told_by?:text, place?:text}", "ClueSettled", "422 clue.text"},
    {"PUT /api/v1/clues/{case}", "", "{text?:text, told_by?:text, place?:text}", "ClueSettled", "@clue 422 clue.text"},
    {"GET /api/v1/clues", "state?:=open|promoted|discarded|all, search?:text, limit?:int<1,500>, after?:text", "",
     "{now:time, clues:[Clue], counts:{open:int, promoted:int, discarded:int}, next:text?}",
     "422 invalid.state invalid.limit"},
    {"POST /api/v1/clues/promote", "", "{clues:[text], " YZ_WRITING ", photos?:bool, exercise?:bool}",
     "{...Outcome, photos_elsewhere?:[text]}",
     "@text @send 404 case.missing clue.missing; 409 clue.settled attachment.name; 413 attachment.size; 422 "
     "case.prefix "
     "clue.which"},
    {"POST /api/v1/clues/{case}/discard", "", "{reason?:text}", "ClueSettled", "@clue 422 invalid.reason"},
    {"POST /api/v1/clues/{case}/reopen", "", "", "ClueSettled", "@clue"},
    {"GET /api/v1/exercise", "", "", "{exercise:Drill?}"},
    {"POST /api/v1/exercise", "", "{on:bool, name?:text}", "{exercise:Drill?}", "403 denied.role; 422 exercise.form"},
    {"GET /api/v1/zero", "days?:int<1,62>", "",
     "{now:time, times:[text], due:ZeroNow?, own:[ZeroSlot], below:[{office:code, name:text, last_contact:time?, "
     "slots:[ZeroSlot]}]}",
     "422 invalid.limit"},
    {"POST /api/v1/zero", "", "{note?:text, again?:bool}", "Outcome", "@text @send 409 nil.sent nil.waiting"},
    {"GET /api/v1/situation", "from?:text", "",
     "{now:time, from:time, incidents:[{...Summary, incident_type:text, grade:text, open:bool, in_shift:bool, "
     "last_at:time?, next:{due_at:time, duty:=carry_out|answer|awaited|to_close|cosign, late:bool}?}], more:bool, "
     "lines:[Superior], below:[{office:code, name:text, last_contact:time?, silent:bool}], note:text, "
     "handovers:[Handover]}",
     "422 invalid.time"},
    {"PUT /api/v1/handover", "", "{note:text, seen:text}", "{note:text}",
     "403 denied.role; 409 handover.changed; 422 handover.note invalid.type"},
    {"POST /api/v1/handover", "", "{to?:text, from?:text, note:text}", "Handover",
     "403 denied.role; 422 handover.note handover.to invalid.time invalid.type"},
    {"GET /api/v1/reports/{case}/similar", "", "", "Similar"},
    {"POST /api/v1/similar", "", "{case?:text, " YZ_WRITING ", exercise?:bool}", "Similar",
     "@text 404 case.missing; 422 case.prefix"},
    {"GET /api/v1/reports/{case}/points", "", "",
     "{scheme:{id:text, zh:text, en:text}, by:Office?, points:[{on:text, level:text, channel:text, points:number, "
     "at:time?, note:text, certain:bool}], total:number}",
     "404 case.missing stats.scheme; 422 case.prefix"},
    {"GET /api/v1/stats", YZ_PERIOD, "",
     "{from:time?, to:time?, own:bool, by:Office, scheme:text, schemes:[{id:text, zh:text, en:text}], figures:[text], "
     "offices:[Figures]}",
     "@period"},
    {"GET /api/v1/stats/list", YZ_PERIOD ", figure?:text, item?:int<0,1000>", "",
     "{from:time?, to:time?, items:[({...Summary, sort:text, figure:text, at:time?, minutes:int, note:text, "
     "certain:bool, level:text}/{case:any, office:code, office_name:text, figure:text, at:time?, minutes:int, "
     "note:text, "
     "certain:bool, level:text})]}",
     "@period 422 stats.figure"},
    {"GET /api/v1/stats/csv", YZ_PERIOD, "", "csv", "@period"},
};

}  // namespace

DocTable docs_desk() { return {kDeskShapes, kDeskRoutes, kDeskProblems}; }

}  // namespace yz::node::api
