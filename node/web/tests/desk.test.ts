import { describe, expect, it } from 'vitest';
import { alike, likeness } from '../src/alike';
import type { Act } from '../src/api/acts';
import type { Comparison, ConflictField } from '../src/api/desk_types';
import type { Summary, Work } from '../src/api/types';
import { newSince } from '../src/desk/brief';
import { carried, chosen, resolving, undecided } from '../src/desk/choices';
import { qrPath } from '../src/desk/qr';
import { spokenLines, spokenTidy } from '../src/desk/spoken';
import { asked, mayComplete, unseen, waitsForOthers } from '../src/desk/tasks';
import { Bell } from '../src/desk/ring';
import { byUrgency, matching, triage } from '../src/desk/triage';
import { changedFields, parts, passages, places } from '../src/difference';

describe('the difference of two texts', () => {
  const before = (all: ReturnType<typeof parts>): string => all.filter((p) => p.kind !== 'in').map((p) => p.text).join('');
  const after = (all: ReturnType<typeof parts>): string => all.filter((p) => p.kind !== 'out').map((p) => p.text).join('');

  it('holds both texts whole, whatever they are', () => {
    const pairs: [string, string][] = [['', ''], ['', '新'], ['旧', ''], ['3人失联', '1人死亡、2人失联'], ['𠮷野家𠮷', '𠮷野𠮷'], ['a'.repeat(900), 'b'.repeat(900)], ['abcabc'.repeat(30), 'acbacb'.repeat(30)]];
    for (const [a, b] of pairs) {
      expect(before(parts(a, b))).toBe(a);
      expect(after(parts(a, b))).toBe(b);
    }
  });
  it('names what was put in and what was taken out, and keeps the rest', () => {
    expect(parts('阻断村道约40米，3人失联。', '阻断村道约40米，4人失联。')).toEqual([
      { kind: 'same', text: '阻断村道约40米，' },
      { kind: 'out', text: '3人' },
      { kind: 'in', text: '4人' },
      { kind: 'same', text: '失联。' },
    ]);
  });
  it('goes paragraph by paragraph', () => {
    expect(passages('一\n二\n三', '一\n贰\n三\n四')).toEqual([
      { same: true, before: '一', after: '一' },
      { same: false, before: '二', after: '贰' },
      { same: true, before: '三', after: '三' },
      { same: false, before: '', after: '四' },
    ]);
  });
  it('counts a title, each passage and each field as a place, and an emptied field too', () => {
    const was = { title: '甲', body: '一\n二', fields: { deaths: 0, missing: 3, place: '北山' } };
    expect(places(was, { title: '甲', body: '一\n二', fields: { deaths: 0, missing: 3, place: '北山' } })).toBe(0);
    expect(places(was, { title: '乙', body: '一\n贰\n三', fields: { deaths: 0, missing: 4, place: '' } })).toBe(4);
    expect(changedFields(was, { title: '', body: '', fields: { deaths: '0', missing: 3, place: '北山', extra: '' } })).toEqual([]);
  });
});

describe('titles that look alike', () => {
  it('finds the same event under two names, and not two offices with the same sort of news', () => {
    expect(likeness('柳河镇铁匠沟村北山发生山体滑坡致3人失联', '柳河镇铁匠沟村北山滑坡致4人失联')).toBeGreaterThan(0.5);
    expect(likeness('柳河镇推行网格夜巡降低冬季火险', '白石镇完成冬小麦浇越冬水2.1万亩')).toBeLessThan(0.5);
    expect(likeness('', '')).toBe(0);
  });
  it('names at most three, and never itself', () => {
    const all = Array.from({ length: 6 }, (_, i) => ({ case: String(i), title: '铁匠沟村北山发生山体滑坡' + i, office: 'x' }));
    const near = alike(all).get('0')!;
    expect(near).toHaveLength(3);
    expect(near.some((x) => x.case === '0')).toBe(false);
  });
});

const item = (over: Partial<Work>): Work => ({ case: 'a', number: '', title: '', kind: 'dynamic', lane: 'routine', state: 'received', office: '2', office_name: '', occurred_at: null, signed_at: null, received_at: '2026-11-22T08:00:00+08:00', verified: true, flags: [], conflict: false, attachments: 0, group: 'new', due_at: null, note: '', ...over });

