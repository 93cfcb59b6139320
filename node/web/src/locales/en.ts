import type zh from './zh-CN';

const en: typeof zh = {
  name: 'Yizhan',
  lane: { flash: 'Flash', urgent: 'Urgent', routine: 'Routine', all: 'All' },
  state: {
    draft: 'Draft', in_review: 'To be signed', returned: 'Returned', signed: 'Waits to leave', queued: 'Waits to leave', sent: 'Sent, no receipt yet', delivered: 'Delivered', opened: 'Verified there',
    acknowledged: 'Acknowledged', withdrawn: 'Withdrawn', rejected: 'Refused', received: 'New', adopted: 'Adopted', not_adopted: 'Not adopted', filed: 'Filed',
    instructed: 'Instructed', forwarded: 'Forwarded', forward_waits: 'Passed on, not there yet', in_follow_through: 'Followed through', feedback_given: 'Feedback given', closed: 'Closed', archived: 'Archived', deleted: 'Deleted',
  },
  group: {
    returned: 'Returned to be mended', to_sign: 'For me to sign', cosign: 'Left before sign-off: sign now', in_review: 'Others sign', new: 'New from below', waiting: 'Waits for a receipt', draft: 'Drafts',
  },
  role: { drafter: 'drafted', reviewer: 'reviewed', signer: 'signed', duty: 'sent on duty', cosigner: 'signed afterwards' },
  part: { drafter: 'drafted', reviewer: 'reviewed', signer: 'signed', duty: 'sent on duty', cosigner: 'signed afterwards', handler: 'handled', recorder: 'typed for the leader', second: 'signed second' },
  event: {
    submitted: 'submitted', sent_back: 'returned for changes', reviewed: 'reviewed', report: 'signed', final: 'final report signed', cosignature: 'signed afterwards', followup: 'follow-up signed', final_report: 'final report signed', zero_report: 'nil report signed', correction: 'correction signed', withdrawal: 'withdrawn', forward: 'forwarded',
    received: 'received and stored here', custody: 'kept by a relay', stored: 'stored there (by the machine)', opened: 'verified there (by the machine)', refused: 'refused', acknowledgement: 'acknowledged',
    annotation: 'annotated', cosign: 'cosigned', decision: 'decided', instruction: 'instructed', manifest: 'list of attachments',
  },
  delivery: { waiting: 'waits to leave', sent: 'sent, no receipt yet', custody: 'kept by a relay', delivered: 'delivered (stored receipt)', opened: 'verified there (by the machine)', refused: 'refused', set_aside: 'set aside' },
  flag: {
    one_person: 'one person', root_unconfirmed: 'root not compared', expired: 'certificate expired', clock: 'clock in doubt', provisional: 'left before sign-off', exercise: 'exercise', unreadable: 'unreadable',
    same_signer: 'drafter signed', nested: 'from a forward', older_version: 'passed on or decided on an older version', revoked: 'key ended', unreviewed: 'no reviewer signed',
  },
  sensitivity: { public: 'Public', internal: 'Internal', work_secret: 'Work secret' },
  grade: { I: 'extraordinarily serious', II: 'serious', III: 'relatively serious', IV: 'ordinary', ungraded: 'ungraded' },
  nav: { work: 'Today', reports: 'All reports', write: 'Write', phone: 'Phone call', lock: 'Lock', out: 'Sign out', main: 'Main menu', language: '中文', skip: 'Skip to the content' },
  sign: {
    title: 'Sign in', officer: 'Name', officerHint: 'May stay empty in an office of one', passphrase: 'Passphrase', in: 'Sign in', locked: 'Locked', lockedHint: 'What was not saved is still here. Type your passphrase to go on.',
    expired: 'Locked after a while without any action', as: 'Sign in as {name}', other: 'Somebody else signs in (what is not saved is lost)', confirmTitle: 'Your passphrase once more',
    confirmHint: 'It was typed more than five minutes ago; signing needs it again.', secret: 'No state secrets in this system', checking: 'Checking the passphrase…',
  },
  work: {
    goesTo: 'to {list}', goesDown: 'goes to {list}', submitted: 'submitted by {name}, {time}',
    title: 'Today', empty: 'Nothing waits for you.', count: '{n}', drills: '{n} exercises', part: { grave: 'flash, urgent', plain: 'routine' }, due: 'Due', overdue: '{n} min late', left: '{n} min left', leftHours: '{n} h left', leftDays: '{n} day left | {n} days left',
    keys: 'j / k move, Enter opens, n writes, p takes a phone call',
  },
  list: {
    title: 'All reports', search: 'Text to find', lane: 'Lane', state: 'State', office: 'Office', any: 'Any', find: 'Find', more: 'Show more', none: 'No report fits.', shown: '{n} shown',
    number: 'Number', heading: 'Title', from: 'From', time: 'Time', clear: 'Clear',
  },
  line: {
    down: 'No line to {name}', joining: 'Waiting to be admitted by the superior', last: 'last success {time}', never: 'never reached so far', kept: 'All you write is kept here and leaves by itself when the line is back, flash first.',
    waiting: '{n} waiting',
    try: 'Try now', trying: 'Calling…', still: 'Still not reached: {reason}', up: 'Line up', isDown: 'Line down', none: 'No superior', refused: 'The superior does not take our mail: {reason}', done: 'Reached', wait: '{n} waiting',
  },
  report: {
    text: 'Text', fields: 'Elements', people: 'People', drafter: 'Drafted', reviewer: 'Reviewed', signer: 'Signed', contact: 'Contact', records: 'Versions and signatures', receipts: 'Receipts', noReceipts: 'No receipt yet. The state changes by receipts alone.',
    timeline: 'What happened', attachments: 'Attachments', none: 'none', valid: 'signature good', invalid: 'signature bad', verified: 'verified', unverified: 'not verified', held: 'held back', incomplete: 'not complete', occurred: 'Occurred', signed: 'Signed', submitted: 'Submitted', between: 'between {from} and {until}', received: 'Received', handled: ' ({who})', receiptHint: 'Stored and verified are told by the other office\'s computer and say nothing about a person; that somebody took note says “acknowledged”.', latest: 'newest receipt {time}, covers this one', storedAt: 'stored', openedAt: 'verified', takenOlder: ' (of the version of {time}; the newest is not acknowledged)', notAcknowledged: 'nobody has acknowledged it', signedFor: 'Sign in the place of {absent}', asDeputy: '{absent} is away and named you as deputy. Every office sees “your name (for {absent})”.', unentitled: '“Right to sign not proven”: who signed is no signer, and no absence that names them came here, or they signed outside its time. It is looked at again when that comes; telephone when it is urgent.',
    disputed: 'Disputed: {list}', edit: 'Go on writing', remove: 'Delete draft', print: 'Print', sign: 'Sign', return: 'Return', submit: 'Submit',
    acknowledge: 'Acknowledge', follow: 'Follow-up', final: 'Final report', correct: 'Correction', withdraw: 'Withdraw', code: 'Code by phone', returned: 'Returned because: {note}', pending: 'There is an unsigned text ({state})', deliveries: 'Delivery',
    cosign: 'Sign later', cosignText: 'Signs what was sent first: {list}.', sentFirstBy: 'Sent first by', opinion: 'Note', takeBack: 'Take it back', takeBackText: 'It can be changed then, and has to be submitted again.', takeBackSaid: 'Taken back by its writer', textSigned: 'Text (the version signed before)',
    blocked: '{what}: waits for its signature (written by {name}); no other follow-up or correction can be written meanwhile. For news its writer takes it back, or the signer returns it, and it is submitted again.', blockedMine: '{what}: yours waits for its signature; no other follow-up or correction can be written meanwhile. For news press “Take it back”, add it, and submit it again.',
    reason: 'Reason', note: 'Remark (optional)', cancel: 'Cancel', ok: 'OK',
    sure: 'Really: {what}?', gone: 'Draft deleted', done: 'Done: {what}', changed: 'Changed: {what}', signedWaits: '{what}: signed, not delivered yet', from: 'Reporting office', sensitivity: 'Handling', printed: 'Printed {time}', warned: 'Travels with remarks: {list}', suspicious: 'The attachment “{name}” is not what its name says: check it before use', nextWaits: 'More wait for your signature:', next: 'Next: {title}', submittedBy: 'Submitted by {name}, {time}; waits for a signature. ', back: 'Back',
  },
  write: {
    skips: 'By policy this goes to all superiors at once.',
    title: 'Write a report', edit: 'Write', kind: 'Kind', lane: 'Lane', heading: 'Title', body: 'Text', occurred: 'Time of occurrence', required: 'required', if_known: 'if known', optional: 'optional', moreFields: 'More elements ({n})', furtherHints: '{n} further hints',
    unknown: 'unknown', check: 'Live check', fine: 'Nothing found.', blocks: '{n} to be mended', hints: '{n} hints', grade: 'By the figures', due: 'Written report due', phoneDue: 'By telephone until', characters: '{n} character | {n} characters',
    saved: 'Saved as a draft at {time}', saving: 'Saving…', unsaved: 'Changes not saved yet', fresh: 'Saved by itself as you write', failed: 'Not saved: {why} The text is still here and will be tried again.', away: 'The node does not answer.',
    send: 'Sign and send', sendTitle: 'Sign and send', sendAs: 'Signed as {name}, {lane}, to {to}. What is signed can be corrected or withdrawn, not changed.', warnings: 'Travels with {n} remarks.', sent: 'Signed, {number}, waits to leave', submitted: 'Submitted: another officer signs it',
    attach: 'Attach files', attachHint: 'Attachments take the bulk lane and do not hold up the text', detach: 'Remove', detachSure: 'Remove the attachment “{name}”?', slowLine: '{size}: about {n} min on a line of 256 kbit/s', returnedBy: 'Returned by {name}, {time}:', failedChoose: 'Not saved: {why}', chooseFirst: 'Another window has saved this draft since: choose above which text stands, then submit', leftMarks: '(against the text as it is now: what was added and what is gone is marked)', upload: 'Adding {name}…', leave: 'Some text is not saved yet. Leave all the same?', notSent: 'Not sent: {why}', above: 'the superior', secrecy: 'Handling', lost: 'This draft is not here any more (signed or deleted).',
    differ: 'Two machines of this office have different texts. Choose one; the other stays on the page to copy from.', on: '{machine}  {drafter}  {time}', take: 'This one stands', beside: 'Another machine of this office changed this draft too; both texts are kept.', compare: 'Compare', thisWindow: 'this window', elsewhere: 'Another window has saved this draft since. The text of this window is still on the page, but not saved. Choose which one stands.', elsewhereLoad: 'Show the other one', elsewhereKeep: 'This window stands', leftOut: 'Not chosen ({machine})',
  },
  phone: {
    title: 'Phone call', lead: 'Ask in this order and fill in as you listen. Report what is known; do not wait for details.', who: 'Who reports (office, name, call-back number)', when: 'When did it happen', where: 'Where', what: 'What', happened: 'What happened (their words)', deaths: 'Deaths', missing: 'Missing',
    injured: 'Injured, trapped (in the text)', measures: 'What has been done', heading: 'Title', proposed: 'Made from the answers; may be changed', grade: 'First grade', due: 'Written report due at {to} by {time} ({n} min left)', overdue: 'The written report was due at {time}, {n} min ago: send now',
    phoneDue: 'By telephone before {time}', send: 'Send now (flash)', clock: 'Learned at {time}', more: 'Full form', real: 'This really happens', isReal: 'Sent as real, not as an exercise', choose: 'choose', typeahead: 'Type to choose',
  },
  error: { away: 'The node does not answer: it may have stopped. Run yizhan serve. What is not saved is still on this page.', failed: 'Not done: {why}', csrf: 'The page is out of date: load it anew.' },
  alarm: 'Needs a look',
  common: { semicolon: '; ', colon: ': ', brackets: ' ({text})', loading: 'Loading…', close: 'Close', and: ', ', menu: 'Menu', otherOffice: 'another office' },
};
export default en;
