/** The sentences of the hours when something happens: times and figures as they are told, who signs, what waits to be acknowledged. */
export const urgentZh = {
  time: { pick: '从日历选', wrong: '没有看懂。请写成 {example}，或 5:40、昨天23:10、11-23 5:40', meant: '即 {time}' },
  unclear: {
    count: '没有看懂：请填整数，如 3、3人、三，或“不详”', number: '没有看懂：请填数字，如 3 或 2.5，或“不详”', type: '“{typed}”不在类别里：请选一项，或就这样报出', item: '{label}“{typed}”', line: '（未能填入要素的原话：{list}）',
    title: '有几项没有看懂', text: '没有看懂：{list}。\n照此报出时，原话写进正文，这些要素按“不详”处理。', anyway: '照此报出', mend: '返回修改',
  },
  urgent: { title: '{n} 件特急、加急来件没有签收', more: '还有 {n} 件', silence: '静音（Alt+M）', silent: '已静音，签收后消失' },
  group: { urgent: '特急、加急来件，待签收' },
};
export const urgentEn: typeof urgentZh = {
  time: { pick: 'Pick from a calendar', wrong: 'Not understood. Write it like {example}, or 5:40, yesterday 23:10, 11-23 5:40', meant: 'that is {time}' },
  unclear: {
    count: 'Not understood: a whole number, such as 3, or “unknown”', number: 'Not understood: a number, such as 3 or 2.5, or “unknown”', type: '“{typed}” is none of the types: choose one, or send it as it is', item: '{label} “{typed}”', line: '(As it was said, where no figure could be taken: {list})',
    title: 'Some answers are not understood', text: 'Not understood: {list}.\nSent as it is, what was typed goes into the text, and these fields count as unknown.', anyway: 'Send it as it is', mend: 'Go back',
  },
  urgent: { title: '{n} flash or urgent reports nobody has acknowledged', more: '{n} more', silence: 'Silence (Alt+M)', silent: 'Silenced; it goes when acknowledged' },
  group: { urgent: 'Flash and urgent, to acknowledge' },
};
