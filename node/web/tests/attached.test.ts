import { describe, expect, it } from 'vitest';
import type { Attachment } from '../src/api/types';
import { canFollow, chosenIds, foreign, passable } from '../src/attached';

const file = (id: string, more: Partial<Attachment> = {}): Attachment => ({ name: id + '.jpg', bytes: 1, complete: true, id, state: 'whole', office: '370783105', office_name: '柳河镇', ...more });

describe('attachments of what is passed on', () => {
  const all = [file('a'), file('b', { state: 'coming', complete: false }), file('c', { state: 'left_out' }), file('d', { state: 'forged' }), file('e', { state: 'not_named' })];
  it('can go along when they are here or on their way, and not otherwise', () => {
    expect(passable(all).map((a) => a.id)).toEqual(['a', 'b']);
  });
  it('all go along while nothing was said', () => {
    expect(chosenIds(all, [])).toBeUndefined();
    expect(chosenIds(all, ['a'])).toEqual(['b']);
    expect(chosenIds(all, ['a', 'b'])).toEqual([]);
  });
  it('can follow what was passed on while one of them is here and did not go', () => {
    expect(canFollow(all)).toBe(true);
    expect(canFollow([file('a', { passed_on: true }), file('b', { state: 'coming' })])).toBe(false);
  });
  it('are named with their office where that is not the report\'s, or another handed them on', () => {
    expect(foreign(file('a'), '370783105')).toBe(false);
    expect(foreign(file('a'), '370783')).toBe(true);
    expect(foreign(file('a', { handed_on_by: '370783' }), '370783105')).toBe(true);
  });
});
