import { describe, expect, it } from 'vitest';
import { kindOf, lineMinutes, sizeOf } from '../src/attached';
import { counted, pressing } from '../src/desk/work';
import type { Group, Lane, Work } from '../src/api/types';

const one = (title: string, group: Group, lane: Lane): Work => ({ title, group, lane }) as Work;

describe('the list of today', () => {
  it('has no flash question below a routine return, and nothing routine above what is grave', () => {
    const shown = pressing(['returned', 'answer', 'waiting'], [one('q', 'answer', 'flash'), one('q2', 'answer', 'routine'), one('r', 'returned', 'routine'), one('w', 'waiting', 'flash')]);
    expect(shown.map((g) => g.group + ':' + g.items.map((w) => w.title).join())).toEqual(['answer:q', 'returned:r', 'answer:q2', 'waiting:w']);
    // Two headings of one name would be taken for a mistake.
    expect(shown.map((g) => g.part)).toEqual(['grave', undefined, 'plain', undefined]);
  });
  it('counts exercises apart', () => {
    const w = (flags: string[]): Pick<Work, 'flags'> => ({ flags });
    expect(counted([w([]), w(['exercise']), w(['expired'])])).toEqual({ real: 2, exercises: 1 });
    expect(counted([w(['exercise'])])).toEqual({ real: 0, exercises: 1 });
  });
});

describe('an attachment', () => {
  it('says what it is, how large, and how long a slow line takes', () => {
    expect([kindOf('现场.JPG'), kindOf('会议纪要.docx'), kindOf('x')]).toEqual(['picture', 'text', 'other']);
    expect(sizeOf(60 * 1024 * 1024)).toBe('60 MB');
    expect(lineMinutes(60 * 1024 * 1024)).toBe(33);
  });
});
