import type { FullReport, ReportRecord } from './api/types';
import { shortTime } from './fields';

export type Receipt = FullReport['receipts'][number];

/** Several records go in one envelope, and a later receipt covers all before it: one line for each office and kind. */
export function receiptLines(all: Receipt[]): Receipt[] {
  const lines = new Map<string, Receipt>();
  for (const r of all) {
    const key = [r.kind, r.by, r.reason ?? ''].join(' ');
    const known = lines.get(key);
    if (!known) {
      lines.set(key, { ...r });
      continue;
    }
    if (r.at < known.at) known.at = r.at;
    if ((r.latest_at ?? r.at) > (known.latest_at ?? known.at)) known.latest_at = r.latest_at ?? r.at;
  }
  return [...lines.values()];
}

/** Files that one person sent with one version stand in one line, by their names. */
export function recordLines(all: ReportRecord[]): ReportRecord[] {
  const lines: ReportRecord[] = [];
  for (const r of all) {
    const same = r.type === 'manifest' && lines.find((x) => x.type === 'manifest' && x.office === r.office && x.quarantine === r.quarantine && x.parents.join() === r.parents.join());
    if (same) same.title = [same.title, r.title].filter(Boolean).join('、');
    else lines.push({ ...r });
  }
  return lines;
}

/** Who of an office took note of it, and when: the last acknowledgement that passed its check. `older`: when the version was signed that it names, where a newer one stands (`heads`). */
export function acknowledgedBy(records: ReportRecord[], office: string, heads: string[] = []): { who: string; at: string; older: string | null } | null {
  const last = records.filter((r) => r.type === 'acknowledgement' && r.office === office && r.quarantine === 'none').pop();
  if (!last) return null;
  const named = records.filter((r) => last.parents.includes(r.record)).sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).pop();
  const newest = !heads.length || !named || last.parents.some((p) => heads.includes(p));
  return { who: last.signatures.map((s) => s.officer).join('、'), at: last.at, older: newest ? null : (named.signed_at ?? named.at) };
}

interface Signed {
  signed_at?: string | null;
  signed_until?: string | null;
}
/** "04:07", or of what two persons signed elsewhere "04:07 至 06:36 之间". */
export function signedText(x: Signed, between: (from: string, until: string) => string): string {
  const from = shortTime(x.signed_at);
  if (!x.signed_until) return from;
  const until = shortTime(x.signed_until);
  return between(from, until.slice(0, -5) === from.slice(0, -5) ? until.slice(-5) : until);
}
