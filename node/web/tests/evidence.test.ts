import { expect, test } from 'vitest';
import type { ReportRecord } from '../src/api/types';
import { acknowledgedBy, receiptLines, recordLines, signedText } from '../src/evidence';

const record = (x: Partial<ReportRecord>): ReportRecord => ({ record: 'r', type: 'report', office: 'A', at: '', verified: true, quarantine: 'none', flags: [], signatures: [], parents: [], ...x });

test('of one office and kind there is one receipt: since when, and the newest that covers it', () => {
  const lines = receiptLines([
    { kind: 'stored', by: 'B', at: '06:30', latest_at: '06:47', record: '1' },
    { kind: 'stored', by: 'B', at: '06:32', latest_at: '06:50', record: '2' },
    { kind: 'opened', by: 'B', at: '06:31', latest_at: '06:31', record: '1' },
    { kind: 'stored', by: 'C', at: '06:29', record: '1' },
  ]);
  expect(lines.map((r) => [r.kind, r.by, r.at, r.latest_at])).toEqual([
    ['stored', 'B', '06:30', '06:50'],
    ['opened', 'B', '06:31', '06:31'],
    ['stored', 'C', '06:29', undefined],
  ]);
});

test('files that go with one version stand in one line by their names', () => {
  const lines = recordLines([record({ record: 'v' }), record({ type: 'manifest', title: '一.jpg', parents: ['v'] }), record({ type: 'manifest', title: '二.jpg', parents: ['v'] }), record({ type: 'manifest', title: '三.jpg', parents: ['w'] })]);
  expect(lines.map((r) => r.title)).toEqual([undefined, '一.jpg、二.jpg', '三.jpg']);
});

test('whoever acknowledged for an office is named, with the time; a machine\'s receipt names nobody', () => {
  const all = [record({ type: 'acknowledgement', office: 'B', at: '06:40', signatures: [{ officer: '赵红', role: 'reviewer' }] })];
  expect(acknowledgedBy(all, 'B')).toEqual({ who: '赵红', at: '06:40', older: null });
  expect(acknowledgedBy(all, 'C')).toBeNull();
});

test('an acknowledgement of an earlier version is none of the newest', () => {
  const first = record({ record: '1', at: '2026-11-22T13:05:00+08:00' });
  const next = record({ record: '2', type: 'correction', at: '2026-11-22T15:35:00+08:00', parents: ['1'] });
  const taken = record({ record: '3', type: 'acknowledgement', office: 'B', at: '2026-11-22T13:08:00+08:00', parents: ['1'] });
  expect(acknowledgedBy([first, taken, next], 'B', ['2'])?.older).toBe(first.at);
  expect(acknowledgedBy([first, taken], 'B', ['1'])?.older).toBeNull();
});

test('when two persons signed elsewhere is said as the time between', () => {
  const between = (a: string, b: string): string => `${a} 至 ${b} 之间`;
  expect(signedText({ signed_at: '2020-06-01T04:07:09Z' }, between)).toBe('2020-06-01 04:07');
  expect(signedText({ signed_at: '2020-06-01T04:07:09Z', signed_until: '2020-06-01T06:36:00Z' }, between)).toBe('2020-06-01 04:07 至 06:36 之间');
  expect(signedText({ signed_at: '2020-06-01T23:07:09Z', signed_until: '2020-06-02T06:36:00Z' }, between)).toBe('2020-06-01 23:07 至 2020-06-02 06:36 之间');
});
