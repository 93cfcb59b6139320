/** Sentences of commissioned work and of the policy, in both languages. */
export const tasksZh = {
  nav: { tasks: '约稿' },
  group: { commission: '约稿，待答复', commission_asked: '约稿，有回音', commission_late: '约稿，已逾期' },
  kindOf: { commission: '约稿', policy: '规则' },
  tasks: {
    title: '约稿', side: '哪一边', asked: '要我们写的', issued: '我们约的', issue: '发约稿通知', issueOk: '签发约稿', noneAsked: '没有要我们写的。', noneIssued: '没有发出的约稿。', closedToo: '包括已结束的',
    overHours: '已超 {n} 小时', overDays: '已超 {n} 天', state: { draft: '草稿', in_review: '待签发', open: '进行中', closed: '已结束' },
    willGoTo: '签发后下发：{list}', ask: { in_review: '待签发', to_accept: '待接受，未答复', waiting: '未到达', delivered: '已送达', opened: '对方已核验', accepted: '已接受', declined: '请求免报', extension_asked: '请求延期', answered: '已答复', returned: '已退回修改', overdue: '逾期', excused: '已免报' },
    chosen: '已选 {n} 个', findOffice: '找单位', allOf: '全部{level}（{n}）', noneBelow: '没有下级单位。', to: '约哪些单位写', subject: '题目', outline: '要求与提纲', due: '时限', dueHint: '不填就按规则里的天数。', passDueHint: '已按规则留出本级汇总的时间，可改，不能晚于上级的时限。',
    passOn: '转给下级写', passOk: '签发并转给下级', fromParent: '转自{office}的约稿《{title}》，我们的时限 {due}。', sent: '约稿已签发，待发出', submitted: '已提交，请另一位同志签发',
    by: '{office}约稿', byUs: '本单位约稿', issuedAt: '签发 {time}', dueAt: '时限 {time}', parent: '上级的约稿：{title}（时限 {due}）', child: '转给下级的约稿', mine: '我们的答复', mineDue: '时限 {time}', chased: '被催 {n} 次，最近 {time}', asksUntil: '请求延期到 {time}', late: '逾期',
    rollup: '各单位进度', answers: '答复', holds: '卡在哪里', waitsForUs: '等本单位答复（{list}可以同意）', acts: '办理', stage: '进度：{stage}', via: '经{office}', unheard: '还没有音讯', chaseAll: '催办全部（{n}）', chaseWho: '将催办：{list}', silent: '{list}还没有答复（结束后不再等）。', wanted: '要什么', onBehalf: '转办自', amendDue: ' 时限不在更正之列：要宽限，由该单位请求延期、本单位同意；要提前，另发一件。', until: '延期到',
    act: { write: '写答复', accept: '接受', answer: '用已报信息答复', extend: '请求延期', decline: '请求免报', chase: '催办', close: '结束约稿', grant: '同意', refuse: '不同意', sign: '签发', return: '退回', edit: '修改', delete: '删除草稿', amend: '更正' },
    amended: '更正已签发，待发出', amendedAt: '{time} 更正，签发 {name}', amendWaits: '更正，待签发', before: '{time} 的原文，签发 {name}',
    hint: { accept: '告诉约稿单位：已收到，按时限写。', decline: '由签发人签名请求免报，约稿单位同意后才算免除。', extend: '约稿单位同意以前，时限不变。', chase: '对方会看到催办和时间。', close: '结束后不再等答复，已收到的都保留。', refuse: '时限不变，对方会看到原因。', excuse: '同意后该单位不用再答复。', answer: '选一件已经报出的信息作为答复。', edit: '改后重新送签。', amend: '全部约请单位都会收到更正后的全文和原因，原文保留。' },
    did: { issue: '签发约稿', accept: '接受', decline: '请求免报', extend: '请求延期到', answer: '答复', pass: '转给下级', grant: '同意', refuse: '不同意', chase: '催办', close: '结束', amend: '更正' },
    answering: '答复约稿《{title}》，时限 {due}', open: '看约稿', exercise: '演 练  ·  不是真实情况',
  },
  policy: {
    title: '规则', lead: '时限、必填要素、签发步骤等规则，由上级签名发布，逐级从严。', inForce: '现在生效的规则', sources: '来自', builtIn: '没有单位发布过规则，用程序自带的规则。', coming: '将要生效', drafts: '待签发', history: '历次发布', version: '{office} 第 {n} 版', effective: '{time} 生效', by: '签发 {name}',
    states: { in_force: '生效中', coming: '将生效', replaced: '已替换', superseded_twin: '同号，以另一份为准', in_review: '待签发' }, none: '没有。', edit: '起草新的规则', text: '规则内容（JSON）', check: '检查', diff: '与现行比较', publish: '签发并下达', effectiveAt: '何时生效（不填就是签发时）', fine: '没有发现问题。', problems: '{n} 处问题', changes: '与现在生效的相比', noChange: '没有变化。', where: '哪一条', before: '现在', after: '改后', parse: '不是有效的 JSON：{why}',
    done: '已签发第 {n} 版，下级随收发得知', waits: '已提交第 {n} 版，请另一位同志签发', sure: '签发以后下级随收发执行。确定？', need: '起草和发布规则需要“规则管理员”或“签发”角色。', delivered: '{n} / {of} 个单位已收到', view: '查看', document: '全文（供程序读取的格式）',
  },
};

