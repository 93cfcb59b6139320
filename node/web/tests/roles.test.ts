import { describe, expect, it } from 'vitest';
import type { Alarm } from '../src/api/types';
import { ringing } from '../src/desk/ring';
import { rolesEn, rolesZh } from '../src/locales/roles';

const alarm = (over: Partial<Alarm>): Alarm => ({ code: 'escalated.sign_off', message: 'm', office: '1', at: '2026-11-22T14:05:00+08:00', row: null, seen_at: null, ...over });

describe('what rings', () => {
  it('is urgent, waits too long, and nobody has taken note of it', () => {
    const all = [alarm({ item: 'a', step: 1, sounds: true }), alarm({ item: 'b', step: 2, sounds: false }), alarm({ sounds: true }), alarm({ code: 'backup.old' })];
    expect(ringing(all)).toEqual(['a#1']);
  });
  it('rings anew at the next step', () => {
    expect(ringing([alarm({ item: 'a', step: 2, sounds: true })])).not.toEqual(ringing([alarm({ item: 'a', step: 1, sounds: true })]));
  });
});

const keys = (o: object, under = ''): string[] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'object' ? keys(v as object, `${under}${k}.`) : [under + k]));
describe('sentences of roles', () => {
  it('are the same in both languages', () => expect(keys(rolesEn).sort()).toEqual(keys(rolesZh).sort()));
});
