/** Every sentence that a person reads. */
export default {
  name: '驿站',
  lane: { flash: '特急', urgent: '加急', routine: '平件', all: '全部' },
  state: {
    draft: '草稿', in_review: '待签发', returned: '已退回', signed: '待发出', queued: '待发出', sent: '已发出，未见回执', delivered: '已送达', opened: '对方已核验',
    acknowledged: '已签收', withdrawn: '已撤回', rejected: '对方拒收', received: '新收到', adopted: '已采用', not_adopted: '未采用', filed: '备查',
    instructed: '有批示', forwarded: '已转报', forward_waits: '转报，待送达', in_follow_through: '督办中', feedback_given: '已反馈', closed: '已办结', archived: '已归档', deleted: '已删除',
  },
  group: {
    returned: '退回修改', to_sign: '待我签发', cosign: '先报后签，待补签', in_review: '等他人签发', new: '下级来件', waiting: '等上级回执', draft: '草稿',
  },
  role: { drafter: '拟稿', reviewer: '审核', signer: '签发', duty: '值班员先报', cosigner: '补签' },
  /** What a signature is in the very record it stands under. */
  part: { drafter: '拟稿', reviewer: '审核', signer: '签发', duty: '值班员先报', cosigner: '补签', handler: '经办', recorder: '代录', second: '第二人签名' },
  event: {
    submitted: '送签', sent_back: '退回修改', reviewed: '审核', report: '签发', final: '终报签发', cosignature: '补签', followup: '续报签发', final_report: '终报签发', zero_report: '零报告签发', correction: '更正签发', withdrawal: '撤回', forward: '转报',
    received: '本机收到并入库', custody: '中转单位代收保管', stored: '对方入库（机器回执）', opened: '对方已核验（机器回执）', refused: '对方拒收', acknowledgement: '签收',
    annotation: '批注', cosign: '补签', decision: '采用决定', instruction: '批示', manifest: '附件清单',
  },
  delivery: { waiting: '待发出', sent: '已发出，未见回执', custody: '中转单位保管中', delivered: '已送达（入库回执）', opened: '对方已核验（机器回执）', refused: '对方拒收', set_aside: '已搁置' },
  flag: {
    one_person: '一人单位', root_unconfirmed: '根指纹未核对', expired: '证书过期', clock: '时钟可疑', provisional: '先报后签', exercise: '演练', unreadable: '读不懂',
    same_signer: '拟签同一人', nested: '转报所附', older_version: '处理、转报的是旧版本', revoked: '密钥已停用', unreviewed: '缺审核人签名',
  },
  sensitivity: { public: '公开', internal: '内部', work_secret: '工作秘密' },
  grade: { I: '特别重大', II: '重大', III: '较大', IV: '一般', ungraded: '未定级' },
  nav: { work: '今日', reports: '全部信息', write: '写信息', phone: '接电话', lock: '锁屏', out: '退出', main: '主菜单', language: 'English', skip: '跳到正文' },
  sign: {
    title: '登录', officer: '姓名', officerHint: '本单位只有一人时可不填', passphrase: '口令', in: '登录', locked: '已锁屏', lockedHint: '没保存的内容还在，输入口令后接着写。',
    expired: '较长时间没有操作，已自动锁屏', as: '以{name}登录', other: '换人登录（未保存的内容将丢失）', confirmTitle: '请再输入一次口令',
    confirmHint: '距上次输入口令已超过5分钟，签名前需再确认一次。', secret: '涉密信息不得上本系统', checking: '正在核对口令…',
  },
  work: {
    goesTo: '报送{list}', goesDown: '发给{list}', submitted: '{name} {time} 提交', title: '今日', empty: '没有等着办的事。', count: '{n} 件', drills: '演练 {n} 件', part: { grave: '特急、加急', plain: '平件' }, due: '时限', overdue: '已超 {n} 分钟', left: '还有 {n} 分钟', leftHours: '还有 {n} 小时', leftDays: '还有 {n} 天',
    keys: 'j / k 上下移动，Enter 打开，n 写信息，p 接电话',
  },
  list: {
    title: '全部信息', search: '查找文字', lane: '紧急程度', state: '状态', office: '单位', any: '不限', find: '查找', more: '再显示一些', none: '没有符合条件的信息。', shown: '已显示 {n} 件',
    number: '编号', heading: '标题', from: '来自', time: '时间', clear: '清除条件',
  },
  line: {
    down: '到{name}的线路不通', joining: '还在等上级接纳', last: '上次成功 {time}', never: '还没有联系上过', kept: '写好的都在本机，来网后自动发出，特急在前。',
    waiting: '待发 {n} 件',
    try: '现在试一次', trying: '正在联系…', still: '还是没有联系上：{reason}', up: '线路通', isDown: '线路断', none: '没有上级单位', refused: '上级暂不接收：{reason}', done: '已联系上', wait: '待发 {n}',
  },
  report: {
    text: '正文', fields: '要素', people: '经办', drafter: '拟稿', reviewer: '审核', signer: '签发', contact: '联系人', records: '版本与签名', receipts: '回执', noReceipts: '还没有回执。状态只随回执改变。',
    timeline: '经过', attachments: '附件', none: '无', valid: '签名有效', invalid: '签名无效', verified: '已核验', unverified: '未核验', held: '被隔离', incomplete: '未收全', occurred: '事发', signed: '签发于', submitted: '送签', between: '{from} 至 {until} 之间', received: '收到于', handled: '（{who}）', receiptHint: '入库、核验是对方电脑自动给的回执，不表示有人看过；有人看过要看“签收”。', latest: '最新回执 {time}，覆盖至本件', storedAt: '入库', openedAt: '核验', takenOlder: '（签收的是 {time} 的版本，新版本还没有签收）', notAcknowledged: '还没有人签收', signedFor: '代{absent}签发', asDeputy: '{absent}已报备外出，由您代签。签名后各单位看到的是“您（代{absent}签发）”。', unentitled: '“签发权未证实”：签发人没有签发权，也没有收到由其代签的外出报备，或签发不在代签期内。收到报备后会自动重新核对；急件请打电话核实。',
    disputed: '有分歧的要素：{list}', edit: '继续编写', remove: '删除草稿', print: '打印', sign: '签发', return: '退回', submit: '提交签发',
    acknowledge: '签收', follow: '写续报', final: '写终报', correct: '写更正', withdraw: '撤回', code: '电话短码', returned: '退回原因：{note}', pending: '有未签发的稿件（{state}）', deliveries: '送达情况',
    cosign: '补签', cosignText: '补签先报后签的：{list}。', sentFirstBy: '先报', opinion: '意见', takeBack: '取回修改', takeBackText: '取回后可以再改，改好要重新提交。', takeBackSaid: '拟稿人取回修改', textSigned: '正文（已签发的上一版）',
    blocked: '{what}正等签发（拟稿 {name}），这时不能另写续报、更正。有新情况：请拟稿人取回，或请签发人退回，补进去再提交。', blockedMine: '您的{what}正等签发，这时不能另写续报、更正。有新情况：请点“取回修改”，补进去再提交。',
    reason: '原因', note: '意见（可不写）', cancel: '取消', ok: '确定',
    sure: '确定要{what}吗？', gone: '草稿已删除', done: '已{what}', changed: '{what}已改好', signedWaits: '{what}已签名，待送达', from: '报送单位', sensitivity: '信息属性', printed: '打印于 {time}', warned: '附带提示：{list}', suspicious: '附件“{name}”的内容与文件名不符，请核实后再用', nextWaits: '还有待您签发的：', next: '下一件：{title}', submittedBy: '{name} {time} 提交，等待签发。', back: '返回',
  },
  write: {
    skips: '按规则越级直报：同时发往全部上级。',
    title: '写信息', edit: '编写', kind: '类别', lane: '紧急程度', heading: '标题', body: '正文', occurred: '事发时间', required: '必填', if_known: '知道就填', optional: '可填', moreFields: '更多要素（{n} 项）', furtherHints: '还有 {n} 处提示',
    unknown: '不详', check: '即时检查', fine: '没有发现问题。', blocks: '{n} 处必须改', hints: '{n} 处提示', grade: '按数字应为', due: '书面报告时限', phoneDue: '电话报告时限', characters: '{n} 字',
    saved: '{time} 已存为草稿', saving: '正在保存…', unsaved: '有改动未保存', fresh: '开始写就自动保存', failed: '没存上：{why} 文字还在这里，会自动再试。', away: '节点没有应答。',
    send: '签发并报送', sendTitle: '签发并报送', sendAs: '以{name}的名义签名，{lane}报送{to}。签名后不能修改，只能更正或撤回。', warnings: '带着 {n} 处提示报出。', sent: '已签发，{number}，待发出', submitted: '已提交，请另一位同志签发',
    attach: '添加附件', attachHint: '附件走批量通道，不耽误正文', detach: '移除', detachSure: '移除附件“{name}”？', slowLine: '{size}：线路 256 kbit/s 约需 {n} 分钟', returnedBy: '{name} {time} 退回：', failedChoose: '没存上：{why}', chooseFirst: '这份草稿已在另一个窗口保存过，请先在页面上方选以哪份为准，再提交', leftMarks: '（与现在的文字相比：加的和删的已标出）', upload: '正在加入 {name}…', leave: '还有文字没有保存到本机，确定离开？', notSent: '没有报出：{why}', above: '上级单位', secrecy: '信息属性', lost: '这份草稿已不在（可能已签发或删除）。',
    differ: '本单位两台机器上的文字不同。请选一份为准，另一份还留在页面上，可以抄过来。', on: '{machine}　{drafter}　{time}', take: '以这份为准', beside: '本单位另一台机器也改了这份草稿，两份都已保存。', compare: '对照', thisWindow: '本窗口', elsewhere: '这份草稿已在另一个窗口保存过。本窗口的文字还在页面上，但没有保存。请选以哪份为准。', elsewhereLoad: '看另一窗口的', elsewhereKeep: '以本窗口的为准', leftOut: '没有选的一份（{machine}）',
  },
  phone: {
    title: '接电话', lead: '按顺序问，边听边填；先报已知，不等详情。', who: '谁报来的（单位、姓名、回拨电话）', when: '什么时候发生的', where: '在哪里', what: '什么事', happened: '情况（原话即可）', deaths: '死亡几人', missing: '失联几人',
    injured: '受伤、被困等（写进情况）', measures: '已经采取什么措施', heading: '标题', proposed: '按要素自动拟定，可改', grade: '初判', due: '书面首报须在 {time} 前到{to}（还有 {n} 分钟）', overdue: '书面首报时限 {time} 已过 {n} 分钟，请马上报出',
    phoneDue: '电话先报：{time} 前', send: '立即报出（特急）', clock: '接报时间 {time}', more: '完整表单', real: '这是真实事件', isReal: '按真实事件报出，不是演练', choose: '请选择', typeahead: '打字可选，如“滑坡”选“地质灾害”',
  },
  error: { away: '节点没有应答：它可能停了。请看窗口外的驿站程序，或运行 yizhan serve。没保存的内容还在本页。', failed: '没有办成：{why}', csrf: '页面凭证不符，请刷新页面。' },
  alarm: '需要留意',
  common: { semicolon: '；', colon: '：', brackets: '（{text}）', loading: '正在读取…', close: '关闭', and: '、', menu: '菜单', otherOffice: '另一单位' },
};
