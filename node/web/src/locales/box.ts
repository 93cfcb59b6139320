/** Sentences of clues, exercises, nil reports, what looks alike and statistics, in both languages. */
export const boxZh = {
  nav: { clues: '素材', stats: '统计', zero: '零报告' },
  exercise: {
    begun: '演练已开始：新写的信息都按演练标明。', mark: '演练', going: '演练进行中', since: '{name}自 {time} 起，新写的信息都按演练标明，不计入统计', real: '真实情况请在写信息时关掉“演练”', begin: '开始演练', end: '结束演练', name: '演练名称', sure: '结束以后新写的都按真实情况报。确定？', beginText: '本机以后新写的信息都标“演练”，上级看到的也是演练，不计时限、统计和得分。',
    switch: '演练', hint: '演练一经开始写就不能改成真实情况，反过来也不能', fixedOn: '演练稿，不能改成真实情况', banner: '演 练  ·  不是真实情况',
  },
  clue: {
    title: '素材箱', lead: '听到看到的随手记下，边写边存，以后转成信息。只在本单位，不转成信息就不出去。', text: '写一两句：什么事、多少人、怎么知道的', toldBy: '谁说的', place: '在哪里', photo: '拍照或选文件', note: '记下', noted: '已记下', state: { open: '未处理', promoted: '已转信息', discarded: '不用', all: '全部' },
    search: '找文字、地点、来源', none: '没有素材。', promote: '转成信息', edit: '修改', promoteN: '{n} 条合成一份信息', discard: '不用', reopen: '放回', reason: '为什么不用', chosen: '选这条：{text}', withPhotos: '照片一并放进稿子', elsewhere: '照片在另一台机器上，没有放进来：{list}', made: '已转成草稿', gone: '稿子已删', old: '{n} 小时没有处理', sources: '所用素材（只在本单位）', told: '来源：{who}', notHere: '（在另一台机器上）', remove: '删除', removed: '已删除', more: '再看一些',
  },
  zero: {
    title: '零报告', lead: '每天 {times} 前报。按签发时间和上级收到的时间判定；失联期间不作判断。', none: '没有规定零报告的时间。', dueBy: '零报告 {time} 前要报', overdue: '零报告 {time} 应报，还没有报', send: '一键报零报告', missed: '零报告 {time} 没有报', note: '情况（可改）', prefilled: '本时段辖区内未发生需要报告的突发事件，值班人员在岗在位。', waiting: '零报告已提交，等待签发：', sent: '零报告已签发', waits: '零报告已提交，请另一位同志签发', sure: '本时段没有需要报告的突发事件？', own: '本单位', table: '各下级', office: '单位', contact: '最近联系 {time}', never: '没有联系过', open: '零报告情况',
    state: { pending: '未到', sent: '已报', unsure: '按时签发，到达较晚', late: '迟报', overdue: '逾期未报', unheard: '失联', missed: '漏报' }, days: '看 {n} 天', signedAt: '签发 {signed}，收到 {received}', urge: '催', urgeText: '催{name}补报零报告：签名后附在它上一份零报告上送去，出现在它的“今日”里。', urgeLabel: '催报内容', urgeSays: '零报告 {time} 应报，至今没有收到，请即补报。', urged: '已催{name}，待送达', urgeByPhone: '请电话催', noOwn: '没有上级，不用报。', noBelow: '没有下级单位。',
  },
  similar: {
    title: '可能是同一件事', reason: { text: '文字相同 {percent}%', type: '同类事件', place: '同一地点', time: '相隔 {minutes} 分钟', same: '同一时间' }, followUp: '改为续报', merge: '合并', open: '打开', returned: '退回，请改为续报', returnText: '此事已报过（{title}），请在原件上续报，不要另报。', sure: '把这段文字作为《{title}》的续报，并删去这份草稿？', none: '',
  },
  stats: {
    title: '统计考核', below: '我的下级', own: '本单位（上级看到的）', month: '月份', scheme: '计分办法', csv: '导出表格', print: '打印', office: '单位', by: '由{name}统计，{from} 至 {to}，不含演练', score: '得分', origin: '按原单位计：只列直属单位自己的信息；它们转报的下级单位的信息，由它们在本级的统计里计在原单位名下。', ack: '平均签收', minutes: '{n} 分钟', list: '{office} · {figure}', none: '没有下级单位。', noAbove: '没有上级单位。', points: '得分由来', ofReport: '本件得分', nobody: '考核它的不是本单位或本单位的上级，这里不计分。', noPoints: '还没有得分（由{name}计）。', bySchemeOf: '由{name}按计分办法计，只凭签名的采用、批示、转报和回执；分数会随以后的签名变化。', at: '{what}（{where}）', level: { county: '县', city: '市', province: '省', central: '中央' }, channel: { brief: '简报', daily: '每日要情', special: '专报' }, each: '{n} 件，每件 {each} 分', total: '合计 {n} 分', close: '收起', nothing: '没有。', uncertain: '不确定', signedInTime: '按时签发，到达较晚', from: '起', to: '止',
    figure: {
      received: '收到', urgent: '其中紧急', media: '有附件', acknowledged: '已签收', adopted: '采用', not_adopted: '不采用', returned: '退回', forwarded: '转报', merged: '综合采用', instructed: '批示', timely: '首报及时', unsure: '签发及时、到达较晚', late: '首报迟报', commission_done: '约稿完成', commission_late: '约稿迟交', commission_missed: '约稿未交', nil_sent: '零报告按时', nil_late: '零报告迟报', nil_missed: '零报告漏报', nil_unheard: '零报告期间失联',
    },
    on: { adoption: '采用', instruction: '批示', commission_done: '约稿完成', commission_late: '约稿迟交', commission_missed: '约稿未交', urgent_ok: '首报及时', media: '有附件', violation: '迟报', forwarded: '转报', return: '退回', submission: '报送' },
    group: { reports: '报送', outcome: '处理结果', time: '时限', tasks: '约稿', nil: '零报告' },
  },
};

