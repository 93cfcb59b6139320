import { describe, expect, it } from 'vitest';
import { ariaSort, emptyFilter, filterFrom, hasFurther, named, pressed, sameFilter, viewAt } from '../src/filter';

describe('what a list is narrowed by', () => {
  it('names only what narrows something', () => {
    expect(named(emptyFilter())).toEqual({});
    expect(named({ ...emptyFilter(), state: 'draft', search: ' 滑坡 ' })).toEqual({ state: 'draft', search: '滑坡' });
  });
  it('names a time only with a day', () => {
    expect(named({ ...emptyFilter(), by: 'occurred' })).toEqual({});
    expect(named({ ...emptyFilter(), by: 'occurred', from: '2026-11-01' })).toEqual({ by: 'occurred', from: '2026-11-01' });
  });
  it('takes from an address what it knows, and nothing else', () => {
    const f = filterFrom({ state: 'draft', after: 'r1', class: ['ND'], office: null });
    expect(named(f)).toEqual({ state: 'draft' });
  });
  it('is the same whatever order it was typed in', () => {
    expect(sameFilter(filterFrom({ lane: 'flash', state: 'sent' }), filterFrom({ state: 'sent', lane: 'flash', by: 'signed' }))).toBe(true);
    expect(sameFilter(filterFrom({ lane: 'flash' }), filterFrom({ lane: 'urgent' }))).toBe(false);
  });
  it('shows further conditions that are set', () => {
    expect(hasFurther(filterFrom({ state: 'draft', search: 'x' }))).toBe(false);
    expect(hasFurther(filterFrom({ due: 'overdue' }))).toBe(true);
  });
  it('is put in order by a column, the other way round, and then as before', () => {
    let f = filterFrom({ state: 'sent' });
    const press = (c: 'time' | 'lane'): string => {
      f = { ...f, ...pressed(f, c) };
      return `${f.sort} ${f.order} ${ariaSort(f, c)}`;
    };
    expect([press('lane'), press('lane'), press('lane')]).toEqual(['lane asc ascending', 'lane desc descending', '  none']);
    expect([press('time'), press('lane'), press('time')]).toEqual(['time desc descending', 'lane asc ascending', 'time desc descending']);
    expect(named(f)).toEqual({ state: 'sent', sort: 'time', order: 'desc' });
    expect(named({ ...emptyFilter(), order: 'asc' })).toEqual({});
  });
  it('opens the first nine views by a digit', () => {
    expect(viewAt(['a', 'b'], '2')).toBe('b');
    expect(viewAt(['a', 'b'], '3')).toBeNull();
    expect(viewAt(['a'], '0')).toBeNull();
    expect(viewAt(['a'], 'x')).toBeNull();
  });
});
