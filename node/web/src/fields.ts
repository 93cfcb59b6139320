/** Which fields a form has, by the node's rules; and how times stand in it. */
import type { FieldSpec, FieldValue, Rules } from './api/types';
import { wallClock } from './clock';

export type Need = 'required' | 'if_known' | 'optional';
export interface FormField {
  spec: FieldSpec;
  need: Need;
}

/** Fields a person fills in for this kind, the needed ones first; those of a class of incident when it is chosen. A first
 *  report in flash has the shortest form. */
export function formFields(rules: Rules, kind: string, incidentType: string, lane = ''): FormField[] {
  const usual = rules.kinds.find((k) => k.id === kind)?.stage ?? 'routine';
  const stage = usual === 'first' && lane === 'flash' ? 'flash' : usual;
  const cls = rules.incident_types.find((t) => t.code === incidentType)?.class;
  const all: FormField[] = [];
  const order: Need[] = ['required', 'if_known', 'optional'];
  /** Of the class or the type: the stronger word counts. */
  const wanted = (spec: FieldSpec): Need | undefined => {
    const said = (rules.class_needs ?? []).filter((n) => n.stage === stage && n.field === spec.key && (n.class === cls || n.class === incidentType)).map((n) => n.need);
    const own = spec.need[stage];
    return order.find((n) => said.includes(n) || (spec.classes.length === 0 && own === n));
  };
  for (const spec of rules.fields) {
    if (!spec.by_person) continue;
    const need = wanted(spec);
    if (spec.classes.length > 0) {
      if (cls && (spec.classes.includes(cls) || spec.classes.includes(incidentType)) && stage !== 'routine' && stage !== 'zero') all.push({ spec, need: need ?? 'optional' });
    } else if (need) {
      all.push({ spec, need });
    }
  }
  return order.flatMap((n) => all.filter((f) => f.need === n));
}

/** What the form has no place for but the text says: it is sent too, so it is seen and can be changed. */
export function furtherFields(rules: Rules, form: FormField[], has: Record<string, unknown>): FormField[] {
  return rules.fields.filter((spec) => spec.by_person && spec.key in has && !form.some((f) => f.spec.key === spec.key)).map((spec) => ({ spec, need: 'optional' }));
}

/**
 * The fields that stand in sight, and those that are folded away: what is needed, and what the text had when it was opened.
 * What somebody fills in stays where it is while the form is open: a field that moved would be made anew under their hands.
 */
export function inSight(all: FormField[], had: ReadonlySet<string>): { first: FormField[]; others: FormField[] } {
  const seen = (f: FormField): boolean => f.need === 'required' || had.has(f.spec.key);
  return { first: all.filter(seen), others: all.filter((f) => !seen(f)) };
}

/** Keys as the rules name the fields: time and place, what happened, the dead, missing and injured, what is done. */
export function inOrder(rules: Rules | null, keys: string[]): string[] {
  const place = new Map((rules?.fields ?? []).map((f, n) => [f.key, n]));
  const at = (key: string): number => place.get(key) ?? place.size;
  return [...keys].sort((a, b) => at(a) - at(b));
}

/** `2026-11-22T06:10` of a time with an offset, as the browser's field wants it: the wall clock of that offset. */
export const toLocal = (time: string | null | undefined): string => (time ? time.slice(0, 16) : '');
/** Back, with the office's offset. */
export const fromLocal = (local: string, offset: string): string | null => (local ? `${local}:00${offset}` : null);
/** `+08:00` of a time that the node gave; China's when there is none. */
export const offsetOf = (time: string | null | undefined): string => time?.match(/[+-]\d\d:\d\d$/)?.[0] ?? '+08:00';

/** `11-22 06:10`, or with the year when it is not this one. */
export function shortTime(time: string | null | undefined, now = Date.now()): string {
  if (!time) return '';
  const text = time.slice(0, 16).replace('T', ' ');
  return text.startsWith(wallClock(now, offsetOf(time)).slice(0, 4)) ? text.slice(5) : text;
}

/** Minutes until then; less than none when it is past. */
export const minutesTo = (time: string, now: number): number => Math.round((Date.parse(time) - now) / 60000);

export const empty = (v: FieldValue | null | undefined): boolean => v === undefined || v === null || v === '';

/** A first title for an emergency, by the pattern of the rules: place, what (or `something`, while nobody knows), whom it hit. */
export function proposedTitle(place: string, what: string, deaths: string, missing: string, something = ''): string {
  const n = (s: string): number => (/^\d+$/.test(s) ? Number(s) : 0);
  const hit = [n(deaths) > 0 ? `${n(deaths)}人死亡` : '', n(missing) > 0 ? `${n(missing)}人失联` : ''].filter(Boolean).join('');
  const event = what.replace(/\(.*\)|（.*）/g, '') || something;
  return place && event ? `${place}发生${event}${hit ? '致' + hit : ''}` : '';
}

/** The event of a title, without what says which report of it this was. */
export const eventTitle = (title: string): string => title.replace(/[\s（(的]*(续报|终报|首报)([一二三四五六七八九十\d]|[（(][一二三四五六七八九十\d]+[）)])*[）)]?$/, '') || title;

/** Where a draft is written on: a flash's first report on the card for calls. */
export const draftPath = (w: { case: string; kind: string; lane: string; first: boolean }): string => (w.first && w.kind === 'first_report' && w.lane === 'flash' ? '/phone/' : '/write/') + w.case;
