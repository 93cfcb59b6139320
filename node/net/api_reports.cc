// Writing: drafts, sign-off, follow-up, correction, withdrawal, acknowledgement, attachments.
#include <algorithm>

#include "crypto/random.h"
#include "node/net/api_desk.h"
#include "node/net/api_request.h"
#include "node/store/attachments.h"
#include "node/store/enclosures.h"
#include "node/store/siblings.h"

namespace yz::node::api {
namespace {

/// Runs one act of the desk that needs the officer's key; `signs` is false for one that may only keep a draft.
template <class F>
Result<ApiReply> act(Request& r, F f, bool signs = true) {
  const Signer signer = TRY(r.signer(signs));
  const Person who = TRY(acting(r, signer.officer));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return answer_of(r, TRY(f(desk, SigningPerson{who, signer.key})));
}

template <class F>
Result<ApiReply> act_without_key(Request& r, F f) {
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const Person who = TRY(acting(r, r.officer));
  return answer_of(r, TRY(f(desk, who)));
}

/// What a new version starts from: title, fields, lane and time of the current one.
Result<Report> current_report(Request& r, const MatterRow& m, bool with_body) {
  Report report;
  const auto records = TRY(case_records(r.store(), m.row));
  if (const CaseRecord* c = current(graph_of(m.office, records), records))
    if (auto body = decode_body(c->released.record.body)) report = std::move(body->report);
  if (!with_body) {
    report.body.clear();
    // What had happened up to the last one says nothing of the time since. A correction restates that very version.
    report.fields.values.erase("progress_since_last");
  }
  for (const char* key : {"sequence_no", "change_reason"}) report.fields.values.erase(key);
  return report;
}

}  // namespace

ApiReply answer_of(Request& r, const Outcome& o) {
  if (o.queued)
    r.host.wake(*o.queued);
  else if (const auto others = siblings(r.store()); others && !others->empty())
    r.host.wake(sync::Lane::routine);  // they are told of the draft
  Json j = Json::object({{"case", base32(o.case_id.view())},
                         {"state", o.deleted                            ? "deleted"
                                   : o.state == ReportState::signed_off ? "queued"
                                                                        : name_of(o.state)}});
  if (!o.number.empty()) j.set("number", o.number);
  if (!o.addressees.empty()) {
    Json to = Json::array();
    for (const OfficeId& id : o.addressees)
      to.add(Json::object({{"office", r.code_of(id)}, {"name", r.office_name(id)}}));
    j.set("addressees", std::move(to));
  }
  if (o.act) {
    j.set("record", o.record ? Json(hex(o.record->view())) : Json());
    j.set("waiting_for_signature", !o.record);
  }
  j.set("warnings", json_of(o.findings, r.language));
  if (!o.deleted && is_draft(o.state) && !o.seen.empty()) j.set("seen", o.seen.token());
  if (!o.disputed.empty()) {
    Json disputed = Json::array();
    for (const std::string& name : o.disputed) disputed.add(name);
    j.set("disputed", std::move(disputed));
  }
  if (o.refused) return problem(*o.refused, r.language, j);
  if (o.needs_another)
    j.set("message", r.language == Language::zh ? "已提交审核：您不能独自签发，请另一位同志签发"
                                                : "submitted for review: another officer has to sign it");
  return reply(j);
}

Result<ApiReply> post_report(Request& r) {
  TRY(only(r.body, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "to", "answers", "send",
                    "exercise"}));
  if (!r.body.find("kind")) return fail(Fault::invalid, "the kind of report is missing", "invalid.kind");
  Report report;
  TRY(read_report(r.host.rules(), r.body, report));
  const bool send = r.body.flag("send"), exercise = TRY(is_exercise(r));
  BodyExtras x;
  x.to = TRY(named_addressees(r)).value_or(std::vector<OfficeId>());
  TRY(read_answers(r, x, report));
  return act(
      r,
      [&](Desk& d, const SigningPerson& by) {
        return d.write(by, d.new_case(), std::move(report), send, std::move(x.to), x.answers, exercise);
      },
      send);
}

Result<ApiReply> delete_report(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto draft = TRY(books_of(r).draft(m.row));
  return act_without_key(r, [&](Desk& d, const Person& by) -> Result<Outcome> {
    return r.store().write([&]() -> Result<Outcome> {
      Outcome o = TRY(d.remove(by, m.row));
      for (const Manifest& a : draft->extras.attachments) drop_attachment(r.store(), a.id);
      return o;
    });
  });
}

/// `was` and `seen`: of the draft before and after. Whoever last saw the first has seen the second.
static Result<Json> attached_json(StoreBooks& books, const MatterRow& m, std::string_view name, const Seen& was) {
  Json done = Json::object({{"case", base32(m.id.view())}, {"name", std::string(name)}, {"was", was.token()}});
  const auto now = TRY(books.draft(m.row));
  done.set("seen", now ? now->seen.token() : std::string());
  return done;
}

static std::unexpected<Error> too_large(std::string_view en, std::string_view zh, std::uint64_t mib) {
  const std::string n = std::to_string(mib);
  return std::unexpected(Error{Fault::full, std::string(en) + " larger than " + n + " MiB", "attachment.size",
                               std::string(zh) + "超过 " + n + " MB，没有加入"});
}