describe('what came', () => {
  it('stands by urgency, then by age, each once, and none of our own', () => {
    const list = triage(
      [item({ case: 'late', received_at: '2026-11-22T09:00:00+08:00' }), item({ case: 'early' }), item({ case: 'flash', lane: 'flash', received_at: '2026-11-22T10:00:00+08:00' }), item({ case: 'early', group: 'decide' }), item({ case: 'ours', office: '1' }), item({ case: 'draft', group: 'draft' })],
      '1',
    );
    expect(list.map((w) => w.case)).toEqual(['flash', 'early', 'late']);
  });
  it('a flash that nobody acknowledged stands above all others, the newest first', () => {
    const at = (case_: string, hour: string, over: Partial<Work> = {}): Work => item({ case: case_, lane: 'flash', received_at: `2026-11-22T${hour}:00:00+08:00`, ...over });
    const list = triage([at('known', '11', { group: 'decide' }), at('older', '08'), at('newer', '10'), item({ case: 'routine' }), at('urgent', '07', { lane: 'urgent' })], '1');
    expect(list.map((w) => w.case)).toEqual(['newer', 'older', 'known', 'urgent', 'routine']);
    expect([...list].sort(byUrgency).slice(0, 3).map((w) => w.case)).toEqual(['known', 'newer', 'older']);
  });
  it('urgently rings once when it comes, and every minute until it is acknowledged or silenced', () => {
    const bell = new Bell(60_000);
    expect(bell.rings(['a'], 0)).toBe(true);
    expect(bell.rings(['a'], 15_000)).toBe(false);
    expect(bell.rings(['a', 'b'], 30_000)).toBe(true);
    expect(bell.rings(['a', 'b'], 75_000)).toBe(false);
    expect(bell.rings(['a', 'b'], 90_000)).toBe(true);
    bell.silence();
    expect(bell.rings(['a', 'b'], 200_000)).toBe(false);
    expect(bell.isSilent(['a', 'b'])).toBe(true);
    expect(bell.rings(['a', 'b', 'c'], 210_000)).toBe(true);
    expect(bell.rings(['a', 'b', 'c'], 270_000)).toBe(true);
    expect(bell.rings([], 400_000)).toBe(false);
  });
  it('is found by all the words that were typed', () => {
    const all = [item({ case: 'a', title: '山体滑坡', office_name: '柳河镇' }), item({ case: 'b', title: '山体滑坡', office_name: '白石镇' })];
    expect(matching(all, ' 白石  滑坡 ').map((w) => w.case)).toEqual(['b']);
    expect(matching(all, '').length).toBe(2);
  });
  it('is new for a leader when it came after they looked', () => {
    const all = [item({ case: 'old' }), item({ case: 'new', received_at: '2026-11-22T08:30:00+08:00' }), item({ case: 'flash', lane: 'flash', received_at: '2026-11-22T08:20:00+08:00' }), item({ case: 'own', office: '1', received_at: null })] as Summary[];
    expect(newSince(all, '2026-11-22T00:10:00Z', '1').map((r) => r.case)).toEqual(['flash', 'new']);
    expect(newSince(all, null, '1')).toHaveLength(3);
  });
});

describe('a comparison', () => {
  const field = (over: Partial<ConflictField>): ConflictField => ({ field: 'deaths', label: '', state: 'disputed', person_decides: true, base_known: true, base: 0, values: { aa: 1, bb: 2 }, taken: null, ...over });
  const c = { versions: [{ record: 'aa' }, { record: 'bb' }], fields: [field({}), field({ field: 'body', state: 'taken', taken: 'bb', values: { aa: 'x', bb: 'y' } })] } as unknown as Comparison;

  it('is not settled while a disputed field is not chosen', () => {
    expect(undecided(c, {}).map((f) => f.field)).toEqual(['deaths']);
    expect(undecided(c, { deaths: { take: 'aa' } })).toEqual([]);
  });
  it('sends what a person chose and nothing of what stands by itself', () => {
    expect(resolving(c, { deaths: { take: 'aa' }, body: { take: 'bb' } }, 'why')).toEqual({ heads: ['aa', 'bb'], take_fields: { deaths: 'aa' }, set: {}, reason: 'why' });
    expect(resolving(c, { deaths: { write: 3 }, body: { take: 'aa' } }, '')).toEqual({ heads: ['aa', 'bb'], take_fields: { body: 'aa' }, set: { deaths: 3 }, reason: '' });
  });
  it('keeps of the choices what still makes sense when it moves', () => {
    const moved = { ...c, fields: [field({ values: { bb: 2, cc: 3 } })] } as unknown as Comparison;
    expect(carried(moved, { deaths: { take: 'aa' }, body: { take: 'bb' } })).toEqual({});
    expect(carried(moved, { deaths: { take: 'bb' } })).toEqual({ deaths: { take: 'bb' } });
    expect(carried(moved, { deaths: { write: 5 } })).toEqual({ deaths: { write: 5 } });
  });
  it('shows the value that holds', () => {
    expect(chosen(c.fields[0]!, undefined)).toBeUndefined();
    expect(chosen(c.fields[0]!, { take: 'bb' })).toBe(2);
    expect(chosen(c.fields[1]!, undefined)).toBe('y');
  });
});

