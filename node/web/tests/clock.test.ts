import { expect, it } from 'vitest';
import { clockSeconds, clockTime, parsedTime, shownTime, wallClock } from '../src/clock';

const now = '2026-11-23T06:42';
it('a time is read as people type it, and what is no time is none', () => {
  for (const text of ['2026-11-22 14:05', '2026-11-22T14:05', ' 2026/11/22 14:05 ', '2026年11月22日14时05分', '2026-11-22 14：5', '11-22 14:05', '11月22日14时5分', '昨天14:05', '昨日下午2点5分', '22日14:05']) expect(parsedTime(text, now), text).toBe('2026-11-22T14:05');
  for (const text of ['2026-11-31 14:05', '2026-11-22 24:05', '2026-11-22 14:60', '22/11/2026, 14:05', '2026-11-22', '5', '054', '天快亮的时候', '25:10', '13-1 5:40', '0-1 5:40', '11-0 5:40', '5点来钟']) expect(parsedTime(text, now), text).toBeNull();
  expect(parsedTime('  ', now)).toBe('');
  expect(shownTime('2026-11-22T14:05')).toBe('2026-11-22 14:05');
});
it('what is left out of a time is completed by the office’s clock', () => {
  for (const text of ['5:40', '05:40', '0540', '5点40', '5时40分', '今天5:40', '11-23 5:40', '11月23日5时40分', '５：４０', '五点四十', '凌晨5点40', '今早5点40']) expect(parsedTime(text, now), text).toBe('2026-11-23T05:40');
  expect(parsedTime('5点半', now)).toBe('2026-11-23T05:30');
  expect(parsedTime('昨晚11点一刻', now)).toBe('2026-11-22T23:15');
});
it('a time that has not come yet is yesterday’s, and one still to come may be tomorrow’s', () => {
  expect(parsedTime('23:10', now)).toBe('2026-11-22T23:10');
  expect(parsedTime('6:45', now)).toBe('2026-11-23T06:45');
  expect(parsedTime('12-31 23:10', '2027-01-01T00:20')).toBe('2026-12-31T23:10');
  expect(parsedTime('30日23:10', '2026-12-01T00:20')).toBe('2026-11-30T23:10');
  expect(parsedTime('5:40', now, true)).toBe('2026-11-24T05:40');
  expect(parsedTime('17:00', now, true)).toBe('2026-11-23T17:00');
  expect(parsedTime('1-5 9:00', '2026-12-20T09:00', true)).toBe('2027-01-05T09:00');
});
it('the clock is the office’s, not the browser’s', () => {
  const at = Date.parse('2026-11-22T22:42:07Z');
  expect(wallClock(at, '+08:00')).toBe('2026-11-23T06:42');
  expect(clockTime(at, '+06:00')).toBe('2026-11-23 04:42');
  expect(clockSeconds(at, '+08:00')).toBe('06:42:07');
});
it('what people say at night is a time: just now, ten minutes ago, two in the small hours', () => {
  const now = '2026-11-23T06:40';
  const said: Record<string, string> = { 刚才: '23T06:40', 刚刚: '23T06:40', 十分钟前: '23T06:30', 半小时前: '23T06:10', 一个半小时前: '23T05:10', 两小时以前: '23T04:40', 约20分钟前: '23T06:20', '10 minutes ago': '23T06:30', 半夜两点: '23T02:00', 后半夜三点半: '23T03:30', 昨天半夜11点: '22T23:00' };
  for (const [text, at] of Object.entries(said)) expect(parsedTime(text, now), text).toBe('2026-11-' + at);
  expect(parsedTime('半夜12点', now)).toBeNull();
  expect(parsedTime('刚才', now, true)).toBeNull();
});
