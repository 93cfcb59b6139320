import { describe, expect, it } from 'vitest';

type Texts = Record<string, unknown>;
const files = import.meta.glob<Texts>('../src/locales/*.ts', { eager: true });
/** Every text by the keys it lies under, in the order in which the file has them. */
const keys = (o: Texts, under = ''): string[] => Object.entries(o).flatMap(([k, v]) => [under + k, ...(typeof v === 'object' && v !== null ? keys(v as Texts, under + k + '.') : [])]);
/** What `{name}` puts into a text, without regard to the order. */
const holes = (o: Texts, under = ''): string[] =>
  Object.entries(o)
    .flatMap(([k, v]) => (typeof v === 'string' ? [under + k + ' ' + [...new Set(v.match(/\{\w+\}/g))].sort().join()] : holes((v ?? {}) as Texts, under + k + '.')));
/** What a file has in Chinese, and the same in English. */
const pairs = Object.entries(files)
  .flatMap(([file, all]) => Object.entries(all).map(([name, texts]): [string, Texts, Texts | undefined] => [file.replace(/.*\//, '') + ' ' + name, texts as Texts, (name === 'default' ? files['../src/locales/en.ts']!.default : all[name.replace(/Zh$/, 'En')]) as Texts | undefined]))
  .filter(([name]) => name.endsWith('Zh') || name === 'zh-CN.ts default');

describe('the two languages', () => {
  it('are looked at in all files', () => expect(pairs.length).toBe(Object.keys(files).length - 1));
  it.each(pairs)('%s: the same texts in the same order', (_, zh, en) => expect(keys(en!)).toEqual(keys(zh)));
  it.each(pairs)('%s: the same is put into them', (_, zh, en) => expect(holes(en!)).toEqual(holes(zh)));
});
