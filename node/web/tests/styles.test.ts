import { expect, it } from 'vitest';
import main from '../src/main.ts?raw';

const sheets = import.meta.glob<string>('../src/**/*.css', { query: '?raw', import: 'default', eager: true });
const views = import.meta.glob<string>('../src/**/*.vue', { query: '?raw', import: 'default', eager: true });
/** Styles that come with some pages and stay once they are there: each file speaks of those pages alone. */
const PAGES: Record<string, string[]> = {
  'admin/admin.css': ['.admin-page', '.admin'],
  'admin/policy/policy.css': ['.admin-page'],
  'desk/box.css': ['.box-page'],
  'views/tasks/tasks.css': ['.task-page'],
};
function selectors(css: string): string[] {
  const heads = [...css.replace(/\/\*[\s\S]*?\*\//g, '').matchAll(/([^{};]+)\{/g)].map((m) => m[1]!.trim());
  return heads.filter((h) => !h.startsWith('@')).flatMap((h) => h.split(/,(?![^(]*\))/).map((s) => s.trim()));
}
const own = Object.entries(sheets)
  .map(([path, css]) => [path.replace('../src/', ''), css] as const)
  .filter(([path]) => !main.includes(`'./${path}'`));

it('whatever page one has been to, the others look as they did: what comes with a page is for that page alone', () => {
  expect(own.map(([path]) => path).sort()).toEqual(Object.keys(PAGES).sort());
  for (const [path, css] of own) {
    const all = selectors(css);
    expect(all.length, path).toBeGreaterThan(5);
    const astray = all.filter((s) => !PAGES[path]!.some((p) => s === p || (s.startsWith(p) && /[ .:>]/.test(s[p.length]!))));
    expect(astray, path).toEqual([]);
  }
});
it('a component has no styles but for itself', () => {
  expect(Object.entries(views).filter(([, text]) => /<style(?![^>]*\bscoped\b)/.test(text)).map(([path]) => path)).toEqual([]);
});
