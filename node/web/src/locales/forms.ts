export const formsZh = {
  form: { mend: '请先改正：{list}', past: '时间已经过去', pastText: '{what}写的是 {time}，已经过去。仍按这个时间办理？', pastOk: '仍按此办理' },
  duty: { needs: '请写明返回时间、代签人和事由。', now: '现在', sure: '{name} {from} 离开，{until} 返回；代签：{deputy}；事由：{reason}。' },
};
export const formsEn: typeof formsZh = {
  form: { mend: 'Mend this first: {list}', past: 'That time is over', pastText: '{what} is {time}, which has passed. Go on with it?', pastOk: 'Go on with it' },
  duty: { needs: 'Say until when, who signs meanwhile, and why.', now: 'now', sure: '{name} leaves {from} and is back {until}; signing meanwhile: {deputy}; reason: {reason}.' },
};
