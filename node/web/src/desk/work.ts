/** The order of what waits: groups as people work through them, but a group with something grave in it goes before. */
import type { Group, Lane, Work } from '../api/types';

const RANK: Record<Lane, number> = { flash: 0, urgent: 1, routine: 2 };
/** Nobody here can do anything about these but wait, or go on writing. */
const PASSIVE: Group[] = ['feedback', 'awaited', 'owed', 'waiting', 'in_review', 'draft'];

export interface Shown {
  group: Group;
  items: Work[];
  /** When the group stands in two places: which half this is. */
  part?: 'grave' | 'plain';
}
/** Within a group the node's order stands: by lane, then by when it is due. */
export function pressing(order: Group[], items: Work[]): Shown[] {
  const rank = (g: Shown): number => (PASSIVE.includes(g.group) ? 3 : Math.min(...g.items.map((w) => RANK[w.lane])));
  const parts = order.flatMap((group) => {
    const all = items.filter((w) => w.group === group);
    // What is routine does not ride before others' urgent work because something grave stands beside it.
    const grave = PASSIVE.includes(group) ? [] : all.filter((w) => w.lane !== 'routine');
    const plain = all.filter((w) => !grave.includes(w));
    if (grave.length > 0 && plain.length > 0) return [{ group, items: grave, part: 'grave' as const }, { group, items: plain, part: 'plain' as const }];
    return all.length > 0 ? [{ group, items: all }] : [];
  });
  return parts.map((part, at) => ({ part, at })).sort((a, b) => rank(a.part) - rank(b.part) || a.at - b.at).map((x) => x.part);
}

/** How many of them are real, and how many exercises. */
export function counted(items: Pick<Work, 'flags'>[]): { real: number; exercises: number } {
  const exercises = items.filter((w) => w.flags?.includes('exercise')).length;
  return { real: items.length - exercises, exercises };
}

/** What an alarm says of a row: ours is late only when its time is over; what an office above has not signed for is no delay of ours. */
export function lateWord(w: Pick<Work, 'group'>, late: boolean): 'late.title' | 'late.half' | 'late.theirs' {
  if (w.group === 'owed' || w.group === 'waiting') return 'late.theirs';
  return late ? 'late.title' : 'late.half';
}