export const tasksEn: typeof tasksZh = {
  nav: { tasks: 'Commissions' },
  group: { commission: 'Commissioned, to be answered', commission_asked: 'Our commissions: word came', commission_late: 'Our commissions: overdue' },
  kindOf: { commission: 'Commission', policy: 'Policy' },
  tasks: {
    title: 'Commissions', side: 'Which side', asked: 'Asked of us', issued: 'Issued by us', issue: 'New commission', issueOk: 'Sign and issue', noneAsked: 'Nothing is asked of us.', noneIssued: 'None issued.', closedToo: 'Closed ones too',
    overHours: '{n} h late', overDays: '{n} day late | {n} days late', state: { draft: 'Draft', in_review: 'To be signed', open: 'Open', closed: 'Closed' },
    willGoTo: 'Goes, once signed, to: {list}', ask: { in_review: 'waits for a signature', to_accept: 'to be accepted, not answered', waiting: 'not there yet', delivered: 'delivered', opened: 'verified there', accepted: 'accepted', declined: 'asks to be excused', extension_asked: 'asks for more time', answered: 'answered', returned: 'returned', overdue: 'overdue', excused: 'excused' },
    chosen: '{n} chosen', findOffice: 'Find an office', allOf: 'Every {level} ({n})', noneBelow: 'No offices below.', to: 'Asked of', subject: 'Title', outline: 'What is wanted', due: 'Due', dueHint: 'Empty: the days of the policy.', passDueHint: 'Leaves our own time to put the answers together; never later than our own due time.',
    passOn: 'Pass on below', passOk: 'Sign and pass on', fromParent: 'From {office}: “{title}”; ours is due {due}.', sent: 'Signed, waits to leave', submitted: 'Submitted: another officer signs it',
    by: 'Commissioned by {office}', byUs: 'Commissioned by us', issuedAt: 'Issued {time}', dueAt: 'Due {time}', parent: 'Commission from above: {title} (due {due})', child: 'Our commission to offices below', mine: 'Our answer', mineDue: 'Due {time}', chased: 'Chased {n} times, last {time}', asksUntil: 'asks for time until {time}', late: 'late',
    rollup: 'Progress by office', answers: 'Answers', holds: 'Held up at', waitsForUs: 'waits for us ({list} may grant it)', acts: 'Actions', stage: 'at: {stage}', via: 'by way of {office}', unheard: 'no word yet', chaseAll: 'Chase all ({n})', chaseWho: 'These are reminded: {list}', silent: '{list} has not answered; nobody waits for it any more.', wanted: 'What is wanted', onBehalf: 'Passes on', amendDue: ' The due time is not corrected: an office asks for more time and you grant it; for less, issue another.', until: 'Until',
    act: { write: 'Write the answer', accept: 'Accept', answer: 'Answer with a sent report', extend: 'Ask for more time', decline: 'Ask to be excused', chase: 'Chase', close: 'Close', grant: 'Grant', refuse: 'Refuse', sign: 'Sign', return: 'Return', edit: 'Change', delete: 'Delete the draft', amend: 'Correct' },
    amended: 'The correction is signed and waits to leave', amendedAt: 'corrected {time}, signed by {name}', amendWaits: 'A correction, to be signed', before: 'As it was asked {time}, signed by {name}',
    hint: { accept: 'Tells the issuer that you have it and will write in time.', decline: 'Signed by a signer; the issuer has to agree.', extend: 'The due time stands until the issuer agrees.', chase: 'They see it, with its time.', close: 'No more answers are awaited; what came stays.', refuse: 'The due time stands; they see the reason.', excuse: 'That office need not answer any more.', answer: 'Choose a report that has left already.', edit: 'It is submitted anew.', amend: 'Everybody who was asked gets the corrected text and the reason; the first one stays.' },
    did: { issue: 'issued', accept: 'accepted', decline: 'asked to be excused', extend: 'asked for time until', answer: 'answered', pass: 'passed it on', grant: 'granted', refuse: 'refused', chase: 'chased', close: 'closed', amend: 'corrected it' },
    answering: 'Answers “{title}”, due {due}', open: 'Show the commission', exercise: 'EXERCISE  ·  not a real event',
  },
  policy: {
    title: 'Policy', lead: 'Due times, needed elements, steps of sign-off: signed by the offices above, each level may only be stricter.', inForce: 'Rules in force', sources: 'From', builtIn: 'Nobody has published a policy: the built-in rules hold.', coming: 'Coming', drafts: 'To be signed', history: 'Published so far', version: '{office} version {n}', effective: 'from {time}', by: 'signed by {name}',
    states: { in_force: 'in force', coming: 'coming', replaced: 'replaced', superseded_twin: 'superseded twin', in_review: 'to be signed' }, none: 'None.', edit: 'Draft a policy', text: 'Policy (JSON)', check: 'Check', diff: 'Compare with now', publish: 'Sign and publish', effectiveAt: 'In force from (empty: at once)', fine: 'Nothing found.', problems: '{n} problems', changes: 'Against what is in force', noChange: 'No change.', where: 'Rule', before: 'Now', after: 'Then', parse: 'Not JSON: {why}',
    done: 'Version {n} signed; offices below hear with the next exchange', waits: 'Version {n} submitted: another officer signs it', sure: 'Offices below follow it from their next exchange on. Sign?', need: 'Needs the role “administrator of policy” or “signer”.', delivered: '{n} of {of} offices have it', view: 'Show', document: 'All of it, as programs read it',
  },
};
