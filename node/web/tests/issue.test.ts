import { describe, expect, it } from 'vitest';
import { issueNumber } from '../src/desk/issue';
import { triage, waiting } from '../src/desk/triage';
import type { Work } from '../src/api/types';

describe('the number of an issue', () => {
  it('is taken out of what people write', () => {
    for (const typed of ['47', '第47期', ' ４７ ', '第 47 期']) expect(issueNumber(typed)).toBe(47);
    for (const typed of ['', '第期', '2026年第47期', '0', '1234567']) expect(issueNumber(typed)).toBeNull();
  });
});

describe('what came', () => {
  const item = (c: string, group: string, more: object = {}): Work => ({ case: c, group, office: 'town', lane: 'routine', received_at: '2026-11-22T08:00:00+08:00', ...more }) as unknown as Work;
  it('names a newer version once, as that', () => {
    expect(triage([item('a', 'new'), item('a', 'newer')], 'county').map((w) => w.group)).toEqual(['newer']);
  });
  it('knows where something of ours is not signed yet', () => {
    const all = [item('a', 'in_review'), item('b', 'draft', { office: 'county' }), item('c', 'returned'), item('d', 'new')];
    expect([...waiting(all, 'county').keys()]).toEqual(['a', 'c']);
  });
});
