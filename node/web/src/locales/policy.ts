/** Sentences of the policy editor, in both languages. */
export const policyZh = {
  policyEdit: {
    sections: '规则分节', section: { deadlines: '时限', forms: '表单', quality: '质量规则', signoff: '签批链', skip: '越级直报', asking: '约稿', escalation: '超时升级', times: '零报告与值守', raw: 'JSON' },
    from: '从本单位第 {n} 版改起。', anew: '本单位还没有发布过规则：只写要改的，其余照旧。', bound: '上级已有规定，本单位只能从严。', top: '没有上级的规定：在法定范围内由本单位定。',
    hop: { township: '乡镇', county: '县', city: '市', province: '省', state: '国务院', unit: '村、站所' }, level: { province: '省级', city: '市级', county: '县级', township: '乡级', unit: '村、站所' },
    allClasses: '各类', class: '类别', grade: '{g} 级', phone: '电话', written: '书面', minutes: '分钟', addClass: '为某类事件单独定时限', add: '添加', remove: '删去', now: '现行 {n}', law: '法定{what}不超过 {n} 分钟（{src}）', lawRequired: '法定必填', superior: '上级 {n}', superiorSays: '上级规定', changed: '已改',
    stage: { flash: '特急首报', first: '首报', followup: '续报', final: '终报', routine: '日常信息', zero: '零报告' }, stageOf: '报告阶段', need: { required: '必填', if_known: '掌握则填', optional: '选填', unused: '不用' }, field: '要素', flashCount: '特急首报要人填的必填项：{n} / {most}', newField: '增加要素', key: '代码（小写字母）', zhName: '中文名', enName: '英文名', type: '类型', types: { text: '文字', int: '整数', number: '数', bool: '是否', datetime: '时间', choice: '选项' }, choices: '选项（每行一个）', fieldTaken: '这个代码已经有了。', fieldNew: '本规则增加',
    rule: '规则', severity: { error: '错误：日常信息不得报出', warning: '提示' }, fixed: '固定',
    kind: '信息类别', steps: { 2: '拟稿、签发', 3: '拟稿、审核、签发' }, asAll: '同“各类”', allKinds: '各类', emergencyNote: '紧急信息不等签批链（突发事件应对法 第六十一条）。',
    skipFrom: '特急报告从几级起同时报全部上级', skipClass: '另按类别（特急和加急）', fromLevel: '报告单位', anyLevel: '各级', lowest: '从几级起', andAbove: '{g} 级及以上', skipNote: '同时报上级的上级，本级上级同样收到。',
    escalationLead: '等了多少分钟仍没有人办，就提醒谁。三步一步比一步晚；批示写了时限的，按时限的一半、到期、超过一半提醒。', awaits: '等什么', awaited: { sign_off: '送签未签', progress: '批示未见办理', acknowledgement: '未签收' }, rung: { deputy: '代签人', leader: '主要领导', superior: '上级' },
    days: '不写时限的约稿给几天', slack: '转给下级时本级留出的分钟',
    zero: '零报告', watch: '值守与交接班', name: '名称', who: '哪些单位', offices: '另加单位代码（逗号分开）', at: '时刻（如 08:00, 16:30）', fromDay: '从哪天', toDay: '到哪天', persons: '至少几人', always: '不填日期为每天。', addZero: '添加零报告', addWatch: '添加值守', noneYet: '没有规定。',
    raw: '给熟悉格式的人：只写与现行不同的条目。', apply: '应用到表格',
    from_when: '生效时间', atOnce: '签发时生效', mine: '是您起草的，须由另一人签发', submit: '提交（须另一人签发）', cell: '请写 1 到 99999 的分钟数', empty: '不能空着；要照现行的，写 {n}', jsonFirst: 'JSON 里的文字还不能用，请先改正或放弃：{why}', dropJson: '放弃 JSON 里的改动', difference: '与现行规则的差别', same: '与现行规则没有差别。', checking: '检查中', fine: '检查通过，可以签发。', goTo: '去改',
    change: { written: '{hop} {cls} {grade} 级 书面：{a} → {b}', phone: '{hop} {cls} {grade} 级 电话：{a} → {b}', field: '增加要素“{b}”', need: '{stage} {cls} {field}：{a} → {b}', rule: '规则 {id}（{text}）：{a} → {b}', steps: '{kind}的签批链：{a} → {b}', skip: '越级直报：{a} 级起 → {b} 级起', skipClass: '{cls}（{from}）越级直报：{a} → {b}', days: '约稿天数：{a} → {b}', slack: '{level}转约稿留出：{a} → {b} 分钟', escalation: '{what}（{lane}）超时升级：{a} → {b} 分钟', zeroNew: '增加零报告：{b}', zeroGone: '取消零报告：{a}', watchNew: '增加值守：{b}', watchGone: '取消值守：{a}' },
    min: '{n} 分钟', notSet: '未定', today: '本单位的零报告与值守', shift: '本班 {from} 至 {to}', shiftPersons: '至少 {n} 人', zeroAt: '零报告 {time}', zeroNone: '这几天没有规定零报告。',
    problem: { policy_legal: '超出法定范围', policy_laxer: '比上级宽', policy_flash: '特急首报必填项过多', policy_unknown: '没有这一项', policy_form: '写法不对', policy_size: '过长' },
  },
};

