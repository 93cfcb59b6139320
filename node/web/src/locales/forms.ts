export const formsZh = {
  form: { mend: '请先改正：{list}', past: '时间已经过去', pastText: '{what}写的是 {time}，已经过去。仍按这个时间办理？', pastOk: '仍按此办理' },
};
export const formsEn: typeof formsZh = {
  form: { mend: 'Mend this first: {list}', past: 'That time is over', pastText: '{what} is {time}, which has passed. Go on with it?', pastOk: 'Go on with it' },
};
