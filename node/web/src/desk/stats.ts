import type { Stats } from '../api/box';

const groups: { group: string; figures: string[] }[] = [
  { group: 'reports', figures: ['received', 'urgent', 'media'] },
  { group: 'outcome', figures: ['acknowledged', 'adopted', 'not_adopted', 'returned', 'forwarded', 'merged', 'instructed'] },
  { group: 'time', figures: ['timely', 'unsure', 'late'] },
  { group: 'tasks', figures: ['commission_done', 'commission_late', 'commission_missed'] },
  { group: 'nil', figures: ['nil_sent', 'nil_late', 'nil_missed', 'nil_unheard'] },
];
/** The figures that the node gives, in groups; what a newer node gives besides stands at the end. */
export function columnsOf(stats: Stats | null): { group: string; figures: string[] }[] {
  const given = stats?.figures ?? [];
  const known = groups.map((g) => ({ group: g.group, figures: g.figures.filter((f) => given.includes(f)) }));
  return known.filter((g) => g.figures.length > 0);
}
/** The month of `today` (2026-11-23) and those before it, 2026-11. */
export function monthsBack(today: string, n: number): string[] {
  const [year, month] = today.split('-').map(Number) as [number, number];
  return Array.from({ length: n }, (_, i) => new Date(Date.UTC(year, month - 1 - i, 1)).toISOString().slice(0, 7));
}
export const scoreText = (n: number): string => String(Math.round(n * 100) / 100);
