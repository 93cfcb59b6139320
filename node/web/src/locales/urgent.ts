/** The sentences of the hours when something happens: times and figures as they are told, who signs, what waits to be acknowledged. */
export const urgentZh = {
  time: { pick: '从日历选', wrong: '没有看懂。请写成 {example}，或 5:40、昨天23:10、十分钟前', wrongAhead: '没有看懂。请写成 {example}，或 17:30、明天17:30、11-25 17:30', meant: '即 {time}' },
  unclear: {
    count: '没有看懂：请填整数，如 3、3人、三，或“不详”', number: '没有看懂：请填数字，如 3 或 2.5，或“不详”', type: '“{typed}”不在类别里：请选一项，或就这样报出', item: '{label}“{typed}”', line: '（未能填入要素的原话：{list}）',
    title: '有几项没有看懂', text: '没有看懂：{list}。\n照此报出时，原话写进正文，这些要素按“不详”处理。', anyway: '照此报出', mend: '返回修改', grade: '有数字没有看懂，初判没有计入。',
  },
  urgent: { title: '{n} 件特急、加急来件没有签收', more: '还有 {n} 件', silence: '静音（Alt+M）', silent: '已静音，签收后消失' },
  group: { urgent: '特急、加急来件，待签收' },
  sentFirst: { signed: '先报后签：{who} {at} 报出，{by} {later} 补签，间隔 {n} 分钟', waits: '先报后签：{who} {at} 报出，尚未补签（已 {n} 分钟）', within: '先报后签：{who} {at} 报出；补签不随转报件送达，本单位未收到补签' },
  signOff: { provisional: '立即报出（先报后签）', provisionalText: '先报后签：本人签名立即报出，随后由另一人补签（{list}）。', second: '送签：须由另一人签发（{list}），签发后才报出。', nobody: '本单位还没有其他签发人' },
  further: { title: '{kind}：{of}', followup: '续报', nth: '续报（第{n}次）', final: '终报', correction: '更正', withdrawal: '撤回', reason: '更正原因：{reason}', notBegun: '还没有写，写了就检查。' },
  proof: { title: '核验', how: '在收有此件的驿站里打开，比对编号、签发人和摘要；一致即为原件内容。', howEdited: '正文是{office}的改稿，不是原件（对{of}原件改 {n} 处）。在收有此件的驿站里打开，在“转报经过”里比对两者的签发人和摘要。', case: '编号', digest: '摘要', originalSigner: '原件签发人', originalDigest: '原件摘要' },
  phone: { something: '突发情况' },
};
export const urgentEn: typeof urgentZh = {
  time: { pick: 'Pick from a calendar', wrong: 'Not understood. Write it like {example}, or 5:40, yesterday 23:10, 10 minutes ago', wrongAhead: 'Not understood. Write it like {example}, or 17:30, tomorrow 17:30, 11-25 17:30', meant: 'that is {time}' },
  unclear: {
    count: 'Not understood: a whole number, such as 3, or “unknown”', number: 'Not understood: a number, such as 3 or 2.5, or “unknown”', type: '“{typed}” is none of the types: choose one, or send it as it is', item: '{label} “{typed}”', line: '(As it was said, where no figure could be taken: {list})',
    title: 'Some answers are not understood', text: 'Not understood: {list}.\nSent as it is, what was typed goes into the text, and these fields count as unknown.', anyway: 'Send it as it is', mend: 'Go back', grade: 'A figure is not understood and does not count in the grade.',
  },
  urgent: { title: '{n} flash or urgent reports nobody has acknowledged', more: '{n} more', silence: 'Silence (Alt+M)', silent: 'Silenced; it goes when acknowledged' },
  group: { urgent: 'Flash and urgent, to acknowledge' },
  sentFirst: { signed: 'Sent first: {who} at {at}; signed by {by} at {later}, {n} min later', waits: 'Sent first: {who} at {at}; not signed off for {n} min', within: 'Sent first: {who} at {at}; a later signature does not travel with what is passed on, none has come here' },
  signOff: { provisional: 'Send now, sign-off follows', provisionalText: 'Sent at once on your signature; another officer signs later ({list}).', second: 'Submitted: another officer has to sign ({list}); it leaves after that.', nobody: 'nobody else may sign here yet' },
  further: { title: '{kind}: {of}', followup: 'Follow-up', nth: 'Follow-up no. {n}', final: 'Final report', correction: 'Correction', withdrawal: 'Withdrawal', reason: 'Reason: {reason}', notBegun: 'Checked as soon as something is written.' },
  proof: { title: 'Verification', how: 'Open it in a node that has it and compare number, signer and digest: when they agree, this is what was signed.', howEdited: 'This is the edition of {office}, not the original (of {of}, {n} changed). Open it in a node that has it and compare signers and digests of both under “How it was passed on”.', case: 'Number', digest: 'Digest', originalSigner: 'Signer of the original', originalDigest: 'Digest of the original' },
  phone: { something: '突发情况' },
};
