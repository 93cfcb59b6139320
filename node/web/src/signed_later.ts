/** 先报后签: who sent a version before it was signed off, who signed it later, and how long that took. */
import type { ReportRecord } from './api/types';

export interface SentFirst {
  record: string;
  who: string;
  at: string;
  /** Who signed later, and when; none: nobody yet. */
  by: string;
  later: string | null;
  minutes: number;
  /** It lies inside what another office passed on: a signature that was added later is not in it, and need not be missing. */
  within: boolean;
}

/** What carries a text; its attachments' lists go out under the same signature. */
const texts = ['report', 'followup', 'final', 'correction', 'zero_report'];

/** Of the version that stands now: none where it was signed before it went. */
export const currentSentFirst = (heads: string[], records: ReportRecord[], now: number): SentFirst | null => sentFirst(records, now).find((f) => heads.includes(f.record)) ?? null;
/** Whether all that was sent first has been signed since. */
export function cosigned(records: ReportRecord[]): boolean {
  const all = sentFirst(records, 0);
  return all.length > 0 && all.every((f) => f.later !== null);
}

/** Oldest first. `now`: up to when it has waited, where nobody has signed. */
export function sentFirst(records: ReportRecord[], now: number): SentFirst[] {
  const names = (r: ReportRecord): string => r.signatures.map((s) => s.officer).join('、');
  const sound = records.filter((r) => r.quarantine === 'none');
  return sound
    .filter((r) => r.flags.includes('provisional') && texts.includes(r.type))
    .map((r) => {
      const signed = sound.filter((c) => c.type === 'cosignature' && !c.act && c.office === r.office && c.parents.includes(r.record)).sort((a, b) => Date.parse(a.at) - Date.parse(b.at))[0];
      return { record: r.record, who: names(r), at: r.at, by: signed ? names(signed) : '', later: signed?.at ?? null, minutes: Math.max(0, Math.round(((signed ? Date.parse(signed.at) : now) - Date.parse(r.at)) / 60_000)), within: r.flags.includes('nested') };
    })
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}
