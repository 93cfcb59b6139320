/** 转办: an instruction from above goes on to those below, and what they answer goes back up. */
import type { Act } from '../api/acts';

const MINUTE = 60_000;
/** Whose word an act is: the signer comes first; who typed it or signed second is no author of it. */
export const author = (a: Pick<Act, 'by'>): string => a.by[0] ?? '';
const QUARTER = 15 * MINUTE;

/** What our superior asked of us that we have passed on: ours quotes its words. */
export function passedOn(all: Act[], from: Act): Act[] {
  const words = from.text.trim();
  return all.filter((a) => a.own && a.act === 'instruction' && a.record !== null && a !== from && words !== '' && a.text.includes(words));
}
/** The instruction from above that one of ours passes on. */
export const passedFrom = (all: Act[], own: Act): Act | null => (own.own && own.act === 'instruction' ? (all.find((a) => !a.own && a.act === 'instruction' && a.text.trim() !== '' && own.text.includes(a.text.trim())) ?? null) : null);

/** When those below have to be done, so that we can still answer: a quarter of the time that is left stays with us, at least half an hour, at a whole quarter of an hour. None when there is not enough. */
export function dueBelow(due: string | null, now: number): number | null {
  if (!due) return null;
  const left = Date.parse(due) - now;
  const ours = Math.max(left / 4, 30 * MINUTE);
  const at = Math.floor((now + left - ours) / QUARTER) * QUARTER;
  return at > now ? at : null;
}
/** Who is to do it: the office that it is about, or the nearest below us that brought it. */
export function assigneeBelow(report: { office: string; layers?: { office: string }[] }, below: string[]): string[] {
  const way = [report.office, ...(report.layers ?? []).map((l) => l.office)];
  const found = way.find((o) => below.includes(o));
  return found ? [found] : [];
}
export interface Answered {
  office: string;
  at: string;
  text: string;
  done: boolean;
}
/** What those below said about what we passed on, each office's newest word, and whether all have done it. */
export function answersBelow(all: Act[], from: Act): { said: Answered[]; done: boolean } {
  const ours = passedOn(all, from);
  const newest = new Map<string, Answered>();
  for (const a of all)
    if (!a.own && a.act === 'progress' && ours.some((o) => a.on.includes(o.record ?? ''))) {
      const before = newest.get(a.office);
      if (!before || Date.parse(a.at) >= Date.parse(before.at)) newest.set(a.office, { office: a.office_name || a.office, at: a.at, text: a.text, done: a.done });
    }
  return { said: [...newest.values()], done: ours.length > 0 && ours.every((o) => o.assignees.length > 0 && o.assignees.every((x) => x.state === 'done')) };
}
