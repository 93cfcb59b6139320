#pragma once
#include "node/cli/session.h"

namespace yz::node::cli {

// One function a command: does it, tells the outcome, returns the exit code. Each lives in the file named behind it.

int run(Session&, const Init&);                // init.cc
int run(Session&, const Invite&);              // invite.cc
int run(Session&, const InvitationList&);      // invite.cc
int run(Session&, const InvitationWithdraw&);  // invite.cc
int run(Session&, const Join&);                // join.cc
int run(Session&, const Admit&);               // join.cc
int run(Session&, const Serve&);               // serve.cc
int run(Session&, const OfficeMove&);          // superior.cc
int run(Session&, const SuperiorAdd&);         // superior.cc
int run(Session&, const SuperiorRemove&);      // superior.cc
int run(Session&, const SuperiorList&);        // superior.cc
int run(Session&, const SuperiorUrl&);         // superior.cc
int run(Session&, const Sync&);                // sync.cc
int run(Session&, const Status&);              // status.cc
int run(Session&, const ReportNew&);           // report_write.cc
int run(Session&, const ReportEdit&);          // report_write.cc
int run(Session&, const ReportFollowUp&);      // report_write.cc
int run(Session&, const ReportCorrect&);       // report_write.cc
int run(Session&, const ReportImport&);        // report_import.cc
int run(Session&, const ReportList&);          // report_list.cc
int run(Session&, const ReportShow&);          // report_show.cc
int run(Session&, const ReportWithdraw&);      // report_step.cc
int run(Session&, const ReportStep&);          // report_step.cc
int run(Session&, const Forward&);             // forward.cc
int run(Session&, const Decide&);              // acts.cc
int run(Session&, const Instruct&);            // acts.cc
int run(Session&, const Ask&);                 // acts.cc
int run(Session&, const ActReply&);            // acts.cc
int run(Session&, const Merge&);               // report_write.cc
int run(Session&, const CommissionNew&);       // commission.cc
int run(Session&, const CommissionList&);      // commission.cc
int run(Session&, const CommissionShow&);      // commission.cc
int run(Session&, const CommissionAct&);       // commission.cc
int run(Session&, const PolicyAct&);           // policy.cc
int run(Session&, const ConflictList&);        // conflict.cc
int run(Session&, const ConflictShow&);        // conflict.cc
int run(Session&, const ConflictResolve&);     // conflict_resolve.cc
int run(Session&, const Verify&);              // verify.cc
int run(Session&, const Evidence&);            // evidence.cc
int run(Session&, const EvidenceCheck&);       // evidence.cc
int run(Session&, const Doctor&);              // doctor.cc
int run(Session&, const ReportQr&);            // report_told.cc
int run(Session&, const ReportCode&);          // report_told.cc
int run(Session&, const ReportCodeIn&);        // report_told.cc
int run(Session&, const ReportCodeList&);      // report_told.cc
int run(Session&, const BundlePictures&);      // report_told.cc
int run(Session&, const BundleExport&);        // bundle.cc
int run(Session&, const BundleImport&);        // bundle.cc
int run(Session&, const Backup&);              // backup.cc
int run(Session&, const Restore&);             // backup.cc
int run(Session&, const OfficerAdd&);          // people.cc
int run(Session&, const OfficerList&);         // people.cc
int run(Session&, const OfficeList&);          // people.cc
int run(Session&, const AbsenceAct&);          // roles.cc
int run(Session&, const CosignAct&);           // roles.cc
int run(Session&, const EscalationAct&);       // roles.cc
int run(Session&, const KeyAct&);              // office.cc
int run(Session&, const RootShow&);            // root.cc
int run(Session&, const RootKey&);             // root.cc
int run(Session&, const RootPropose&);         // root.cc
int run(Session&, const RootSign&);            // root.cc
int run(Session&, const RootAdopt&);           // root.cc
int run(Session&, const NodeInvite&);          // machine.cc
int run(Session&, const NodeConfirm&);         // machine.cc
int run(Session&, const NodeList&);            // machine.cc
int run(Session&, const PassphraseChange&);    // people.cc
int run(Session&, const PassphraseRecover&);
int run(Session&, const RootConfirm&);
int run(Session&, const Version&);        // version.cc
int run(Session&, const ClueAdd&);        // clue.cc
int run(Session&, const ClueList&);       // clue.cc
int run(Session&, const ClueAct&);        // clue.cc
int run(Session&, const ExerciseAct&);    // zero.cc
int run(Session&, const ZeroList&);       // zero.cc
int run(Session&, const ZeroSend&);       // zero.cc
int run(Session&, const ReportSimilar&);  // stats.cc
int run(Session&, const Stats&);          // stats.cc

/// What is wrong with a list of problems ({"what","where"}), for verify and evidence.
void tell_problems(const Session&, const Doc& verdict);
/// What became of a report on its way up: forward.cc.
void tell_layers(const Session&, const Doc& report);
/// Which attachments go along, as the API takes it.
void set_attachments(Doc& body, const Forward::Attachments&);
/// Decisions, instructions, questions, and what a report was put together from: acts.cc.
void tell_acts(const Session&, const Doc& report);
/// Who was asked to sign too, how long it may go no further: roles.cc.
void tell_roles(const Session&, const Doc& report);
/// Warnings of the rules, one a line, on stderr.
void tell_warnings(const Session&, const Doc& answer);

}  // namespace yz::node::cli
