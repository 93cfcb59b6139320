#include "node/net/superiors.h"

#include <algorithm>

#include "crypto/random.h"
#include "node/net/rehome.h"
#include "node/store/line_superiors.h"
#include "node/store/link.h"
#include "node/store/moves.h"

namespace yz::node {
namespace {

constexpr std::size_t kMostUrls = 4, kMostUrlBytes = 256;
/// The addressees of one record, and a thread each: more superiors no office has.
constexpr std::size_t kMostSuperiors = 15;

Result<std::optional<Invitation>> first_join(Store& store) {
  const auto joining = TRY(store.meta("joining"));
  if (!joining || joining->empty()) return std::nullopt;
  return TRY(decode_invitation(text(*joining)));
}

std::unexpected<Error> no(std::string what, std::string code) {
  return fail(Fault::invalid, std::move(what), std::move(code));
}

/// An office without a certificate and without an invitation (`init` without --root) joins its first superior.
Result<> join_first(Store& store, const OfficeRow& self, const Invitation& i, std::string_view typed,
                    sync::Millis now) {
  if (i.line_only)
    return no("this invitation is of a further superior: join the one that certifies this office first",
              "superior.line");
  TRY(store.set_meta("joining", view(typed)));
  TRY(store.db().run("update office set superior = ? where id = ?", i.superior, self.id));
  return store.db().run(
      "insert into office(id, code, name, level, superior, state, at_ms) values(?, ?, ?, ?, ?, ?, ?)"
      " on conflict(id) do update set state = excluded.state",
      i.superior, i.superior_code, i.superior_name, static_cast<int>(self.level) - 1, OfficeId{},
      static_cast<int>(OfficeState::superior), now);
}

}  // namespace

Result<std::vector<OfficeId>> unanswered_superiors(Store& store) {
  std::vector<OfficeId> out;
  if (const auto i = TRY(first_join(store))) out.push_back(i->superior);
  Query q = TRY(store.db().query("select superior from registration order by superior"));
  while (TRY(q.step())) out.push_back(TRY(q.id<OfficeId>(0)));
  return out;
}

Result<std::optional<Unanswered>> unanswered(Store& store, const OfficeId& superior) {
  Unanswered u;
  if (auto i = TRY(first_join(store)); i && i->superior == superior) {
    u.invitation = std::move(*i);
    if (const auto kept = TRY(store.meta("join_request"))) u.request = *kept;
    return u;
  }
  Query q = TRY(store.db().query("select invitation, request from registration where superior = ?", superior));
  if (!TRY(q.step())) return std::nullopt;
  u.invitation = TRY(decode_invitation(q.text(0)));
  u.request = q.blob(1);
  u.registers = true;
  return u;
}

Result<> ask_superior(Store& store, Directory& directory, const Invitation& i, std::string_view typed, bool line,
                      const crypto::SigningKey& authority, sync::Millis now) {
  const auto self = TRY(directory.office(store.me().office));
  if (!self) return fail(Fault::corrupt, "this home does not know its own office", "store.office");
  if (i.until_ms < now) return fail(Fault::forged, "this invitation has expired: ask for a new one", "join.expired");
  if (i.code_of_office != self->code && !i.moves)
    return no("this invitation is for the office " + i.code_of_office + ", and this one is " + self->code,
              "superior.code");
  if (!self->admitted) {
    if (TRY(first_join(store)))
      return no("this office still waits for its first superior: add another one afterwards", "superior.pending");
    if (line || i.moves) return no("join the superior that certifies this office first", "superior.line");
    return join_first(store, *self, i, typed, now);
  }
  if (i.moves) {
    const Bytes wish = TRY(make_move_request(store, directory, i, authority, now));
    return store.db().run(
        "insert into registration(superior, invitation, request, made_ms) values(?, ?, ?, ?) on conflict(superior)"
        " do update set invitation = excluded.invitation, request = excluded.request, made_ms = excluded.made_ms",
        i.superior, typed, ByteView(wish), now);
  }
  const auto root = TRY(directory.root());
  if (!root || root->digest != i.root)
    return fail(Fault::forged, "this superior has another root than our office: compare the fingerprints by telephone",
                "join.root");
  if (i.superior == store.me().office) return no("this is an invitation of our own", "superior.code");
  const auto there = TRY(directory.office(i.superior));
  if (there && there->state == OfficeState::below)
    return no("this office lies below us and is no superior", "superior.code");
  if (there && there->state == OfficeState::superior)
    return fail(Fault::conflict, "this office is among our superiors already", "superior.exists");
  if (!line && !i.line_only && crypto::code_under(i.superior_code, self->code))
    return no("this office has its superior already; add a line superior with --line", "superior.line");
  Query n =
      TRY(store.db().query("select (select count(*) from registration) +"
                           " (select count(*) from office where state = 2)"));
  TRY(n.step());
  if (n.integer(0) >= static_cast<std::int64_t>(kMostSuperiors))
    return fail(Fault::full, "an office has at most 15 superiors", "superior.many");
  const Bytes request = TRY(make_registration_request(store, directory, i, authority));
  // A newer invitation of the same superior takes the place of the older.
  return store.db().run(
      "insert into registration(superior, invitation, request, made_ms) values(?, ?, ?, ?) on conflict(superior)"
      " do update set invitation = excluded.invitation, request = excluded.request, made_ms = excluded.made_ms",
      i.superior, typed, ByteView(request), now);
}

Result<> forget_asked(Store& store, const OfficeId& superior) {
  return store.db().run("delete from registration where superior = ?", superior);
}

std::string_view name_of(SuperiorRow::Kind k) {
  switch (k) {
    case SuperiorRow::Kind::superior:
      return "superior";
    case SuperiorRow::Kind::line:
      return "line";
    case SuperiorRow::Kind::direct:
      return "direct";
  }
  return "?";
}

namespace {

Result<sync::Millis> fails(Store& store, const NodeId& peer) {
  Query q = TRY(store.db().query("select failed_ms * (failed_ms > last_contact_ms) from link where peer = ?", peer));
  return TRY(q.step()) ? q.integer(0) : 0;
}

}  // namespace

Result<std::vector<SuperiorRow>> superior_rows(Store& store, Directory& directory) {
  std::vector<SuperiorRow> out;
  const auto self = TRY(directory.office(store.me().office));
  const auto up = TRY(uplinks(store));
  for (OfficeRow& o : TRY(directory.superiors())) {
    SuperiorRow s;
    s.kind = self && o.id == self->superior ? SuperiorRow::Kind::superior : SuperiorRow::Kind::line;
    for (const LinkRow& l : up) {
      if (l.office != o.id || l.direct) continue;
      s.joined = true;
      s.urls = l.urls;
      s.last_contact = std::max(s.last_contact, l.last_contact);
      s.failing = std::max(s.failing, TRY(fails(store, l.peer)));
      if (auto code = TRY(link_refusal(store, l.peer)); !code.empty()) s.refusal = std::move(code);
    }
    if (!s.joined)
      if (const auto asked = TRY(unanswered(store, o.id))) s.urls = asked->invitation.urls;
    s.office = std::move(o);
    out.push_back(std::move(s));
  }
  for (const OfficeId& id : TRY(unanswered_superiors(store))) {
    if (std::ranges::any_of(out, [&](const SuperiorRow& s) { return s.office.id == id; })) continue;
    const auto asked = TRY(unanswered(store, id));
    SuperiorRow s;
    s.kind = asked->registers && !asked->invitation.moves ? SuperiorRow::Kind::line : SuperiorRow::Kind::superior;
    s.office.id = id;
    s.office.code = asked->invitation.superior_code;
    s.office.name = asked->invitation.superior_name;
    s.urls = asked->invitation.urls;
    out.push_back(std::move(s));
  }
  std::ranges::stable_sort(out, {}, [](const SuperiorRow& s) { return s.kind; });
  for (const LinkRow& l : up) {
    if (!l.direct) continue;
    const auto office = TRY(directory.office(l.office));
    if (office) out.push_back({SuperiorRow::Kind::direct, *office, l.urls, l.last_contact, true});
  }
  return out;
}

Result<OfficeId> further_superior(Store& store, Directory& directory, std::string_view code) {
  for (const SuperiorRow& s : TRY(superior_rows(store, directory))) {
    if (s.office.code != code || s.kind == SuperiorRow::Kind::direct) continue;
    // A move that nobody has answered yet is only a wish.
    const auto asked = TRY(unanswered(store, s.office.id));
    if (s.kind == SuperiorRow::Kind::superior && !(asked && asked->registers))
      return fail(Fault::denied, "this superior certified the office: it leaves it with office move alone",
                  "superior.own");
    return s.office.id;
  }
  return fail(Fault::missing, "no superior of this code has been joined", "superior.missing");
}

Result<std::int64_t> remove_superior(Store& store, const OfficeId& superior, sync::Millis now) {
  TRY(forget_asked(store, superior));
  TRY(end_links(store, superior));
  TRY(store.db().run("update office set state = ? where id = ? and state = ?", static_cast<int>(OfficeState::known),
                     superior, static_cast<int>(OfficeState::superior)));
  TRY(tell_line_superiors(store, now));
  Query q = TRY(store.db().query("select count(*) from delivery where destination = ? and state < 2", superior));
  TRY(q.step());
  return q.integer(0);
}

Result<> set_superior_url(Store& store, Directory& directory, std::string_view code,
                          const std::vector<std::string>& urls) {
  const auto good = [](const std::string& u) {
    return u.size() <= kMostUrlBytes && (u.starts_with("http://") || u.starts_with("https://")) &&
           std::ranges::all_of(u, [](char c) { return c > ' ' && c < 0x7f; });
  };
  if (urls.empty() || urls.size() > kMostUrls || !std::ranges::all_of(urls, good))
    return no("an address is written http://HOST:PORT or https://HOST:PORT; at most four", "superior.url");
  bool any = false;
  for (const SuperiorRow& s : TRY(superior_rows(store, directory))) {
    if (s.office.code != code || s.kind == SuperiorRow::Kind::direct) continue;
    for (const LinkRow& l : TRY(links(store, true)))
      if (l.office == s.office.id) {
        TRY(set_link_urls(store, l.peer, urls));
        any = true;
      }
  }
  if (any) return {};
  return fail(Fault::missing, "no superior of this code has been joined", "superior.missing");
}

}  // namespace yz::node
