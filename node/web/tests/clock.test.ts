import { expect, it } from 'vitest';
import { parsedTime, shownTime } from '../src/clock';

it('a time is read as people type it, and what is no time is none', () => {
  for (const text of ['2026-11-22 14:05', '2026-11-22T14:05', ' 2026/11/22 14:05 ', '2026年11月22日14时05分', '2026-11-22 14：5']) expect(parsedTime(text)).toBe('2026-11-22T14:05');
  for (const text of ['2026-11-31 14:05', '2026-11-22 24:05', '2026-11-22 14:60', '22/11/2026, 14:05', '11-22 14:05', '2026-11-22']) expect(parsedTime(text)).toBeNull();
  expect(parsedTime('  ')).toBe('');
  expect(shownTime('2026-11-22T14:05')).toBe('2026-11-22 14:05');
});
