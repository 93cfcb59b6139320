import { expect, it } from 'vitest';
import { remaining } from '../src/remaining';

it('what is due is said in minutes when near, in hours and days when far, and is late from the first minute on', () => {
  const now = Date.parse('2026-11-22T12:00:00Z');
  const said = (minutes: number): [string, number, boolean] => {
    const r = remaining(new Date(now + minutes * 60_000).toISOString(), now);
    return [r.key, r.n, r.late];
  };
  expect(said(9)).toEqual(['work.left', 9, true]);
  expect(said(10)).toEqual(['work.left', 10, false]);
  expect(said(119)).toEqual(['work.left', 119, false]);
  expect(said(120)).toEqual(['work.leftHours', 2, false]);
  expect(said(48 * 60)).toEqual(['work.leftDays', 2, false]);
  expect(said(-1)).toEqual(['work.overdue', 1, true]);
  expect(said(-121)).toEqual(['tasks.overHours', 2, true]);
  expect(said(-3 * 1440)).toEqual(['tasks.overDays', 3, true]);
});
