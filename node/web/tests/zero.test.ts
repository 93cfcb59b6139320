import { describe, expect, it } from 'vitest';
import type { ZeroSlot, ZeroState } from '../src/api/box';
import type { Incident } from '../src/api/situation';
import type { Work } from '../src/api/types';
import { concernsUs, owing, periodFrom, reportedSince, waitingZero } from '../src/desk/zero';

const slot = (day: number, state: ZeroState, report = ''): ZeroSlot => ({ due_at: `2026-11-${day}T16:30:00+08:00`, state, certain: true, report: report ? { case: report, title: '', signed_at: '', received_at: null } : null });
const office = (name: string, ...slots: ZeroSlot[]) => ({ office: name, name, last_contact: null, slots });

describe('who below owes a nil report', () => {
  it('is whose newest time is past without one, and the urge goes on the last that came', () => {
    const below = [
      office('sent', slot(22, 'missed'), slot(23, 'sent', 'a')),
      office('overdue', slot(21, 'sent', 'b'), slot(22, 'late', 'c'), slot(23, 'overdue'), slot(24, 'pending')),
      office('missed', slot(23, 'missed')),
      office('unheard', slot(23, 'unheard')),
      office('nothing'),
    ];
    expect(owing({ below })).toEqual([
      { office: 'overdue', name: 'overdue', due_at: slot(23, 'sent').due_at, on: 'c' },
      { office: 'missed', name: 'missed', due_at: slot(23, 'sent').due_at, on: null },
    ]);
  });
  it('has a page in the menu of whoever owes one, or has somebody below who does', () => {
    expect(concernsUs({ own: [], below: [office('x')] })).toBe(false);
    expect(concernsUs({ own: [slot(23, 'pending')], below: [] })).toBe(true);
    expect(concernsUs({ own: [], below: [office('x', slot(23, 'pending'))] })).toBe(true);
  });
});

describe('a nil report of ours', () => {
  const now = Date.parse('2026-11-23T16:20:00+08:00');
  const at = (time: string): string => new Date(Date.parse(time)).toISOString();
  it('speaks of the time since the one before, a day at most', () => {
    expect(periodFrom([], null, now)).toBe(at('2026-11-22T16:20:00+08:00'));
    expect(periodFrom([slot(22, 'sent'), slot(23, 'pending')], slot(23, 'pending').due_at, now)).toBe(at('2026-11-22T16:30:00+08:00'));
    expect(periodFrom([slot(23, 'sent'), { due_at: '2026-11-23T08:00:00+08:00' }], slot(23, 'pending').due_at, now)).toBe(at('2026-11-23T08:00:00+08:00'));
  });
  it('is told what the same office has reported in that time, and no exercise', () => {
    const one = (given: object): Incident => ({ office: 'us', in_shift: true, flags: [], ...given }) as unknown as Incident;
    const all = [one({ title: 'slide' }), one({ office: 'others' }), one({ in_shift: false }), one({ flags: ['exercise'] })];
    expect(reportedSince(all, 'us').map((i) => i.title)).toEqual(['slide']);
  });
  it('that was submitted is not asked for again', () => {
    const w = (kind: string, group: string): Work => ({ kind, group }) as Work;
    expect(waitingZero([w('zero_report', 'in_review'), w('zero_report', 'to_sign'), w('zero_report', 'returned'), w('brief', 'in_review')])).toHaveLength(2);
  });
});
