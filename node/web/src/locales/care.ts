/** Backup, evidence, what was revoked, and the journal's further acts. */
export const careZh = {
  care: {
    name: '文件名', nameBad: '文件名里不能有 /', folderBad: '目录要写完整路径，以 / 开头', restore: '恢复：把文件拿到新电脑上，运行', newFolder: '新目录', movedSince: '{time} 迁走', revokedSince: '{time} 起吊销', unknownSubject: '本机不认识的对象',
    revokedBy: '{by} 于 {time} 吊销', revokedHeard: '由{by}签发（原因问该单位），本机 {time} 得知', unknownOffice: '本机不认识的单位', differences: '看有什么不同', now: '去备份',
  },
  evidence: {
    nested: '转报的原件', exercise: '演练：这是演练中的信息，不是真事。', signed: '签名：', nobody: '没有人签名', times: '时间是签名单位的时钟，按 {zone} 显示；回执时间是现有最早一份回执的，实际不晚于此。', forged: '{office} 送来的附件“{name}”不是原单位签名的那一份，文件里有它的签名为证。',
    receipt: { custody: '{office} 对 {of} 的 {n} 个加密信封签了代管回执，{time}', stored: '{office} 对 {of} 的 {n} 个加密信封签了入库回执，{time}', opened: '{office} 对 {of} 的 {n} 个加密信封签了打开回执，{time}' },
    sealed: '回执只说明信封到了：信封是加密的，本文件不能证明其中装的是哪一份。',
    role: { drafter: '拟稿', reviewer: '审核', signer: '签发', duty: '值班', cosigner: '会签' },
    type: {
        report: '信息', followup: '续报', final: '终报', correction: '更正', withdrawal: '撤回', forward: '转报', annotation: '批注', cosignature: '补签',
        commission: '约稿', reply: '约稿答复', decision: '处理结果', instruction: '批示', acknowledgement: '签收', zero_report: '零报告', manifest: '附件清单', policy: '规则',
        delegation: '代签报备', unknown: '不认识的记录',
      },
  },
  admin: { journal: { act: {
        invite_withdraw: '撤回邀请', office_move: '申请迁往新上级', office_left: '单位撤出登记', office_lines: '得知条线登记', absence_away: '外出报备', absence_back: '返回', cosign_ask: '请会签', cosign_go: '不再等会签',
        cosigned: '会签', cosign_declined: '不会签', answer: '答复', question: '提问', verify: '要求核报', urge: '催办', decision: '作出处理', instruction: '批示',
        progress: '报告进展', close: '办结', forwarded: '转报', merged: '综合', hand_on: '补转附件', clue: '记素材', clue_edit: '改素材', clue_open: '素材重新打开',
        clue_promoted: '素材转成信息', clue_discarded: '素材弃用', alarm_seen: '看过提醒', escalation_seen: '知悉超时', reports_export: '导出清单', seen: '看过', exercise_begin: '演练开始', exercise_end: '演练结束',
        draft_shared: '收到另一台机器的草稿', attachment_forged: '附件被换', decline: '不接受约稿', extend: '申请延期', pass: '转约', grant: '同意延期', chase: '催稿', amend: '更正约稿',
        issue: '下发约稿', handover: '交接班',
      } } },
};
export const careEn: typeof careZh = {
  care: {
    name: 'File name', nameBad: 'A file name has no / in it', folderBad: 'Write the whole path of the folder, beginning with /', restore: 'To restore: take the file to the new machine and run', newFolder: 'NEW-FOLDER', movedSince: 'moved {time}', revokedSince: 'revoked from {time}', unknownSubject: 'nobody known here',
    revokedBy: 'revoked by {by}, {time}', revokedHeard: 'signed by {by} (ask them why); heard of here {time}', unknownOffice: 'an office that is not known here', differences: 'What differs', now: 'Make a backup',
  },
  evidence: {
    nested: 'original inside', exercise: 'EXERCISE: nothing of this happened.', signed: 'Signed by:', nobody: 'nobody', times: 'Times are by the clocks of those who signed, shown in {zone}; a receipt\'s is that of the earliest receipt there is: it was then at the latest.', forged: 'The attachment “{name}” that {office} handed on is not the one that its author signed; its signature in this file proves it.',
    receipt: { custody: '{office} signed receipts to keep on the way: sealed envelopes of {of}: {n}, {time}', stored: '{office} signed receipts as stored: sealed envelopes of {of}: {n}, {time}', opened: '{office} signed receipts as opened: sealed envelopes of {of}: {n}, {time}' },
    sealed: 'A receipt says that an envelope arrived. Envelopes are sealed: the file does not prove what they carried.',
    role: { drafter: 'drafter', reviewer: 'reviewer', signer: 'signer', duty: 'duty officer', cosigner: 'co-signer' },
    type: {
        report: 'report', followup: 'follow-up', final: 'final report', correction: 'correction', withdrawal: 'withdrawal', forward: 'forward', annotation: 'annotation', cosignature: 'co-signature',
        commission: 'commission', reply: 'reply to a commission', decision: 'decision', instruction: 'instruction', acknowledgement: 'acknowledgement', zero_report: 'zero report', manifest: 'list of attachments', policy: 'rules',
        delegation: 'deputy', unknown: 'unknown record',
      },
  },
  admin: { journal: { act: {
        invite_withdraw: 'Invitation withdrawn', office_move: 'Asked to move', office_left: 'Office left', office_lines: 'Line registration heard', absence_away: 'Away', absence_back: 'Back', cosign_ask: 'Co-signature asked', cosign_go: 'Waits no longer',
        cosigned: 'Co-signed', cosign_declined: 'Co-signature declined', answer: 'Answered', question: 'Asked', verify: 'Asked to verify', urge: 'Urged', decision: 'Decided', instruction: 'Instructed',
        progress: 'Progress told', close: 'Closed', forwarded: 'Passed on', merged: 'Merged', hand_on: 'Attachments passed on', clue: 'Clue noted', clue_edit: 'Clue edited', clue_open: 'Clue reopened',
        clue_promoted: 'Clue used', clue_discarded: 'Clue discarded', alarm_seen: 'Alarm seen', escalation_seen: 'Delay noted', reports_export: 'List exported', seen: 'Read', exercise_begin: 'Exercise began', exercise_end: 'Exercise ended',
        draft_shared: 'Draft of another machine', attachment_forged: 'Attachment exchanged', decline: 'Commission declined', extend: 'Extension asked', pass: 'Commission passed on', grant: 'Extension granted', chase: 'Chased', amend: 'Commission amended',
        issue: 'Commission issued', handover: 'Watch handed over',
      } } },
};
