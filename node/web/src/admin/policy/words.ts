/** What a change of a policy says to people. */
import { i18n, named } from '../../i18n';
import type { PolicyDraft, PolicyNow } from '../../api/tasks';
import type { Rules } from '../../api/types';
import { differences, modelOf, overlay, type Change } from './model';

const t = (key: string, with_: Record<string, unknown> = {}): string => i18n.global.t('policyEdit.' + key, with_);

export const hopName = (hop: string): string => hop.split('>').map((l) => t('hop.' + l)).join(' → ');
export function className(rules: Rules | null, code: string): string {
  if (code === '*') return t('allClasses');
  const c = rules?.incident_classes.find((x) => x.code === code) ?? rules?.incident_types.find((x) => x.code === code);
  return c ? named(c) : code;
}
export function kindName(rules: Rules | null, id: string): string {
  if (id === '*') return t('allKinds');
  const k = rules?.kinds.find((x) => x.id === id);
  return k ? named(k) : id;
}
export function fieldName(rules: Rules | null, key: string): string {
  const f = rules?.fields.find((x) => x.key === key);
  return f ? named(f) : key;
}
export const levelName = (level: string): string => (level === '*' ? t('anyLevel') : t('level.' + level));
export const stepsName = (n: string): string => (n ? t('steps.' + n) : t('asAll'));

/** Name, who, when, what days, how many, as model.ts puts them behind one another. */
export function timetableName(packed: string): string {
  if (!packed) return '';
  const [name, who, at, days, persons] = packed.split('|') as [string, string, string, string, string];
  const offices = who.split('+').map((w) => (i18n.global.te('policyEdit.level.' + w) ? levelName(w) : w)).join('、');
  return [name, offices, at, days.replace('..', ' – '), persons ? t('shiftPersons', { n: persons }) : ''].filter(Boolean).join('，');
}

export function changeText(c: Change, rules: Rules | null, now: PolicyNow | null): string {
  const [what, x = '', y = '', z = ''] = c.what as [string, string, string, string];
  const minutes = (n: string): string => (n ? t('min', { n }) : t('notSet'));
  switch (what) {
    case 'written':
    case 'phone':
      return t('change.' + what, { hop: hopName(x), cls: className(rules, y), grade: z, a: minutes(c.before), b: minutes(c.after) });
    case 'field':
      return t('change.field', { b: c.after || c.before });
    case 'need':
      return t('change.need', { stage: t('stage.' + x), cls: y === '*' ? '' : className(rules, y), field: fieldName(rules, z), a: t('need.' + c.before), b: t('need.' + c.after) });
    case 'rule': {
      const q = now?.quality.find((r) => r.id === x);
      const word = (s: string): string => (s ? t('severity.' + s) : t('notSet'));
      return t('change.rule', { id: x, text: q ? named(q) : '', a: word(c.before), b: word(c.after) });
    }
    case 'steps':
      return t('change.steps', { kind: kindName(rules, x), a: stepsName(c.before), b: stepsName(c.after) });
    case 'skip':
      return t('change.skip', { a: c.before, b: c.after });
    case 'skipClass':
      return t('change.skipClass', { cls: className(rules, x), from: levelName(y), a: c.before || t('notSet'), b: c.after || t('notSet') });
    case 'days':
      return t('change.days', { a: c.before, b: c.after });
    case 'escalation':
      return t('change.escalation', { what: t('awaited.' + x), lane: i18n.global.t('lane.' + y), a: c.before || t('notSet'), b: c.after || t('notSet') });
    case 'slack':
      return t('change.slack', { level: levelName(x), a: c.before || 0, b: c.after || 0 });
    default:
      return t(`change.${what}${c.after ? 'New' : 'Gone'}`, { a: timetableName(c.before), b: timetableName(c.after) });
  }
}

/** What a version that waits would change of what holds now, as sentences. */
export function draftChanges(draft: PolicyDraft, now: PolicyNow, rules: Rules | null): string[] {
  if (!draft.document) return [];
  return differences(modelOf(now.in_force), overlay(modelOf(now.base), draft.document, now.bound)).map((c) => changeText(c, rules, now));
}
