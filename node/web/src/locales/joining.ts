/** Invitations: what is wrong with one before it is made, and what became of each. */
export const joiningZh = {
  joining: {
    list: '开出的邀请', none: '没有未用的邀请。', past: '用过、过期和撤回的（{n}）', made: '{made} 开具，有效期至 {until}',
    withdraw: '撤回', withdrawText: '撤回以后，那张纸上的邀请码就作废了，拿它来加入的会被告知已撤回。用过的邀请不能撤回。',
    kind: { new: '新单位', line: '条线登记', move: '迁入', machine: '新机器' },
    state: { open: '未用', used: '已用', expired: '已过期', withdrawn: '已撤回', dead: '试错太多，已作废' },
    codeForm: '单位代码是2到12位数字', codeOwn: '这是本单位自己的代码', codeNotBelow: '代码要以本单位的 {code} 开头；不归本单位主管的，选“条线登记”', codeAbove: '对方在本单位之上，不能邀请它', codeTaken: '{name}（{code}）已经加入，不用再邀请',
    codeOpen: '这个代码已有一份没用的邀请（{made} 开具）。给错了或丢了，先到“下级单位”撤回那一份。',
    nameLong: '单位名称太长', urlForm: '地址写法不对：{url}（写作 http://主机:端口）', urlMany: '最多写四个地址', urlOwn: '{url} 只有本机自己连得上，别的机器找不到本单位。请写本机在网上的地址。', ownAddress: '本机现在的地址：{list}', noServe: '本机还没有开同步端口：对方来加入时须以 yizhan serve --sync 地址:端口 运行。',
  },
  admin: {
    sheet: {
      titleMachine: '驿站新机器加入单', titleMove: '驿站迁入（改隶）通知单', titleLine: '驿站条线登记单', forMachine: '给 {officer} 用的机器：{machine}', officer: '使用人', machine: '机器', unnamed: '未起名',
      stepMove: '在本单位的机器上运行（把 YZ1-… 换成上面整行；也可在“上级单位—迁往新上级”里粘贴）：', stepLine: '在本单位的机器上运行（把 YZ1-… 换成上面整行；也可在“上级单位—登记条线上级”里粘贴）：', sheetFile: '恢复单.txt', stepSecond: '在“管理—人员”里添加第二个人（给签发权）：本单位拟稿和签发必须分开，一个人发不出去。',
      stepSheet: '把生成的“恢复单.txt”打印出来锁进保险柜，再删掉这个文件：忘记口令时只有它能打开本机数据。', stepMoved: '办完打电话告诉{name}，核对单位代码已变成 {code}。',
    },
  },
};
export const joiningEn: typeof joiningZh = {
  joining: {
    list: 'Invitations', none: 'None is unused.', past: 'Used, expired and withdrawn ({n})', made: 'made {made}, good until {until}',
    withdraw: 'Withdraw', withdrawText: 'The invitation on that paper is worth nothing afterwards; whoever comes with it is told so. One that was used cannot be withdrawn.',
    kind: { new: 'new office', line: 'registration', move: 'move', machine: 'machine' },
    state: { open: 'not used', used: 'used', expired: 'expired', withdrawn: 'withdrawn', dead: 'tried wrongly too often' },
    codeForm: 'A code is 2 to 12 digits', codeOwn: 'This is our own code', codeNotBelow: 'The code has to begin with ours, {code}; for an office with another superior choose the registration', codeAbove: 'That office is above this one and is not invited', codeTaken: '{name} ({code}) has joined already',
    codeOpen: 'There is an unused invitation for this code (made {made}). If it was lost or wrong, withdraw it under Offices first.',
    nameLong: 'The name is too long', urlForm: 'Not an address: {url} (write http://host:port)', urlMany: 'At most four addresses', urlOwn: '{url} is reached from this machine alone. Write the address that it has on the network.', ownAddress: 'This machine listens at {list}.', noServe: 'This machine has no sync port open: when they join it has to run as yizhan serve --sync ADDRESS:PORT.',
  },
  admin: {
    sheet: {
      titleMachine: 'Yizhan: a further machine', titleMove: 'Yizhan: coming over to a new superior', titleLine: 'Yizhan: registration with a line superior', forMachine: 'For {officer}, machine: {machine}', officer: 'For whom', machine: 'Machine', unnamed: 'no name',
      stepMove: 'On your office\'s machine run (put the whole line above for YZ1-…; or paste it under Superiors, Move):', stepLine: 'On your office\'s machine run (put the whole line above for YZ1-…; or paste it under Superiors, Register):', sheetFile: 'recovery.txt', stepSecond: 'Under Manage, People add a second person who may sign: here nobody signs what they drafted, so one alone sends nothing.',
      stepSheet: 'Print the file recovery.txt that this makes, lock it in the safe and delete the file: when the passphrase is forgotten nothing else opens this machine\'s data.', stepMoved: 'Then telephone {name} and check that your code has become {code}.',
    },
  },
};
