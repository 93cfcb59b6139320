/** How a text differs from another, for eyes: paragraph by paragraph, and inside a paragraph character by character. */
import type { FieldValue } from './api/types';

export interface Part {
  kind: 'same' | 'out' | 'in';
  text: string;
}
export interface Passage {
  same: boolean;
  before: string;
  after: string;
}

/** Above this many cells of the table the middle stands as one change: nobody reads finer in so different a text. */
const CELLS_MOST = 250_000;

/** The longest common subsequence, as runs: what both have, what only one has. */
function runs<T>(a: T[], b: T[]): { kind: 'same' | 'out' | 'in'; items: T[] }[] {
  const out: { kind: 'same' | 'out' | 'in'; items: T[] }[] = [];
  const put = (kind: 'same' | 'out' | 'in', items: T[]): void => {
    if (!items.length) return;
    const last = out[out.length - 1];
    if (last?.kind === kind) last.items.push(...items);
    else out.push({ kind, items: [...items] });
  };
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) ++head;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) ++tail;
  const x = a.slice(head, a.length - tail);
  const y = b.slice(head, b.length - tail);
  put('same', a.slice(0, head));
  if (x.length * y.length > CELLS_MOST) {
    put('out', x);
    put('in', y);
  } else if (x.length || y.length) {
    const width = y.length + 1;
    const most = new Uint32Array((x.length + 1) * width);
    for (let i = x.length - 1; i >= 0; --i) for (let j = y.length - 1; j >= 0; --j) most[i * width + j] = x[i] === y[j] ? most[(i + 1) * width + j + 1]! + 1 : Math.max(most[(i + 1) * width + j]!, most[i * width + j + 1]!);
    let [i, j] = [0, 0];
    while (i < x.length || j < y.length) {
      if (i < x.length && j < y.length && x[i] === y[j]) {
        put('same', [x[i]!]);
        ++i;
        ++j;
      } else if (i < x.length && (j === y.length || most[(i + 1) * width + j]! >= most[i * width + j + 1]!)) put('out', [x[i++]!]);
      else put('in', [y[j++]!]);
    }
  }
  put('same', a.slice(a.length - tail));
  return out;
}

/** Inside a paragraph. A common run too short to be meant (one sign between two changes) is part of the change. */
export function parts(before: string, after: string): Part[] {
  const all: Part[] = runs(Array.from(before), Array.from(after)).map((r) => ({ kind: r.kind, text: r.items.join('') }));
  const merged: Part[] = [];
  let gone = '';
  let come = '';
  const close = (): void => {
    if (gone) merged.push({ kind: 'out', text: gone });
    if (come) merged.push({ kind: 'in', text: come });
    gone = come = '';
  };
  all.forEach((p, n) => {
    if (p.kind === 'out') gone += p.text;
    else if (p.kind === 'in') come += p.text;
    else if ((gone || come) && n < all.length - 1 && Array.from(p.text).length < 2) {
      gone += p.text;
      come += p.text;
    } else {
      close();
      merged.push(p);
    }
  });
  close();
  return merged;
}

/** The body as runs of paragraphs, those that differ beside each other. */
export function passages(before: string, after: string): Passage[] {
  const out: Passage[] = [];
  let gone: string[] = [];
  let come: string[] = [];
  const close = (): void => {
    if (gone.length || come.length) out.push({ same: false, before: gone.join('\n'), after: come.join('\n') });
    gone = [];
    come = [];
  };
  for (const r of runs(before.split('\n'), after.split('\n'))) {
    if (r.kind === 'same') {
      close();
      out.push({ same: true, before: r.items.join('\n'), after: r.items.join('\n') });
    } else (r.kind === 'out' ? gone : come).push(...r.items);
  }
  close();
  return out;
}

export interface Text {
  title: string;
  body: string;
  fields: Record<string, FieldValue | null | undefined>;
}
const none = (v: FieldValue | null | undefined): boolean => v === undefined || v === null || v === '';
/** Fields that say something else, by key. */
export function changedFields(before: Text, after: Text): string[] {
  const keys = new Set([...Object.keys(before.fields), ...Object.keys(after.fields)]);
  return [...keys].filter((k) => {
    const [a, b] = [before.fields[k], after.fields[k]];
    return none(a) ? !none(b) : none(b) || String(a) !== String(b);
  });
}
/** In how many places, counted as the node counts. */
export const places = (before: Text, after: Text): number =>
  (before.title === after.title ? 0 : 1) + passages(before.body, after.body).filter((p) => !p.same).length + changedFields(before, after).length;
