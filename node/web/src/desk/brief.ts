/** What came from others since somebody looked last, the most urgent first, the newest of these first. */
import type { Lane, Summary } from '../api/types';

const rank: Record<Lane, number> = { flash: 0, urgent: 1, routine: 2 };

/** `read`: by case, when what came was looked at by itself. */
export function newSince(all: Summary[], since: string | null, self: string, read: Record<string, string> = {}): Summary[] {
  const from = since ? Date.parse(since) : 0;
  const seen = (r: Summary): boolean => Date.parse(read[r.case] ?? '') >= Date.parse(r.received_at!);
  return all
    .filter((r) => r.office !== self && r.received_at !== null && Date.parse(r.received_at) > from && !seen(r))
    .sort((a, b) => rank[a.lane] - rank[b.lane] || Date.parse(b.received_at!) - Date.parse(a.received_at!));
}
/** One more was looked at; what came before all was looked at needs no mark of its own. */
export function nowRead(read: Record<string, string>, r: { case: string; received_at: string | null }, since: string | null): Record<string, string> {
  const from = since ? Date.parse(since) : 0;
  const kept = Object.entries(read).filter(([, at]) => Date.parse(at) > from);
  return Object.fromEntries(r.received_at ? [...kept.filter(([c]) => c !== r.case), [r.case, r.received_at]].slice(-400) : kept);
}
/** From what the node keeps; whatever else it is, nothing was read. */
export function readFrom(text: string): Record<string, string> {
  try {
    const got = JSON.parse(text) as unknown;
    if (!got || typeof got !== 'object' || Array.isArray(got)) return {};
    return Object.fromEntries(Object.entries(got).filter((e): e is [string, string] => typeof e[1] === 'string'));
  } catch {
    return {};
  }
}
/** A leader, who reads and instructs and does not write, begins with what is new. */
export const beginsWithBrief = (roles: string[], level: string): boolean => roles.includes('signer') && !roles.includes('drafter') && !roles.includes('duty') && ['county', 'city', 'province'].includes(level);
