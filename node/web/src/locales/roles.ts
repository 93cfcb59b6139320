/** Sentences of absence, co-signature, embargo and escalation, in both languages. */
export const rolesZh = {
  nav: { duty: '在岗' },
  group: { cosign_asked: '请我会签' },
  flag: { deputy: '代签', unentitled: '签发权未证实' },
  event: { cosign: '请会签', cosigned: '会签', cosign_declined: '不同意会签', delegation: '外出报备' },
  act: { name: { cosign: '请会签', cosigned: '会签', cosign_declined: '不同意会签' } },
  duty: {
    title: '在岗与外出', lead: '外出报备后，由指定的代签人签发，到时自动结束；上级看得到去向和电话，下级只看到由谁代签。',
    away: '报备外出', who: '谁外出', deputy: '代签人（B岗）', nobody: '不指定', from: '离开', until: '返回', reason: '事由', place: '去向', contact: '联系电话', ok: '签名报备', done: '已报备，待发出',
    back: '已返回', backText: '{name}已返回，代签随即结束。', none: '现在没有人外出。', office: '单位', state: '状态', ours: '本单位', all: '连已结束的一起看', onDuty: '本单位在岗', all_here: '都在岗',
    states: { running: '外出', coming: '将外出', back: '已提前返回', over: '已结束' }, onlySigner: '只有有签发权的同志报备外出。', wrongSpan: '返回时间须在离开之后。',
    actingFor: '你正代{names}签发，到时自动结束。',
  },
  late: { title: '超时未办', half: '时限过半', theirs: '对方超时未签收', asksCall: '对方还没有签收，请{whom}打电话给对方值班室', seen: '已知晓', step: '第 {n} 级', none: '没有超时未办的事项。', open: '打开', asks: '请{whom}处理', sound: '有特急或加急事项超时未办' },
  embargo: {
    until: '发布时间限制：{time} 前不得转报、综合或刊发', here: '仅限收文单位，不得再转、综合或刊发', over: '发布时间限制 {time} 已过', up: '紧急信息照报上级，只限制刊发。',
  },
  cosign: {
    title: '会签', signed: '已会签', declined: '不同意', waiting: '未签', older: '针对旧版本', ask: '请会签', offices: '哪些单位', officers: '本单位哪些人', text: '说明（可不写）', hold: '会签齐了才报出，最迟等到', holdNone: '不等，边报边签',
    hours: '{n} 小时', sign: '会签', decline: '不同意会签', why: '不同意的理由', held: '等会签，最迟 {time} 报出', go: '不再等，现在报出', wish: '报出时请会签：{list}', nobody: '请选择单位或人员', noOffice: '没有可以发到的其他单位',
  },
  deputySigned: '{absent}外出，由{name}代签',
};

export const rolesEn: typeof rolesZh = {
  nav: { duty: 'On duty' },
  group: { cosign_asked: 'To co-sign' },
  flag: { deputy: 'signed by a deputy', unentitled: 'right to sign not proven' },
  event: { cosign: 'asked to co-sign', cosigned: 'co-signed', cosign_declined: 'declined to co-sign', delegation: 'absence' },
  act: { name: { cosign: 'Asked to co-sign', cosigned: 'Co-signed', cosign_declined: 'Declined to co-sign' } },
  duty: {
    title: 'On duty and away', lead: 'While somebody is away their deputy signs; it ends by itself. Superiors see where and how to call, offices below only who signs.',
    away: 'Register an absence', who: 'Who', deputy: 'Deputy', nobody: 'nobody', from: 'From', until: 'Until', reason: 'Why', place: 'Where', contact: 'Telephone', ok: 'Sign', done: 'Signed, waits to leave',
    back: 'Back', backText: '{name} is back: the deputy\'s right ends now.', none: 'Nobody is away.', office: 'Office', state: 'State', ours: 'ours', all: 'Show what is over too', onDuty: 'Here', all_here: 'everybody is here',
    states: { running: 'away', coming: 'going', back: 'back early', over: 'over' }, onlySigner: 'Only signers register absences.', wrongSpan: 'The end has to come after the beginning.',
    actingFor: 'You sign in the place of {names}; it ends by itself.',
  },
  late: { title: 'Waits too long', half: 'Half of its time is gone', theirs: 'Not acknowledged there', asksCall: 'Not acknowledged there: {whom} is asked to telephone its duty room', seen: 'Noted', step: 'step {n}', none: 'Nothing waits too long.', open: 'Open', asks: '{whom} is asked', sound: 'Something urgent waits too long' },
  embargo: {
    until: 'Not to be passed on, merged or published before {time}', here: 'For the offices addressed alone: goes no further', over: 'Embargo until {time} is over', up: 'An emergency goes up all the same; only publishing waits.',
  },
  cosign: {
    title: 'Co-signatures', signed: 'signed', declined: 'declined', waiting: 'not yet', older: 'an older version', ask: 'Ask to co-sign', offices: 'Offices', officers: 'Officers here', text: 'A word with it (optional)', hold: 'Leaves when all have signed, or after', holdNone: 'does not wait',
    hours: '{n} h', sign: 'Co-sign', decline: 'Decline', why: 'Why it is declined', held: 'Waits for co-signatures, leaves by {time}', go: 'Send it now', wish: 'Asked when it leaves: {list}', nobody: 'Choose offices or officers', noOffice: 'No other office can be reached',
  },
  deputySigned: '{name} in the place of {absent}',
};
