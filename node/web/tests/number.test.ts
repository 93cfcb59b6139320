import { expect, it } from 'vitest';
import { chineseNumber, parsedNumber } from '../src/number';

it('a number is read as people type and say it', () => {
  for (const text of ['3', '3人', '３', ' 3 ', '三', '三人', '３名', '3人死亡']) expect(parsedNumber(text), text).toBe(3);
  for (const [text, n] of [['十二', 12], ['两', 2], ['二十', 20], ['两百', 200], ['三百五', 350], ['三百零五', 305], ['一万二千', 12000], ['1,200', 1200], ['0', 0], ['无', 0], ['1.5万元', 15000]] as const) expect(parsedNumber(text), text).toBe(n);
  expect(parsedNumber('2.5', 100, true)).toBe(2.5);
  expect(chineseNumber('二〇二六')).toBe(2026);
});
it('that nobody knows is said, and is not what is not understood', () => {
  for (const text of ['不详', '不清楚', 'unknown']) expect(parsedNumber(text)).toBe('unknown');
  for (const text of ['', '  ']) expect(parsedNumber(text)).toBe('');
  for (const text of ['2.5', '99999999', '-1', '好几个', '3或4', '两三人', '三五', '3人左右', 'abc']) expect(parsedNumber(text), text).toBeNull();
});
