// openapi.json: reports, what may be done with them, the list, views, attachments; and the shapes that many share.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

#define YZ_LANE "=flash|urgent|routine"
#define YZ_STATE                                                                                             \
  "=draft|in_review|returned|signed|sent|delivered|opened|acknowledged|withdrawn|rejected|received|adopted|" \
  "not_adopted|filed|instructed|forwarded|in_follow_through|feedback_given|closed|archived"
#define YZ_WRITING \
  "kind?:text, lane?:text, title?:text, body?:text, fields?:{*:any}, occurred_at?:text, sensitivity?:text"
#define YZ_FILTER                                                                                   \
  "lane?:" YZ_LANE                                                                                  \
  "|\"\", state?:text, office?:code, kind?:text, class?:text, grade?:text, from?:text, "            \
  "until?:text, by?:=occurred|signed|received, due?:=overdue|today|any, attachments?:=true|false, " \
  "exercise?:=true|false, conflict?:=true|false, search?:text<200>, "                               \
  "sort?:=time|lane|office|state|number, order?:=asc|desc"

constexpr ShapeDoc kReportsShapes[] = {
    {"Problem",
     "{type:text, title:text, status:int<400,599>, detail:text, code:text, fault:=offline|busy|invalid|denied|"
     "missing|conflict|forged|corrupt|full, exit:int<0,255>, *:any}"},
    {"Finding", "{rule:text, severity:=error|warning, message:text, field:text, offset:int, length:int}"},
    {"Office", "{office:code, name:text}"},
    {"Fields", "{*:(text/number/bool)?}"},
    {"Flags",
     "[=one_person|root_unconfirmed|expired|clock|provisional|exercise|unreadable|same_signer|nested|older_version|"
     "unconfirmed_node|revoked|unreviewed|unentitled|deputy]"},
    {"Summary", "{case:text, number:text, title:text, kind:text, lane:" YZ_LANE ", state:" YZ_STATE
                ", office:code, office_name:text, occurred_at:time?, signed_at:time?, signed_until:time?, "
                "submitted_at:time?, received_at:time?, "
                "verified:bool, flags:Flags, conflict:bool, attachments:int, version:text, forward_waits:bool, "
                "excerpt?:[{text:text, hit:bool}]}"},
    {"Outcome",
     "{case:text, state:text, number?:text, addressees?:[Office], record?:hex?, waiting_for_signature?:bool, "
     "warnings:[Finding], seen?:text, disputed?:[text], message?:text}"},
    {"Filter", "{" YZ_FILTER "}"},
    {"Notice",
     "{office:code, office_name:text, lane:text, kind:text, exercise:bool, incident_type:text, place:text, "
     "occurred_at:time?, deaths:int?, injured:int?, missing:int?, title:text, record:hex, taken_by:text, at:time?, "
     "case:text?}"},
    {"View", "{name:text, filter:Filter}"},
};

constexpr ProblemDoc kReportsProblems[] = {
    {"text",
     "422 invalid.kind invalid.lane invalid.sensitivity invalid.text invalid.to report.addressees report.too_long "
     "field.unknown field.invalid; 404 addressee.missing; 413 field.too_long"},
    {"key",
     "401 login.confirm login.passphrase; 403 denied.role denied.same_person denied.office denied.own denied.deputy "
     "denied.leader"},
    {"draft",
     "404 draft.missing; 409 draft.state draft.exists draft.changed draft.disputed draft.signed_elsewhere "
     "draft.in_review draft.clue "
     "draft.fixed "
     "draft.waits; 422 draft.seen draft.version"},
    {"send",
     "422 report.rules report.no_superior; 409 report.state report.steps case.heads; 404 case.empty "
     "commission.missing; "
     "@key @draft"},
    {"path", "422 invalid.path"},
    {"embargo", "409 embargo.until; 403 embargo.here"},
    {"filter",
     "422 invalid.lane invalid.state invalid.kind invalid.class invalid.grade invalid.time invalid.filter "
     "invalid.search invalid.member; 404 office.missing"},
};

