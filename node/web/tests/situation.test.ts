import { describe, expect, it } from 'vitest';
import type { Incident } from '../src/api/situation';
import type { Work } from '../src/api/types';
import { boardOf, handedOver, joined } from '../src/desk/situation';
import { watchEn, watchZh } from '../src/locales/watch';
import { room } from '../src/room';

const one = (title: string, given: Partial<Incident> = {}): Incident =>
  ({ title, case: title, lane: 'flash', grade: '', incident_type: 'ND-GEO', office: '1', office_name: '柳河镇', flags: [], open: true, in_shift: true, last_at: '2026-11-23T05:00:00+08:00', next: null, ...given }) as unknown as Incident;

describe('the situation board', () => {
  it('has the gravest first, then what is due first, then the newest', () => {
    const due = (at: string): Incident['next'] => ({ due_at: at, duty: 'answer', late: false });
    const all = [one('old'), one('new', { last_at: '2026-11-23T06:00:00+08:00' }), one('urgent', { lane: 'urgent' }), one('due', { next: due('2026-11-23T07:00:00+08:00') }), one('III', { grade: 'III' }), one('II', { grade: 'II' })];
    expect(boardOf(all).open.map((i) => i.title)).toEqual(['II', 'III', 'due', 'new', 'old', 'urgent']);
  });
  it('counts what is open, and neither exercises nor what is over', () => {
    const b = boardOf([one('a', { grade: 'II' }), one('b', { office_name: '石桥镇', incident_type: '' }), one('c', { grade: 'ungraded' }), one('over', { open: false }), one('drill', { flags: ['exercise'] })]);
    expect(b.open).toHaveLength(3);
    expect(b.exercises.map((i) => i.title)).toEqual(['drill']);
    expect(b.grades).toEqual([{ key: 'II', n: 1 }, { key: '', n: 2 }]);
    expect(b.types).toEqual([{ key: 'ND-GEO', n: 2 }, { key: '', n: 1 }]);
    expect(b.offices).toEqual([{ key: '柳河镇', n: 2 }, { key: '石桥镇', n: 1 }]);
  });
});

describe('a handover', () => {
  it('has what waits for a receipt, what is owed and what nobody acknowledged, each once', () => {
    const w = (group: string): Work => ({ group, title: group, lane: 'routine' }) as Work;
    const parts = handedOver(['waiting', 'owed', 'carry_out', 'commission_late', 'new', 'draft', 'feedback'].map(w));
    expect(parts.receipts.map((x) => x.title)).toEqual(['waiting', 'owed']);
    expect(parts.unanswered.map((x) => x.title)).toEqual(['carry_out', 'commission_late']);
    expect(parts.unread.map((x) => x.title)).toEqual(['new']);
    // Begun on the card for calls, submitted, returned: whoever comes on watch has to know of them.
    const ours = handedOver([...['to_sign', 'in_review', 'returned', 'cosign', 'draft'].map(w), { ...w('draft'), title: 'card', lane: 'flash' }] as Work[]);
    expect(ours.unfinished.map((x) => x.title)).toEqual(['to_sign', 'in_review', 'returned', 'cosign', 'card']);
  });
  it('has one note of two that were written at once, and loses nothing of either', () => {
    const cases: [began: string, theirs: string, mine: string, both: string][] = [
      ['', '车在北院', '渡口加派两人', '车在北院\n渡口加派两人'],
      ['甲', '甲\n乙', '甲\n丙', '甲\n乙\n丙'],
      ['甲', '甲乙', '丙', '甲乙\n丙'],
      ['甲', '乙', '甲丙', '乙\n丙'],
      ['甲', '', '甲丙', '甲丙'],
      ['甲', '乙', '', '乙'],
      ['甲', '甲乙', '甲乙丙', '甲乙丙'],
      ['', '甲乙丙', '乙', '甲乙丙'],
    ];
    for (const [began, theirs, mine, both] of cases) expect(joined(began, theirs, mine)).toBe(both);
  });
  it('says the same in both languages', () => {
    const keys = (x: object): string[] => Object.entries(x).flatMap(([k, v]) => (typeof v === 'object' ? keys(v as object).map((s) => `${k}.${s}`) : [k]));
    expect(keys(watchEn)).toEqual(keys(watchZh));
  });
});

describe('the room of a text', () => {
  it('is counted in characters, said before it ends, and never cut', () => {
    const cases: [string, number, ReturnType<typeof room>][] = [
      ['', 10, { used: 0, over: 0, near: false }],
      ['一二三四五六七八', 10, { used: 8, over: 0, near: false }],
      ['一二三四五六七八九', 10, { used: 9, over: 0, near: true }],
      ['一二三四五六七八九十', 10, { used: 10, over: 0, near: true }],
      ['一二三四五六七八九十𠮷', 10, { used: 11, over: 1, near: false }],
    ];
    for (const [text, max, want] of cases) expect(room(text, max)).toEqual(want);
  });
});
