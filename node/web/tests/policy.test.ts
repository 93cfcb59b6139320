import { describe, expect, it, vi } from 'vitest';
import { whole } from '../src/admin/policy/whole';
import { compose, differences, flashRequired, modelOf, overlay, placeOf } from '../src/admin/policy/model';
import type { PolicyDocument, PolicyNow } from '../src/api/tasks';

vi.mock('../src/i18n', async () => {
  const { createI18n } = await import('vue-i18n');
  const { default: zh } = await import('../src/locales/zh-CN');
  const { policyZh } = await import('../src/locales/policy');
  return { i18n: createI18n({ legacy: false, locale: 'zh', messages: { zh: { ...zh, ...policyZh } } }), named: (x: { zh: string }) => x.zh };
});

const base: PolicyDocument = {
  v: 1,
  deadlines: [
    { hop: 'township>county', class: '*', level: 'I', phone_min: 10, written_min: 30 },
    { hop: 'township>county', class: '*', level: 'IV', phone_min: null, written_min: 60 },
  ],
  forms: [
    { stage: 'flash', class: '*', need: 'required', fields: ['place', 'deaths'] },
    { stage: 'flash', class: '*', need: 'optional', fields: ['trend'] },
  ],
  rules: [{ id: 'T02', severity: 'warning' }],
  signoff: [],
  skip_level: { levels: ['I', 'II'], classes: [] },
  commission: { default_days: 3, slack: [{ level: 'county', minutes: 240 }] },
  zero_report: [],
  watch: [{ name: '值班', levels: ['county'], offices: [], at: ['08:30'], persons: 1 }],
};
const at = modelOf(base);

