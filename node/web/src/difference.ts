/** How a text differs from another, for eyes: paragraph by paragraph, and inside a paragraph sign by sign; a number with its unit, a time, a date are one sign. */
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

const NUMBER = '[0-9０-９]+(?:[.．][0-9０-９]+|(?:[,，][0-9０-９]{3}(?![0-9０-９]))+)*';
const LARGE = '[十百千万亿余多]*';
const UNIT = '(?:平方公里|平方米|立方米|公里|千米|厘米|毫米|毫克|公斤|千克|小时|分钟|个月|周岁|人次|[年月日号时点分秒天周岁米人名户间栋座处起辆台艘头只口亩吨克元度级个件条次家所组支批场%％‰℃]|公顷|km|kg|mm|cm|m(?![a-z]))';
const D = '[0-9０-９]{1,2}';
const TOKEN = new RegExp(
  [
    `(?:[0-9０-９]{2,4}年)?${D}月${D}[日号]`,
    '[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?![0-9])',
    `${D}[:：][0-9０-９]{2}(?:[:：][0-9０-９]{2})?`,
    `${D}[时点](?:${D}分)?(?:${D}秒)?`,
    `${NUMBER}${LARGE}${UNIT}?`,
    `[〇零一二两三四五六七八九十百千万亿]+[余多]?${UNIT}`,
    '[A-Za-z]+',
  ].join('|') + '|[\\s\\S]',
  'gu',
);
/** What is never split in a difference that is shown. */
export const tokens = (text: string): string[] => text.match(TOKEN) ?? [];

/** Inside a paragraph. A common run too short to be meant (one sign between two changes) is part of the change. */
export function parts(before: string, after: string): Part[] {
  const all: Part[] = runs(tokens(before), tokens(after)).map((r) => ({ kind: r.kind, text: r.items.join('') }));
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
/** Of two versions of one report: what each field that says something else said and says. */
export function fieldChanges(before: Partial<Text>, after: Partial<Text>): { key: string; before: FieldValue | null; after: FieldValue | null }[] {
  const [was, is] = [before.fields ?? {}, after.fields ?? {}];
  return changedFields({ title: '', body: '', fields: was }, { title: '', body: '', fields: is }).map((key) => ({ key, before: was[key] ?? null, after: is[key] ?? null }));
}
/** In how many places a line or a paragraph says something else: what was taken out and what stands there now are one. */
export function placesIn(before: string, after: string): number {
  const all = parts(before, after);
  return all.filter((p, n) => p.kind !== 'same' && (n === 0 || all[n - 1]!.kind === 'same')).length;
}
const bodyPlaces = (before: string, after: string): number => passages(before, after).reduce((n, p) => n + (p.same ? 0 : Math.max(1, placesIn(p.before, p.after))), 0);
/** In how many places in all; each field is one. */
export const places = (before: Text, after: Text): number => placesIn(before.title, after.title) + bodyPlaces(before.body, after.body) + changedFields(before, after).length;

/** The node counts a title and each run of paragraphs as one; with both texts at hand it is said as a reader would count. */
export function finer(counted: number, before: Partial<Text> | undefined, after: Partial<Text> | undefined): number {
  if (!counted || before?.body === undefined || after?.body === undefined) return counted;
  const coarse = Number(before.title !== after.title) + passages(before.body, after.body).filter((p) => !p.same).length;
  return Math.max(1, counted - coarse + placesIn(before.title ?? '', after.title ?? '') + bodyPlaces(before.body, after.body));
}
