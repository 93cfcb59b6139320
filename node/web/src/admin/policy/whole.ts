/** All rules in force, section by section, as tables that people read. */
import { i18n, named } from '../../i18n';
import type { PolicyNow } from '../../api/tasks';
import type { Rules } from '../../api/types';
import { GRADES, modelOf, packed, STAGES, STEPS, type Change, type Model } from './model';
import { className, fieldName, hopName, kindName, levelName, stepsName, timetableName } from './words';

export interface Section {
  section: Change['section'];
  heads: string[];
  rows: string[][];
}
const t = (key: string, with_: Record<string, unknown> = {}): string => i18n.global.t('policyEdit.' + key, with_);
const grade = (g: string): string => i18n.global.t('grade.' + g);
/** The parts of every key that begins so, in the order of the document, each once. */
const parts = (keys: Record<string, unknown>, at: number, start = ''): string[] => [...new Set(Object.keys(keys).filter((k) => k.startsWith(start)).map((k) => k.split('|')[at]!))];

function deadlines(m: Model, rules: Rules | null): Section {
  const cell = (key: string): string => {
    const d = m.deadlines[key];
    if (!d && key.split('|')[1] !== '*') return t('asAll');
    return [d?.phone ? `${t('phone')} ${t('min', { n: d.phone })}` : '', d?.written ? `${t('written')} ${t('min', { n: d.written })}` : ''].filter(Boolean).join(i18n.global.t('common.and')) || t('notSet');
  };
  const rows = parts(m.deadlines, 0).flatMap((hop) => parts(m.deadlines, 1, hop + '|').map((cls) => [hopName(hop), className(rules, cls), ...GRADES.map((g) => cell(`${hop}|${cls}|${g}`))]));
  return { section: 'deadlines', heads: [t('hopOf'), t('class'), ...GRADES.map(grade)], rows };
}
function forms(m: Model, rules: Rules | null): Section {
  const wanted = (stage: string, cls: string, need: string): string =>
    Object.entries(m.needs).filter(([key, n]) => n === need && key.startsWith(`${stage}|${cls}|`)).map(([key]) => fieldName(rules, key.split('|')[2]!)).join(i18n.global.t('common.and'));
  const rows = STAGES.flatMap((stage) => parts(m.needs, 1, stage + '|').map((cls) => [t('stage.' + stage), className(rules, cls), wanted(stage, cls, 'required'), wanted(stage, cls, 'if_known')]));
  return { section: 'forms', heads: [t('stageOf'), t('class'), t('need.required'), t('need.if_known')], rows: rows.filter((r) => r[2] || r[3]) };
}
const times = (m: Model): string[][] => (['zero', 'watch'] as const).flatMap((list) => (m[list].length ? m[list].map((row) => [t(list), timetableName(packed(row))]) : [[t(list), t('noneYet')]]));

export function whole(now: PolicyNow, rules: Rules | null): Section[] {
  const m = modelOf(now.in_force);
  const above = (g: string): string => t('gradeAndAbove', { g: grade(g) });
  return [
    deadlines(m, rules),
    forms(m, rules),
    { section: 'quality', heads: [t('rule'), t('severityOf')], rows: now.quality.map((q) => [`${q.id} ${named(q)}`, m.severity[q.id] ? t('severity.' + m.severity[q.id]) : t('notSet')]) },
    { section: 'signoff', heads: [t('kind'), t('section.signoff')], rows: [['*', m.steps['*'] ?? 2] as const, ...Object.entries(m.steps).filter(([k]) => k !== '*')].map(([k, n]) => [kindName(rules, k), stepsName(String(n))]) },
    { section: 'skip', heads: [t('class'), t('fromLevel'), t('lowest')], rows: [[t('allClasses'), levelName('*'), above(m.skipFrom)], ...m.skip.map((s) => [className(rules, s.class), levelName(s.from || '*'), above(s.lowest)])] },
    { section: 'asking', heads: [t('section.asking'), ''], rows: [[t('days'), String(m.days)], ...Object.entries(m.slack).map(([level, n]) => [`${t('slack')}${i18n.global.t('common.colon')}${levelName(level)}`, t('min', { n })])] },
    { section: 'escalation', heads: [t('awaits'), ...STEPS.map((s) => t('rung.' + s))], rows: Object.entries(m.escalation).map(([key, n]) => [key.split('|').map((x, i) => (i ? i18n.global.t('lane.' + x) : t('awaited.' + x))).join(' · '), ...STEPS.map((_, i) => t('min', { n: n[i] ?? '' }))]) },
    { section: 'times', heads: [t('name'), t('section.times')], rows: times(m) },
  ];
}
