/** What came from others since somebody looked last, the most urgent first, the newest of these first. */
import type { Lane, Summary } from '../api/types';

const rank: Record<Lane, number> = { flash: 0, urgent: 1, routine: 2 };

export function newSince(all: Summary[], since: string | null, self: string): Summary[] {
  const from = since ? Date.parse(since) : 0;
  return all
    .filter((r) => r.office !== self && r.received_at !== null && Date.parse(r.received_at) > from)
    .sort((a, b) => rank[a.lane] - rank[b.lane] || Date.parse(b.received_at!) - Date.parse(a.received_at!));
}
