// 素材: noted by anybody of the office, looked through, made into a report or put aside.
#include <algorithm>
#include <charconv>

#include "node/net/api_desk.h"
#include "node/store/attachments.h"
#include "node/store/clues.h"
#include "node/store/siblings.h"

namespace yz::node::api {
namespace {

constexpr std::int64_t kCluesMost = 500, kCluesUsual = 100;

Result<std::int64_t> number_of(std::string_view text, std::int64_t otherwise, std::int64_t most, const char* what) {
  if (text.empty()) return otherwise;
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 1 || n > most)
    return fail(Fault::invalid, std::string(what) + " is a number from 1 on", "invalid.limit");
  return n;
}

Result<Json> clue_json(const Request& r, const ClueRow& c) {
  Json photos = Json::array();
  if (c.photos > 0)
    if (const auto draft = TRY(books_of(r).draft(c.matter)))
      for (const Manifest& m : draft->extras.attachments) {
        const bool here = TRY(attachment_complete(r.store(), m));
        photos.add(Json::object({{"name", m.name}, {"bytes", m.bytes}, {"here", here}}));
      }
  Json report;
  if (c.note.report)
    if (const auto m = TRY(matter(r.store(), *c.note.report)))
      report = Json::object(
          {{"case", base32(m->id.view())}, {"title", m->title}, {"number", m->number}, {"state", name_of(m->state)}});
  Json j = Json::object({{"case", base32(c.id.view())},
                         {"state", name_of(c.note.state)},
                         {"text", c.text},
                         {"told_by", c.note.told_by},
                         {"place", c.note.place},
                         {"by", c.note.by},
                         {"at", r.time(c.note.noted_ms)},
                         {"reason", c.note.reason}});
  j.set("report", std::move(report));
  j.set("photos", std::move(photos));
  return j;
}

void others_hear(Request& r) {
  if (const auto others = siblings(r.store()); others && !others->empty()) r.host.wake(sync::Lane::routine);
}

/// A draft of our own machine that was saved; what it says of itself.
ApiReply told(Request& r, const Outcome& o, ClueNote::State state) {
  others_hear(r);
  return reply(Json::object({{"case", base32(o.case_id.view())}, {"state", name_of(state)}}));
}

Result<ApiReply> settle(Request& r, ClueNote::State to, std::string_view reason) {
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return told(r, TRY(desk.settle(person_of(r.officer), m.row, to, reason)), to);
}

/// The clues that are named, each once.
Result<std::vector<Draft>> named_clues(Request& r) {
  const Json* list = r.body.find("clues");
  if (!list || !list->items() || list->items()->empty() || list->items()->size() > kCluesAtOnce)
    return fail(Fault::invalid, "name one to sixteen clues", "clue.which");
  StoreBooks books = books_of(r);
  std::vector<Draft> out;
  for (const Json& one : *list->items()) {
    const MatterRow m = TRY(find_case(r.store(), one.string() ? *one.string() : std::string()));
    auto d = TRY(books.draft(m.row));
    if (!d || !d->extras.clue) return fail(Fault::missing, "there is no such clue", "clue.missing");
    if (std::ranges::any_of(out, [&](const Draft& o) { return o.matter == d->matter; })) continue;
    out.push_back(*std::move(d));
  }
  return out;
}

/// Where they were, each place once. Who told a clue stays in the office: nobody asked them whether they may be named.
std::string places_of(const std::vector<Draft>& clues) {
  std::vector<std::string> places;
  for (const Draft& c : clues)
    if (const std::string& place = c.extras.clue->place;
        !place.empty() && std::ranges::find(places, place) == places.end())
      places.push_back(place);
  std::string out;
  for (const std::string& place : places) out += (out.empty() ? "" : "、") + place;
  return out;
}

/// Photos go along only when somebody wants them to; each is sealed anew for where the report goes.
Result<> copy_photos(Request& r, Desk& desk, std::int64_t to, const std::vector<Draft>& clues, Json& left) {
  std::vector<std::string> names;
  for (const Draft& c : clues)
    for (const Manifest& m : c.extras.attachments) {
      if (!TRY(attachment_complete(r.store(), m))) {
        left.add(m.name);
        continue;
      }
      Bytes bytes;
      TRY(read_attachment(r.store(), m, [&](ByteView piece) -> Result<> {
        bytes.insert(bytes.end(), piece.begin(), piece.end());
        return {};
      }));
      std::string name = m.name;
      for (int n = 2; std::ranges::find(names, name) != names.end(); ++n) name = std::to_string(n) + "-" + m.name;
      names.push_back(name);
      const Manifest made = TRY(add_attachment(r.store(), desk.first_addressee(to), name, bytes, r.now()));
      TRY(desk.attach(person_of(r.officer), to, made));
    }
  return {};
}

}  // namespace

