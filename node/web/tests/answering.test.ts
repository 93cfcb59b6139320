import { expect, it } from 'vitest';
import type { Work } from '../src/api/types';
import { mayAnswer, myState } from '../src/desk/answering';
import { lateWord } from '../src/desk/work';
import { fieldChanges } from '../src/difference';

it('only what was signed and sent answers a commission', () => {
  expect(mayAnswer({ state: 'opened', signed_at: '2026-11-22T15:39:00+08:00' })).toBe(true);
  expect(mayAnswer({ state: 'returned', signed_at: null })).toBe(false);
  expect(mayAnswer({ state: 'returned', signed_at: '2026-11-22T15:39:00+08:00' })).toBe(false);
  expect(mayAnswer({ state: 'draft', signed_at: null })).toBe(false);
  expect(mayAnswer({ state: 'withdrawn', signed_at: '2026-11-22T15:39:00+08:00' })).toBe(false);
});
it('how far a notice came is no state of the answer', () => {
  for (const s of ['waiting', 'delivered', 'opened'] as const) expect(myState(s)).toBe('to_accept');
  for (const s of ['accepted', 'answered', 'overdue'] as const) expect(myState(s)).toBe(s);
});
it('late is what is over its time, and what somebody above has not signed for is theirs', () => {
  const row = (group: Work['group']): Pick<Work, 'group'> => ({ group });
  expect(lateWord(row('carry_out'), false)).toBe('late.half');
  expect(lateWord(row('carry_out'), true)).toBe('late.title');
  expect(lateWord(row('owed'), true)).toBe('late.theirs');
});
it('of two versions each field that says something else is named', () => {
  expect(fieldChanges({ fields: { evacuated: 19, place: '沟口', cause: 'x' } }, { fields: { evacuated: 21, place: '沟口', measures: '已排查' } })).toEqual([
    { key: 'evacuated', before: 19, after: 21 },
    { key: 'cause', before: 'x', after: null },
    { key: 'measures', before: null, after: '已排查' },
  ]);
});
