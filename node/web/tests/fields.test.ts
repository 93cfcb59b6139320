import { describe, expect, it } from 'vitest';
import type { FieldSpec, Rules } from '../src/api/types';
import { draftPath, eventTitle, formFields, fromLocal, furtherFields, inOrder, inSight, minutesTo, offsetOf, proposedTitle, shortTime, toLocal } from '../src/fields';
import en from '../src/locales/en';
import zh from '../src/locales/zh-CN';

const field = (key: string, more: Partial<FieldSpec>): FieldSpec => ({ key, zh: key, en: key, type: 'text', by_person: true, min: 0, max: 9, choices: [], need: {}, classes: [], ...more });
const rules: Rules = {
  kinds: [
    { id: 'first_report', zh: '首报', en: 'first', stage: 'first', emergency: true },
    { id: 'brief', zh: '简讯', en: 'brief', stage: 'routine', emergency: false },
  ],
  fields: [field('cause', { need: { first: 'optional' } }), field('place', { need: { first: 'required' } }), field('drafter', { by_person: false, need: { first: 'required' } }), field('magnitude', { classes: ['ND-EQK'] }), field('houses', { classes: ['ND'] })],
  incident_classes: [],
  incident_types: [
    { code: 'ND-EQK', zh: '地震', en: 'earthquake', class: 'ND' },
    { code: 'AD-TRA', zh: '交通', en: 'traffic', class: 'AD' },
  ],
  title_characters_max: 200,
};

describe('a form', () => {
  const keys = (kind: string, type: string) => formFields(rules, kind, type).map((f) => f.spec.key);
  it('has what the rules want of the kind, what is needed first, and nothing that the node fills in', () => {
    expect(keys('first_report', '')).toEqual(['place', 'cause']);
    expect(keys('brief', '')).toEqual([]);
  });
  it('has the fields of the incident that is chosen', () => {
    expect(keys('first_report', 'ND-EQK')).toEqual(['place', 'cause', 'magnitude', 'houses']);
    expect(keys('first_report', 'AD-TRA')).toEqual(['place', 'cause']);
  });
});

describe('a form that is filled in', () => {
  const split = (had: string[]) => {
    const { first, others } = inSight(formFields(rules, 'first_report', 'ND-EQK'), new Set(had));
    return [first.map((f) => f.spec.key), others.map((f) => f.spec.key)];
  };
  it('has in sight what is needed and what the text had when it was opened; nothing moves for being filled in', () => {
    expect(split([])).toEqual([['place'], ['cause', 'magnitude', 'houses']]);
    expect(split(['houses'])).toEqual([['place', 'houses'], ['cause', 'magnitude']]);
  });
  it('is shown in the order of the rules, whatever order its values come in', () => {
    expect(inOrder(rules, ['zzz', 'houses', 'cause', 'place'])).toEqual(['cause', 'place', 'houses', 'zzz']);
  });
});

describe('times', () => {
  it('stand in a form as the wall clock of the office, and go back with its offset', () => {
    expect(toLocal('2026-11-22T06:10:00+08:00')).toBe('2026-11-22T06:10');
    expect(fromLocal('2026-11-22T06:10', '+08:00')).toBe('2026-11-22T06:10:00+08:00');
    expect(fromLocal('', '+08:00')).toBeNull();
    expect(offsetOf('2026-11-22T06:10:00+06:00')).toBe('+06:00');
  });
  it('are short in lists', () => {
    expect(shortTime('2026-11-22T06:10:00+08:00', Date.parse('2026-02-01'))).toBe('11-22 06:10');
    expect(shortTime('2025-11-22T06:10:00+08:00', Date.parse('2026-02-01'))).toBe('2025-11-22 06:10');
    expect(shortTime('2026-01-01T00:10:00+08:00', Date.parse('2025-12-31T16:20:00Z'))).toBe('01-01 00:10');
    expect(minutesTo('2026-11-22T06:10:00+08:00', Date.parse('2026-11-22T06:00:00+08:00'))).toBe(10);
  });
});

it('a title is proposed only when place and kind are known, and names the dead', () => {
  expect(proposedTitle('', '火灾', '1', '')).toBe('');
  expect(proposedTitle('柳河镇', '地质灾害', '2', '3')).toBe('柳河镇发生地质灾害致2人死亡3人失联');
  expect(proposedTitle('柳河镇', '水旱灾害(洪涝)', '0', '不详')).toBe('柳河镇发生水旱灾害');
});

it('both languages have the same sentences with the same gaps', () => {
  const flat = (o: object, at = ''): [string, string][] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [[at + k, [...new Set([...v.matchAll(/\{\w+\}/g)].map((m) => m[0]))].sort().join()] as [string, string]] : flat(v as object, at + k + '.')));
  expect(flat(en)).toEqual(flat(zh));
});

it('a place alone makes a title, so that a call can be reported before anybody knows what it is', () => {
  expect(proposedTitle('石门村口桥', '', '', '', '突发情况')).toBe('石门村口桥发生突发情况');
  expect(proposedTitle('石门村口桥', '桥塌了', '', '3', '突发情况')).toBe('石门村口桥发生桥塌了致3人失联');
});
it('the title of a final report is the event’s, not the follow-up’s', () => {
  for (const title of ['铁匠沟山体滑坡续报', '铁匠沟山体滑坡续报二', '铁匠沟山体滑坡的续报(3)', '铁匠沟山体滑坡（续报）', '铁匠沟山体滑坡']) expect(eventTitle(title), title).toBe('铁匠沟山体滑坡');
  expect(eventTitle('续报')).toBe('续报');
});
it('a draft that began as a call is written on where calls are', () => {
  expect(draftPath({ case: 'a', kind: 'first_report', lane: 'flash', first: true })).toBe('/phone/a');
  expect(draftPath({ case: 'a', kind: 'first_report', lane: 'flash', first: false })).toBe('/write/a');
  expect(draftPath({ case: 'a', kind: 'brief', lane: 'flash', first: true })).toBe('/write/a');
});
describe('a field that the kind has no place for', () => {
  it('is in the form when the text says something of it: nothing is sent that nobody sees', () => {
    const usual = formFields(rules, 'brief', '');
    expect(furtherFields(rules, usual, { place: '东村水库', drafter: '王芳' }).map((f) => f.spec.key)).toEqual(['place']);
    expect(furtherFields(rules, formFields(rules, 'first_report', ''), { place: '东村水库' })).toEqual([]);
  });
});
