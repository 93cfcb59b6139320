/** A policy as it is edited: every rule in force, ours laid over what holds without us. Pure. */
import type { PolicyDocument, PolicyNeed, SkipClass, TimetableDoc } from '../../api/tasks';

export const GRADES = ['I', 'II', 'III', 'IV'] as const;
export type Grade = (typeof GRADES)[number];
export const STAGES = ['flash', 'first', 'followup', 'final', 'routine', 'zero'] as const;
export type Stage = (typeof STAGES)[number];
export const NEEDS = ['required', 'if_known', 'optional', 'unused'] as const;
/** Who is asked, one after the other, about what waits too long. */
export const STEPS = ['deputy', 'leader', 'superior'] as const;
export const LEVELS = ['province', 'city', 'county', 'township', 'unit'] as const;

export interface Limit {
  phone: number | null;
  written: number | null;
}
export interface OwnField {
  key: string;
  zh: string;
  en: string;
  type: string;
  classes: string[];
  choices: { code: string; zh: string; en: string }[];
}
export interface Model {
  /** By `hop|class|grade`; class "*": all. */
  deadlines: Record<string, Limit>;
  fields: OwnField[];
  /** By `stage|class|field`; nothing: unused. */
  needs: Record<string, PolicyNeed>;
  severity: Record<string, 'error' | 'warning'>;
  /** By kind, "*" for all; nothing: as for all. */
  steps: Record<string, number>;
  skipFrom: Grade;
  skip: SkipClass[];
  days: number;
  slack: Record<string, number>;
  zero: TimetableDoc[];
  watch: TimetableDoc[];
  /** By `what|lane`: minutes until the deputy, the leader, the superior is asked. */
  escalation: Record<string, number[]>;
}

const copy = <T>(x: T): T => JSON.parse(JSON.stringify(x)) as T;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
/** Members in one order, so that two of them can be compared. */
const timetable = (t: TimetableDoc, watch: boolean): TimetableDoc => ({
  name: t.name ?? '',
  levels: t.levels ?? [],
  offices: t.offices ?? [],
  at: [...(t.at ?? [])].sort(),
  ...(t.from ? { from: t.from } : {}),
  ...(t.to ? { to: t.to } : {}),
  ...(watch ? { persons: t.persons ?? 0 } : {}),
});
const lists = <T>(x: T[] | undefined): T[] => (Array.isArray(x) ? x : []);
/** The least grave of those named. */
const lowest = (levels: string[]): Grade => GRADES[Math.max(0, ...levels.map((l) => GRADES.indexOf(l as Grade)))]!;

export function emptyModel(): Model {
  return { deadlines: {}, fields: [], needs: {}, severity: {}, steps: {}, skipFrom: 'II', skip: [], days: 3, slack: {}, zero: [], watch: [], escalation: {} };
}

/** What holds when `doc` is published by an office over which `base` holds. `bound`: there are offices above it. */
export function overlay(base: Model, doc: PolicyDocument, bound: boolean): Model {
  const m = copy(base);
  for (const d of lists(doc.deadlines)) m.deadlines[`${d.hop}|${d.class || '*'}|${d.level}`] = { phone: d.phone_min ?? null, written: d.written_min ?? null };
  for (const f of lists(doc.fields)) if (!m.fields.some((x) => x.key === f.key)) m.fields.push({ key: f.key, zh: f.zh, en: f.en || f.zh, type: f.type, classes: lists(f.classes), choices: lists(f.choices) });
  for (const e of [...lists(doc.required).map((r) => ({ ...r, need: 'required' as const })), ...lists(doc.forms)])
    for (const field of lists(e.fields)) {
      const key = `${e.stage}|${e.class || '*'}|${field}`;
      if (e.need === 'unused') delete m.needs[key];
      else m.needs[key] = e.need;
    }
  for (const r of lists(doc.rules)) m.severity[r.id] = r.severity;
  for (const s of lists(doc.signoff)) m.steps[s.kind] = s.steps;
  if (doc.skip_level?.levels?.length) m.skipFrom = lowest(doc.skip_level.levels);
  if (doc.skip_level?.classes) {
    if (!bound) m.skip = [];
    for (const s of doc.skip_level.classes) {
      const one = { class: s.class, from: s.from || '*', lowest: s.lowest };
      const at = m.skip.findIndex((x) => x.class === one.class && x.from === one.from);
      if (at < 0) m.skip.push(one);
      else m.skip[at] = one;
    }
  }
  if (doc.commission?.default_days) m.days = doc.commission.default_days;
  for (const s of lists(doc.commission?.slack)) m.slack[s.level] = s.minutes;
  for (const e of lists(doc.escalation)) m.escalation[`${e.what}|${e.lane}`] = [e.deputy_min, e.leader_min, e.superior_min];
  for (const [name, key] of [['zero_report', 'zero'], ['watch', 'watch']] as const) {
    const said = doc[name];
    if (!said) continue;
    const rows = lists(said).map((t) => timetable(t, key === 'watch'));
    m[key] = bound ? [...m[key], ...rows.filter((t) => !m[key].some((x) => same(x, t)))] : rows;
  }
  return m;
}

