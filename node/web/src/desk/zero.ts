import type { Zero, ZeroSlot } from '../api/box';
import type { Incident } from '../api/situation';
import type { Work } from '../api/types';

/** What a slot is called: sent in time by its author's clock alone has a name of its own. */
export const slotState = (s: Pick<ZeroSlot, 'state' | 'certain'>): string => (s.state === 'sent' && !s.certain ? 'unsure' : s.state);

/** An office below that has not sent what is past its time; `on`: its last nil report, which the urge is signed on. */
export interface Owing {
  office: string;
  name: string;
  due_at: string;
  on: string | null;
}
/** Of each office the newest that is missing. Where nothing was heard of the office, nobody knows that it owes. */
export function owing(zero: Pick<Zero, 'below'>): Owing[] {
  return zero.below.flatMap((o) => {
    const newest = [...o.slots].sort((a, b) => b.due_at.localeCompare(a.due_at));
    const missing = newest.find((s) => s.state !== 'pending');
    if (!missing || (missing.state !== 'overdue' && missing.state !== 'missed')) return [];
    return [{ office: o.office, name: o.name, due_at: missing.due_at, on: newest.find((s) => s.report)?.report?.case ?? null }];
  });
}
/** Whether the page of nil reports is of use here: we owe them, or somebody below does. */
export const concernsUs = (zero: Pick<Zero, 'own' | 'below'>): boolean => zero.own.length > 0 || zero.below.some((o) => o.slots.length > 0);

const DAY_MS = 24 * 3600_000;
/** Since when a nil report given now speaks: the time before it, a day at most. */
export function periodFrom(own: Pick<ZeroSlot, 'due_at'>[], due: string | null, now: number): string {
  const until = due ? Date.parse(due) : now;
  const before = own.map((s) => Date.parse(s.due_at)).filter((t) => t < Math.min(until, now));
  return new Date(Math.max(until - DAY_MS, now - DAY_MS, ...before.slice(-1).map((t) => Math.min(t, now - 1)), 0)).toISOString();
}
/** What this office itself has reported in that time: with it, nothing happened is not the whole truth. */
export const reportedSince = (all: Incident[], self: string): Incident[] => all.filter((i) => i.in_shift && i.office === self && !i.flags.includes('exercise'));
/** A nil report of ours that somebody submitted and nobody has signed yet. */
export const waitingZero = (items: Work[]): Work[] => items.filter((w) => w.kind === 'zero_report' && (w.group === 'in_review' || w.group === 'to_sign'));
