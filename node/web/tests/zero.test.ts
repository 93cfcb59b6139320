import { describe, expect, it } from 'vitest';
import type { ZeroSlot, ZeroState } from '../src/api/box';
import { concernsUs, owing } from '../src/desk/zero';

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