export const modelOf = (doc: PolicyDocument): Model => overlay(emptyModel(), doc, false);

/** Only what differs from what holds without us: the document to be signed. */
export function compose(base: Model, m: Model, bound: boolean): PolicyDocument {
  const doc: PolicyDocument = { v: 1 };
  const deadlines = Object.entries(m.deadlines).filter(([key, d]) => d.written !== null && !same(d, base.deadlines[key]));
  if (deadlines.length)
    doc.deadlines = deadlines.map(([key, d]) => {
      const [hop, cls, level] = key.split('|') as [string, string, string];
      return { hop, class: cls, level, phone_min: d.phone, written_min: d.written! };
    });
  const fields = m.fields.filter((f) => !base.fields.some((x) => x.key === f.key));
  if (fields.length) doc.fields = fields.map((f) => ({ key: f.key, zh: f.zh, en: f.en || f.zh, type: f.type, ...(f.classes.length ? { classes: f.classes } : {}), ...(f.type === 'choice' ? { choices: f.choices } : {}) }));
  const forms = new Map<string, { stage: string; class: string; need: PolicyNeed; fields: string[] }>();
  for (const key of new Set([...Object.keys(base.needs), ...Object.keys(m.needs)])) {
    const need = m.needs[key] ?? 'unused';
    if (need === (base.needs[key] ?? 'unused')) continue;
    const [stage, cls, field] = key.split('|') as [string, string, string];
    const group = `${stage}|${cls}|${need}`;
    const entry = forms.get(group) ?? { stage, class: cls, need, fields: [] };
    entry.fields.push(field);
    forms.set(group, entry);
  }
  // What is asked no longer first: a first flash has room for six.
  if (forms.size) doc.forms = [...forms.values()].sort((a, b) => NEEDS.indexOf(b.need) - NEEDS.indexOf(a.need));
  const rules = Object.entries(m.severity).filter(([id, s]) => s !== base.severity[id]);
  if (rules.length) doc.rules = rules.map(([id, severity]) => ({ id, severity }));
  const steps = Object.entries(m.steps).filter(([kind, n]) => n !== (base.steps[kind] ?? (kind === '*' ? 2 : undefined)));
  // The last entry that fits a kind counts.
  if (steps.length) doc.signoff = steps.sort(([a], [b]) => (a === '*' ? -1 : b === '*' ? 1 : a.localeCompare(b))).map(([kind, n]) => ({ kind, steps: n }));
  const skip = m.skip.filter((s) => !base.skip.some((x) => same(x, s)));
  const fewer = !bound && base.skip.some((s) => !m.skip.some((x) => same(x, s)));
  if (m.skipFrom !== base.skipFrom || skip.length || fewer)
    doc.skip_level = { levels: GRADES.slice(0, GRADES.indexOf(m.skipFrom) + 1), ...(skip.length || fewer ? { classes: bound ? skip : m.skip } : {}) };
  const slack = Object.entries(m.slack).filter(([level, n]) => n !== base.slack[level]);
  if (m.days !== base.days || slack.length) doc.commission = { default_days: m.days, ...(slack.length ? { slack: slack.map(([level, minutes]) => ({ level, minutes })) } : {}) };
  const waits = Object.entries(m.escalation).filter(([key, n]) => !same(n, base.escalation[key]));
  if (waits.length)
    doc.escalation = waits.map(([key, n]) => {
      const [what, lane] = key.split('|') as [string, string];
      return { what, lane, deputy_min: n[0]!, leader_min: n[1]!, superior_min: n[2]! };
    });
  for (const [name, key] of [['zero_report', 'zero'], ['watch', 'watch']] as const) {
    const rows = m[key].map((t) => timetable(t, key === 'watch'));
    if (same(rows, base[key].map((t) => timetable(t, key === 'watch')))) continue;
    doc[name] = bound ? rows.filter((t) => !base[key].some((x) => same(timetable(x, key === 'watch'), t))) : rows;
  }
  return copy(doc);
}

/** How many fields a first flash of this class wants by hand. */
export function flashRequired(m: Model, cls: string, typeClass: string, byHand: (field: string) => boolean): number {
  const all = new Set<string>();
  for (const [key, need] of Object.entries(m.needs)) {
    const [stage, c, field] = key.split('|') as [string, string, string];
    if (stage === 'flash' && need === 'required' && (c === '*' || c === cls || c === typeClass) && byHand(field)) all.add(field);
  }
  return all.size;
}