Result<ApiReply> put_attachment(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto& limits = r.host.config().limits;
  constexpr std::size_t mib = 1024 * 1024;
  if (r.call.body.empty()) return fail(Fault::invalid, "the file is empty: nothing was attached", "attachment.empty");
  if (r.call.body.size() > limits.attachment_mib * mib)
    return too_large("the attachment is", "这个附件", limits.attachment_mib);
  StoreBooks books = books_of(r);
  const auto draft = TRY(books.draft(m.row));
  if (!draft) return fail(Fault::missing, "this case has no draft to attach to", "draft.missing");
  std::uint64_t total = r.call.body.size();
  for (const Manifest& a : draft->extras.attachments) total += a.bytes;
  if (total > limits.case_attachments_mib * mib)
    return too_large("the case's attachments together are", "这件信息的附件合计", limits.case_attachments_mib);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  const OfficeId to = desk.first_addressee(m.row);
  Manifest made;
  TRY(r.store().write([&]() -> Result<> {
    made = TRY(add_attachment(r.store(), to, r.parts[1], view(r.call.body), r.now()));
    TRY(desk.attach(person_of(r.officer), m.row, made));
    return {};
  }));
  Json done = TRY(attached_json(books, m, made.name, draft->seen));
  done.set("bytes", made.bytes);
  return reply(std::move(done));
}

Result<ApiReply> delete_attachment(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  StoreBooks books = books_of(r);
  const auto draft = TRY(books.draft(m.row));
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  TRY(r.store().write([&]() -> Result<> {
    const Manifest gone = TRY(desk.detach(person_of(r.officer), m.row, r.parts[1]));
    drop_attachment(r.store(), gone.id);
    return {};
  }));
  return reply(TRY(attached_json(books, m, r.parts[1], draft ? draft->seen : Seen())));
}

Result<ApiReply> get_attachment(Request& r) {
  TRY(r.host.open_received());
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto by_id = [&](const Manifest& a) { return hex(a.id.view()) == r.parts[1]; };
  std::vector<Manifest> all;
  for (const Enclosure& e : TRY(enclosures(r.store(), TRY(case_records(r.store(), m.row)))))
    // What was put under a text that does not name it is nobody's by name.
    if (!e.manifest.key.empty() && (e.state != Enclosure::State::not_named || by_id(e.manifest)))
      all.push_back(e.manifest);
  if (const auto draft = TRY(books_of(r).draft(m.row)))
    all.insert(all.end(), draft->extras.attachments.begin(), draft->extras.attachments.end());
  // By its id too: reports of several offices have files of one name.
  auto found = std::ranges::find_if(all, by_id);
  if (found == all.end()) found = std::ranges::find(all, r.parts[1], &Manifest::name);
  if (found != all.end()) {
    const Manifest& a = *found;
    ApiReply out;
    out.content_type = "application/octet-stream";
    out.file_name = a.name;
    TRY(read_attachment(r.store(), a, [&](ByteView piece) -> Result<> {
      out.body.append(yz::text(piece));
      return {};
    }));
    return out;
  }
  return fail(Fault::missing, "this case has no such attachment", "attachment.missing");
}

Result<ApiReply> post_send(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.send(by, m.row); });
}

Result<ApiReply> post_submit(Request& r) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.submit(by, m.row); });
}

Result<ApiReply> post_review(Request& r) {
  TRY(only(r.body, {"note"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.review(by, m.row, r.body.text("note")); });
}

Result<ApiReply> post_return(Request& r) {
  TRY(only(r.body, {"note"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act_without_key(r, [&](Desk& d, const Person& by) { return d.send_back(by, m.row, r.body.text("note")); });
}

Result<ApiReply> post_sign(Request& r) {
  TRY(only(r.body, {"note"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.sign(by, m.row, r.body.text("note")); });
}

Result<ApiReply> post_withdraw(Request& r) {
  TRY(only(r.body, {"reason"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto draft = TRY(books_of(r).draft(m.row));
  if (draft && draft->first) return delete_report(r);
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.withdraw(by, m.row, r.body.text("reason")); });
}

Result<ApiReply> post_follow_up(Request& r) {
  TRY(only(r.body, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "to", "send", "final"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  Report report = TRY(current_report(r, m, false));
  TRY(read_report(r.host.rules(), r.body, report));
  const bool final = r.body.flag("final"), send = r.body.flag("send");
  auto to = TRY(named_addressees(r)).value_or(std::vector<OfficeId>());
  return act(
      r,
      [&](Desk& d, const SigningPerson& by) {
        return d.follow_up(by, m.row, std::move(report), final, send, std::move(to));
      },
      send);
}

Result<ApiReply> post_correct(Request& r) {
  TRY(only(r.body, {"kind", "lane", "title", "body", "fields", "occurred_at", "sensitivity", "to", "send", "reason"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  Report report = TRY(current_report(r, m, true));
  TRY(read_report(r.host.rules(), r.body, report));
  const bool send = r.body.flag("send");
  auto to = TRY(named_addressees(r)).value_or(std::vector<OfficeId>());
  return act(
      r,
      [&](Desk& d, const SigningPerson& by) {
        return d.correct(by, m.row, std::move(report), r.body.text("reason"), send, std::move(to));
      },
      send);
}

Result<ApiReply> post_acknowledge(Request& r) {
  TRY(only(r.body, {"note"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  return act(r, [&](Desk& d, const SigningPerson& by) { return d.acknowledge(by, m.row, r.body.text("note")); });
}

}  // namespace yz::node::api
