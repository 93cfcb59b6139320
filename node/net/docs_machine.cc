// openapi.json: sessions, the state of this machine and its lines, files, the journal.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

constexpr ShapeDoc kMachineShapes[] = {
    {"Session", "{officer:text, csrf:hex, idle_seconds:int, whole_seconds:int}"},
    {"Tally", "{control:int, flash:int, urgent:int, routine:int, bulk:int}"},
    {"LaneCount", "{waiting:int, sent:int, acknowledged:int}"},
    {"LineLane", "{waiting:int, sent:int, acknowledged:int, refused:int, oldest:time?, overdue:bool}"},
    {"Alarm",
     "{code:text, message:text, office:text, at:time?, row:int?, seen_at:time?, item?:text, step?:int, case?:text, "
     "sounds?:bool}"},
    {"Audit", "{ok:bool, records:int, streams:int, problems:[{what:text, where:text}]}"},
    {"BundleRead",
     "{from:code, name:text, written_at:time?, frames:int, received:{*:int}, sent:{*:int}, acknowledged:int, "
     "refused:int, whole:bool}"},
    {"Looked", "{at:time?}"},
    {"Kept", "{name:text, text:text}"},
};

constexpr ProblemDoc kMachineProblems[] = {
    {"bundle",
     "422 bundle.file bundle.form bundle.cut bundle.other-office bundle.stranger bundle.key-gone; 400 bundle.changed "
     "bundle.refused bundle.signature; 404 bundle.missing"},
    {"written", "404 bundle.neighbour bundle.folder bundle.joining; 409 bundle.exists; 422 bundle.unwritable"},
};

constexpr RouteDoc kMachineRoutes[] = {
    {"GET /api/v1/openapi.json", "", "", "{openapi:text, info:any, security:any, paths:{*:any}, components:any}"},
    {"POST /api/v1/session", "", "{officer?:text, passphrase?:text}", "Session",
     "401 login.denied login.session login.state login.certificate; 429 login.wait; 422 officer.which"},
    {"GET /api/v1/session", "", "", "Session", "401 login.session; 404 session.web"},
    {"DELETE /api/v1/session", "", "", "{}", "401 login.session; 404 session.web"},
    {"POST /api/v1/session/confirm", "", "{passphrase?:text}", "{}",
     "401 login.session login.denied login.state login.certificate; 429 login.wait"},
    {"GET /api/v1/events", "", "", "events", "401 login.session; 404 session.web"},
    {"GET /api/v1/status", "", "",
     "{office:code, name:text, level:text, node:hex, state:=ready|joining, version:text, root_fingerprint:text, "
     "office_fingerprint:text, "
     "root_confirmed:bool, superiors:[Superior], lanes:{flash:LaneCount, urgent:LaneCount, routine:LaneCount, "
     "bulk:LaneCount}, received:{flash:int, urgent:int, routine:int}, unopened:int, conflicts:int, quarantined:int, "
     "overdue:int, drafts:int, in_review:int, exercises:{received:{flash:int, urgent:int, routine:int}, drafts:int, "
     "in_review:int, conflicts:int, overdue:int}, acts:{carry_out:int, answer:int, awaited:int, to_close:int, "
     "overdue:int, "
     "feedback:int, owed:int}, clues:int, exercise:Drill?, last_backup:time?, cpu_ms:{sync:int, opening:int, "
     "person:int, idle:int}, "
     "now:time, unacknowledged:[Summary], alarms:[Alarm]}"},
    {"POST /api/v1/sync", "", "",
     "{reached:bool, sent:Tally, received:Tally, acknowledged:int, waiting:int, carried:int, in_sync:bool, "
     "reason:text, "
     "superiors:[{office:code, reached:bool, in_sync:bool, reason:text, said:text}], said:text}"},
    {"GET /api/v1/lines", "", "",
     "{lines:[{office:code, name:text, lanes:{flash:LineLane, urgent:LineLane, routine:LineLane}}]}"},
    {"POST /api/v1/qr", "", "{text?:text}", "{size:int, rows:[text]}", "422 qr.long"},
    {"POST /api/v1/verify", "", "{case?:text?}", "Audit", "404 case.missing; 422 case.prefix"},
    {"GET /api/v1/evidence/{case}", "", "", "octets", "404 case.empty; 422 evidence.root"},
    {"POST /api/v1/evidence/check", "", "octets",
     "{...Audit, case:text, root_fingerprint:text, layers?:int, attachments?:int, forged?:[{attachment:text, "
     "office:text, what:text}], items:[{type:text, title:text, number:text, office:text, at:time?, nested:bool, "
     "act:text, exercise:bool, signers:[{name:text, role:text}]}], acknowledged:[{office:text, of:text, "
     "kind:=custody|stored|opened, "
     "envelopes:int, at:time?}]}",
     "422 evidence.form"},
    {"POST /api/v1/bundles/pictures", "", "{text?:text}",
     "{pictures:int, foreign:int, envelopes:int, received:int, refused:int, missing:[{group:hex, of:int, "
     "missing:[int]}]}",
     "422 pictures.none pictures.missing; 400 pictures.refused"},
    {"POST /api/v1/bundles/export", "", "{to?:code, path?:text}",
     "{to:code, path:text, bytes:int, content:int, frames:{*:int}}", "@path @written 507 bundle.disk"},
    {"POST /api/v1/bundles/import", "", "{path?:text}", "BundleRead", "@path @bundle"},
    {"POST /api/v1/bundles/file", "", "{to?:code}", "octets", "@written"},
    {"PUT /api/v1/bundles/file", "", "octets", "BundleRead", "@bundle"},
    {"GET /api/v1/alarms", "", "", "{alarms:[Alarm]}"},
    {"POST /api/v1/alarms/{row}/seen", "", "", "{row:int, seen:bool}", "404 alarm.missing"},
    {"GET /api/v1/kept/{name}", "", "", "Kept", "422 invalid.name"},
    {"PUT /api/v1/kept/{name}", "", "{text:text}", "Kept", "422 invalid.name invalid.type kept.long"},
    {"GET /api/v1/looked", "", "", "Looked"},
    {"POST /api/v1/looked", "", "{at?:text?}", "Looked", "422 invalid.time"},
    {"POST /api/v1/backup", "", "{path?:text}", "{path:text, bytes:int}",
     "@path 409 backup.exists; 404 backup.folder; 422 backup.unwritable; 507 backup.disk"},
    {"GET /api/v1/doctor", "", "", "{ok:bool, checks:[{name:text, ok:bool, message:text}]}"},
    {"GET /api/v1/journal", "limit?:int<1,10000>, before?:int", "",
     "{entries:[{row:int, at:time?, actor:text, action:text, subject:text, detail:text}]}",
     "403 denied.role; 422 invalid.limit"},
};

}  // namespace

DocTable docs_machine() { return {kMachineShapes, kMachineRoutes, kMachineProblems}; }

}  // namespace yz::node::api