export const boxEn: typeof boxZh = {
  nav: { clues: 'Clues', stats: 'Figures', zero: 'Nil reports' },
  exercise: {
    begun: 'The exercise has begun: what is written from now on is marked as one.', mark: 'EXERCISE', going: 'EXERCISE GOING ON', since: '{name}since {time}: what is begun now is marked as an exercise and counted nowhere', real: 'For what really happens switch “Exercise” off when you write', begin: 'Begin an exercise', end: 'End the exercise', name: 'Name of the exercise', sure: 'From then on what is begun is real. End it?', beginText: 'Whatever is begun on this machine from now on is marked as an exercise, at the superior too; it counts in no time limit, figure or score.',
    switch: 'Exercise', hint: 'Once begun, an exercise never becomes real, nor the reverse', fixedOn: 'An exercise; it can’t be made real', banner: 'EXERCISE  ·  not a real event',
  },
  clue: {
    title: 'Clues', lead: 'Note what you hear or see, kept as you type; it may become a report. It stays in this office unless it is put into one.', text: 'A sentence or two: what, how many, how you know', toldBy: 'Who told it', place: 'Where', photo: 'Photo or file', note: 'Note it', noted: 'Noted', state: { open: 'Open', promoted: 'Made a report', discarded: 'Put aside', all: 'All' },
    search: 'Text, place or teller', none: 'There are none.', promote: 'Make a report', edit: 'Edit', promoteN: 'One report of {n}', discard: 'Put aside', reopen: 'Open again', reason: 'Why it is put aside', chosen: 'Choose: {text}', withPhotos: 'With the photos', elsewhere: 'Photos on another machine were left out: {list}', made: 'Draft made', gone: 'the draft was deleted', old: 'open for {n} hours', sources: 'Begun from clues (this office only)', told: 'told by {who}', notHere: '(on another machine)', remove: 'Delete', removed: 'Deleted', more: 'More',
  },
  zero: {
    title: 'Nil reports', lead: 'Due every day by {times}. Judged by signed times and by when the superior had it; without contact nothing is said.', none: 'No times are set for nil reports.', dueBy: 'Nil report due by {time}', overdue: 'Nil report was due {time} and has not been sent', send: 'Send the nil report', missed: 'The nil report of {time} was not given', note: 'Text (may be changed)', prefilled: 'Nothing happened in this time that has to be reported; the officer on duty is in place.', waiting: 'The nil report is submitted and waits for a signature:', sent: 'Nil report signed', waits: 'Nil report submitted: another officer signs it', sure: 'Nothing happened in this time that has to be reported?', own: 'Ours', table: 'Offices below', office: 'Office', contact: 'last contact {time}', never: 'never in contact', open: 'Nil reports',
    state: { pending: 'not due', sent: 'sent', unsure: 'signed in time, arrived later', late: 'late', overdue: 'overdue', unheard: 'no contact', missed: 'missed' }, days: '{n} days', signedAt: 'signed {signed}, received {received}', urge: 'Urge', urgeText: '{name} is urged to send the nil report: signed, on its last one, it stands in its list of today.', urgeLabel: 'What is said', urgeSays: 'The nil report was due {time} and has not come: send it now.', urged: '{name} is urged; not delivered yet', urgeByPhone: 'telephone it', noOwn: 'No superior: none is owed.', noBelow: 'There are no offices below.',
  },
  similar: {
    title: 'May be the same event', reason: { text: '{percent}% same text', type: 'same type', place: 'same place', time: '{minutes} min apart', same: 'same time' }, followUp: 'Follow-up instead', merge: 'Merge', open: 'Open', returned: 'Return: follow up instead', returnText: 'This was reported already ({title}): please follow up there instead of a new report.', sure: 'Make this text a follow-up of “{title}” and delete this draft?', none: '',
  },
  stats: {
    title: 'Figures', below: 'Offices below', own: 'Ours (as our superior sees us)', month: 'Month', scheme: 'Scheme', csv: 'As a table (CSV)', print: 'Print', office: 'Office', by: 'Counted by {name}, {from} to {to}, without exercises', score: 'Score', origin: 'Counted by where a report comes from: each row has what that office wrote itself. What it passed on for offices below it is counted in its own figures, under those offices.', ack: 'To acknowledge', minutes: '{n} min', list: '{office} · {figure}', none: 'There are no offices below.', noAbove: 'There is no superior.', points: 'Where the points come from', ofReport: 'Points of this report', nobody: 'Neither this office nor its superior assesses it: nothing is counted here.', noPoints: 'None so far (counted by {name}).', bySchemeOf: 'Counted by {name} from signed adoptions, instructions, forwards and receipts alone; later ones change it.', at: '{what} ({where})', level: { county: 'county', city: 'city', province: 'province', central: 'central' }, channel: { brief: 'brief', daily: 'daily', special: 'special issue' }, each: '{n} at {each}', total: '{n} in all', close: 'Close', nothing: 'None.', uncertain: 'uncertain', signedInTime: 'signed in time, arrived later', from: 'From', to: 'To',
    figure: {
      received: 'Received', urgent: 'of these urgent', media: 'with files', acknowledged: 'Acknowledged', adopted: 'Adopted', not_adopted: 'Not adopted', returned: 'Returned', forwarded: 'Passed on', merged: 'In a digest', instructed: 'Instructions', timely: 'First in time', unsure: 'Signed in time, arrived later', late: 'First late', commission_done: 'Commissions done', commission_late: 'late', commission_missed: 'missed', nil_sent: 'Nil in time', nil_late: 'Nil late', nil_missed: 'Nil missed', nil_unheard: 'Nil: no contact',
    },
    on: { adoption: 'adopted', instruction: 'instruction', commission_done: 'commission done', commission_late: 'commission late', commission_missed: 'commission missed', urgent_ok: 'first report in time', media: 'with files', violation: 'late', forwarded: 'passed on', return: 'returned', submission: 'reported' },
    group: { reports: 'Reports', outcome: 'What became of them', time: 'Time limits', tasks: 'Commissions', nil: 'Nil reports' },
  },
};
