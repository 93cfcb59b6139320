#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "node/fault.h"

namespace yz::node::cli {

/// Options that every command takes, before or behind its name.
struct Globals {
  std::string home;             ///< --home, YIZHAN_HOME, or the default; never empty
  bool json = false;            ///< --json
  Language language{};          ///< --lang, YIZHAN_LANG, or the locale
  std::string passphrase_file;  ///< --passphrase-file or YIZHAN_PASSPHRASE_FILE; empty: ask on the terminal
  std::string officer;          ///< --as
};

// One struct a command: what was asked for, every word of it checked as far as the command line alone allows.

struct Init {
  std::string code, name, level, officer, phone, recovery_sheet;
  bool root = false, two_person = false;
};
struct Invite {
  std::string code, name, level;
  std::vector<std::string> urls;
  std::int64_t valid_minutes = 72 * 60;
  bool two_person = false, qr = false, line = false, move = false;
};
struct InvitationList {
  bool all = false;
};
struct InvitationWithdraw {
  std::string id;
};
struct Join {
  std::string invitation, officer, phone, request_file, answer_file, recovery_sheet;
};
struct Admit {
  std::string request_file, answer_file;
};
struct Serve {
  std::optional<std::string> web, sync;
};
/// Files: without a line, as in Join.
struct OfficeMove {
  std::string invitation, request_file, answer_file;
};
struct SuperiorAdd {
  std::string invitation, request_file, answer_file;
  bool line = false;
};
struct SuperiorRemove {
  std::string code;
};
struct SuperiorList {};
struct SuperiorUrl {
  std::string code;
  std::vector<std::string> urls;
};
struct Sync {};
struct Status {};

/// The text, fields and files that `report new`, `edit`, `follow-up` and `correct` have in common.
struct Content {
  std::optional<std::string> title, body_file, occurred_at, sensitivity;
  std::vector<std::pair<std::string, std::string>> fields;  ///< --set key=value
  std::vector<std::string> attachments;                     ///< files
  std::vector<std::string> to;                              ///< codes of addressees; empty: by itself
  bool send = false;
};
struct ReportNew {
  std::string kind, lane;
  Content content;
  bool exercise = false, real = false;  ///< neither: as the node has it (`exercise on`)
};
struct ReportImport {
  std::string file;
  std::vector<std::string> to;
  bool send = false;
};
struct ReportList {
  std::string lane, state, office, search, after;
  std::optional<std::int64_t> limit;
  std::string kind, incident_class, grade, from, until, by, due;
  bool exercise = false, no_exercise = false, attachments = false, conflict = false;
  std::string view, save, forget;  ///< names of saved lists: to begin with, to keep this one by, to delete
  bool views = false;              ///< says which there are
  std::string csv;                 ///< the list as a table to this file; "-" is standard output
};
struct ReportShow {
  std::string case_id, attachment, out;
};
struct ReportEdit {
  std::string case_id, lane, take;
  Content content;
};
struct ReportFollowUp {
  std::string case_id, lane;
  bool final = false;
  Content content;
};
struct ReportCorrect {
  std::string case_id, reason;
  Content content;
};
struct ReportWithdraw {
  std::string case_id, reason;
};
/// The steps that take a case and perhaps a note.
struct ReportStep {
  enum class What { send, submit, review, sign, send_back, acknowledge } what{};
  std::string case_id, note;
};

struct ReportQr {
  std::string case_id;
  std::string out = "-";  ///< a folder; "-": the terminal
};
struct ReportCode {
  std::string case_id;
};
struct ReportCodeIn {
  std::string file;
};
struct ReportCodeList {};

/// 转报.
struct Forward {
  /// Attachments of the original: of which go along.
  struct Attachments {
    bool none = false, only = false;  ///< only: after what was passed on before
    std::vector<std::string> chosen;  ///< names or ids; empty: all
  };
  std::string case_id, note, lane, record;
  Attachments attachments;
  std::vector<std::string> to;  ///< codes
  std::optional<std::string> edit_file, title;
  std::vector<std::pair<std::string, std::string>> fields;
};

/// 采用、不采用、退回、备查.
struct Decide {
  std::string case_id, outcome, publication, reason, text;
  std::optional<std::int64_t> issue;
  std::vector<std::pair<std::string, std::int64_t>> rating;
  bool dictated = false;
  std::string leader;
};
/// 批示.
struct Instruct {
  std::string case_id, text, due;
  std::vector<std::string> assignees;  ///< codes
  bool dictated = false;
  std::string leader;  ///< whose words were typed
};
/// 追问、核报、催报.
struct Ask {
  std::string case_id, kind, text, due, on;
  std::vector<std::string> to;  ///< codes
};
/// What is said to an act; `on`: its record.
struct ActReply {
  enum class What { progress, close, answer, seen } what{};
  std::string case_id, on, text;
  bool done = false;
};
/// 综合.
struct Merge {
  std::vector<std::string> cases;
  std::string kind, lane;
  Forward::Attachments attachments;
  Content content;
};
/// 约稿.
struct CommissionNew {
  enum class How { issue, pass, edit, amend } how{};
  std::string parent;  ///< the case that is passed on, changed or corrected; empty: a new one
  std::string reason;  ///< of a correction
  std::optional<std::string> title, body_file, due, kind;
  std::string lane;
  std::vector<std::string> to;  ///< codes
};
struct CommissionList {
  std::string side;
  bool open = false, overdue = false;
};
struct CommissionShow {
  std::string case_id;
};
/// Everything that one office says about a commission that is there.
struct CommissionAct {
  enum class What { accept, decline, extend, answer, grant, refuse, chase, close, sign, send_back, remove } what{};
  std::string case_id, report, office, until, text;
  std::vector<std::string> offices;
};
/// Rules that travel down.
struct PolicyAct {
  enum class What { show, history, times, export_file, check, diff, publish } what{};
  std::string file;  ///< or a version such as 370700#3
  std::string effective, version, against;
};

struct ConflictList {
  std::string after;
  std::optional<std::int64_t> limit;
};
struct ConflictShow {
  std::string case_id;
};
struct ConflictResolve {
  std::string case_id, reason;
  std::string take;                                              ///< a whole version
  std::vector<std::pair<std::string, std::string>> take_fields;  ///< --take field=version
  std::vector<std::pair<std::string, std::string>> fields;       ///< --set or --field key=value
  std::optional<std::string> from, body_file;
};

struct Verify {
  std::string case_id;  ///< empty: everything
  bool all = false;     ///< says the same as an empty `case_id`
};
struct Evidence {
  std::string case_id, file;
};
struct EvidenceCheck {
  std::string file;
};
struct Doctor {};
struct Backup {
  std::string file;
};
struct Restore {
  std::string file;
};
struct BundleExport {
  std::string to, file;
};
struct BundleImport {
  std::string file;
};
/// A text file with one scanned QR code a line.
struct BundlePictures {
  std::string file;
};
struct OfficerAdd {
  std::string name, phone, passphrase_file;
  std::vector<std::string> roles;
};
/// Who is away, and who signs in their place.
struct AbsenceAct {
  enum class What { away, back, list } what{};
  std::string absence, officer, deputy, from, until, reason, place, contact;
  bool all = false;
};
/// Others sign a report too.
struct CosignAct {
  enum class What { sign, decline, ask, go } what{};
  std::string case_id, text, hold_until;
  std::vector<std::string> offices, officers;
};
/// What has waited too long.
struct EscalationAct {
  std::string item;  ///< empty: the list
  std::int64_t step = 0;
};
struct OfficerList {};
struct OfficeList {};
struct NodeList {};
/// A further machine of our own office.
struct NodeInvite {
  std::string name, officer;
  std::vector<std::string> urls, roles;
  std::int64_t valid_minutes = 72 * 60;
  bool qr = false;
};
/// The superior's word for a further machine of an office below.
struct NodeConfirm {
  std::string node, fingerprint;
};
/// What ends a key, or puts another in its place; and where offices are reached.
struct KeyAct {
  enum class What {
    revoke_office,
    revoke_officer,
    revoke_node,
    suspend_office,
    renew_office,
    address,
    suspend_officer,
    role,
    renew_officer,
    rotate_node,
    release,
    rotate_office,
    confirm_key
  } what{};
  std::string office;  ///< its code
  std::string name;    ///< officer, node, or case
  std::string why, since, reason;
  std::string out;                 ///< of the top office's new key: the file that the root's holders sign
  std::vector<std::string> words;  ///< addresses or roles
  bool resume = false;
};
struct PassphraseChange {
  std::string new_passphrase_file;
};
/// A new passphrase with the code of the recovery sheet.
struct PassphraseRecover {
  std::string code_file, new_passphrase_file;
};
/// The root fingerprint was compared with the superior by telephone.
struct RootConfirm {
  std::string fingerprint;
};
struct RootShow {};
/// A holder's key in a file of its own.
struct RootKey {
  std::string out, name;
};
struct RootPropose {
  std::int64_t threshold = 0;  ///< 0: as it is
  std::vector<std::string> add, remove;
  std::string out;
};
/// `key`: a holder's key file; empty: the key that lies in this home.
struct RootSign {
  std::string file, key;
};
struct RootAdopt {
  std::string file;
};
struct Version {};

/// 素材.
struct ClueAdd {
  std::string text, told_by, place;
  std::vector<std::string> photos;  ///< files
};
struct ClueList {
  std::string state, search;
};
struct ClueAct {
  enum class What { promote, discard, reopen } what{};
  std::vector<std::string> cases;
  std::string reason, kind, lane, title;
  bool photos = false;
};
/// 演练.
struct ExerciseAct {
  enum class What { show, begin, end } what{};
  std::string name;
};
/// 零报告.
struct ZeroList {
  std::optional<std::int64_t> days;
};
struct ZeroSend {
  std::string note;
  bool again = false;
};
struct ReportSimilar {
  std::string case_id;
};
/// 统计.
struct Stats {
  std::string office, from, to, month, scheme, figure, csv;
  bool own = false;
};

using Command =
    std::variant<Init, Invite, InvitationList, InvitationWithdraw, Join, Admit, Serve, OfficeMove, SuperiorAdd,
                 SuperiorRemove, SuperiorList, SuperiorUrl, Sync, Status, ReportNew, ReportImport, ReportList,
                 ReportShow, ReportEdit, ReportFollowUp, ReportCorrect, ReportWithdraw, ReportStep, Forward, Decide,
                 Instruct, Ask, ActReply, Merge, CommissionNew, CommissionList, CommissionShow, CommissionAct,
                 PolicyAct, ConflictList, ConflictShow, ConflictResolve, Verify, Evidence, EvidenceCheck, Doctor,
                 ReportQr, ReportCode, ReportCodeIn, ReportCodeList, BundleExport, BundleImport, BundlePictures, Backup,
                 Restore, OfficerAdd, OfficerList, OfficeList, NodeList, NodeInvite, NodeConfirm, KeyAct,
                 PassphraseChange, PassphraseRecover, RootConfirm, AbsenceAct, CosignAct, EscalationAct, RootShow,
                 RootKey, RootPropose, RootSign, RootAdopt, Version, ClueAdd, ClueList, ClueAct, ExerciseAct, ZeroList,
                 ZeroSend, ReportSimilar, Stats>;

struct Asked {
  Globals globals;
  Command command;
};
/// The command line answered itself: help (exit 0, on stdout) or a usage error (exit 2, on stderr).
struct Told {
  int exit_code = 0;
  std::string text;
};

/// `arguments` without the program's name. Reads the environment for defaults only; touches no file.
std::variant<Asked, Told> parse(const std::vector<std::string>& arguments);

/// The language that the environment asks for: YIZHAN_LANG, then LC_ALL, LC_MESSAGES, LANG; else Chinese.
Language language_of_environment();

}  // namespace yz::node::cli
