import { describe, expect, it } from 'vitest';
import type { Stats } from '../src/api/box';
import { columnsOf, monthsBack, scoreText } from '../src/desk/stats';
import { slotState } from '../src/desk/zero';
import { boxEn, boxZh } from '../src/locales/box';

describe('figures', () => {
  it('stand in groups, and only those that the node gives', () => {
    const stats = { figures: ['received', 'adopted', 'late'] } as Stats;
    expect(columnsOf(stats)).toEqual([
      { group: 'reports', figures: ['received'] },
      { group: 'outcome', figures: ['adopted'] },
      { group: 'time', figures: ['late'] },
    ]);
    expect(columnsOf(null)).toEqual([]);
  });
  it('have a word in both languages', () => {
    for (const words of [boxZh, boxEn]) {
      for (const g of columnsOf({ figures: Object.keys(words.stats.figure) } as Stats)) for (const f of g.figures) expect(words.stats.figure).toHaveProperty(f);
      expect(Object.keys(words.stats.figure)).toHaveLength(20);
    }
  });
  it('are of a month, whole or over the turn of a year', () => {
    expect(monthsBack('2026-01-31T00:10', 3)).toEqual(['2026-01', '2025-12', '2025-11']);
    expect(monthsBack('2026-03-31', 2)).toEqual(['2026-03', '2026-02']);
  });
  it('show points without noise', () => {
    expect(scoreText(5)).toBe('5');
    expect(scoreText(2.5000001)).toBe('2.5');
    expect(scoreText(-0.1 - 0.2)).toBe('-0.3');
  });
});

describe('a nil report', () => {
  it('that was signed in time and came later is called so', () => {
    expect(slotState({ state: 'sent', certain: false })).toBe('unsure');
    expect(slotState({ state: 'sent', certain: true })).toBe('sent');
    expect(slotState({ state: 'late', certain: true })).toBe('late');
    for (const s of ['pending', 'sent', 'unsure', 'late', 'overdue', 'unheard', 'missed']) expect(boxZh.zero.state).toHaveProperty(s);
  });
});