describe('a policy as it is edited', () => {
  it('says nothing when nothing was changed', () => {
    expect(compose(at, modelOf(base), false)).toEqual({ v: 1 });
    expect(compose(at, modelOf(base), true)).toEqual({ v: 1 });
    expect(differences(at, modelOf(base))).toEqual([]);
  });
  it('says only what differs, and is read back as it was meant', () => {
    const m = modelOf(base);
    m.deadlines['township>county|*|I'] = { phone: 5, written: 20 };
    m.needs['flash|*|trend'] = 'required';
    delete m.needs['flash|*|deaths'];
    m.severity.T02 = 'error';
    m.steps.research = 3;
    m.skipFrom = 'III';
    m.skip.push({ class: 'PH', from: 'county', lowest: 'IV' });
    m.slack.county = 300;
    m.zero.push({ name: '国庆', levels: ['township'], at: ['16:30'], from: '2026-10-01', to: '2026-10-07' });
    const doc = compose(at, m, false);
    expect(doc.deadlines).toEqual([{ hop: 'township>county', class: '*', level: 'I', phone_min: 5, written_min: 20 }]);
    expect(doc.forms).toEqual([
      { stage: 'flash', class: '*', need: 'unused', fields: ['deaths'] },
      { stage: 'flash', class: '*', need: 'required', fields: ['trend'] },
    ]);
    expect(doc.skip_level).toEqual({ levels: ['I', 'II', 'III'], classes: [{ class: 'PH', from: 'county', lowest: 'IV' }] });
    expect(doc.watch).toBeUndefined();
    const back = overlay(at, doc, false);
    expect(differences(m, back)).toEqual([]);
    expect(compose(at, back, false)).toEqual(doc);
  });
  it('says when who is asked about what waits, only where it differs', () => {
    const asks = { what: 'sign_off', lane: 'flash', deputy_min: 5, leader_min: 10, superior_min: 20 };
    const before = modelOf({ ...base, escalation: [asks, { ...asks, lane: 'urgent', deputy_min: 30, leader_min: 60, superior_min: 120 }] });
    const m = overlay(before, { v: 1, escalation: [{ ...asks, deputy_min: 3 }] }, true);
    const doc = compose(before, m, true);
    expect(doc).toEqual({ v: 1, escalation: [{ ...asks, deputy_min: 3 }] });
    expect(differences(before, m)).toEqual([{ section: 'escalation', what: ['escalation', 'sign_off', 'flash'], before: '5 / 10 / 20', after: '3 / 10 / 20' }]);
    expect(placeOf('escalation[0]', doc)).toEqual({ section: 'escalation', key: 'sign_off|flash' });
  });
  it('below another office adds times to those that stand, and names only its own', () => {
    const m = modelOf(base);
    m.watch.push({ name: '夜班', levels: ['county'], offices: [], at: ['20:00'], persons: 2 });
    expect(compose(at, m, true).watch).toEqual([m.watch[1]]);
    expect(compose(at, m, false).watch).toHaveLength(2);
    expect(overlay(at, compose(at, m, true), true).watch.map((t) => t.name)).toEqual(['值班', '夜班']);
  });
  it('tells changes one by one', () => {
    const m = modelOf(base);
    m.deadlines['township>county|*|IV'] = { phone: 20, written: 50 };
    m.watch = [];
    expect(differences(at, m).map((c) => [c.section, c.what[0], c.before, c.after])).toEqual([
      ['deadlines', 'written', '60', '50'],
      ['deadlines', 'phone', '', '20'],
      ['times', 'watch', expect.stringContaining('08:30'), ''],
    ]);
  });
  it('counts what a first flash asks for by hand, of the class too', () => {
    const m = modelOf(base);
    m.needs['flash|PH|case_count'] = 'required';
    expect(flashRequired(m, '*', '', () => true)).toBe(2);
    expect(flashRequired(m, 'PH-ANI', 'PH', () => true)).toBe(3);
    expect(flashRequired(m, '*', '', (f) => f === 'place')).toBe(1);
  });
  it('finds the place of a problem', () => {
    const doc: PolicyDocument = { deadlines: [{ hop: 'a>b', level: 'I', written_min: 5 }], forms: [{ stage: 'flash', class: 'PH', need: 'required', fields: [] }], commission: { slack: [{ level: 'city', minutes: 1 }] }, skip_level: { classes: [{ class: 'PH', lowest: 'I' }] }, zero_report: [{ name: 'x' }] };
    expect(placeOf('deadlines[0]', doc)).toEqual({ section: 'deadlines', key: 'a>b|*|I' });
    expect(placeOf('forms[0]', doc)).toEqual({ section: 'forms', key: 'flash|PH' });
    expect(placeOf('commission.slack[0]', doc)).toEqual({ section: 'asking', key: 'city' });
    expect(placeOf('skip_level.classes[0]', doc)).toEqual({ section: 'skip', key: 'PH|*' });
    expect(placeOf('zero_report[0]', doc)).toEqual({ section: 'times', key: 'zero|x' });
    expect(placeOf('colour', doc)).toEqual({ section: 'raw', key: '' });
  });
  it('takes whatever a person types as JSON', () => {
    for (const doc of [{ deadlines: 7 }, { zero_report: 'x' }, { forms: [{ stage: 'first', need: 'required' }] }, {}]) expect(() => overlay(at, doc as unknown as PolicyDocument, false)).not.toThrow();
  });
});

describe('all rules in force', () => {
  const now = { in_force: { ...base, deadlines: [...base.deadlines!, { hop: 'township>county', class: 'PH', level: 'IV', phone_min: null, written_min: 45 }], signoff: [{ kind: 'research', steps: 3 }] }, quality: [{ id: 'T02', zh: '标题宜在8至25字', en: '', fixed: false }] } as unknown as PolicyNow;
  it('stand in tables of words: no number of a grade, no name of the program', () => {
    const all = Object.fromEntries(whole(now, null).map((s) => [s.section, s.rows]));
    expect(all.deadlines![0]).toEqual(['乡镇 → 县', '各类', '电话 10 分钟、书面 30 分钟', '未定', '未定', '书面 60 分钟']);
    expect(all.deadlines![1]).toEqual(['乡镇 → 县', 'PH', '同“各类”', '同“各类”', '同“各类”', '书面 45 分钟']);
    expect(all.forms).toEqual([['特急首报', '各类', 'place、deaths', '']]);
    expect(all.quality).toEqual([['T02 标题宜在8至25字', '提示']]);
    expect(all.signoff).toEqual([['各类', '拟稿、签发'], ['research', '拟稿、审核、签发']]);
    expect(all.skip![0]![2]).toBe('重大及以上');
    expect(all.times).toEqual([['零报告', '没有规定。'], ['值守与交接班', '值班，县级，08:30，至少 1 人']]);
  });
});
