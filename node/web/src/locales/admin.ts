/** Sentences of the pages of administration and audit, in both languages. */
export const adminZh = {
  nav: { admin: '管理' },
  admin: {
    menu: '管理菜单', group: { machine: '本机', office: '单位' },
    nav: { lines: '线路', alarms: '提醒', care: '备份与自检', evidence: '证据', journal: '日志', people: '人员', offices: '下级单位', superiors: '上级单位', machines: '机器与密钥', root: '信任根', policy: '规则' },
    never: '从未', justNow: '刚才', minutesAgo: '{n} 分钟前', hoursAgo: '{n} 小时前', daysAgo: '{n} 天前',
    lastContact: '最后联系', code: '单位代码', acts: '办理', change: '修改', save: '保存', refresh: '刷新', needKeys: '这一页的办理需要“密钥管理员”角色；您现在只能查看。',
    digits: '已输入 {n} / {of} 位', heard: '对方念的数字（40位，每5位一组）',
    level: { province: '省', city: '市', county: '县', township: '乡镇', unit: '直属单位' },
    superiorKind: { superior: '主管上级', line: '条线上级', direct: '上级的上级' },
    role: { drafter: '拟稿', reviewer: '审核', signer: '签发', duty: '值班', auditor: '审计', admin_people: '人员管理员', admin_keys: '密钥管理员', admin_policy: '规则管理员' },
    roleHint: {
      drafter: '写信息、续报和更正的稿子，提交签发。', reviewer: '签发之前审核稿件；不能审自己拟的稿。', signer: '签发后信息才报出；不能签发自己拟的稿（一人单位除外）。', duty: '夜间特急可先报后签；签收来件，办交接。',
      auditor: '只看不改：查日志，核验全部记录。', admin_people: '增加人员、改角色、停用和恢复。', admin_keys: '邀请下级和新机器，核对指纹，吊销。', admin_policy: '发布规则，告知本单位地址。',
    },
    lines: {
      lead: '每条线路上有多少在等、已发出、已有对方签名的回执。数字只随回执改变。', now: '现在收发', running: '正在收发…', notReached: '没有联系上上级', allThere: '全部送达，没有积压', someWait: '还有 {n} 件在等回执',
      moved: '发出 {sent} 件，收到 {received} 件，新回执 {receipts} 件。', carried: '中转单位代管 {n} 件。', top: '本单位没有上级单位。', joining: '等待接纳', up: '通', down: '不通',
      caption: '发往{name}的信息', waiting: '等回执', sent: '其中已发出', acknowledged: '已有回执', refused: '被拒收或搁置', oldest: '最久未回执', overdue: '已超时',
      bulk: '附件：{waiting} 块待发，{done} 块已有回执。', explain: '“等回执”含还没有发出的。特急超过10分钟、加急超过60分钟、平件超过一天没有回执算超时。',
      below: '下级单位', toThem: '发往该单位', waitsFor: '{n} 件等它来取', nothingWaits: '没有积压',
    },
    alarms: { lead: '程序发现的、需要人处理的事。处理好了会自动消失。', none: '没有需要处理的事。', todo: '怎么办', go: '去办理' },
    care: {
      lead: '每周看一次：有没有新的备份，自检是否正常。', backup: '备份', last: '上次备份：', noBackup: '还没有备份过', folder: '存到本机的哪个目录（U盘的目录即可）', save: '开始备份', saving: '正在备份…',
      file: '文件名：{name}。文件是加密的，任何一位人员的口令都能打开；不会覆盖已有文件。', saved: '备份完成：{path}（{size}）。请拔下U盘，放到别处。', doctor: '自检', doctorHint: '检查数据库每一页、磁盘空间、信任根和没有打开的来件。几秒到一分钟。', doctorNow: '开始自检',
      healthy: '一切正常', ill: '有问题，见下', check: { database: '数据库', attachments: '附件库', disk: '磁盘', root: '信任根', unopened: '未打开的来件' }, free: '剩余 {n} MiB', unopened: '{n} 件还没有打开', noneUnopened: '全部已打开', noRoot: '没有根文件', fine: '完好',
      verify: '核验全部记录', verifyHint: '重新计算每一件的链条、签名和回执。记录多时要几分钟，期间可以照常使用。', verifyNow: '开始核验', verified: '全部核验无误：{records} 件记录，{streams} 条通道。', problems: '发现 {n} 处问题：',
      versions: '版本与本机', program: '程序版本', node: '本机编号', counts: '存量', countsText: '草稿 {drafts}，待签 {review}，并存版本 {conflicts}，隔离 {quarantined}，未打开 {unopened}',
    },
    evidence: {
      lead: '一件信息的全部签名和回执装成一个文件，别的单位不用联网也能核验。', get: '下载某件的证据文件', find: '标题、正文或编号里的文字', download: '下载证据', check: '核验一份证据文件', checkHint: '选取 .yzevidence 文件，在本机核验，不上传到别处，也不存入本机。',
      choose: '选取文件', checking: '正在核验 {name}…', good: '核验通过：{records} 件签名记录，含 {layers} 层转报原件。', bad: '没有通过核验，{n} 处问题：', root: '信任根：', sameRoot: '与本机相同', otherRoot: '与本机不同：它属于另一套体系，请核对指纹', case: '事项编号',
    },
    journal: {
      lead: '谁在什么时候办了什么。日志不含信息的内容。', denied: '日志只给有“审计”角色的人员看。', filter: '在已读取的 {n} 行里筛选', none: '没有符合的记录。', who: '人员', what: '办了什么', on: '对象', program: '程序',
      act: {
        alarm_over: '提醒解除', bundle_export: '写出U盘包', bundle_import: '读入U盘包', consent_key: '密钥更换同意', consent_superior: '更换上级同意', join_machine: '新机器加入', login_denied: '登录被拒', machine_admit: '接纳机器', machine_confirmed: '机器已确认', machine_met: '遇到本单位另一机器',
        node_confirm: '确认下级机器', node_invite: '邀请新机器', node_rotate: '更换本机密钥', node_rotated: '本机密钥已更换', office_confirm_key: '核对下级新密钥', office_moved: '单位迁移', office_reissued: '证书换发', office_renew: '换发下级证书', office_resume: '恢复下级', office_rotate_key: '更换单位密钥', office_suspend: '暂停下级',
        officer_add: '增加人员', officer_renew: '更换个人密钥', officer_role: '改角色', officer_suspend: '停用人员', pictures_import: '读入二维码', root_adopt: '采用新根', root_confirm: '核对根指纹', root_propose: '提出新根', root_rotated: '根已更换', root_sign: '签署新根',
        superior_add: '增加上级', superior_remove: '移除上级', superior_url: '改上级地址', addresses: '告知本单位地址', login: '登录', revoke: '吊销', backup: '备份',
        invite: '邀请单位', admit: '接纳单位', init: '开通本单位', join: '请求加入', joined: '已加入', registered: '条线登记完成', moved: '已迁移', recover: '口令恢复', restore: '从备份恢复', passphrase: '改口令', draft: '起草', submit: '提交签发', sign: '签发', review: '审核', return: '退回', withdraw: '撤回', acknowledge: '签收', cosign: '补签', delete: '删除草稿', release: '担保放行', accept: '收下', refuse: '拒收', wait: '暂存等待', notice: '收到短码', alarm: '提醒', revoked: '得知吊销', incarnation: '改用新编号', set_aside: '搁置',
      },
    },
    people: {
      lead: '拟稿人与签发人不能是同一人，程序在签名时把关。', alone: '本单位现在一个人：可以自己拟稿自己签发，报出的信息会标“一人单位”。加上第二个人以后，就必须两人经手。', add: '增加人员', addOk: '增加', added: '已增加 {name}，把首个口令当面告诉本人，请其登录后马上改',
      own: '我（{name}）', ownHint: '口令丢了用开通时打印的恢复单：yizhan passphrase recover。', passphrase: '改口令', renew: '更换我的签名密钥', renewText: '旧密钥从现在起不再用来签名，以前签的仍然有效。证书快到期或怀疑口令被人看到时换。', need: '增删人员和改角色需要“人员管理员”角色；您现在只能查看。',
      name: '姓名', phone: '电话', roles: '角色', state: { active: '在岗', suspended: '停用', retired: '已停', revoked: '已吊销' }, suspend: '停用', resume: '恢复', suspendText: '停用后此人签的内容不再被接受，以前签的仍有效。可以恢复。', resumeText: '恢复停用之前的角色。',
      legend: '角色是什么意思', rules: '三人以上的单位，人员、密钥、规则三个管理员须由不同的人担任；至少留一位人员管理员。', first: '首个口令', again: '再输入一次', show: '显示口令', differs: '两次输入的不一样。', strength: '至少12个字符，或4个词。', rolesOf: '{name} 的角色', rolesText: '改角色就是换发此人的证书，上级随下次收发得知。', rolesOk: '换发证书',
      passphraseText: '改后您在别处的登录会退出。以前的备份仍要用旧口令打开。', old: '现在的口令', new: '新口令',
    },
    offices: {
      lineSuperiors: '另在条线上级登记：{list}',
      lead: '本单位和它下面的单位。邀请、暂停、吊销都由本单位签名，下级随收发得知。', invite: '邀请单位加入', level: '层级',
      mark: { self: '本单位', good: '正常', revoked: '已吊销', moved: '已迁走', suspended: '已暂停', invited: '还没有加入', key_waits: '新密钥待核对', silent: '超过一天没有消息' },
      suspend: '暂停', resume: '恢复', suspendText: '暂停后本单位不收它的信息，也不给它发，直到恢复；对方写的都在它本机排队。', resumeText: '恢复收发，它排队的信息会发来。', renew: '换发证书', renewText: '给它再签十年的单位证书，密钥不变。',
      compare: '核对新密钥', compareTitle: '核对 {name} 的新密钥', compareText: '用您平时用的电话号码打给对方（不要用信息里给的号码），请对方打开“机器与密钥”，逐组念出新密钥的指纹，您在这里录入。对不上就不要办，马上报告。', compareOk: '数字录完，签发', keyDone: '{name} 的新密钥已签发',
      addresses: '下级怎么找到本单位', addressesHint: '本单位机器在网上的地址，最多四个，随收发告知下级。', noAddress: '还没有告知地址。', addressLines: '地址，一行一个',
    },
    invite: {
      title: '邀请单位加入', steps: '步骤', step1: '哪个单位', step2: '地址和期限', step3: '打印交给对方', kind: '怎么加入', new: '新单位加入，本单位是它的主管上级', move: '已有的单位迁入，改由本单位主管（它的编号、密钥、往来都保留）', line: '条线登记：它另有主管上级，只在本单位登记',
      name: '单位名称', code: '单位代码', codeHint: '代码以本单位的 {code} 开头，再加它自己的几位，如 {code}105。条线登记的不用。', persons: '有几个人经手', one: '一人单位：可以自己拟、自己签，会标出来', two: '至少两人：拟稿和签发必须分开', next: '下一步', before: '上一步',
      urls: '对方用哪个地址找到本单位', urlHint: '一行一个，最多四个。就是本单位“serve --sync”所在机器的地址和端口。', valid: '邀请多久有效', hours: '{n} 小时', days: '{n} 天', make: '开具邀请', once: '这份邀请只能用一次，离开本页后不再显示。请现在打印，当面交给对方。', finish: '已交付，完成',
    },
    sheet: {
      title: '驿站开通通知单', for: '{name}（{code}）', superior: '主管上级', first: '第一台机器', address: '上级地址', until: '有效期至', invitation: '邀请码', qr: '邀请码的二维码', root: '根指纹（以电话里念的为准）', yourName: '姓名',
      todo: '怎么办', step1: '在要用的电脑上装好驿站。', step2: '扫二维码或抄邀请码，运行（把 YZ1-… 换成上面整行）：', step3: '程序会让您定一个口令，牢记，不要写在纸上。然后运行：', step4: '在浏览器打开程序给出的地址，登录，进“管理—信任根”；给{name}打电话，请对方念根指纹，您录入核对。', step4machine: '在第一台机器的“机器与密钥”里核对两边指纹；请上级电话确认这台新机器。', step5: '写一件演练信息发出，看到“已送达”就开通了。',
      warning: '拿到这张纸的人就能以该单位的名义加入。当面交接，用完销毁。涉密信息不得上本系统。', handed: '交付人', taken: '领取人', date: '日期',
    },
    revoke: {
      short: '吊销', title: '吊销：{name}', ok: '签名吊销', why: '为什么', retiredLabel: '不再使用（调离、撤并、机器退役）：密钥没有落到别人手里', compromisedLabel: '失密或失窃：密钥可能在别人手里', since: '从什么时候起不可信（不知道就不填，从现在起）', reason: '原因（随吊销一起发出，各级都看得到）', then: '吊销以后：',
      officer: { a: '此人此后签的内容，各级都不再接受，收到的会隔离，由签发人逐件担保后才打开。', b: '此人的口令仍能打开他自己机器上的旧数据；请收回机器。' }, node: { a: '这台机器此后发出的内容不再接受，它也收不到新的信息。', b: '它上面已有的信息，拿到机器和口令的人仍能看到。' }, office: { a: '该单位全部机器和人员此后签的内容都不再接受，它与各级的收发停止。', b: '它下面的单位要另行邀请到别的上级。' },
      retired: '此前签的全部照旧有效。', compromised: '所填时间以后、本单位还没有收到的内容，即使署着更早的时间也会隔离。', told: '吊销随下次收发传到各级；U盘也带得到。', final: '吊销不能撤回。要再用，须重新邀请或重新添加。', read: '我已读过后果', done: '已吊销 {name}',
      list: '已吊销的', as: { office: '单位', node: '机器', officer: '人员' }, compromisedShort: '失密', retiredShort: '停用', from: '自 {time}', inForce: '已生效', notYet: '尚未生效',
    },
    superiors: {
      lead: '主管上级只有一个，条线上级可以有几个。换主管上级要对方用“迁入”开具邀请。', add: '登记条线上级', addText: '把对方给的邀请整行粘贴到这里。对方不会成为主管上级。', addOk: '登记', invitation: '邀请码（YZ1- 开头的整行）', move: '迁往新上级', moveText: '单位改由开具邀请的上级主管。编号、密钥和往来保留，单位代码会变；在等原上级回执的，改由新上级转达。办了就不能撤回，须再由原上级邀请迁回。', moveOk: '迁移',
      ready: '已在{name}登记', waits: '已提出，等{name}接纳；有线路就自动完成', compare: '打电话与对方核对根指纹：', moved: '已迁到{name}，本单位代码现在是 {code}', moving: '已提出，等{name}接纳', address: '地址', changeAddress: '改地址', addressOf: '{name} 的地址', addressText: '一行一个，最多四个，依次尝试。', remove: '移除', removeText: '不再向它报送。已签的仍有效，在等它回执的留在本机。',
    },
    machines: {
      lead: '一个单位可以有几台机器，每台有自己的密钥。新机器须由上级打电话核对指纹后确认。', own: '本单位的机器', this: '就是这台', number: '第 {n} 台', confirmed: '已确认', unconfirmed: '上级尚未确认', fingerprint: '机器指纹', fingerprintOf: '{name} 的指纹', readUp: '把下面的指纹念给上级管理员，请其确认：', below: '下级单位的机器', machine: '机器',
      confirm: '确认', confirmTitle: '确认 {name} 的新机器', confirmText: '用您平时用的电话号码打给对方，请对方打开“机器与密钥”，逐组念出这台机器的指纹，您在这里录入。对不上就不要确认。', confirmedNow: '机器已确认', invite: '邀请一台新机器', inviteText: '新机器用这份邀请加入本单位，写的和收的两边都看得到；草稿和附件不共享。', name: '给机器起个名字', officer: '谁用（不填就是{name}自己）',
      rotate: '更换本机密钥', rotateText: '生成新密钥，告知各相邻单位；都知道以后才启用，此前照用旧密钥。', rotating: '新密钥正在告知各方，暂用旧密钥', force: '不再等待', forceText: '立即启用新密钥。还没有听到的单位会拒收本机，直到它们得知。只在某单位长期不会上线时用。', unheard: '这些单位还不知道新密钥：{list}',
      officeKey: '单位密钥', officeKeyHint: '单位密钥给本单位的人员、机器和下级签发证书，只在第一台机器上。怀疑失密，或经手人调离时更换。', officeKeyWaits: '新密钥等待上级核对：给上级打电话，念出下面的数字。', rotateOffice: '更换单位密钥', rotateOfficeText: '生成新的单位密钥。上级电话核对并签发以后启用，人员、机器和下级自动换发到新密钥之下。', rotateTopText: '本单位是顶级单位：新密钥写进新版根文件后启用，各级自动得知，人员、机器和下级自动换发到新密钥之下。根文件有多位持有人的，须用命令行 yizhan office rotate-key --out 写出文件，由持有人签名。未用过的邀请要重新开具。',
    },
    root: {
      lead: '所有单位的证书都从这个根签发。加入时用电话核对一次，以后就不怕有人冒充上级。', compare: '与上级核对', how1: '用您平时用的电话号码打给{name}的管理员（不要用邀请单上的号码）。', how2: '请对方打开“管理—信任根”，逐组念出根指纹。', how3: '听一组录一组。不要照着纸上或屏幕上的抄：那样核对不出冒充的。',
      confirm: '录完，核对', same: '指纹一致，根已确认', fingerprint: '根指纹', confirmed: '已电话核对', unconfirmed: '未核对', readDown: '下级来电话核对时，逐组念给对方：', notByEye: '核对之前先不看：要录的是电话里听到的数字。', show: '显示本机的数字', holders: '根的持有人', holder: '持有人指纹', threshold: '第 {version} 版，{of} 位持有人，须 {n} 位签名才能更换。', signed: '已签', unsigned: '未签', change: '更换持有人或门限，用 yizhan root propose、root sign、root adopt。', history: '历次版本', version: '第 {n} 版',
    },
  },
};

