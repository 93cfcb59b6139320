#include "node/net/api.h"

#include <algorithm>
#include <array>

#include "node/net/api_admin.h"
#include "node/net/api_desk.h"
#include "node/net/api_request.h"
#include "node/net/openapi.h"
#include "sync/limits.h"

namespace yz::node {
namespace api {

constexpr std::size_t kImportBytes = 64 * 1024 * 1024;
constexpr std::size_t kSmallBytes = 8 * 1024;

const std::vector<Route>& routes() {
  static const std::vector<Route> all = {
      {"GET", "/api/v1/openapi.json", get_openapi, "this description", false},
      {"POST", "/api/v1/session", only_on_the_page, "sign in on the page", false, false, kSmallBytes},
      {"GET", "/api/v1/session", only_on_the_page, "who is signed in", false},
      {"DELETE", "/api/v1/session", only_on_the_page, "sign out, or lock the screen", false},
      {"POST", "/api/v1/session/confirm", only_on_the_page, "the passphrase once more, to sign", false, false,
       kSmallBytes},
      {"GET", "/api/v1/events", only_on_the_page, "what changes, as server-sent events", false},
      {"GET", "/api/v1/rules", get_rules, "kinds, fields, incident types, grades and times, to fill in a form by"},
      {"POST", "/api/v1/check", post_check, "what the rules say of a text that is not kept yet"},
      {"GET", "/api/v1/work", get_work, "what waits for somebody here, the most pressing first"},
      {"GET", "/api/v1/status", get_status, "link, lanes, alarms"},
      {"POST", "/api/v1/sync", post_sync, "exchange now"},
      {"GET", "/api/v1/superiors", get_superiors, "superiors, and whether they are reached"},
      {"POST", "/api/v1/superiors", post_superior, "register with a further superior"},
      {"DELETE", "/api/v1/superiors/{code}", delete_superior, "a further superior is none any more"},
      {"PUT", "/api/v1/superiors/{code}/url", put_superior_url, "where a superior is reached"},
      {"GET", "/api/v1/reports", get_reports, "list and search"},
      {"GET", "/api/v1/reports/export", get_reports_export, "the list, or a saved view, as a table (CSV)"},
      {"GET", "/api/v1/views", get_views, "the caller's saved lists"},
      {"PUT", "/api/v1/views/{name}", put_view, "keep a list by a name"},
      {"DELETE", "/api/v1/views/{name}", delete_view, "forget a saved list"},
      {"POST", "/api/v1/reports", post_report, "draft, and with send sign and queue"},
      {"POST", "/api/v1/reports/import", post_import, "many drafts or reports", true, false, kImportBytes},
      {"POST", "/api/v1/reports/merge", post_merge, "several received reports into one of our own"},
      {"GET", "/api/v1/reports/{case}", get_report, "a case in full"},
      {"PUT", "/api/v1/reports/{case}", put_report, "change a draft"},
      {"DELETE", "/api/v1/reports/{case}", delete_report, "delete a draft"},
      {"GET", "/api/v1/reports/{case}/attachments/{name}", get_attachment, "an attachment's octets"},
      {"PUT", "/api/v1/reports/{case}/attachments/{name}", put_attachment, "attach to a draft", true, true,
       sync::limit::attachment_bytes},
      {"DELETE", "/api/v1/reports/{case}/attachments/{name}", delete_attachment, "detach from a draft"},
      {"POST", "/api/v1/reports/{case}/send", post_send, "sign and queue, or submit"},
      {"POST", "/api/v1/reports/{case}/submit", post_submit, "submit for review"},
      {"POST", "/api/v1/reports/{case}/review", post_review, "the reviewer signs"},
      {"POST", "/api/v1/reports/{case}/return", post_return, "return to the drafter"},
      {"POST", "/api/v1/reports/{case}/sign", post_sign, "sign off, or cosign"},
      {"POST", "/api/v1/reports/{case}/withdraw", post_withdraw, "withdraw, or delete a draft"},
      {"POST", "/api/v1/reports/{case}/follow-up", post_follow_up, "follow-up or final report"},
      {"POST", "/api/v1/reports/{case}/correct", post_correct, "correction"},
      {"POST", "/api/v1/reports/{case}/acknowledge", post_acknowledge, "acknowledge receipt"},
      {"POST", "/api/v1/reports/{case}/forward", post_forward, "pass on to a superior, the original nested"},
      {"POST", "/api/v1/reports/{case}/forward/attachments", post_hand_on, "attachments after what was passed on"},
      {"POST", "/api/v1/reports/{case}/decide", post_decide, "what becomes of a received report"},
      {"POST", "/api/v1/reports/{case}/instruct", post_instruct, "a leader's instruction, and who carries it out"},
      {"POST", "/api/v1/reports/{case}/progress", post_progress, "what was done about an instruction"},
      {"POST", "/api/v1/reports/{case}/close", post_close, "an instruction is settled"},
      {"POST", "/api/v1/reports/{case}/ask", post_ask, "a question, a demand to verify, an urge"},
      {"POST", "/api/v1/reports/{case}/answer", post_answer, "what is said to a question"},
      {"POST", "/api/v1/reports/{case}/seen", post_seen, "somebody here has read what others did"},
      {"GET", "/api/v1/reports/{case}/points", get_report_points, "what a report gave in the assessment, and why"},
      {"GET", "/api/v1/reports/{case}/similar", get_similar, "reports that look like this one, and why"},
      {"POST", "/api/v1/similar", post_similar, "reports that look like a text that is being written"},
      {"POST", "/api/v1/clues", post_clue, "note what somebody heard or saw"},
      {"PUT", "/api/v1/clues/{case}", put_clue, "what an open clue says from now on"},
      {"GET", "/api/v1/clues", get_clues, "what was noted, newest first"},
      {"POST", "/api/v1/clues/promote", post_clues_promote, "begin a report from clues"},
      {"POST", "/api/v1/clues/{case}/discard", post_clue_discard, "put a clue aside, with a reason"},
      {"POST", "/api/v1/clues/{case}/reopen", post_clue_reopen, "a settled clue is open again"},
      {"GET", "/api/v1/exercise", get_exercise, "whether an exercise is going on at this machine"},
      {"POST", "/api/v1/exercise", post_exercise, "an exercise begins or ends at this machine"},
      {"GET", "/api/v1/zero", get_nil, "nil reports: what is due here, and who below has sent"},
      {"POST", "/api/v1/zero", post_nil, "send the nil report that is due"},
      {"GET", "/api/v1/situation", get_situation, "what is going on, and what a shift hands over"},
      {"PUT", "/api/v1/handover", put_handover, "the note of the shift, while it is written"},
      {"POST", "/api/v1/handover", post_handover, "the watch is handed over, with its note"},
      {"GET", "/api/v1/stats", get_stats, "figures and points of offices over a period"},
      {"GET", "/api/v1/stats/list", get_stats_list, "what a figure was counted from"},
      {"GET", "/api/v1/stats/csv", get_stats_csv, "the table of figures, for a spreadsheet"},
      {"POST", "/api/v1/reports/{case}/release", post_release, "vouch for what is held for an ended key"},
      {"POST", "/api/v1/reports/{case}/cosign/ask", post_cosign_ask, "ask others to sign a report too"},
      {"POST", "/api/v1/reports/{case}/cosign", post_cosign, "sign it too, or decline with a reason"},
      {"POST", "/api/v1/reports/{case}/cosign/go", post_cosign_go, "it waits for no more co-signatures"},
      {"GET", "/api/v1/absences", get_absences, "who is away, and who signs in their place"},
      {"POST", "/api/v1/absences", post_absence, "somebody is away, and who stands in"},
      {"POST", "/api/v1/absences/{case}/back", post_absence_back, "back before the time"},
      {"GET", "/api/v1/escalations", get_escalations, "what has waited too long, and who is asked next"},
      {"POST", "/api/v1/escalations/seen", post_escalation_seen, "somebody has taken note of a step"},
      {"POST", "/api/v1/commissions", post_commission, "ask offices below for a report"},
      {"GET", "/api/v1/commissions", get_commissions, "what was asked, and how it stands"},
      {"GET", "/api/v1/commissions/{case}", get_commission, "a commission with all that was said about it"},
      {"PUT", "/api/v1/commissions/{case}", put_commission, "another text for one that nobody signed yet"},
      {"POST", "/api/v1/commissions/{case}/amend", post_commission_amend, "correct the text of one that was issued"},
      {"POST", "/api/v1/commissions/{case}/accept", post_commission_accept, "the office asked takes it on"},
      {"POST", "/api/v1/commissions/{case}/decline", post_commission_decline,
       "the office asked says no, with a reason"},
      {"POST", "/api/v1/commissions/{case}/extend", post_commission_extend, "the office asked wants more time"},
      {"POST", "/api/v1/commissions/{case}/answer", post_commission_answer, "a report of ours answers it"},
      {"POST", "/api/v1/commissions/{case}/pass", post_commission_pass, "pass it on to offices below us"},
      {"POST", "/api/v1/commissions/{case}/grant", post_commission_grant, "grant what an office asked for"},
      {"POST", "/api/v1/commissions/{case}/refuse", post_commission_refuse, "refuse what an office asked for"},
      {"POST", "/api/v1/commissions/{case}/chase", post_commission_chase, "remind those that owe an answer"},
      {"POST", "/api/v1/commissions/{case}/close", post_commission_close, "no more answers are owed"},
      {"GET", "/api/v1/policy", get_policy, "the rules in force, and who made them"},
      {"GET", "/api/v1/policies", get_policies, "every version that was published"},
      {"GET", "/api/v1/policy/times", get_policy_times, "when this office owes zero reports, and keeps watch"},
      {"POST", "/api/v1/policy/check", post_policy_check, "whether a policy may be published"},
      {"POST", "/api/v1/policy/diff", post_policy_diff, "what differs between two policies"},
      {"POST", "/api/v1/policies", post_policy, "sign a policy for all offices below"},
      {"GET", "/api/v1/conflicts", get_conflicts, "cases with versions side by side"},
      {"GET", "/api/v1/conflicts/{case}", get_conflict, "how the versions of a case differ, field by field"},
      {"POST", "/api/v1/conflicts/{case}/resolve", post_resolve, "join the versions as a person decides"},
      {"GET", "/api/v1/officers", get_officers, "officers of this office"},
      {"POST", "/api/v1/officers", post_officer, "add an officer"},
      {"POST", "/api/v1/officers/{name}/roles", post_officer_roles, "other roles, suspend or resume"},
      {"POST", "/api/v1/officers/renew", post_officer_renew, "a new signing key for the caller"},
      {"POST", "/api/v1/passphrase", post_passphrase, "change the caller's passphrase"},
      {"GET", "/api/v1/root", get_root, "version, threshold, holders and history of the root document"},
      {"POST", "/api/v1/root/propose", post_root_propose, "write the next version to a file, for its holders to sign"},
      {"POST", "/api/v1/root/sign", post_root_sign, "sign a proposal with the root key of this home"},
      {"POST", "/api/v1/root/adopt", post_root_adopt, "put a proposal that enough have signed in force"},
      {"POST", "/api/v1/root/confirm", post_root_confirm, "the root fingerprint was compared by another channel"},
      {"GET", "/api/v1/offices", get_offices, "offices that are known"},
      {"POST", "/api/v1/offices/{code}/suspend", post_office_suspend, "hold a subordinate's exchanges, or resume"},
      {"POST", "/api/v1/office/rotate-key", post_office_rotate, "another authority key for this office"},
      {"POST", "/api/v1/office/move", post_office_move, "leave our superior for another one"},
      {"POST", "/api/v1/offices/{code}/confirm-key", post_office_confirm, "certify a subordinate's new key, compared"},
      {"POST", "/api/v1/offices/{code}/renew", post_office_renew, "a subordinate's certificate made anew"},
      {"GET", "/api/v1/revocations", get_revocations, "what was taken back"},
      {"POST", "/api/v1/revocations", post_revocation, "take back an office, node or officer"},
      {"GET", "/api/v1/nodes", get_nodes, "machines that are known"},
      {"POST", "/api/v1/nodes/{name}/confirm", post_node_confirm, "confirm a further machine of an office below"},
      {"POST", "/api/v1/node/invitations", post_node_invitation, "take in another machine of this office"},
      {"POST", "/api/v1/node/rotate", post_node_rotate, "another signing key for this node"},
      {"GET", "/api/v1/lines", get_lines, "how the mail to each office stands, by lane"},
      {"POST", "/api/v1/qr", post_qr, "a short text as a QR code"},
      {"GET", "/api/v1/addresses", get_addresses, "where subordinates reach us, as it was told last"},
      {"POST", "/api/v1/addresses", post_addresses, "where subordinates reach us"},
      {"POST", "/api/v1/invitations", post_invitation, "invite a subordinate office"},
      {"GET", "/api/v1/invitations", get_invitations, "invitations of this office, and what became of each"},
      {"DELETE", "/api/v1/invitations/{name}", delete_invitation, "withdraw one that nobody has used"},
      {"POST", "/api/v1/verify", post_verify, "recompute chains, signatures, receipts"},
      {"GET", "/api/v1/evidence/{case}", get_evidence, "evidence file of a case"},
      {"POST", "/api/v1/evidence/check", post_evidence_check, "check an evidence file", true, true, kImportBytes},
      {"POST", "/api/v1/reports/{case}/qr", post_pictures, "the sealed envelope as texts for QR codes"},
      {"POST", "/api/v1/reports/{case}/code", post_code, "what matters of it as a short code to be typed"},
      {"GET", "/api/v1/notices", get_notices, "reports told by code"},
      {"POST", "/api/v1/notices", post_notice, "take in a code that somebody typed"},
      {"POST", "/api/v1/bundles/pictures", post_bundle_pictures, "take in scanned QR codes"},
      {"POST", "/api/v1/bundles/export", post_bundle_export, "write what waits for a neighbour to a file"},
      {"POST", "/api/v1/bundles/import", post_bundle_import, "take in a file that a neighbour wrote"},
      {"POST", "/api/v1/bundles/file", post_bundle_file, "the same as octets, for a browser"},
      {"PUT", "/api/v1/bundles/file", put_bundle_file, "take one in as octets", true, true, kImportBytes},
      {"GET", "/api/v1/addressees", get_addressees, "whom a report may go to"},
      {"GET", "/api/v1/alarms", get_alarms, "what needs a look, and what was looked at already"},
      {"POST", "/api/v1/alarms/{row}/seen", post_alarm_seen, "somebody has looked at it"},
      {"GET", "/api/v1/kept/{name}", get_kept, "what the caller has begun and not done yet"},
      {"PUT", "/api/v1/kept/{name}", put_kept, "keep it, so that a reload loses nothing"},
      {"GET", "/api/v1/looked", get_looked, "when the caller last looked at what is new"},
      {"POST", "/api/v1/looked", post_looked, "the caller has looked now, or up to some time only"},
      {"POST", "/api/v1/backup", post_backup, "write a backup file"},
      {"GET", "/api/v1/doctor", get_doctor, "health of this machine's data"},
      {"GET", "/api/v1/journal", get_journal, "who did what"},
  };
  return all;
}

namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decoded(std::string_view s, bool form) {
  std::string out;
  for (std::size_t i = 0; i < s.size(); ++i) {
    if (s[i] == '%') {
      const int high = i + 2 < s.size() ? digit(s[i + 1]) : -1, low = i + 2 < s.size() ? digit(s[i + 2]) : -1;
      if (high < 0 || low < 0) return fail(Fault::invalid, "the address has a broken % sequence", "malformed.target");
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += form && s[i] == '+' ? ' ' : s[i];
    }
  }
  if (!valid_utf8(out)) return fail(Fault::invalid, "the address is no UTF-8", "malformed.target");
  return out;
}

std::vector<std::string_view> split(std::string_view s, char by) {
  std::vector<std::string_view> out;
  while (true) {
    const auto at = s.find(by);
    out.push_back(s.substr(0, at));
    if (at == std::string_view::npos) return out;
    s.remove_prefix(at + 1);
  }
}

struct Found {
  const Route* route = nullptr;
  bool other_method = false;
  std::vector<std::string> parts;
};

/// A route without {…} wins over one with; the table has them in that order.
Result<Found> find_route(std::string_view method, std::string_view path) {
  const auto segments = split(path, '/');
  Found found;
  for (const Route& r : routes()) {
    const auto pattern = split(r.path, '/');
    if (pattern.size() != segments.size()) continue;
    std::vector<std::string> parts;
    bool same = true;
    for (std::size_t i = 0; same && i < pattern.size(); ++i) {
      if (pattern[i].starts_with('{'))
        parts.push_back(TRY(decoded(segments[i], false)));
      else
        same = pattern[i] == segments[i];
    }
    if (!same) continue;
    if (r.method != method) {
      found.other_method = true;
      continue;
    }
    found.route = &r;
    found.parts = std::move(parts);
    return found;
  }
  return found;
}

Result<OfficerRow> let_in(Request& r) {
  auto officer = r.call.session.empty() ? r.host.authenticate(r.call.officer, r.passphrase())
                                        : r.host.authenticate_session(r.call.session);
  if (officer) return officer;
  Error e = officer.error();
  // One code family for "not let in", whatever the reason: it is what makes the status 401.
  if (e.fault == Fault::denied && !e.code.starts_with("login")) e.code = "login.denied";
  return std::unexpected(std::move(e));
}

/// Who does nothing but look writes nothing: an auditor's own passphrase, key and reading marks, and what only reads,
/// are left.
Result<> auditors_read(const Request& r, const Route& route) {
  if (r.officer.roles & ~crypto::role::auditor) return {};
  static constexpr std::array<std::string_view, 10> kReads{
      "/api/v1/verify",          "/api/v1/evidence/check", "/api/v1/check",          "/api/v1/policy/check",
      "/api/v1/policy/diff",     "/api/v1/passphrase",     "/api/v1/officers/renew", "/api/v1/looked",
      "/api/v1/session/confirm", "/api/v1/kept/{name}"};
  if (route.method == "GET" || std::ranges::find(kReads, route.path) != kReads.end()) return {};
  return fail(Fault::denied, "an auditor reads and changes nothing", "denied.auditor");
}

Result<ApiReply> answer(Request& r) {
  const auto question = r.call.target.find('?');
  const std::string_view target = r.call.target;
  Found found = TRY(find_route(r.call.method, target.substr(0, question)));
  const Route* route = found.route;
  if (!route || route->login) {
    // Whether an address exists is nobody's business either before the door.
    auto officer = let_in(r);
    if (!officer) {
      ApiReply refused = problem(officer.error(), r.language);
      // Several officers and none named: the command line was incomplete.
      if (officer.error().fault == Fault::invalid) refused.exit_code = kExitUsage;
      return refused;
    }
    r.officer = std::move(*officer);
  }
  if (!route) {
    ApiReply none = problem({Fault::missing, "there is no such address", "route.missing"}, r.language);
    if (found.other_method) none.status = 405;
    return none;
  }
  if (route->login) TRY(auditors_read(r, *route));
  r.parts = std::move(found.parts);
  if (question != std::string::npos)
    for (const std::string_view pair : split(target.substr(question + 1), '&')) {
      const auto equals = pair.find('=');
      std::string key = TRY(decoded(pair.substr(0, equals), true));
      r.query[std::move(key)] =
          equals == std::string_view::npos ? std::string() : TRY(decoded(pair.substr(equals + 1), true));
    }
  if (r.call.body.size() > route->body_max)
    return fail(Fault::full, "the request is larger than " + std::to_string(route->body_max) + " bytes",
                "request.size");
  if (!route->raw && r.call.method != "GET") {
    r.body = r.call.body.empty() ? Json::object() : TRY(parse_json(r.call.body, {.bytes = route->body_max}));
    if (!r.body.members()) return fail(Fault::invalid, "the request has to be one JSON object", "malformed.json");
    if (const RouteDoc* doc = doc_of(route->method, route->path)) TRY(as_documented(*doc, r.body));
  }
  return route->handler(r);
}

}  // namespace
}  // namespace api

std::size_t Api::most_body(std::string_view method, std::string_view path) {
  const auto found = api::find_route(method, path);
  return found && found->route ? found->route->body_max : api::Route().body_max;
}

ApiReply Api::call(const ApiCall& call) {
  api::Request r{host_, call, {}, language_from(call.language).value_or(Language::zh)};
  auto done = api::answer(r);
  return done ? std::move(*done) : api::problem(done.error(), r.language);
}

ApiReply problem_reply(const Error& e, std::string_view language) {
  return api::problem(e, language_from(language).value_or(Language::zh));
}

}  // namespace yz::node
