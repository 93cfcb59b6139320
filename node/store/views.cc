#include "node/store/views.h"

namespace yz::node {

Result<std::vector<SavedView>> views(Store& store, const PersonId& person) {
  std::vector<SavedView> out;
  Query q = TRY(store.db().query("select name, filter from view where person = ? order by name", person));
  while (TRY(q.step())) out.push_back({q.text(0), q.text(1)});
  return out;
}

Result<std::optional<SavedView>> view_named(Store& store, const PersonId& person, std::string_view name) {
  Query q = TRY(store.db().query("select name, filter from view where person = ? and name = ?", person, name));
  if (!TRY(q.step())) return std::nullopt;
  return SavedView{q.text(0), q.text(1)};
}

Result<> keep_view(Store& store, const PersonId& person, const SavedView& v, sync::Millis now) {
  {
    Query q = TRY(store.db().query("select count(*) from view where person = ? and name <> ?", person, v.name));
    TRY(q.step());
    if (static_cast<std::size_t>(q.integer(0)) >= kViewsMost)
      return fail(Fault::invalid, "there are 50 saved views already: delete one first", "view.many");
  }
  return store.db().run(
      "insert into view(person, name, filter, changed_ms) values(?, ?, ?, ?) on conflict(person, name) do update set"
      " filter = excluded.filter, changed_ms = excluded.changed_ms",
      person, v.name, v.filter, now);
}

Result<bool> forget_view(Store& store, const PersonId& person, std::string_view name) {
  if (!TRY(view_named(store, person, name))) return false;
  TRY(store.db().run("delete from view where person = ? and name = ?", person, name));
  return true;
}

}  // namespace yz::node
