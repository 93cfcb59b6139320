// openapi.json: people, offices, keys, superiors.
#include "node/net/openapi.h"

namespace yz::node::api {
namespace {

constexpr ShapeDoc kOfficeShapes[] = {
    {"Roles", "[=drafter|reviewer|signer|duty|auditor|admin_people|admin_keys|admin_policy]"},
    {"Officer",
     "{name:text, roles:Roles, phone:text, state:=active|suspended|retired|revoked, certificate:hex, "
     "stands_for?:[text]}"},
    {"RootShown", "{version:int, threshold:int<1,9>, digest:text, holders:[{key:hex, fingerprint:text, signed:bool}]}"},
    {"Root", "{...RootShown, confirmed:bool, history:[{version:int, issued:time?, digest:text, confirmed:bool}]}"},
    {"Absence",
     "{absence:text, office:code, office_name:text, own:bool, absent:text, deputy:text, from:time?, until:time?, "
     "begins:time?, ends:time?, state:=coming|running|back|over, reason:text, place:text, contact:text}"},
    {"Escalation",
     "{item:text, what:=sign_off|progress|acknowledgement, step:int<1,3>, asks:=deputy|leader|superior, whom:text, "
     "case:text, title:text, lane:text, since:time?, next_at:time?, office:code, sounds:bool, hushed:bool, "
     "exercise:bool, message:text}"},
    {"Superior",
     "{office:code, name:text, kind:=superior|line|direct, state:=ready|joining, url:text, urls:[text], "
     "last_contact:time?, reachable:bool, down_since:time?, refusal:text, refusal_said:text}"},
};

constexpr ProblemDoc kOfficeProblems[] = {
    {"roles", "403 denied.role roles.admin role.admin-people role.admin-keys; 422 invalid.roles"},
    {"keys", "403 denied.role role.admin-keys authority.elsewhere; 401 login.passphrase login.confirm"},
    {"join",
     "422 join.invitation join.line superior.code superior.line superior.exists superior.pending superior.many "
     "superior.move move.invitation move.superior move.level; 409 superior.exists office.rotating; 400 join.root "
     "join.expired join.used join.unknown join.refused"},
};

constexpr RouteDoc kOfficeRoutes[] = {
    {"GET /api/v1/officers", "", "", "{officers:[Officer]}"},
    {"POST /api/v1/officers", "", "{name?:text, roles?:[text], phone?:text, new_passphrase?:text}", "Officer",
     "@roles 422 invalid.name invalid.passphrase passphrase.weak officer.form; 409 officer.exists; 403 "
     "authority.elsewhere"},
    {"POST /api/v1/officers/{name}/roles", "", "{roles?:[text], suspend?:bool, resume?:bool}",
     "{name:text, roles:Roles, state:text, certificate:hex}",
     "@roles 404 officer.unknown officer.roles; 403 roles.auditor; 409 officer.last officer.ended; 403 "
     "authority.elsewhere"},
    {"POST /api/v1/officers/renew", "", "", "{name:text, certificate:hex}",
     "401 login.passphrase login.certificate; 403 authority.elsewhere"},
    {"POST /api/v1/passphrase", "", "{new_passphrase?:text}", "{officer:text}",
     "401 login.passphrase; 422 invalid.passphrase passphrase.weak"},
    {"GET /api/v1/root", "", "", "Root", "404 root.none"},
    {"POST /api/v1/root/propose", "", "{threshold?:int, add?:[text], remove?:[text], path?:text}",
     "{...RootShown, path:text}",
     "@keys @path 404 root.key root.none; 409 root.key; 422 root.key root.threshold root.form cli.file_exists"},
    {"POST /api/v1/root/sign", "", "{path?:text}", "{...RootShown, file:text, signatures:int}",
     "@keys @path 404 root.no-key cli.file cli.file_missing file.missing; 422 root.file"},
    {"POST /api/v1/root/adopt", "", "{path?:text}", "Root",
     "@keys @path 404 root.none root.top-key file.missing cli.file; 400 root.threshold root.version; 409 root.adopted; "
     "422 "
     "root.file"},
    {"POST /api/v1/root/confirm", "", "{fingerprint?:text}", "{root_fingerprint:text, root_confirmed:bool}",
     "@keys 400 root.differs; 404 root.none"},
    {"GET /api/v1/offices", "", "",
     "{offices:[{office:code, name:text, level:text, state:=known|below|superior|self|moved|revoked, since:time?, "
     "admitted:bool, "
     "one_person:bool, superior:code, line_superiors?:[Office], suspended:bool, key_waits:bool, fingerprint:text, "
     "compared:bool, "
     "new_key:text}]}"},
    {"POST /api/v1/offices/{code}/suspend", "", "{resume?:bool, reason?:text}", "{office:code, suspended:bool}",
     "@keys 403 office.not-below; 404 office.unknown"},
    {"POST /api/v1/offices/{code}/renew", "", "", "{office:code}",
     "@keys 403 office.issuer office.not-admitted office.not-below; 404 office.unknown"},
    {"POST /api/v1/offices/{code}/confirm-key", "", "{fingerprint?:text}",
     "{office:code, fingerprint:text, certified:bool}",
     "@keys 404 office.unknown office.no-key; 400 office.key-differs office.print-differs; 403 office.issuer"},
    {"POST /api/v1/office/rotate-key", "", "{path?:text}",
     "({fingerprint:text, state:=waiting|ready}/{...RootShown, fingerprint:text, state:=signing, path:text})",
     "@keys @path 404 root.none root.key; 409 office.rotating root.key; 403 office.not-admitted; 422 root.not-top "
     "root.path root.form root.threshold cli.file_exists"},
    {"POST /api/v1/office/move", "", "{invitation?:text, request?:text, answer?:text}",
     "{office:code, superior:code, name:text, state:=ready|moving}",
     "@keys @join @path 404 join.request; 403 office.top office.not-admitted; 413 move.keys"},
    {"GET /api/v1/revocations", "", "",
     "{revocations:[{name:text, by:text, what:text, subject:hex, why:text, since:time?, known_at:time?, in_force:bool, "
     "reason:text}]}"},
    {"POST /api/v1/revocations", "", "{office?:code, officer?:text, node?:text, why?:text, since?:text, reason?:text}",
     "{revoked:=office|node|officer, subject:hex, office:code, why:=retired|compromised, since:time?}",
     "@roles 403 revoke.issuer authority.elsewhere; 404 office.unknown officer.unknown revoke.unknown; 409 "
     "officer.last "
     "revoke.exists; 422 invalid.node invalid.why invalid.reason revoke.self revoke.since field.invalid"},
    {"GET /api/v1/nodes", "", "",
     "{nodes:[{node:hex, office:code, office_name:text, name:text, number:text, state:=good|revoked, confirmed:bool, "
     "fingerprint:text, this:bool, last_contact:time?}], rotating:bool}"},
    {"POST /api/v1/nodes/{name}/confirm", "", "{fingerprint?:text}", "{node:hex, office:code, confirmed:bool}",
     "@keys 400 node.differs; 404 node.unknown; 409 node.confirmed node.revoked; 403 node.own; 422 node.unknown"},
    {"POST /api/v1/node/invitations", "", "{name?:text, officer?:text, roles?:[text], url?:[text], valid_minutes?:int}",
     "{invitation:text, officer:text, exists:bool, roles:[text]}",
     "@keys @roles 409 officer.exists; 422 invalid.name invite.name invite.officer invite.urls invite.valid; 403 "
     "invite.not-admitted invite.stranger"},
    {"POST /api/v1/node/rotate", "", "{force?:bool}", "{node:hex, rotating:bool, unheard:[code]}",
     "@keys 409 node.rotating node.not-rotating"},
    {"POST /api/v1/invitations", "",
     "{code?:code, name?:text, level?:text, url?:(text/[text]), valid_hours?:int, valid_minutes?:int, "
     "two_person?:bool, "
     "line?:bool, move?:bool}",
     "{invitation:text, line:bool, move:bool, urls:[text], only_here:bool}",
     "@keys 422 invalid.level invalid.name invalid.valid_hours invalid.valid_minutes invite.code invite.urls "
     "invite.valid invite.name; 403 invite.not-admitted; 409 invite.joined"},
    {"GET /api/v1/invitations", "", "",
     "{invitations:[{id:hex, kind:=new|line|move|machine, office:code, name:text, level:text, officer:text, "
     "urls:[text], made:time, until:time?, state:=open|used|expired|withdrawn|dead, used_by:text}]}"},
    {"DELETE /api/v1/invitations/{name}", "", "", "{id:hex, state:=withdrawn}",
     "@keys 404 invite.unknown; 409 invite.used invite.withdrawn"},
    {"GET /api/v1/superiors", "", "", "{superiors:[Superior]}"},
    {"POST /api/v1/superiors", "", "{invitation?:text, line?:bool, request?:text, answer?:text}",
     "{office:code, name:text, state:=ready|joining, fingerprint:text}",
     "@keys @join @path 404 join.request; 507 superior.many"},
    {"DELETE /api/v1/superiors/{code}", "", "", "{office:code, waiting:int, told:bool}",
     "@keys 403 superior.own; 404 superior.missing"},
    {"PUT /api/v1/superiors/{code}/url", "", "{url?:(text/[text])}", "{office:code, url:text}",
     "@keys 404 superior.missing; 422 superior.url"},
    {"GET /api/v1/absences", "all?:=true|false", "", "{now:time, absences:[Absence]}"},
    {"POST /api/v1/absences", "",
     "{officer?:text, deputy?:text, from?:text, until?:text, reason?:text, place?:text, contact?:text}", "Absence",
     "@key 404 officer.unknown; 422 absence.span absence.deputy absence.signer absence.text invalid.time"},
    {"POST /api/v1/absences/{case}/back", "", "", "Absence", "@key 404 absence.missing; 409 absence.over"},
    {"POST /api/v1/reports/{case}/cosign/ask", "", "{offices?:[code], officers?:[text], text?:text, hold_until?:text}",
     "{...Outcome}",
     "@send 404 addressee.missing officer.unknown; 422 cosign.nobody cosign.many cosign.hold cosign.emergency "
     "cosign.not-addressed cosign.unreachable cosign.auditor invalid.time invalid.text"},
    {"POST /api/v1/reports/{case}/cosign", "", "{decline?:bool, reason?:text}", "{...Outcome}",
     "@send 403 denied.not_asked; 409 cosign.done; 422 invalid.reason"},
    {"POST /api/v1/reports/{case}/cosign/go", "", "", "{...Outcome}", "@send 409 cosign.not-held"},
    {"GET /api/v1/escalations", "", "", "{escalations:[Escalation]}"},
    {"POST /api/v1/escalations/seen", "", "{item?:text, step?:int<1,3>}", "{item:text, step:int, seen:bool}",
     "404 escalation.missing"},
    {"GET /api/v1/addresses", "", "", "{urls:[text], own:[text]}"},
    {"POST /api/v1/addresses", "", "{urls?:[text]}", "{urls:[text]}", "@keys 422 address.url"},
};

}  // namespace

DocTable docs_office() { return {kOfficeShapes, kOfficeRoutes, kOfficeProblems}; }

}  // namespace yz::node::api
