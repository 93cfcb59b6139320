#pragma once
// Inside the API: what every handler gets, and how answers are made. Not for the faces.
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "node/fault.h"
#include "node/net/api.h"
#include "node/net/json.h"
#include "node/office/desk.h"
#include "node/store/books.h"
#include "node/store/cases.h"

namespace yz::node {
struct Invitation;
}  // namespace yz::node

namespace yz::node::api {

struct Request {
  ApiHost& host;
  const ApiCall& call;
  OfficerRow officer;  ///< who was let in; not set on routes without login
  Language language = Language::zh;
  std::vector<std::string> parts = {};  ///< what stood for the {…} of the route, decoded
  std::map<std::string, std::string, std::less<>> query = {};
  Json body = {};  ///< an object, unless the route takes raw octets

  sync::Millis now() const { return host.now(); }
  Store& store() const { return host.store(); }
  std::string_view param(std::string_view key) const {
    const auto at = query.find(key);
    return at == query.end() ? std::string_view() : std::string_view(at->second);
  }
  ByteView passphrase() const { return call.passphrase ? call.passphrase->expose() : ByteView(); }
  /// For acts that need the passphrase itself, which a session has not got. Fault::denied "login.passphrase".
  Result<ByteView> given_passphrase() const;
  /// The caller's key for this call; `to_sign`: for more than keeping a draft.
  Result<Signer> signer(bool to_sign = true) const;
  /// RFC 3339 with the office's offset; null for none.
  Json time(std::optional<sync::Millis>) const;
  /// Our own office. Fault::corrupt when the home does not know it.
  Result<OfficeRow> ourselves() const;
  /// An office's code; its id in hexadecimal when nobody told us the code.
  std::string code_of(const OfficeId&) const;
  std::string office_name(const OfficeId&) const;
  std::string officer_name(const CertDigest&) const;
  void progress(const Json& j) const {
    if (call.progress) call.progress(dump(j));
  }
};

using Handler = Result<ApiReply> (*)(Request&);

struct Route {
  std::string_view method;
  std::string_view path;  ///< "/api/v1/reports/{case}"
  Handler handler = nullptr;
  std::string_view summary;  ///< for openapi.json; all else of it stands in docs_*.cc
  bool login = true;
  bool raw = false;  ///< the body is octets
  std::size_t body_max = 2 * 1024 * 1024;
};
const std::vector<Route>& routes();

ApiReply reply(const Json&, int exit_code = 0);
/// A problem document, with further members after the standard ones.
ApiReply problem(const Error&, Language, const Json& more = {});
/// A person's sentence for the error.
std::string sentence(const Error&, Language);

/// Fault::invalid "invalid.member" for a member that is not among the known ones.
Result<> only(const Json& object, std::initializer_list<std::string_view> known);
Json json_of(const std::vector<Finding>&, Language);
/// A case as lists show it.
Json summary_json(const Request&, const MatterRow&, const std::string& office_code, const std::string& office_name);
Json flags_json(std::int64_t notes);
Json fields_json(const Request&, const Fields&);
/// A field's value as the API shows it: times with the office's offset.
Json value_json(const Request&, std::string_view key, const Value&);
/// What became of an act of the desk; when a draft was kept but not sent, a problem that names it. Wakes the courier.
ApiReply answer_of(Request&, const Outcome&);
/// view_of() with the rules of this node.
CaseView case_view(const Request&, const CaseGraph&, const CaseGraph::Standpoint&);
/// What people call a field.
std::string label_of(const Request&, std::string_view name);
/// "layers" and "forwards" of a case that was passed on: see API.md.
Result<> add_layers(const Request&, const std::vector<CaseRecord>&, const CaseGraph&, Json& report);
/// "acts", "sources" and "owed" of a case: see API.md.
Result<> add_acts(const Request&, const MatterRow&, const std::vector<CaseRecord>&, const std::optional<Draft>&,
                  Json& report);
/// "may" of a case: the steps that are open to the caller, see API.md. `signed_off`: it has a record.
Result<Json> may_json(const Request&, const MatterRow&, const std::optional<Draft>&, bool signed_off);
/// Something that waits for somebody here: GET /api/v1/work.
struct Work {
  MatterRow row;
  std::string_view group;
  std::optional<sync::Millis> due = {};
  std::string note = {};
  std::string act = {};     ///< ActKind by its name
  std::string writes = {};  ///< of a draft: which record it is to be, by its name
  std::optional<RecordId> record = {};
  std::optional<OfficeId> from = {};    ///< whose act it is
  std::optional<Round> submitted = {};  ///< of what waits for a signature
  std::vector<OfficeId> to = {};        ///< where it goes when it is signed
};
/// What waits because of acts, at most so many of each group; completes what is there of cases given back.
Result<> add_act_work(Request&, std::vector<Work>&, std::size_t most);
/// {"act","waits_for"} of a draft that is an act, else {}.
Result<Json> act_of_draft(const Draft&);
/// "acts" of the status.
Result<Json> act_counts_json(Request&);
/// What a record that is an act says, in one line in the caller's language; empty for others.
std::string act_line(const Request&, const sync::Record&);
/// The event of a timeline that the record is: its act, else its type.
std::string event_of(const sync::Record&);
/// What a signature in that capacity is in this record: who only typed a leader's words recorded them (代录), and an
/// acknowledgement or an answer has somebody who handled it (经办), no reviewer and no signer.
std::string_view part_of(const sync::Record&, sync::SignRole);
/// Reads members of a report over what `report` holds already.
Result<> read_report(const Rules&, const Json& object, Report& report);

std::vector<std::string_view> role_names(std::uint16_t roles);
/// That the officer has one of `roles` now. Fault::denied `code` says which would do, and who here has one.
Result<> need_role(Request&, std::uint16_t roles, std::string_view code = "denied.role");
inline Result<> need_keys(Request& r) { return need_role(r, crypto::role::admin_keys, "role.admin-keys"); }
Result<std::uint16_t> roles_from(const Json& list);

/// Without a line: our request to the superior of this invitation goes to the file that the body's "request" names;
/// from the file that "answer" names the superior's answer is taken, and the invitation that it belongs to returned.
Result<std::string> asked_by_file(Request&, const Invitation&);
Result<Invitation> answered_by_file(Request&, bool moves);

/// Superiors in the order in which they are shown; `with_direct`: offices above them that we may call directly too.
Result<Json> superiors_json(Request&, bool with_direct);

/// Offices that a report may go to, by their codes, ascending. Fault::missing "addressee.missing" names those there
/// are.
Result<std::vector<OfficeId>> addressees_from(Request&, const Json& list);
/// The same of the body's "to"; none when nothing was said.
Result<std::optional<std::vector<OfficeId>>> named_addressees(Request&);
/// A draft as the API shows it, with what its disputed versions say.
Result<Json> draft_json(const Request&, const Draft&);
/// How far our newest version of a case got, for each addressee.
Result<Json> deliveries_json(Request&, std::int64_t matter);
/// How far one record of ours got, to each addressee.
Result<Json> record_deliveries_json(const Request&, const RecordId&);

/// The alarms that were written down, newest first; `all`: those that were looked at already too.
Result<Json> stored_alarms(const Request&, bool all);

/// Without a stored receipt for so long, a record is overdue (protocol 2). Counted from signing: whoever waits at the
/// telephone does not ask whether the delay is the line's or a relay's.
sync::Millis overdue_after(sync::Lane);

/// The officer with what they may do in the place of somebody who is away.
Result<Person> acting(const Request&, const OfficerRow&);
/// "embargo" and "cosigners" of a case: see API.md.
Result<> add_roles(const Request&, const MatterRow&, const std::vector<CaseRecord>&, const CaseGraph&,
                   const std::optional<Draft>&, Json& report);
/// What waits for the caller's co-signature.
Result<> add_cosign_work(Request&, std::vector<Work>&, std::size_t most);
/// What has waited too long, of all that waits for a signature, progress or an acknowledgement: to the work list, and
/// as alarms.
Result<Json> escalations_json(Request&, bool hushed_too);
/// "escalated" of a row: the furthest step of what this row waits for, and of nothing else in its case; null without.
Json escalation_in(const Json& escalations, const Work&);

/// The first version that nobody has taken note of: whoever acknowledged one, decided, instructed, merged it or passed
/// it on, has seen what came before it too; who only asked about it has not signed for it. Of ours anybody it went to;
/// of others' we.
struct Unseen {
  sync::Millis signed_at = 0;  ///< the same at every machine of this office
  sync::Millis since = 0;      ///< of others' when it came here, as the lists say it
  std::int64_t hlc = 0;
  bool again = false;  ///< what came before it was looked at
};
Result<std::optional<Unseen>> first_unseen(Store&, const MatterRow&);
/// By when what is ours is to be receipted and acknowledged: what follows it gives it no more time.
Result<std::optional<sync::Millis>> receipt_due(const Request&, const MatterRow&);

/// The desk's books, for one call.
StoreBooks books_of(const Request&);

/// What a report answers, from and to JSON (api_commissions.cc).
Result<> read_answers(Request&, BodyExtras&, Report&);
Json answers_json(Request&, const std::optional<CaseRef>&);
/// Open commissions as work for somebody.
struct CommissionWork {
  MatterRow row;
  std::string_view group;
  std::optional<sync::Millis> due;
  std::string note;
};
Result<std::vector<CommissionWork>> commission_work(Request&);
/// By the policy in force here: days that a commission gives, and how much earlier offices below us have to answer.
std::int64_t commission_days(const Request&);
sync::Millis commission_slack(const Request&);

// Handlers, by file.
Result<ApiReply> post_commission(Request&);
Result<ApiReply> get_commissions(Request&);
Result<ApiReply> get_commission(Request&);
Result<ApiReply> put_commission(Request&);
Result<ApiReply> post_commission_amend(Request&);
Result<ApiReply> post_commission_pass(Request&);
Result<ApiReply> post_commission_answer(Request&);
Result<ApiReply> post_commission_accept(Request&);
Result<ApiReply> post_commission_decline(Request&);
Result<ApiReply> post_commission_extend(Request&);
Result<ApiReply> post_commission_grant(Request&);
Result<ApiReply> post_commission_refuse(Request&);
Result<ApiReply> post_commission_chase(Request&);
Result<ApiReply> post_commission_close(Request&);
Result<ApiReply> get_policy(Request&);
Result<ApiReply> get_policies(Request&);
Result<ApiReply> get_policy_times(Request&);
Result<ApiReply> post_policy_check(Request&);
Result<ApiReply> post_policy_diff(Request&);
Result<ApiReply> post_policy(Request&);
Result<ApiReply> post_node_invitation(Request&);
Result<ApiReply> post_node_confirm(Request&);
Result<ApiReply> get_status(Request&);
Result<ApiReply> post_sync(Request&);
Result<ApiReply> get_superiors(Request&);
Result<ApiReply> post_superior(Request&);
Result<ApiReply> put_superior_url(Request&);
Result<ApiReply> post_report(Request&);
Result<ApiReply> post_import(Request&);
Result<ApiReply> get_reports(Request&);
Result<ApiReply> get_reports_export(Request&);
Result<ApiReply> get_views(Request&);
Result<ApiReply> put_view(Request&);
Result<ApiReply> delete_view(Request&);
Result<ApiReply> get_report(Request&);
Result<ApiReply> put_report(Request&);
Result<ApiReply> delete_report(Request&);
Result<ApiReply> post_hand_on(Request&);
/// The member `attachments`: names or ids; none: all.
Result<std::optional<std::vector<std::string>>> attachments_chosen(const Request&);
Result<ApiReply> put_attachment(Request&);
Result<ApiReply> get_attachment(Request&);
Result<ApiReply> delete_attachment(Request&);
Result<ApiReply> post_send(Request&);
Result<ApiReply> post_submit(Request&);
Result<ApiReply> post_review(Request&);
Result<ApiReply> post_return(Request&);
Result<ApiReply> post_sign(Request&);
Result<ApiReply> post_withdraw(Request&);
Result<ApiReply> post_follow_up(Request&);
Result<ApiReply> post_correct(Request&);
Result<ApiReply> post_acknowledge(Request&);
Result<ApiReply> post_forward(Request&);
Result<ApiReply> post_decide(Request&);
Result<ApiReply> post_instruct(Request&);
Result<ApiReply> post_progress(Request&);
Result<ApiReply> post_close(Request&);
Result<ApiReply> post_ask(Request&);
Result<ApiReply> post_answer(Request&);
Result<ApiReply> post_seen(Request&);
Result<ApiReply> post_merge(Request&);
Result<ApiReply> get_absences(Request&);
Result<ApiReply> post_absence(Request&);
Result<ApiReply> post_absence_back(Request&);
Result<ApiReply> post_cosign_ask(Request&);
Result<ApiReply> post_cosign(Request&);
Result<ApiReply> post_cosign_go(Request&);
Result<ApiReply> get_escalations(Request&);
Result<ApiReply> post_escalation_seen(Request&);
Result<ApiReply> get_conflicts(Request&);
Result<ApiReply> get_conflict(Request&);
Result<ApiReply> post_resolve(Request&);
Result<ApiReply> get_officers(Request&);
Result<ApiReply> post_officer(Request&);
Result<ApiReply> post_officer_roles(Request&);
Result<ApiReply> post_officer_renew(Request&);
Result<ApiReply> post_office_suspend(Request&);
Result<ApiReply> post_office_renew(Request&);
Result<ApiReply> post_office_rotate(Request&);
/// The same for the top office: by a new version of the root document, at once when its only holder's key is here.
Result<ApiReply> rotate_top_key(Request&);
Result<ApiReply> post_office_confirm(Request&);
Result<ApiReply> post_office_move(Request&);
Result<ApiReply> get_root(Request&);
Result<ApiReply> post_root_propose(Request&);
Result<ApiReply> post_root_sign(Request&);
Result<ApiReply> post_root_adopt(Request&);
Result<ApiReply> delete_superior(Request&);
Result<ApiReply> post_revocation(Request&);
Result<ApiReply> get_revocations(Request&);
Result<ApiReply> get_nodes(Request&);
Result<ApiReply> post_node_rotate(Request&);
Result<ApiReply> post_addresses(Request&);
Result<ApiReply> get_addresses(Request&);
Result<ApiReply> get_lines(Request&);
Result<ApiReply> post_qr(Request&);
Result<ApiReply> post_release(Request&);
Result<ApiReply> post_passphrase(Request&);
Result<ApiReply> post_root_confirm(Request&);
Result<ApiReply> get_offices(Request&);
Result<ApiReply> post_invitation(Request&);
Result<ApiReply> post_verify(Request&);
Result<ApiReply> get_evidence(Request&);
Result<ApiReply> post_evidence_check(Request&);
Result<ApiReply> post_pictures(Request&);
Result<ApiReply> post_code(Request&);
Result<ApiReply> get_notices(Request&);
Result<ApiReply> post_notice(Request&);
Result<ApiReply> post_bundle_pictures(Request&);
Result<ApiReply> post_bundle_export(Request&);
Result<ApiReply> post_bundle_import(Request&);
Result<ApiReply> post_bundle_file(Request&);
Result<ApiReply> put_bundle_file(Request&);
Result<ApiReply> get_addressees(Request&);
Result<ApiReply> get_alarms(Request&);
Result<ApiReply> post_alarm_seen(Request&);
Result<ApiReply> get_looked(Request&);
Result<ApiReply> post_looked(Request&);
Result<ApiReply> post_backup(Request&);
Result<ApiReply> get_doctor(Request&);
Result<ApiReply> get_journal(Request&);
Result<ApiReply> get_openapi(Request&);
Result<ApiReply> get_rules(Request&);
Result<ApiReply> post_check(Request&);
Result<ApiReply> get_work(Request&);
/// What only the web port has: sessions and events.
Result<ApiReply> only_on_the_page(Request&);

}  // namespace yz::node::api