Result<Json> clue_sources_json(const Request& r, const CaseId& id) {
  Json list = Json::array();
  for (const ClueRow& c : TRY(clues_of(r.store(), id))) list.add(TRY(clue_json(r, c)));
  return list;
}

Result<ApiReply> post_clue(Request& r) {
  TRY(only(r.body, {"text", "told_by", "place"}));
  if (TRY(count_clues(r.store())).all() >= static_cast<std::int64_t>(kCluesMost))
    return fail(Fault::full, "the box holds 4096 clues: delete some that are settled", "clue.full");
  Report report;
  report.body = r.body.text("text");
  ClueNote clue;
  clue.told_by = r.body.text("told_by");
  clue.place = r.body.text("place");
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return told(r, TRY(desk.note(person_of(r.officer), desk.new_case(), std::move(report), std::move(clue))),
              ClueNote::State::open);
}

Result<ApiReply> put_clue(Request& r) {
  TRY(only(r.body, {"text", "told_by", "place"}));
  const MatterRow m = TRY(find_case(r.store(), r.parts[0]));
  const auto text = [&](const char* name) { return std::string(r.body.text(name)); };
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  return told(r, TRY(desk.note_again(person_of(r.officer), m.row, text("text"), text("told_by"), text("place"))),
              ClueNote::State::open);
}

Result<ApiReply> get_clues(Request& r) {
  ClueFilter f;
  f.state = ClueNote::State::open;
  if (const auto state = r.param("state"); state == "all")
    f.state.reset();
  else if (!state.empty() && !(f.state = clue_state_from(state)))
    return fail(Fault::invalid, "a clue is open, promoted or discarded, or all", "invalid.state");
  f.search = r.param("search");
  const auto limit = TRY(number_of(r.param("limit"), kCluesUsual, kCluesMost, "limit"));
  f.limit = static_cast<std::size_t>(limit) + 1;
  f.before = TRY(number_of(r.param("after"), 0, std::numeric_limits<std::int64_t>::max(), "after"));
  auto rows = TRY(clues(r.store(), f));
  Json next;
  if (rows.size() > static_cast<std::size_t>(limit)) {
    rows.pop_back();
    next = std::to_string(rows.back().matter);
  }
  Json list = Json::array();
  for (const ClueRow& c : rows) list.add(TRY(clue_json(r, c)));
  const ClueCounts n = TRY(count_clues(r.store()));
  return reply(
      Json::object({{"now", r.time(r.now())},
                    {"clues", std::move(list)},
                    {"counts", Json::object({{"open", n.open}, {"promoted", n.promoted}, {"discarded", n.discarded}})},
                    {"next", std::move(next)}}));
}

Result<ApiReply> post_clues_promote(Request& r) {
  TRY(only(r.body, {"clues", "kind", "lane", "title", "photos", "exercise"}));
  const auto from = TRY(named_clues(r));
  Report report;
  for (const Draft& c : from) report.body += (report.body.empty() ? "" : "\n") + c.report.body;
  // Of several clues nobody has said yet what they are together: a title of the first alone would leave out the others.
  if (from.size() == 1) report.title = from.front().report.title;
  if (const std::string place = places_of(from); !place.empty() && r.host.rules().field("place"))
    TRY(r.host.rules().set_field(report, "place", place));
  Json words = r.body;
  std::erase_if(*words.members(), [](const auto& m) { return m.key == "clues" || m.key == "photos"; });
  TRY(read_report(r.host.rules(), words, report));
  const bool exercise = TRY(is_exercise(r));
  const Signer signer = TRY(r.signer(false));
  const SigningPerson by{person_of(signer.officer), signer.key};
  StoreBooks books = books_of(r);
  Desk desk = TRY(Desk::open(books, r.host.rules(), r.now()));
  Outcome o;
  Json left = Json::array();
  TRY(r.store().write([&]() -> Result<> {
    o = TRY(desk.write(by, desk.new_case(), std::move(report), false, {}, {}, exercise));
    for (const Draft& c : from) TRY(desk.settle(by.person, c.matter, ClueNote::State::promoted, "", o.case_id));
    if (r.body.flag("photos")) TRY(copy_photos(r, desk, o.matter, from, left));
    return {};
  }));
  ApiReply out = answer_of(r, o);
  if (left.items()->empty()) return out;
  Json j = TRY(parse_json(out.body));
  j.set("photos_elsewhere", std::move(left));
  out.body = dump(j);
  return out;
}

Result<ApiReply> post_clue_discard(Request& r) {
  TRY(only(r.body, {"reason"}));
  return settle(r, ClueNote::State::discarded, r.body.text("reason"));
}

Result<ApiReply> post_clue_reopen(Request& r) {
  TRY(only(r.body, {}));
  return settle(r, ClueNote::State::open, {});
}

}  // namespace yz::node::api
