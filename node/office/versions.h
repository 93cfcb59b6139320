#pragma once
// The versions of a case as a graph: which of them nothing has replaced, and what they have in common. Pure: the same
// versions give the same answer in whatever order they came. All of it may be foreign bytes, so nothing is believed:
// parents that are missing, circles and crowds have an answer too, and the work is linear in the number of versions.
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "node/office/report.h"
#include "sync/record.h"

namespace yz::node {

/// Up to so many versions equal ones are looked for; in a longer case each stands for itself, which can only show a
/// conflict too many. Bounds what one record can cost when it comes in.
inline constexpr std::size_t kEqualsLookedFor = 128;

/// One signed version, as much of it as comparing needs.
struct Version {
  RecordId id;
  OfficeId author;
  sync::Hlc at;
  sync::Lane lane = sync::Lane::routine;
  bool withdrawal = false;
  std::vector<RecordId> parents;
  std::optional<Report> content;  ///< none: a withdrawal, or a body that this program cannot read
  std::int64_t sequence = 0;      ///< of a follow-up

  bool unreadable() const { return !withdrawal && !content; }
};

class CaseGraph {
 public:
  /// A version that nothing has replaced, with those that say exactly the same (same author, parents and content:
  /// one decision taken at two places). Indices for at(), by (clock, id).
  struct Head {
    std::vector<std::size_t> same;
    std::size_t newest() const { return same.back(); }
  };
  /// What one office says. Offices are never merged into each other: their figures stand side by side until the lead
  /// office signs a version that names them as parents.
  struct Standpoint {
    OfficeId author;
    std::vector<Head> heads;  ///< by the clock, newest last
  };
  /// The lowest common ancestors of some heads.
  struct Common {
    std::vector<std::size_t> versions;  ///< by (clock, id); one of each group of equals
    /// They can be trusted as "before both": none of them is missing, and the ways to them are known well enough to
    /// be sure that there is no lower one.
    bool known = false;
  };

  CaseGraph() = default;
  /// `lead` is the office whose case it is: only its versions replace those of others.
  CaseGraph(const OfficeId& lead, std::vector<Version>);

  std::size_t size() const { return versions_.size(); }
  const Version& at(std::size_t i) const { return versions_[i]; }
  std::optional<std::size_t> find(const RecordId&) const;
  /// The version itself and those that say exactly the same, by (clock, id).
  const std::vector<std::size_t>& equals(std::size_t i) const { return nodes_[node_at_[i]].versions; }
  /// The lead office's first, then by office id.
  const std::vector<Standpoint>& standpoints() const { return standpoints_; }
  const Standpoint* of(const OfficeId& author) const;
  /// Some office says several things at once.
  bool conflict() const;
  /// Parents that versions name and that are not there, ascending.
  const std::vector<RecordId>& missing() const { return missing_; }

  Common common(std::span<const Head>) const;
  /// Versions that had already replaced one of `parents` when something was done on it at `at` without knowing of
  /// them (a forward, decision or instruction "made on an older version"). By the clock, newest last. A version made
  /// later is no reproach: it may be the answer.
  std::vector<std::size_t> newer_than(std::span<const RecordId> parents, sync::Hlc at) const;

 private:
  struct Node {
    std::vector<std::size_t> versions;  ///< equal ones; none: a missing parent
    std::vector<std::size_t> parents, children;
    bool replaced = false;
  };
  void find_missing();
  void make_nodes();
  std::size_t node_of(std::size_t version, std::vector<std::size_t> parents);
  void link(std::size_t node, std::span<const std::size_t> parents);
  void mark_replaced();
  void make_standpoints();
  bool replaces(const Version& child, const Version& parent) const {
    return child.author == parent.author || child.author == lead_;
  }

  OfficeId lead_;
  std::vector<Version> versions_;  ///< by (clock, id)
  std::map<RecordId, std::size_t> index_;
  std::vector<RecordId> missing_;
  std::vector<Node> nodes_;                                                  ///< the missing ones first
  std::vector<std::size_t> node_at_;                                         ///< [version]
  std::map<std::vector<std::size_t>, std::vector<std::size_t>> by_parents_;  ///< nodes with these parents
  std::vector<Standpoint> standpoints_;
};

}  // namespace yz::node
