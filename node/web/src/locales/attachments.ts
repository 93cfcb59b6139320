/** Sentences about attachments of what is passed on, in both languages. */
export const attachmentsZh = {
  attachment: {
    differs: '内容与文件名不符，可能是改了名的程序或损坏的文件，请核实',
    kind: { picture: '图片', audio: '录音', video: '视频', pdf: 'PDF', text: '文档', table: '表格', packed: '压缩包', other: '其他文件' },
    from: '{office}的附件', via: '经{office}转来', unknown: '名称未知的附件',
    state: { coming: '未收全', left_out: '{by}没有随同转报', forged: '不是原单位签名的那一份，由{by}送来，不能打开', not_named: '由{by}附上，正文没有提到它' },
    leftOut: '{named} 个附件中有 {n} 个没有随同转报', goesAlong: '随同转报的附件', follows: '还没有收到，到后即转', none: '原件没有附件。',
    handOn: '补转附件', handOnText: '把原件中还没有转报的附件转给同样的上级。', handedOn: '附件已补转，收全后随即发出',
  },
};

export const attachmentsEn: typeof attachmentsZh = {
  attachment: {
    differs: 'not what its name says: perhaps a renamed program or a damaged file; check it',
    kind: { picture: 'picture', audio: 'recording', video: 'video', pdf: 'PDF', text: 'document', table: 'table', packed: 'archive', other: 'other file' },
    from: 'from {office}', via: 'handed on by {office}', unknown: 'Attachment whose name is not known',
    state: { coming: 'not complete', left_out: 'not forwarded by {by}', forged: 'NOT what its author signed; {by} sent it, it is not opened', not_named: 'added by {by}; the text does not name it' },
    leftOut: '{n} of {named} attachments were not forwarded', goesAlong: 'Attachments that go along', follows: 'not here yet, follows when it comes', none: 'The original has no attachments.',
    handOn: 'Hand on attachments', handOnText: 'The attachments of the original that were not passed on yet go to the same superiors.', handedOn: 'The attachments follow, each as soon as it is all here',
  },
};
