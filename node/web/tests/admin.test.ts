import { describe, expect, it } from 'vitest';
import source from '../../net/api_status.cc?raw';
import type { MachineRow, OfficeRow } from '../src/api/admin';
import { advice } from '../src/admin/alarms';
import { complete, cursorAfter, grouped, groups, onlyDigits } from '../src/admin/digits';
import { toggled, under } from '../src/admin/pick';
import { lastContact, officeMark, officeTree } from '../src/admin/tree';

const office = (code: string, superior: string, more: Partial<OfficeRow> = {}): OfficeRow => ({
  office: code, name: code, level: 'township', state: 'below', since: null, admitted: true, one_person: false, superior, line_superiors: [], suspended: false, key_waits: false, fingerprint: '', compared: true, new_key: '', ...more,
});
const machine = (of: string, last_contact: string | null): MachineRow => ({ node: '', office: of, name: '', number: '1', state: 'good', confirmed: true, fingerprint: '', this: false, last_contact });

describe('the digits of a fingerprint', () => {
  it('are what is typed, in groups of five, whatever stands between them', () => {
    expect(grouped('12345-67 890 1')).toBe('12345 67890 1');
    expect(groups('')).toEqual([]);
    expect(onlyDigits('１２３ 念错了 4')).toBe('1234');
  });
  it('are complete at forty, neither before nor after', () => {
    expect(complete('1'.repeat(39))).toBe(false);
    expect(complete(grouped('1'.repeat(40)))).toBe(true);
    expect(complete('1'.repeat(41))).toBe(false);
  });
  it('leave the cursor behind the digit that was typed', () => {
    expect(cursorAfter('12345 67', 5)).toBe(5);
    expect(cursorAfter('12345 67', 6)).toBe(7);
    expect(cursorAfter('12345 67', 7)).toBe(8);
    expect(cursorAfter('', 3)).toBe(0);
  });
});

describe('the tree of offices', () => {
  const all = [office('37', '', { state: 'superior' }), office('3707', '37', { state: 'self' }), office('370783105', '370783'), office('370783', '3707'), office('370784', '3707'), office('371', '99', { state: 'known' })];
  it('begins with us, has each under the one above it, and not those above us', () => {
    expect(officeTree(all).map((r) => [r.office.office, r.depth])).toEqual([['3707', 0], ['370783', 1], ['370783105', 2], ['370784', 1], ['371', 0]]);
  });
  it('ends although two offices name each other as superior', () => {
    expect(officeTree([office('1', '2', { state: 'self' }), office('2', '1')]).length).toBe(2);
  });
  it('gives all below one of them', () => {
    expect(under(officeTree(all), '3707')).toEqual(['370783', '370783105', '370784']);
    expect(under(officeTree(all), '370784')).toEqual([]);
    expect(under(officeTree(all), 'x')).toEqual([]);
  });
  it('says the gravest of an office first', () => {
    const now = Date.parse('2026-11-22T12:00:00Z');
    const fresh = '2026-11-22T11:00:00Z';
    expect(officeMark(office('1', ''), fresh, now)).toBe('good');
    expect(officeMark(office('1', ''), null, now)).toBe('silent');
    expect(officeMark(office('1', ''), '2026-11-21T11:00:00Z', now)).toBe('silent');
    expect(officeMark(office('1', '', { key_waits: true }), fresh, now)).toBe('key_waits');
    expect(officeMark(office('1', '', { suspended: true, key_waits: true }), fresh, now)).toBe('suspended');
    expect(officeMark(office('1', '', { suspended: true, state: 'revoked' }), fresh, now)).toBe('revoked');
    expect(officeMark(office('1', '', { admitted: false }), null, now)).toBe('invited');
  });
  it('takes the newest word of any machine', () => {
    expect(lastContact([machine('a', '2026-11-22T10:00:00+08:00'), machine('a', '2026-11-22T03:00:00Z'), machine('b', '2026-11-23T00:00:00Z')], 'a')).toBe('2026-11-22T03:00:00Z');
    expect(lastContact([machine('a', null)], 'a')).toBeNull();
  });
});

it('all of a level are chosen at once, and none of them the second time', () => {
  expect(toggled(['a', 'x'], ['a', 'b'])).toEqual(['a', 'x', 'b']);
  expect(toggled(['a', 'x', 'b'], ['a', 'b'])).toEqual(['x']);
});

it('there is something to do about every alarm that the node raises', () => {
  const table = source.slice(source.indexOf('kTexts[] = {'), source.indexOf('};', source.indexOf('kTexts[] = {')));
  const stored = [...table.matchAll(/\{"([a-z.-]+)",/g)].map((m) => m[1]!);
  const standing = [...source.matchAll(/alarms\.add\(\s*"([a-z.-]+)"/g)].map((m) => m[1]!);
  expect(stored.length).toBeGreaterThan(20);
  expect(standing.length).toBeGreaterThan(5);
  // Nothing is to be done about these but to know them.
  const known = ['copy.failed', 'reclaim.failed', 'stream.ahead', 'stream.unknown'];
  expect([...stored, ...standing].filter((c) => !(c in advice) && !known.includes(c))).toEqual([]);
});
