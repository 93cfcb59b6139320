#pragma once
// Inside the API: clues, exercises, nil reports, what looks alike, statistics.
#include "node/net/api_request.h"

namespace yz::node::api {

/// 演练进行中, on this machine: what is begun meanwhile is an exercise unless its writer says otherwise.
struct Drill {
  sync::Millis since = 0;
  std::string name, by;
};
Result<std::optional<Drill>> drill(Store&);
Json json_of(const Request&, const std::optional<Drill>&);
/// Whether a new report is one: by its body's "exercise", else by the drill.
Result<bool> is_exercise(Request&);

/// "clues" of a report: what it was begun from. Of this office alone.
Result<Json> clue_sources_json(const Request&, const CaseId&);
/// "nil" of the work list: the nil report that is due next, or null.
Result<Json> nil_due_json(Request&);
/// "zero_missed" of the work list: ours of yesterday and today that nobody gave, oldest first.
Result<Json> nil_missed_json(Request&);

/// A row of a list: a case in short, with what its newest version is and how far our forward of it got.
Result<Json> row_json(const Request&, const MatterRow&, const std::string& office_code, const std::string& office_name);
/// We have passed it on, and our superior's receipt for that has not come.
Result<bool> forward_waits(const Request&, const MatterRow&);

Result<ApiReply> get_kept(Request&);
Result<ApiReply> put_kept(Request&);
Result<ApiReply> post_clue(Request&);
Result<ApiReply> put_clue(Request&);
Result<ApiReply> get_clues(Request&);
Result<ApiReply> post_clues_promote(Request&);
Result<ApiReply> post_clue_discard(Request&);
Result<ApiReply> post_clue_reopen(Request&);
Result<ApiReply> get_exercise(Request&);
Result<ApiReply> post_exercise(Request&);
Result<ApiReply> get_nil(Request&);
Result<ApiReply> post_nil(Request&);
Result<ApiReply> get_situation(Request&);
Result<ApiReply> put_handover(Request&);
Result<ApiReply> post_handover(Request&);
Result<ApiReply> post_similar(Request&);
Result<ApiReply> get_similar(Request&);
Result<ApiReply> get_stats(Request&);
Result<ApiReply> get_stats_list(Request&);
Result<ApiReply> get_stats_csv(Request&);
Result<ApiReply> get_report_points(Request&);

}  // namespace yz::node::api
