import { expect, it } from 'vitest';
import types from '../../rules/incident-types.json';
import { eventWord, incidentTypes, saidWord } from '../src/incident';

const all = types.classes.flatMap((c) => c.types.map((x) => ({ code: x.code, zh: x.zh, en: x.en, class: c.code, words: x.words })));
const first = (said: string): string | undefined => incidentTypes(all, said)[0]?.code;

it('an incident type is found by what people call it, the plain case first', () => {
  const found = { 滑坡: 'ND-GEO', 泥石流: 'ND-GEO', 塌方: 'ND-GEO', 山洪: 'ND-FLD', 火灾: 'AD-FIR', 起火: 'AD-FIR', 着火: 'AD-FIR', 车祸: 'AD-TRA', 翻车: 'AD-TRA', 燃气: 'AD-UTL', 断电: 'AD-UTL', 停水: 'AD-UTL', 中毒: 'PH-OCC', 食物中毒: 'PH-FOO', 爆炸: 'AD-HAZ', 斗殴: 'SS-MAS', 上访: 'SS-PET', 疫情: 'PH-EPI', landslide: 'ND-GEO', Fire: 'AD-FIR', 山体滑坡了: 'ND-GEO', 地质: 'ND-GEO' };
  for (const [said, code] of Object.entries(found)) expect(first(said), said).toBe(code);
  expect(first('溺水')).toBeDefined();
  expect(incidentTypes(all, '火灾').map((x) => x.code)).toContain('ND-FOR');
});
it('a beginning finds the type that is called so first, and people’s own words find one', () => {
  expect(first('火')).toBe('AD-FIR');
  expect(['发大水', '房子塌了', '大水', '墙塌'].map(first)).toEqual(['ND-FLD', 'AD-CON', 'ND-FLD', 'ND-GEO']);
});
it('a title keeps the word that somebody chose the type by, where it names what happened', () => {
  const type = (code: string) => all.find((x) => x.code === code);
  expect(eventWord(type('ND-GEO'), '滑坡')).toBe('滑坡');
  expect(eventWord(type('ND-GEO'), '地质')).toBe('地质灾害');
  expect(eventWord(type('ND-FLD'), '发大水')).toBe('水旱灾害(洪涝)');
  expect(eventWord(undefined, '怪事')).toBe('怪事');
});
it('half a word that somebody is still looking for stands in no title', () => {
  expect(['滑', '火', '地质', 'land'].map((x) => saidWord(all, x))).toEqual(['', '', '', '']);
  expect(['滑坡', '山体滑坡', '怪事', 'Fire'].map((x) => saidWord(all, x))).toEqual(['滑坡', '山体滑坡', '怪事', 'Fire']);
});
it('what nothing is called finds nothing, and nothing typed finds all', () => {
  expect(incidentTypes(all, 'qqq')).toEqual([]);
  expect(incidentTypes(all, ' ')).toHaveLength(all.length);
});
it('every type has words in both languages', () => {
  for (const x of all) {
    expect(x.words.some((w) => /[\u4e00-\u9fff]/.test(w)), x.code).toBe(true);
    expect(x.words.some((w) => /^[a-z0-9 ]+$/i.test(w)), x.code).toBe(true);
  }
});
