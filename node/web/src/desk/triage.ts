/** The order of what came: the most urgent first, of these what nobody acknowledged; one line a case. */
import type { Lane, Summary, Work } from '../api/types';

const rank: Record<Lane, number> = { flash: 0, urgent: 1, routine: 2 };
const came = (w: Summary): number => Date.parse(w.received_at ?? w.signed_at ?? '') || 0;

/** The most urgent first, the newest of these first. */
export const byUrgency = (a: Summary, b: Summary): number => rank[a.lane] - rank[b.lane] || came(b) - came(a);

/** A flash that has just come stands above those of before; of the rest what has waited longest. */
export function triage(items: Work[], self: string): Work[] {
  const seen = new Map<string, Work>();
  // A newer version of what went up says more than that it is undecided.
  for (const w of [...items].sort((a, b) => Number(b.group === 'newer') - Number(a.group === 'newer'))) if ((w.group === 'new' || w.group === 'decide' || w.group === 'newer') && w.office !== self && !seen.has(w.case)) seen.set(w.case, w);
  const open = (w: Work): number => (w.group === 'new' ? 0 : 1);
  return [...seen.values()].sort((a, b) => rank[a.lane] - rank[b.lane] || open(a) - open(b) || (a.lane === 'flash' ? came(b) - came(a) : came(a) - came(b)));
}
/** Cases in which something of ours waits for a signature, or was given back or only begun: what is begun there now would be in its way. */
export function waiting(items: Work[], self: string): Map<string, Work> {
  return new Map(items.filter((w) => w.office !== self && w.sort !== 'commission' && ['in_review', 'to_sign', 'returned', 'draft'].includes(w.group)).map((w) => [w.case, w]));
}
/** What the words that were typed all stand in: title, office, number. */
export function matching(items: Work[], words: string): Work[] {
  const all = words.toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((w) => all.every((x) => `${w.title} ${w.office_name} ${w.number}`.toLowerCase().includes(x)));
}
/** How long it has been here, in whole minutes that have passed; where an alarm sounds for it, by the alarm's clock: since the first that nobody took note of came. */
export const ageMinutes = (w: Work, now: number): number => Math.max(0, Math.floor((now - (w.escalated?.what === 'acknowledgement' && w.escalated.since ? Date.parse(w.escalated.since) : came(w))) / 60_000));