describe('acts', () => {
  const act = (over: Partial<Act>): Act => ({ record: 'r', act: 'instruction', office: '1', office_name: '', by: [], at: '2026-11-22T08:00:00Z', own: false, text: '', outcome: '', publication: '', issue: null, reason: '', rating: null, due_at: null, done: false, assignees: [], on: [], to: [], state: 'open', for_us: true, seen: true, exercise: false, on_older_version: false, waiting_for_signature: false, waits_for: '', into: null, ...over });
  it('ask for what has to be done, what waits for a signature first, then by the time left', () => {
    const list = asked([act({ record: 'later', due_at: '2026-11-23T00:00:00Z' }), act({ record: 'soon', act: 'verify', state: 'overdue', due_at: '2026-11-22T00:00:00Z' }), act({ record: null, waiting_for_signature: true, own: true, for_us: false }), act({ record: 'mine', own: true, for_us: false, state: 'feedback_given' })]);
    expect(list.map((x) => [x.task, x.act.record])).toEqual([['sign', null], ['answer', 'soon'], ['carry_out', 'later'], ['close', 'mine']]);
  });
  it('ask for nothing when they are done with', () => {
    expect(asked([act({ state: 'closed' }), act({ act: 'question', state: 'answered' }), act({ for_us: false }), act({ act: 'decision', state: 'none', outcome: 'adopted' })])).toEqual([]);
  });
  it('are news until somebody has seen them', () => {
    expect(unseen([act({ act: 'decision', state: 'none', for_us: false, seen: false, record: 'd' }), act({ seen: false }), act({ own: true, seen: false, for_us: false })]).map((a) => a.record)).toEqual(['d']);
  });
  it('does not go on naming what was answered as something new', () => {
    expect(unseen([act({ act: 'urge', state: 'answered', for_us: true, seen: false, record: 'u' }), act({ act: 'answer', own: true, for_us: false, on: ['u'], record: 'a' })])).toEqual([]);
  });
  it('names who may sign what a leader has signed or dictated, and never the leader twice', () => {
    const people = [{ name: '陈刚', state: 'active', roles: ['signer'] }, { name: '李明', state: 'active', roles: ['drafter'] }, { name: '周审', state: 'active', roles: ['auditor'] }];
    const led = act({ record: null, waiting_for_signature: true, waits_for: 'second', by: ['陈刚'], own: true });
    expect(waitsForOthers(led, '陈刚', false)).toBe(true);
    expect(waitsForOthers(led, '李明', false)).toBe(false);
    expect(mayComplete(led, people)).toEqual(['李明']);
    expect(mayComplete({ ...led, waits_for: 'signer', by: ['李明'] }, people)).toEqual(['陈刚']);
  });
});

describe('ways without a line', () => {
  it('draws exactly the dark modules, each once', () => {
    const { side, d } = qrPath(['a', '8', 'e', '0'].map((x) => x));
    expect(side).toBe(12);
    expect(d).toBe('M4 4h1v1h-1zM6 4h1v1h-1zM4 5h1v1h-1zM4 6h3v1h-3z');
  });
  it('shows a code in lines and groups, and takes full-width signs and small letters', () => {
    expect(spokenLines('ABCDE FGHIJ\n\nKLMNO\n')).toEqual([{ n: 1, groups: ['ABCDE', 'FGHIJ'] }, { n: 2, groups: ['KLMNO'] }]);
    expect(spokenTidy('ａｂ２　c')).toBe('AB2 C');
  });
});