export const policyEn: typeof policyZh = {
  policyEdit: {
    sections: 'Sections', section: { deadlines: 'Due times', forms: 'Forms', quality: 'Quality rules', signoff: 'Sign-off', skip: 'Skip-level', asking: 'Commissions', escalation: 'Escalation', times: 'Zero reports and watch', raw: 'JSON' },
    from: 'Begun from our version {n}.', anew: 'This office has published none: only what is changed is written, the rest stays.', bound: 'Offices above have ruled: ours may only be stricter.', top: 'Nobody above has ruled: within the law this office decides.',
    hop: { township: 'township', county: 'county', city: 'city', province: 'province', state: 'State Council', unit: 'unit' }, level: { province: 'province', city: 'city', county: 'county', township: 'township', unit: 'unit' },
    allClasses: 'all classes', class: 'Class', grade: 'level {g}', phone: 'phone', written: 'written', minutes: 'minutes', addClass: 'Times of its own for a class', add: 'Add', remove: 'Remove', now: 'now {n}', law: 'by law {what} at most {n} min ({src})', lawRequired: 'required by law', superior: 'above: {n}', superiorSays: 'ruled above', changed: 'changed',
    stage: { flash: 'first flash', first: 'first report', followup: 'follow-up', final: 'final report', routine: 'routine item', zero: 'zero report' }, stageOf: 'Stage', need: { required: 'required', if_known: 'if known', optional: 'optional', unused: 'not used' }, field: 'Element', flashCount: 'Required by hand in a first flash: {n} of {most}', newField: 'Another element', key: 'Code (small letters)', zhName: 'Chinese name', enName: 'English name', type: 'Type', types: { text: 'text', int: 'whole number', number: 'number', bool: 'yes or no', datetime: 'time', choice: 'choice' }, choices: 'Choices, one a line', fieldTaken: 'There is one of that code.', fieldNew: 'added by this policy',
    rule: 'Rule', severity: { error: 'error: routine items are not sent', warning: 'hint' }, fixed: 'fixed',
    kind: 'Kind', steps: { 2: 'drafter, signer', 3: 'drafter, reviewer, signer' }, asAll: 'as all', allKinds: 'All kinds', emergencyNote: 'Emergencies wait for no chain (Emergency Response Law, art. 61).',
    skipFrom: 'Flash reports go to all superiors from', skipClass: 'Besides, by class (flash and urgent)', fromLevel: 'Reporting office', anyLevel: 'any level', lowest: 'From', andAbove: 'level {g} and above', skipNote: 'The superior’s superior gets it at once; the superior gets it too.',
    escalationLead: 'After how many minutes without an answer who is asked. Each step comes after the one before; of an instruction with a due time they lie at half of it, at its end, and half of it later.', awaits: 'What waits', awaited: { sign_off: 'sign-off', progress: 'progress of an instruction', acknowledgement: 'acknowledgement' }, rung: { deputy: 'deputy', leader: 'head of the office', superior: 'superior' },
    days: 'Days of a commission that names no time', slack: 'Minutes that a level keeps when it passes one on',
    zero: 'Zero reports', watch: 'Watch and handover', name: 'Name', who: 'Which offices', offices: 'and these codes (commas between)', at: 'Times (08:00, 16:30)', fromDay: 'From', toDay: 'To', persons: 'At least', always: 'Without dates: every day.', addZero: 'Add zero reports', addWatch: 'Add a watch', noneYet: 'None.',
    raw: 'For those who know the format: only what differs from now.', apply: 'Take over',
    from_when: 'In force from', atOnce: 'when it is signed', mine: 'Yours: another person has to sign it', submit: 'Submit (another person signs)', cell: 'Write minutes, 1 to 99999', empty: 'Not empty; as it is now: {n}', jsonFirst: 'The JSON cannot be used yet; mend it or drop it: {why}', dropJson: 'Drop the changes in JSON', difference: 'Against what is in force', same: 'Nothing differs from what is in force.', checking: 'Checking', fine: 'Checked: it may be signed.', goTo: 'Go there',
    change: { written: '{hop} {cls} level {grade}, written: {a} → {b}', phone: '{hop} {cls} level {grade}, phone: {a} → {b}', field: 'another element “{b}”', need: '{stage} {cls} {field}: {a} → {b}', rule: 'rule {id} ({text}): {a} → {b}', steps: 'sign-off of {kind}: {a} → {b}', skip: 'skip-level: from {a} → from {b}', skipClass: '{cls} ({from}) skip-level: {a} → {b}', days: 'days of a commission: {a} → {b}', slack: '{level} keeps: {a} → {b} min', escalation: 'escalation of {what} ({lane}): {a} → {b} min', zeroNew: 'zero reports: {b}', zeroGone: 'zero reports end: {a}', watchNew: 'watch: {b}', watchGone: 'watch ends: {a}' },
    min: '{n} min', notSet: 'none', today: 'Zero reports and watch of this office', shift: 'This shift {from} to {to}', shiftPersons: 'at least {n} on duty', zeroAt: 'Zero report {time}', zeroNone: 'None is asked for in these days.',
    problem: { policy_legal: 'Beyond the law', policy_laxer: 'Laxer than above', policy_flash: 'Too much for a first flash', policy_unknown: 'There is no such thing', policy_form: 'Not in the right form', policy_size: 'Too long' },
  },
};
