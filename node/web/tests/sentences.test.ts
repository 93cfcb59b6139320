import { describe, expect, it } from 'vitest';
import alarmTexts from '../../net/api_status.cc?raw';
import apiTexts from '../../net/api_request.cc?raw';
import furtherTexts from '../../net/sentences.cc?raw';
import { adminEn, adminZh } from '../src/locales/admin';
import { careEn, careZh } from '../src/locales/care';

const sources = Object.values(import.meta.glob<string>(['../../**/*.cc', '../../../sync/*.cc', '!**/node_modules/**'], { query: '?raw', import: 'default', eager: true }));
const all = sources.join('\n');
/** Of a call with these arguments before it, the word in quotation marks; strings may be broken over lines. */
const found = (pattern: RegExp): string[] => [...new Set([...all.matchAll(pattern)].map((m) => m[1]!))].sort();

describe('what the node says', () => {
  it('has a Chinese sentence for every error code of its sources', () => {
    // fail(Fault::x, "...", "code"), refused("...", "code"): the last argument alone, and no sentence of its own behind it.
    const codes = found(/(?:fail\(\s*[^;{}]*?|refused\(\s*"[^"]*"),\s*"([a-z][a-z0-9]*(?:[._-][a-z0-9_-]+)+)"\s*\)/g).filter((c) => !c.startsWith('cli.'));
    expect(codes.length).toBeGreaterThan(250);
    const texts = apiTexts + furtherTexts;
    const known = new Set([...texts.matchAll(/\{"([^"]+)",\s*"[^"]*[\u4e00-\u9fff]/g)].map((m) => m[1]!));
    const covered = (c: string): boolean => known.has(c) || [...known].some((k) => (k.endsWith('.') && c.startsWith(k)) || (k.startsWith('.') && c.endsWith(k)));
    expect(codes.filter((c) => !covered(c))).toEqual([]);
  });
  it('has a Chinese text for every alarm that the store writes down', () => {
    const codes = found(/alarm\(\s*"([a-z]+(?:\.[a-z-]+)+)"/g);
    expect(codes.length).toBeGreaterThan(20);
    const dynamic = (c: string): boolean => c.startsWith('policy.') && alarmTexts.includes(`"${c}"`);
    expect(codes.filter((c) => !alarmTexts.includes(`{"${c}", "`) && !dynamic(c))).toEqual([]);
  });
  it('has a word in both languages for everything that the journal notes', () => {
    const either = String.raw`journal\([^,;]+,\s*[\w.!=() ]+\?\s*`;
    const acts = found(/journal\((?:"[a-z]*"|[\w.]+),\s*"([a-z][a-z._-]*[a-z])"/g).concat(found(new RegExp(either + '"([^"]+)"', 'g')), found(new RegExp(either + '"[^"]+"\\s*:\\s*"([^"]+)"', 'g')));
    expect(acts.length).toBeGreaterThan(70);
    // An act that hides behind a constant would not be looked for here.
    expect(found(/journal\([^,;()]+,\s*(k[A-Z]\w*)/g)).toEqual([]);
    for (const words of [{ ...adminZh.admin.journal.act, ...careZh.admin.journal.act }, { ...adminEn.admin.journal.act, ...careEn.admin.journal.act }]) expect(acts.filter((a) => !(a.replace(/[.-]/g, '_') in words))).toEqual([]);
  });
});