export const adminEn: typeof adminZh = {
  nav: { admin: 'Manage' },
  admin: {
    menu: 'Management menu', group: { machine: 'This machine', office: 'Office' },
    nav: { lines: 'Lines', alarms: 'Alarms', care: 'Backup and checks', evidence: 'Evidence', journal: 'Journal', people: 'People', offices: 'Offices below', superiors: 'Superiors', machines: 'Machines and keys', root: 'Root of trust', policy: 'Policy' },
    never: 'never', justNow: 'just now', minutesAgo: '{n} min ago', hoursAgo: '{n} h ago', daysAgo: '{n} day ago | {n} days ago',
    lastContact: 'Last contact', code: 'Office code', acts: 'Actions', change: 'Change', save: 'Save', refresh: 'Refresh', needKeys: 'Changes on this page need the role “administrator of keys”; you can look.',
    digits: '{n} of {of} digits', heard: 'The digits as they are read to you (40, in groups of 5)',
    level: { province: 'province', city: 'city', county: 'county', township: 'township', unit: 'unit' },
    superiorKind: { superior: 'own superior', line: 'line superior', direct: 'above our superior' },
    role: { drafter: 'Drafter', reviewer: 'Reviewer', signer: 'Signer', duty: 'Duty officer', auditor: 'Auditor', admin_people: 'Administrator of people', admin_keys: 'Administrator of keys', admin_policy: 'Administrator of policy' },
    roleHint: {
      drafter: 'Writes reports, follow-ups and corrections, and submits them.', reviewer: 'Reviews before sign-off; never what they drafted.', signer: 'Only what they sign leaves; never what they drafted (but in an office of one).', duty: 'May send flash reports before sign-off at night; acknowledges receipt.',
      auditor: 'Looks and changes nothing: journal, verification.', admin_people: 'Adds people, changes roles, suspends and resumes.', admin_keys: 'Invites offices and machines, compares fingerprints, revokes.', admin_policy: 'Publishes rules, tells the addresses of this office.',
    },
    lines: {
      lead: 'How much waits on each line, has left, and has a receipt signed by the other end. Receipts alone change these figures.', now: 'Exchange now', running: 'Exchanging…', notReached: 'The superior was not reached', allThere: 'All delivered, nothing waits', someWait: '{n} wait for a receipt',
      moved: '{sent} sent, {received} received, {receipts} new receipts.', carried: '{n} kept by a relay.', top: 'This office has no superior.', joining: 'waits to be admitted', up: 'up', down: 'down',
      caption: 'Reports to {name}', waiting: 'Wait for receipt', sent: 'of these, sent', acknowledged: 'With receipt', refused: 'Refused, set aside', oldest: 'Oldest without receipt', overdue: 'overdue',
      bulk: 'Attachments: {waiting} chunks wait, {done} have a receipt.', explain: '“Wait for receipt” includes what has not left yet. Overdue: flash after 10 minutes, urgent after 60, routine after a day.',
      below: 'Offices below', toThem: 'For that office', waitsFor: '{n} wait until it calls', nothingWaits: 'nothing waits',
    },
    alarms: { lead: 'What the program found that a person has to deal with. It goes away when that is done.', none: 'Nothing to deal with.', todo: 'To do', go: 'Go there' },
    care: {
      lead: 'Once a week: is there a fresh backup, and do the checks pass?', backup: 'Backup', last: 'Last backup: ', noBackup: 'none so far', folder: 'Folder on this machine (that of a stick will do)', save: 'Back up', saving: 'Backing up…',
      file: 'File: {name}. It is encrypted; any officer\'s passphrase opens it. An existing file is never overwritten.', saved: 'Backed up: {path} ({size}). Unplug the stick and keep it elsewhere.', doctor: 'Self-check', doctorHint: 'Every page of the databases, disk space, root of trust, mail not opened. Seconds to a minute.', doctorNow: 'Check now',
      healthy: 'All is well', ill: 'Something is wrong, see below', check: { database: 'Database', attachments: 'Attachments', disk: 'Disk', root: 'Root of trust', unopened: 'Unopened mail' }, free: '{n} MiB free', unopened: '{n} not opened yet', noneUnopened: 'all opened', noRoot: 'no root document', fine: 'sound',
      verify: 'Verify all records', verifyHint: 'Recomputes every chain, signature and receipt. Minutes when there are many; work may go on meanwhile.', verifyNow: 'Verify now', verified: 'All verified: {records} records, {streams} streams.', problems: '{n} problems:',
      versions: 'Version and machine', program: 'Program', node: 'This machine', counts: 'In store', countsText: '{drafts} drafts, {review} to be signed, {conflicts} conflicts, {quarantined} quarantined, {unopened} unopened',
    },
    evidence: {
      lead: 'All signatures and receipts of a report in one file, which anybody can check without a line.', get: 'Evidence file of a report', find: 'Words of title or text, or the number', download: 'Download', check: 'Check an evidence file', checkHint: 'Choose a .yzevidence file: it is checked on this machine, sent nowhere and not stored.',
      choose: 'Choose a file', checking: 'Checking {name}…', good: 'Sound: {records} signed records, {layers} layers of forwarded originals.', bad: 'Not sound, {n} problems:', root: 'Root of trust: ', sameRoot: 'the same as ours', otherRoot: 'not ours: it belongs to another system, compare the fingerprint', case: 'Case',
    },
    journal: {
      lead: 'Who did what, and when. No report\'s text stands in it.', denied: 'The journal is for officers with the role “auditor”.', filter: 'Filter the {n} lines fetched', none: 'Nothing fits.', who: 'Officer', what: 'Act', on: 'On', program: 'the program',
      act: {
        alarm_over: 'alarm over', bundle_export: 'bundle written', bundle_import: 'bundle read', consent_key: 'consent to a key', consent_superior: 'consent to a superior', join_machine: 'machine joined', login_denied: 'sign-in refused', machine_admit: 'machine admitted', machine_confirmed: 'machine confirmed', machine_met: 'met another machine of ours',
        node_confirm: 'machine below confirmed', node_invite: 'machine invited', node_rotate: 'node key rotated', node_rotated: 'new node key in use', office_confirm_key: 'new key of an office confirmed', office_moved: 'office moved', office_reissued: 'certificates reissued', office_renew: 'office certificate renewed', office_resume: 'office resumed', office_rotate_key: 'office key rotated', office_suspend: 'office suspended',
        officer_add: 'officer added', officer_renew: 'officer\'s key renewed', officer_role: 'roles changed', officer_suspend: 'officer suspended', pictures_import: 'QR codes read', root_adopt: 'root adopted', root_confirm: 'root confirmed', root_propose: 'root proposed', root_rotated: 'root changed', root_sign: 'root signed',
        superior_add: 'superior added', superior_remove: 'superior removed', superior_url: 'superior\'s address', addresses: 'addresses told', login: 'sign-in', revoke: 'revoked', backup: 'backup',
        invite: 'office invited', admit: 'office admitted', init: 'office founded', join: 'asked to join', joined: 'joined', registered: 'line registered', moved: 'moved', recover: 'passphrase recovered', restore: 'put back from a backup', passphrase: 'passphrase changed', draft: 'drafted', submit: 'submitted', sign: 'signed', review: 'reviewed', return: 'returned', withdraw: 'withdrawn', acknowledge: 'acknowledged', cosign: 'cosigned', delete: 'draft deleted', release: 'vouched for', accept: 'taken in', refuse: 'refused', wait: 'waits', notice: 'code taken in', alarm: 'alarm', revoked: 'heard of a revocation', incarnation: 'went on under new numbers', set_aside: 'set aside',
      },
    },
    people: {
      lead: 'Whoever drafted a report cannot sign it off; the program sees to that.', alone: 'One person works here: they may draft and sign alone, and what leaves is marked “one person”. From the second person on two are needed.', add: 'Add a person', addOk: 'Add', added: '{name} added: tell them the first passphrase in person; they change it at once',
      own: 'Me ({name})', ownHint: 'A lost passphrase is replaced with the recovery sheet: yizhan passphrase recover.', passphrase: 'Change passphrase', renew: 'Renew my signing key', renewText: 'The old key signs no more; what it signed stays good. Do it when the certificate ends soon, or somebody may have seen the passphrase.', need: 'Changes need the role “administrator of people”; you can look.',
      name: 'Name', phone: 'Telephone', roles: 'Roles', state: { active: 'active', suspended: 'suspended', retired: 'ended', revoked: 'revoked' }, suspend: 'Suspend', resume: 'Resume', suspendText: 'What they sign is no longer accepted; what they signed before stays good. It can be resumed.', resumeText: 'They get the roles of before.',
      legend: 'What the roles mean', rules: 'In an office of three and more the administrators of people, keys and policy are different persons; one administrator of people always remains.', first: 'First passphrase', again: 'Once more', show: 'Show it', differs: 'The two differ.', strength: 'At least 12 characters, or 4 words.', rolesOf: 'Roles of {name}', rolesText: 'New roles are a new certificate for the same person; the superior hears with the next exchange.', rolesOk: 'Certify',
      passphraseText: 'Your other sessions end. Older backups still open with the old passphrase.', old: 'Present passphrase', new: 'New passphrase',
    },
    offices: {
      lineSuperiors: 'Also registered with: {list}',
      lead: 'This office and those below it. This office signs invitations, suspensions and revocations; those below hear of them with their next exchange.', invite: 'Invite an office', level: 'Level',
      mark: { self: 'this office', good: 'good', revoked: 'revoked', moved: 'moved away', suspended: 'suspended', invited: 'has not joined yet', key_waits: 'new key to compare', silent: 'silent for more than a day' },
      suspend: 'Suspend', resume: 'Resume', suspendText: 'Nothing is taken from it nor given to it until it is resumed; what it writes is queued there.', resumeText: 'Exchanges go on, and what it queued comes.', renew: 'Renew certificate', renewText: 'Ten more years for its certificate, the key stays.',
      compare: 'Compare new key', compareTitle: 'New key of {name}', compareText: 'Call them at the number you always use (not one from a message). They open “Machines and keys” and read the new key\'s fingerprint group by group; type it here. If it differs, stop and report it.', compareOk: 'All typed, certify', keyDone: 'The new key of {name} is certified',
      addresses: 'Where offices below reach us', addressesHint: 'Addresses of this office\'s machine, at most four, told with the next exchange.', noAddress: 'None told yet.', addressLines: 'Addresses, one a line',
    },
    invite: {
      title: 'Invite an office', steps: 'Steps', step1: 'Which office', step2: 'Address and validity', step3: 'Print and hand over', kind: 'How it joins', new: 'A new office, directly below this one', move: 'An office that moves here (its id, keys and history stay)', line: 'Line registration: it has another superior and is only registered here',
      name: 'Name of the office', code: 'Office code', codeHint: 'It begins with ours, {code}, and adds digits of its own, like {code}105. Not so for a line registration.', persons: 'How many people work there', one: 'One: may draft and sign alone, marked as such', two: 'Two or more: drafting and sign-off stay apart', next: 'Next', before: 'Back',
      urls: 'Where it reaches us', urlHint: 'One a line, at most four: address and port of the machine that runs “serve --sync”.', valid: 'Valid for', hours: '{n} hours', days: '{n} days', make: 'Make the invitation', once: 'It can be used once and is not shown again after this page. Print it now and hand it over in person.', finish: 'Handed over, done',
    },
    sheet: {
      title: 'Yizhan enrolment sheet', for: '{name} ({code})', superior: 'Superior', first: 'First machine', address: 'Address', until: 'Valid until', invitation: 'Invitation', qr: 'QR code of the invitation', root: 'Root fingerprint (what is read on the telephone counts)', yourName: 'NAME',
      todo: 'What to do', step1: 'Install Yizhan on the computer that will be used.', step2: 'Scan the code or copy the invitation, then run (with the whole line for YZ1-…):', step3: 'You choose a passphrase; remember it, never write it down. Then run:', step4: 'Open the address that it prints in a browser, sign in, go to Manage, Root of trust; call {name}, have the root fingerprint read to you and type it in.', step4machine: 'Compare the fingerprints under “Machines and keys” on both machines; the superior confirms the new one by telephone.', step5: 'Send a trial report: when it says “Delivered” you are done.',
      warning: 'Whoever has this sheet can join as that office. Hand it over in person, destroy it after use. No state secrets in this system.', handed: 'Handed over by', taken: 'Received by', date: 'Date',
    },
    revoke: {
      short: 'Revoke', title: 'Revoke: {name}', ok: 'Sign the revocation', why: 'Why', retiredLabel: 'No longer used (left, merged, machine retired): nobody else has the key', compromisedLabel: 'Compromised or stolen: somebody else may have the key', since: 'Not to be trusted since (empty: from now on)', reason: 'Reason (travels with it, every level sees it)', then: 'From then on:',
      officer: { a: 'What they sign is accepted nowhere; what arrives is held back until a signer vouches for it.', b: 'Their passphrase still opens old data on their own machine: take the machine back.' }, node: { a: 'Nothing that this machine sends is accepted, and nothing new reaches it.', b: 'Whoever has the machine and a passphrase still reads what is on it.' }, office: { a: 'Nothing that its machines and people sign is accepted any more, and its exchanges end.', b: 'Offices below it have to be invited elsewhere.' },
      retired: 'All that was signed before stays good.', compromised: 'What had not arrived here by then is held back, even if it bears an earlier date.', told: 'Every level hears with the next exchange, also by stick.', final: 'It cannot be undone: they would be invited or added anew.', read: 'I have read what follows from it', done: '{name} is revoked',
      list: 'Revoked', as: { office: 'office', node: 'machine', officer: 'officer' }, compromisedShort: 'compromised', retiredShort: 'retired', from: 'since {time}', inForce: 'in force', notYet: 'not in force yet',
    },
    superiors: {
      lead: 'There is one superior of our own, and there may be several line superiors. To change our own, the new one makes an invitation for an office that moves.', add: 'Register with a line superior', addText: 'Paste the whole invitation. They do not become our own superior.', addOk: 'Register', invitation: 'Invitation (the whole line, YZ1-…)', move: 'Move to a new superior', moveText: 'This office will lie below the superior that made the invitation. Id, keys and history stay, the code changes; what waits for the old superior goes by way of the new one. Only an invitation of the old superior leads back.', moveOk: 'Move',
      ready: 'Registered with {name}', waits: 'Asked; waits until {name} admits us, by itself when the line is there', compare: 'Compare the root fingerprint by telephone:', moved: 'Now below {name}; our code is {code}', moving: 'Asked; waits until {name} admits us', address: 'Address', changeAddress: 'Change address', addressOf: 'Addresses of {name}', addressText: 'One a line, at most four, tried in turn.', remove: 'Remove', removeText: 'Nothing more is reported to it. What was signed stays good, what waits for its receipt stays here.',
    },
    machines: {
      lead: 'An office may have several machines, each with a key of its own. A further one is confirmed by the superior, who compares its fingerprint by telephone.', own: 'Machines of this office', this: 'this one', number: 'Machine {n}', confirmed: 'confirmed', unconfirmed: 'not confirmed by the superior', fingerprint: 'Fingerprint', fingerprintOf: 'Fingerprint of {name}', readUp: 'Read these digits to the superior\'s administrator:', below: 'Machines of offices below', machine: 'Machine',
      confirm: 'Confirm', confirmTitle: 'New machine of {name}', confirmText: 'Call them at the number you always use. They open “Machines and keys” and read this machine\'s fingerprint group by group; type it here. If it differs, do not confirm.', confirmedNow: 'Machine confirmed', invite: 'Invite a further machine', inviteText: 'The new machine joins this office with it; both see all reports, but not each other\'s drafts and attachments.', name: 'Name of the machine', officer: 'For whom (empty: {name})',
      rotate: 'Rotate this machine\'s key', rotateText: 'A new key is made and told to every neighbour; it is used once all have heard.', rotating: 'The new key is being told; the old one is in use', force: 'Wait no longer', forceText: 'The new key is used at once. Offices that have not heard refuse this machine until they do. Only for one that does not return.', unheard: 'These have not heard of the new key: {list}',
      officeKey: 'Key of the office', officeKeyHint: 'It certifies this office\'s people, machines and offices below, and lies on the first machine only. Change it when it may be compromised, or whoever kept it leaves.', officeKeyWaits: 'The new key waits for the superior: call and read these digits.', rotateOffice: 'Change the office key', rotateOfficeText: 'A new office key is made. It is used once the superior has compared and certified it; people, machines and offices below follow by themselves.', rotateTopText: 'This is the top office: a new root document names the new key, everybody below hears of it, people, machines and offices below follow by themselves. Where the root has several holders, use yizhan office rotate-key --out FILE for them to sign. Invitations not used yet have to be made anew.',
    },
    root: {
      lead: 'Every office\'s certificate comes from this root. Compared once by telephone, nobody can play the superior later.', compare: 'Compare with the superior', how1: 'Call the administrator of {name} at the number you always use (not the one on the sheet).', how2: 'They open Manage, Root of trust, and read the fingerprint group by group.', how3: 'Type what you hear. Copying it from paper or screen would not find an impostor.',
      confirm: 'All typed, compare', same: 'The same: the root is confirmed', fingerprint: 'Root fingerprint', confirmed: 'compared by telephone', unconfirmed: 'not compared', readDown: 'When an office below calls, read it group by group:', notByEye: 'Not shown before it is compared: what counts is what you hear.', show: 'Show our digits', holders: 'Holders of the root', holder: 'Holder\'s fingerprint', threshold: 'Version {version}, {of} holders; {n} must sign a change.', signed: 'signed', unsigned: 'not signed', change: 'Holders and threshold are changed with yizhan root propose, root sign, root adopt.', history: 'Versions', version: 'Version {n}',
    },
  },
};
