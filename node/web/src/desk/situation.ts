/** What is going on, counted for a wall and put together for a handover. */
import type { Incident } from '../api/situation';
import type { Group, Work } from '../api/types';

const GRADES = ['I', 'II', 'III', 'IV'];
export interface Count {
  key: string;
  n: number;
}
/** How many of each, the most first, equal ones in the order they came. */
function counts(keys: string[]): Count[] {
  const out = new Map<string, number>();
  for (const k of keys) out.set(k, (out.get(k) ?? 0) + 1);
  return [...out].map(([key, n]) => ({ key, n })).sort((a, b) => b.n - a.n);
}
const real = (all: Incident[]): Incident[] => all.filter((i) => i.open && !i.flags.includes('exercise'));

export interface Board {
  open: Incident[];
  exercises: Incident[];
  grades: Count[];
  types: Count[];
  offices: Count[];
}
/** The gravest first, then what is due first, then the newest. Exercises stand apart and are in no count. */
export function boardOf(all: Incident[]): Board {
  const grave = (i: Incident): number => (GRADES.includes(i.grade) ? GRADES.indexOf(i.grade) : GRADES.length);
  const open = real(all);
  const lane = (i: Incident): number => (i.lane === 'flash' ? 0 : 1);
  const due = (i: Incident): string => i.next?.due_at ?? '9';
  const sorted = [...open].sort((a, b) => grave(a) - grave(b) || lane(a) - lane(b) || due(a).localeCompare(due(b)) || (b.last_at ?? '').localeCompare(a.last_at ?? ''));
  return {
    open: sorted,
    exercises: all.filter((i) => i.open && i.flags.includes('exercise')),
    grades: [...GRADES, ''].map((key) => ({ key, n: open.filter((i) => (GRADES.includes(i.grade) ? i.grade : '') === key).length })).filter((c) => c.n > 0),
    types: counts(open.map((i) => i.incident_type)),
    offices: counts(open.map((i) => i.office_name || i.office)),
  };
}

/** Two notes that began as one: the other one, and after it what was added here; both whole where it was more than added. */
export function joined(began: string, theirs: string, mine: string): string {
  if (theirs.includes(mine)) return theirs;
  if (mine.includes(theirs)) return mine;
  return [theirs, mine.startsWith(began) ? mine.slice(began.length) : mine].map((s) => s.trim()).filter(Boolean).join('\n');
}

/** The parts of the work list that whoever comes on watch has to know. */
const RECEIPTS: Group[] = ['waiting', 'owed'];
const UNANSWERED: Group[] = ['carry_out', 'answer', 'commission', 'commission_late', 'commission_asked', 'awaited', 'to_close'];
/** Texts of this office that are not out yet: to be signed, given back, or an emergency that somebody has begun. */
const UNFINISHED: Group[] = ['to_sign', 'in_review', 'returned', 'cosign', 'cosign_asked'];
export function handedOver(items: Work[]): { unfinished: Work[]; receipts: Work[]; unanswered: Work[]; unread: Work[] } {
  const begun = (w: Work): boolean => w.group === 'draft' && w.lane !== 'routine';
  const of = (groups: Group[]): Work[] => items.filter((w) => groups.includes(w.group));
  return { unfinished: items.filter((w) => UNFINISHED.includes(w.group) || begun(w)), receipts: of(RECEIPTS), unanswered: of(UNANSWERED), unread: items.filter((w) => w.group === 'new') };
}
