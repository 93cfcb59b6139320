#pragma once
// 考核、统计: what is counted of an office over a period, each figure with what it was counted from, and the points
// that a scheme gives for it. Pure; node/store/assess.cc collects the facts, node/net/scoring_json.cc reads the
// schemes.
#include <array>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/certificate.h"
#include "sync/instant.h"

namespace yz::node {

enum class Figure : std::uint8_t {
  received,      ///< reports, without nil reports
  urgent,        ///< of these in the lanes flash and urgent
  media,         ///< of these with attachments
  acknowledged,  ///< 签收; the value is how long it took, ms
  adopted,
  not_adopted,
  returned,
  forwarded,
  merged,  ///< used in a report of the assessing office
  instructed,
  timely,  ///< first reports that arrived within their time
  unsure,  ///< signed within it by their author's clock, arrived later
  late,
  commission_done,
  commission_late,
  commission_missed,
  nil_sent,
  nil_late,
  nil_missed,
  nil_unheard,  ///< past its time, and no contact with the office since
};
inline constexpr std::array<std::pair<Figure, std::string_view>, 20> kFigures{
    {{Figure::received, "received"},
     {Figure::urgent, "urgent"},
     {Figure::media, "media"},
     {Figure::acknowledged, "acknowledged"},
     {Figure::adopted, "adopted"},
     {Figure::not_adopted, "not_adopted"},
     {Figure::returned, "returned"},
     {Figure::forwarded, "forwarded"},
     {Figure::merged, "merged"},
     {Figure::instructed, "instructed"},
     {Figure::timely, "timely"},
     {Figure::unsure, "unsure"},
     {Figure::late, "late"},
     {Figure::commission_done, "commission_done"},
     {Figure::commission_late, "commission_late"},
     {Figure::commission_missed, "commission_missed"},
     {Figure::nil_sent, "nil_sent"},
     {Figure::nil_late, "nil_late"},
     {Figure::nil_missed, "nil_missed"},
     {Figure::nil_unheard, "nil_unheard"}}};
std::string_view name_of(Figure);
std::optional<Figure> figure_from(std::string_view);

/// One thing that counts once in one figure.
struct Fact {
  Figure figure{};
  std::int64_t matter = 0;             ///< the case, 0: none (a nil report that nobody sent)
  sync::Millis at = 0;                 ///< when it happened; of a nil report when it was due
  std::int64_t value = 0;              ///< of acknowledged: ms
  std::string note;                    ///< of adopted: where; of late: nothing
  std::optional<crypto::Level> level;  ///< of the office that adopted or instructed
  bool certain = true;
};

struct ScoreItem {
  std::string on;  ///< "adoption", "instruction", "commission_done", ..., "urgent_ok", "media", "violation"
  std::optional<crypto::Level> level;
  bool central = false;  ///< of a level above all that this program has
  std::string channel;   ///< one of Scheme::channels; empty: any
  double points = 0;
};
struct Scheme {
  struct Channel {
    std::string id;
    std::vector<std::string> names;  ///< parts of a publication's name; none: what fits nowhere else
  };
  std::string id, zh, en;
  double base = 0;
  std::optional<double> floor;
  std::vector<Channel> channels;
  std::vector<ScoreItem> items;
};

struct Points {
  std::size_t item = 0;  ///< of Scheme::items
  std::size_t count = 0;
  double points = 0;  ///< of all of them
};
struct Assessment {
  std::map<Figure, std::size_t> counts;
  std::optional<sync::Millis> acknowledge_ms;  ///< on average; none when nothing was
  std::vector<Points> points;                  ///< items that something counted for
  double score = 0;
};
Assessment assess(std::span<const Fact>, const Scheme&);
/// Whether the item counts this fact: every point can be traced to what it is for.
bool counts(const ScoreItem&, const Fact&, const Scheme&);

}  // namespace yz::node
