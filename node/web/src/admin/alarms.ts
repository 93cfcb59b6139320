/** What to do about an alarm, by its code; and on which page. Codes: node/net/api_status.cc and node/store. */
export interface Advice {
  zh: string;
  en: string;
  to?: string;
}
/** What an office keeps back or has announced is in no case here yet: the list of that office is as near as it gets. */
const ofOffice = ['held.back', 'announced.missing', 'gap', 'not.taken', 'nothing.heard'];
export const officeList = (a: { code: string; office: string; case?: string }): string => (a.case ? '/report/' + a.case : a.office && ofOffice.includes(a.code) ? '/reports?office=' + encodeURIComponent(a.office) : '');
const call = { zh: '打电话向对方单位核实，不要反复重试。', en: 'Telephone that office and ask; trying again as it is will not help.' };
const clones = { zh: '确认没有两台机器用同一份数据运行；只留一台，其余的停掉。', en: 'Make sure that no two machines run on one copy of the data; keep one and stop the others.' };

export const advice: Record<string, Advice> = {
  'root.unconfirmed': { zh: '给上级打电话，听对方念根指纹并录入。', en: 'Telephone the superior, have the root fingerprint read to you, and type it in.', to: '/admin/root' },
  'backup.old': { zh: '现在备份到U盘或另一块硬盘，备份后拔下另放。', en: 'Make a backup to a stick or another disk now, and keep it elsewhere.', to: '/admin/care' },
  'backup.keys': { zh: '现在备份到U盘或另一块硬盘；旧的备份可以销毁。', en: 'Make a backup to a stick or another disk now; the old one can be destroyed.', to: '/admin/care' },
  'policy.new': { zh: '打开“规则”看与现行的有什么不同，告诉写信息的同志。', en: 'Open Policy, see what differs, and tell those who write.', to: '/admin/policy' },
  'policy.begins': { zh: '从现在起按新规则写和核。', en: 'From now on reports are written and checked by the new rules.', to: '/admin/policy' },
  'receipt.overdue': { zh: '看线路；线路不通时特急先打电话，再用U盘或短码。', en: 'Look at the line; when it is down telephone what is flash, then use a stick or a code.', to: '/admin/lines' },
  'notice.unmatched': { zh: '打电话催要正式报告。', en: 'Telephone and ask for the full report.' },
  'cosignature.missing': { zh: '请有签发权的同志在“今日”里补签。', en: 'A signer signs it now, from Today.', to: '/' },
  'certificate.expiring': { zh: '本机的：换本机密钥；人员的：由本人换自己的密钥；单位的：请上级换发证书。', en: 'A machine\'s: rotate its key; an officer\'s: that person renews it; an office\'s: the superior renews it.', to: '/admin/machines' },
  'escalated.sign_off': { zh: '请有签发权的同志或代签人马上签；联系不上就打电话。', en: 'A signer or the deputy signs it now; telephone when they are not there.', to: '/' },
  'escalated.progress': { zh: '打开批示看谁没有回音，打电话催办。', en: 'Open the instruction, see who has not answered, and telephone.', to: '/' },
  'escalated.acknowledgement': { zh: '收到的：值班员马上签收；报出的：打电话请上级签收。', en: 'Received: acknowledge it now. Sent: telephone the superior.', to: '/' },
  'roles.admin': { zh: '把三个管理员角色分给不同的人。', en: 'Give the three administrators\' roles to different persons.', to: '/admin/people' },
  'node.rotating': { zh: '等相邻单位都收到；某单位长期不上线时可不再等它。', en: 'Wait until every neighbour has heard; for one that never returns the wait can be ended.', to: '/admin/machines' },
  'office.rotating': { zh: '打电话把新密钥的指纹念给上级核对。', en: 'Read the new key\'s fingerprint to the superior by telephone.', to: '/admin/machines' },
  'office.key-waits': { zh: '打电话请对方念新密钥的指纹，在单位页核对。', en: 'Have the new key\'s fingerprint read to you by telephone and type it in on the page of offices.', to: '/admin/offices' },
  'node.unconfirmed': { zh: '打电话请对方念这台机器的指纹，在机器页确认。', en: 'Have that machine\'s fingerprint read to you by telephone and confirm it.', to: '/admin/machines' },
  'node.joined': { zh: '核对新机器的指纹，不认识的立即吊销。', en: 'Compare the new machine\'s fingerprint; revoke one that nobody knows.', to: '/admin/machines' },
  'office.admitted': { zh: '打电话请新加入的单位念“单位密钥”的指纹，在单位页“核对指纹”录入；不对就吊销。', en: 'Have the new office read its office key\'s fingerprint to you by telephone and type it in on the page of offices; revoke it if it differs.', to: '/admin/offices' },
  'exchange.suspended': { zh: '打电话问上级为什么暂停；内容都在本机排队。', en: 'Telephone the superior and ask why; everything is queued here.', to: '/admin/superiors' },
  'exchange.revoked': { zh: '立即打电话联系上级；需要时换新机器重新加入。', en: 'Telephone the superior at once; join anew on another machine if need be.', to: '/admin/superiors' },
  'exchange.refused': { zh: '打电话把拒收的原因告诉上级管理员。', en: 'Tell the superior\'s administrator the reason that stands here.', to: '/admin/lines' },
  'self.revoked': { zh: '立即打电话联系上级；需要时换新机器重新加入。', en: 'Telephone the superior at once; join anew on another machine if need be.' },
  'clock.ahead': { zh: '两边对表，把快的一边校准。', en: 'Compare both clocks and set the one that is wrong.' },
  'home.copied': clones,
  'stream.forked': clones,
  'node.restored': clones,
  'incarnation.many': clones,
  'office.disputed': { zh: '立即打电话核实：该单位的旧密钥可能在他人手中，必要时吊销。', en: 'Telephone at once: somebody may have that office\'s old key; revoke it if need be.', to: '/admin/offices' },
  'office.twice': { zh: '立即打电话核实哪一份证书是真的。', en: 'Telephone at once and find out which certificate is the true one.', to: '/admin/offices' },
  'office.line': { zh: '不用处理；如果不知道此事，打电话问该单位。', en: 'Nothing to do; if it is news to you, telephone that office.', to: '/admin/offices' },
  'office.left': { zh: '不用处理；收到的内容照旧保留。', en: 'Nothing to do; what was received stays.' },
  'office.moved': { zh: '不用处理；此后与它的往来走新的上级。', en: 'Nothing to do; its mail goes by way of its new superior from now on.' },
  'authority.missing': { zh: '从更新的备份恢复，或请上级协助。', en: 'Put back a newer backup, or ask the superior for help.', to: '/admin/care' },
  'revoked.node': { zh: '不用处理；该机器此后签的内容会被隔离。', en: 'Nothing to do; what that machine signs from now on is held back.' },
  'revoked.office': { zh: '不用处理；该单位此后签的内容会被隔离。', en: 'Nothing to do; what that office signs from now on is held back.' },
  'revoked.officer': { zh: '不用处理；此人此后签的内容会被隔离。', en: 'Nothing to do; what that person signs from now on is held back.' },
  'held.back': { zh: '打电话催该单位转来；转报拖延双方都看得见。', en: 'Telephone that office and ask for it; both ends see the delay.' },
  gap: { zh: '打电话问该单位；缺的编号对方签过名。', en: 'Telephone that office; it has signed that the missing number exists.' },
  'not.taken': { zh: '打电话问对方为什么在线不收。', en: 'Telephone and ask why it does not take what waits.' },
  'nothing.heard': { zh: '打电话问该单位是不是停电、断网或没有开机。', en: 'Telephone: no power, no line, or not switched on?' },
  'announced.missing': { zh: '立即打电话问特急信息的内容。', en: 'Telephone at once and ask what the flash report says.' },
  'record.too-large': { zh: '缩短正文，把长材料放到附件，重新报送。', en: 'Shorten the text, put long material into an attachment, and send it again.' },
  'draft.too-long': { zh: '把草稿缩短，或把长材料放到附件，另一台机器才看得到。', en: 'Shorten the draft, or put long material into an attachment: the other machine sees it then.' },
  'record.refused': { zh: '打开该件看拒收原因，打电话核实后重报。', en: 'Open it, read why it was refused, telephone, and send it again.' },
  'own.refused': { zh: '打开该件看隔离原因，问清是哪台机器、谁签的；密钥已停用的由签发人核实后放行。', en: 'Open it, read why it is held, and find out which machine and who signed; what an ended key signed a signer may release.' },
  'policy.twin': { zh: '在“规则”里对照两份同号规则，补发一个新版本。', en: 'Compare both under Policy and publish a new version that says what is meant.' },
  'frame.refused': call,
  'attachment.forged': call,
  'identity.refused': call,
  'revoked.carried': call,
  'registry.differs': call,
  'receipt.backdated': call,
  'stream.chain': call,
};
