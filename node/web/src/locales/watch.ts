/** The sentences of the handover sheet and of the situation board. Both languages beside each other. */
export const watchZh = {
  nav: { board: '态势' },
  form: { count: '{n} / {max} 字', over: '超出 {n} 字（最多 {max} 字），请删减后再提交' },
  watch: {
    handover: '交接班', board: '态势', sheet: '值班交接单', lead: '内容来自已签名的信息和回执；“注意事项”边写边存在本机，交班时记入日志。', from: '本班自', to: '至', toWhom: '交给', choose: '请选择接班人', note: '注意事项（人员、车辆、电话、天气、未了事项）', saved: '已存', changed: '别的同志刚改过注意事项（见下），您写的还没有存。合在一起再改，两边都不丢。', join: '合在一起', theirs: '对方写的', hand: '交班', handed: '已交给{name}，已记入日志', sure: '以{by}的名义把本班（自 {from}）交给{to}。交班时间、接班人和注意事项记入日志，不能更改。未了事项：{list}。', countOpen: '未了突发事件', countUnanswered: '未办、未签收', nothingLeft: '无', unfinished: '本单位没有办完的稿件（待签发、待补签、退回、已开始的特急加急）', unfinishedNone: '没有待签发、退回或开了头的稿件。', handedSheet: '已于 {time} 交给{name}。下面是交出时的单子，可以打印；离开本页后，在“最近的交班”里还能打开。', nextShift: '开始新的一班', noSheet: '本机没有留下交出时的单子。', openLast: '打开我上次交出的单子',
    line: '线路', lineUp: '{name}：通，最近联系 {time}', lineDown: '{name}：不通，自 {since} 起，最近联系 {time}', lineQuiet: '{name}：未联系上，最近联系 {time}', lineNever: '{name}：还没有联系上过', noLine: '没有上级单位。',
    open: '未了突发事件', openNone: '没有未了的突发事件。', next: '下一时限', nextNone: '无', unseen: '还没有签收，{time} 收到', last: '最近动静 {time}', more: '只看了每级最新的 2000 件，更早的请到“全部信息”查。',
    duty: { carry_out: '办理批示', answer: '答复', awaited: '等对方办理', to_close: '办结', cosign: '会签' },
    receipts: '等回执、等签收', receiptsNone: '没有等回执的信息。', unanswered: '未办、未答复（批示、追问、约稿）', unansweredNone: '没有未办、未答复的事项。', unread: '来文未签收', unreadNone: '来文都已签收。',
    shift: '本班发生和有新情况的突发事件', shiftNone: '本班没有突发事件，已有的也没有新情况。', silent: '沉默单位（超过 26 小时没有联系）', silentNone: '各下级都有联系。', noBelow: '没有下级单位。', never: '从未', zero: '零报告未报', zeroNone: '没有欠报的零报告。', zeroBelow: '{name} {time} 的零报告：{state}',
    signOut: '交班人（签字）', signIn: '接班人（签字）', signTime: '时间', leader: '带班领导（签字）', before: '最近的交班', beforeRow: '{by} 交给 {to}，本班自 {from}，未了 {n} 件',
    boardLead: '未了的特急、加急信息，不含演练；每 15 秒刷新。', level: '按等级', type: '按类别', office: '按单位', ungraded: '未定级', untyped: '未分类', heard: '各单位最近联系', drills: '演练中（不计入）', all: '未了 {n} 件', full: '全屏', refreshed: '{time} 更新', stale: '没有更新：节点没有应答，以下是 {time} 的情况', quietBelow: '沉默 {n} 个',
  },
};
export const watchEn: typeof watchZh = {
  nav: { board: 'Board' },
  form: { count: '{n} / {max}', over: '{n} too many (at most {max}): shorten it before you send it' },
  watch: {
    handover: 'Handover', board: 'Situation', sheet: 'Handover of the watch', lead: 'From signed reports and receipts. The note is kept on this machine while you write, and goes into the journal with the handover.', from: 'Shift since', to: 'until', toWhom: 'Handed to', choose: 'Choose who takes over', note: 'To be known (people, cars, telephones, weather, what is not done)', saved: 'Saved', changed: 'Somebody else has just changed the note (below); yours is not saved. Join both and go on: nothing of either is lost.', join: 'Join both', theirs: 'What the other wrote', hand: 'Hand over', handed: 'Handed to {name}, and noted in the journal', sure: '{by} hands the shift (since {from}) to {to}. The time, who takes over and the note go into the journal and stay there. Left: {list}.', countOpen: 'emergencies open', countUnanswered: 'not done or acknowledged', nothingLeft: 'nothing', unfinished: 'Texts of this office that are not out (to be signed, returned, emergencies begun)', unfinishedNone: 'Nothing waits for a signature, was returned or is begun.', handedSheet: 'Handed to {name} at {time}. This is the sheet as it was handed over: it can be printed, and opened again under “Handovers before”.', nextShift: 'Begin the next shift', noSheet: 'The sheet was not kept on this machine.', openLast: 'Open the sheet I handed over',
    line: 'Lines', lineUp: '{name}: up, last contact {time}', lineDown: '{name}: down since {since}, last contact {time}', lineQuiet: '{name}: not reached, last contact {time}', lineNever: '{name}: never reached yet', noLine: 'No superior.',
    open: 'Emergencies still open', openNone: 'None is open.', next: 'Due next', nextNone: 'none', unseen: 'not acknowledged, received {time}', last: 'last heard of {time}', more: 'Only the newest 2000 of each lane were looked at; older ones are among all reports.',
    duty: { carry_out: 'carry out', answer: 'answer', awaited: 'others have to act', to_close: 'close', cosign: 'sign too' },
    receipts: 'Waiting for receipts or acknowledgement', receiptsNone: 'Nothing waits for a receipt.', unanswered: 'Not done or answered (instructions, questions, commissions)', unansweredNone: 'Everything is done and answered.', unread: 'Came and not acknowledged', unreadNone: 'Everything that came is acknowledged.',
    shift: 'Emergencies that began or went on in this shift', shiftNone: 'None in this shift, and nothing new of those before.', silent: 'Silent offices (no contact for 26 hours)', silentNone: 'All offices below are in contact.', noBelow: 'There are no offices below.', never: 'never', zero: 'Nil reports owed', zeroNone: 'No nil report is owed.', zeroBelow: '{name}, nil report of {time}: {state}',
    signOut: 'Handed over by (signature)', signIn: 'Taken over by (signature)', signTime: 'Time', leader: 'Leader on duty (signature)', before: 'Handovers before', beforeRow: '{by} to {to}, shift since {from}, {n} open',
    boardLead: 'Flash and urgent reports that are open, without exercises; renewed every 15 seconds.', level: 'By grade', type: 'By type', office: 'By office', ungraded: 'not graded', untyped: 'no type', heard: 'Last contact with offices', drills: 'Exercises (not counted)', all: '{n} open', full: 'Full screen', refreshed: 'as of {time}', stale: 'Not renewed: the node does not answer. This is as of {time}', quietBelow: '{n} silent',
  },
};