export interface Change {
  section: 'deadlines' | 'forms' | 'quality' | 'signoff' | 'skip' | 'asking' | 'escalation' | 'times';
  /** Names the entry, for words to be made of it. */
  what: string[];
  before: string;
  after: string;
}

/** A row of a timetable in one text, for comparing it and for words. */
export const packed = (t: TimetableDoc): string => [t.name, [...(t.levels ?? []), ...(t.offices ?? [])].join('+'), (t.at ?? []).join(' '), t.from || t.to ? `${t.from ?? ''}..${t.to ?? ''}` : '', t.persons ? String(t.persons) : ''].join('|');

/** Entry by entry: what would be other than now. */
export function differences(a: Model, b: Model): Change[] {
  const out: Change[] = [];
  const each = <T>(section: Change['section'], kind: string, x: Record<string, T>, y: Record<string, T>, show: (v: T | undefined) => string): void => {
    for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
      const before = show(x[key]);
      const after = show(y[key]);
      if (before !== after) out.push({ section, what: [kind, ...key.split('|')], before, after });
    }
  };
  each('deadlines', 'written', a.deadlines, b.deadlines, (d) => String(d?.written ?? ''));
  each('deadlines', 'phone', a.deadlines, b.deadlines, (d) => String(d?.phone ?? ''));
  const byKey = (list: OwnField[]): Record<string, OwnField> => Object.fromEntries(list.map((f) => [f.key, f]));
  each('forms', 'field', byKey(a.fields), byKey(b.fields), (f) => (f ? f.zh : ''));
  each('forms', 'need', a.needs, b.needs, (n) => n ?? 'unused');
  each('quality', 'rule', a.severity, b.severity, (s) => s ?? '');
  each('signoff', 'steps', a.steps, b.steps, (n) => String(n ?? ''));
  if (a.skipFrom !== b.skipFrom) out.push({ section: 'skip', what: ['skip'], before: a.skipFrom, after: b.skipFrom });
  const bySkip = (list: SkipClass[]): Record<string, SkipClass> => Object.fromEntries(list.map((s) => [`${s.class}|${s.from || '*'}`, s]));
  each('skip', 'skipClass', bySkip(a.skip), bySkip(b.skip), (s) => s?.lowest ?? '');
  if (a.days !== b.days) out.push({ section: 'asking', what: ['days'], before: String(a.days), after: String(b.days) });
  each('asking', 'slack', a.slack, b.slack, (n) => String(n ?? ''));
  each('escalation', 'escalation', a.escalation, b.escalation, (n) => (n ?? []).join(' / '));
  for (const key of ['zero', 'watch'] as const) {
    const was = a[key].map(packed);
    const is = b[key].map(packed);
    for (const t of was) if (!is.includes(t)) out.push({ section: 'times', what: [key], before: t, after: '' });
    for (const t of is) if (!was.includes(t)) out.push({ section: 'times', what: [key], before: '', after: t });
  }
  return out;
}

/** Which row of the model a problem of the node's check belongs to, by the place in the composed document. */
export function placeOf(where: string, doc: PolicyDocument): { section: Change['section'] | 'raw'; key: string } {
  const m = /^(\w+)(?:\.(\w+))?(?:\[(\d+)\])?/.exec(where);
  const i = Number(m?.[3] ?? -1);
  switch (m?.[1]) {
    case 'deadlines': {
      const d = doc.deadlines?.[i];
      return { section: 'deadlines', key: d ? `${d.hop}|${d.class || '*'}|${d.level}` : '' };
    }
    case 'forms':
    case 'required': {
      const f = doc.forms?.[i];
      return { section: 'forms', key: f ? `${f.stage}|${f.class || '*'}` : '' };
    }
    case 'fields':
      return { section: 'forms', key: doc.fields?.[i]?.key ?? '' };
    case 'rules':
      return { section: 'quality', key: doc.rules?.[i]?.id ?? '' };
    case 'signoff':
      return { section: 'signoff', key: doc.signoff?.[i]?.kind ?? '' };
    case 'skip_level': {
      const s = doc.skip_level?.classes?.[i];
      return { section: 'skip', key: s ? `${s.class}|${s.from || '*'}` : '' };
    }
    case 'commission':
      return { section: 'asking', key: m[2] === 'slack' ? (doc.commission?.slack?.[i]?.level ?? '') : '' };
    case 'escalation': {
      const e = doc.escalation?.[i];
      return { section: 'escalation', key: e ? `${e.what}|${e.lane}` : '' };
    }
    case 'zero_report':
    case 'watch':
      return { section: 'times', key: `${m[1] === 'watch' ? 'watch' : 'zero'}|${doc[m[1]]?.[i]?.name ?? ''}` };
    default:
      return { section: 'raw', key: '' };
  }
}
