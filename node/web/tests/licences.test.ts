// @vitest-environment node
import { build } from 'vite';
import { expect, it } from 'vitest';
import lock from '../package-lock.json?raw';
import type { Bundled } from '../src/api/licences';

it('the built page lists every package in it, with a licence that is known and its text', async () => {
  const made = (await build({ logLevel: 'silent', build: { write: false } })) as { output: { fileName: string; source?: string }[] };
  const asset = (name: string): string => String(made.output.find((f) => f.fileName === name)?.source);
  const { packages } = JSON.parse(asset('licences.json')) as { packages: Bundled[] };
  const licence = Object.fromEntries(packages.map((p) => [p.name, p.licence]));
  expect(licence).toMatchObject({ vue: 'MIT', '@vue/runtime-core': 'MIT', 'element-plus': 'MIT', pinia: 'MIT', 'vue-i18n': 'MIT', 'vue-router': 'MIT' });
  expect(packages.filter((p) => p.licence === 'unknown' || p.licence === '')).toEqual([]);
  // A package that says MIT and brings no text of it is named all the same; all the others are quoted.
  expect(new Set(packages.filter((p) => p.text === '').map((p) => p.name))).toEqual(new Set(['@vue/devtools-api']));
  const locked = JSON.parse(lock) as { packages: Record<string, { name?: string; version: string; dev?: boolean }> };
  for (const p of packages) {
    const at = Object.entries(locked.packages).find(([where, q]) => (q.name === p.name || where.endsWith('node_modules/' + p.name)) && q.version === p.version);
    expect([p.name, at !== undefined, at?.[1].dev ?? false]).toEqual([p.name, true, false]);
    expect(asset('licences.txt')).toContain(`${p.name} ${p.version}  ${p.licence}`);
  }
}, 120_000);