constexpr RouteDoc kReportsRoutes[] = {
    {"GET /api/v1/reports", "view?:text<200>, " YZ_FILTER ", limit?:int<1,100000>, after?:text", "",
     "{reports:[Summary], next:text?, among?:int}", "@filter 422 invalid.limit invalid.after; 404 view.missing"},
    {"GET /api/v1/reports/export", "view?:text<200>, " YZ_FILTER, "", "csv", "@filter 404 view.missing"},
    {"GET /api/v1/views", "", "", "{views:[View]}"},
    {"PUT /api/v1/views/{name}", "", "{filter:Filter}", "View", "@filter 422 invalid.name view.many"},
    {"DELETE /api/v1/views/{name}", "", "", "{name:text}", "404 view.missing"},
    {"POST /api/v1/reports", "", "{" YZ_WRITING ", to?:[code], answers?:text, send?:bool, exercise?:bool}", "Outcome",
     "@text @send 404 case.missing; 422 case.prefix; 409 commission.closed"},
    {"POST /api/v1/reports/import", "", "{lines:[{line:int, text:text}], send?:bool, to?:[code], exercise?:bool}",
     "{imported:int, queued:int, rejected:int, cases:[text], errors:[{line:int, message:text}]}",
     "@key 404 addressee.missing; 422 invalid.to report.addressees"},
    {"POST /api/v1/reports/merge", "", "{sources:[text], " YZ_WRITING ", to?:[code], send?:bool, attachments?:[text]}",
     "Outcome",
     "@text @send @embargo 404 case.missing attachment.missing; 422 case.prefix merge.sources attachment.count; 507 "
     "attachment.size"},
    {"PUT /api/v1/reports/{case}", "", "{" YZ_WRITING ", to?:[code], seen?:text, take?:text}", "Outcome",
     "@text @draft"},
    {"DELETE /api/v1/reports/{case}", "", "", "Outcome", "@draft 409 report.state; 403 denied.role denied.office"},
    {"GET /api/v1/reports/{case}/attachments/{name}", "", "", "octets",
     "404 attachment.missing attachment.incomplete; 409 attachment.content"},
    {"PUT /api/v1/reports/{case}/attachments/{name}", "", "octets",
     "{case:text, name:text, bytes:int, was:text, seen:text}",
     "404 draft.missing; 409 attachment.name draft.fixed draft.state draft.in_review draft.clue draft.signed_elsewhere "
     "draft.disputed; 413 attachment.size; 422 attachment.name attachment.empty; 403 denied.role"},
    {"DELETE /api/v1/reports/{case}/attachments/{name}", "", "", "{case:text, name:text, was:text, seen:text}",
     "404 attachment.missing draft.missing; 409 draft.fixed draft.state draft.in_review draft.clue "
     "draft.signed_elsewhere "
     "draft.disputed; 403 denied.role"},
    {"POST /api/v1/reports/{case}/send", "", "", "Outcome", "@send 422 report.too_long; 409 commission.closed"},
    {"POST /api/v1/reports/{case}/submit", "", "", "Outcome", "@send 422 report.too_long"},
    {"POST /api/v1/reports/{case}/review", "", "{note?:text}", "Outcome", "@send 422 invalid.note"},
    {"POST /api/v1/reports/{case}/return", "", "{note?:text}", "Outcome", "@send 422 invalid.note"},
    {"POST /api/v1/reports/{case}/sign", "", "{note?:text}", "Outcome",
     "@send 422 report.too_long act.too_long policy.past; 409 commission.closed"},
    {"POST /api/v1/reports/{case}/withdraw", "", "{reason?:text}", "Outcome", "@send 422 invalid.reason"},
    {"POST /api/v1/reports/{case}/follow-up", "", "{" YZ_WRITING ", to?:[code], send?:bool, final?:bool}", "Outcome",
     "@text @send"},
    {"POST /api/v1/reports/{case}/correct", "", "{" YZ_WRITING ", to?:[code], send?:bool, reason?:text}", "Outcome",
     "@text @send 422 invalid.reason"},
    {"POST /api/v1/reports/{case}/acknowledge", "", "{note?:text}", "Outcome", "@send"},
    {"POST /api/v1/reports/{case}/forward", "",
     "{to?:[code], note?:text, edit?:{title?:text, body?:text, fields?:{*:any}, occurred_at?:text, sensitivity?:text}, "
     "lane?:text, record?:text, attachments?:[text], send?:bool, seen?:text}",
     "Outcome",
     "@text @send @embargo 403 forward.not_addressed; 404 attachment.missing; 422 forward.lane forward.nowhere "
     "forward.too_long forward.depth "
     "conflict.version; 409 conflict.unreadable"},
    {"POST /api/v1/reports/{case}/forward/attachments", "", "{attachments?:[text]}", "Outcome",
     "@send @embargo 404 attachment.missing; 409 forward.none; 422 forward.too_long"},
    {"POST /api/v1/reports/{case}/release", "", "{note?:text}", "Outcome", "@key 409 release.none; 422 invalid.reason"},
    {"POST /api/v1/reports/{case}/qr", "", "{drawn?:bool}",
     "{to:code, exercise:bool, group:hex, bytes:int, frames:[text], drawn:[[hex]]}",
     "422 report.not_signed picture.long; 404 bundle.joining"},
    {"POST /api/v1/reports/{case}/code", "", "", "{to:code, exercise:bool, code:text}", "422 report.not_signed"},
    {"GET /api/v1/notices", "", "", "{notices:[Notice]}"},
    {"POST /api/v1/notices", "", "{code?:text}", "Notice",
     "422 typed.line notice.stranger notice.form typed.form; 400 notice.signature notice.form"},
    {"GET /api/v1/addressees", "", "",
     "{addressees:[{office:code, name:text, rank:=superior|line|higher}], gravest_to:=all|superior}"},
};

}  // namespace

DocTable docs_reports() { return {kReportsShapes, kReportsRoutes, kReportsProblems}; }

}  // namespace yz::node::api
