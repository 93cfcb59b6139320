import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { Bundled } from './src/api/licences.ts';

/** The folder of the package that a bundled file belongs to: the one that has a name in its package.json. */
function folderOf(file: string): string | null {
  const at = file.lastIndexOf('/node_modules/');
  if (at < 0) return null;
  const [first = '', second = ''] = file.slice(at + '/node_modules/'.length).split('/');
  return join(file.slice(0, at), 'node_modules', first, first.startsWith('@') ? second : '');
}

/** What lies in the bundle, by name; each package of node_modules that a module came from, once. */
export function packagesOf(modules: Iterable<string>): Bundled[] {
  const found = new Map<string, Bundled>();
  for (const id of modules) {
    const folder = folderOf(id.replace(/^\0/, '').replace(/\?.*$/, '').replaceAll('\\', '/'));
    if (!folder || found.has(folder) || !existsSync(join(folder, 'package.json'))) continue;
    const told = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name: string; version: string; license?: string | { type: string } };
    const file = readdirSync(folder).find((f) => /^licen[cs]e/i.test(f));
    const licence = typeof told.license === 'object' ? told.license.type : (told.license ?? 'unknown');
    found.set(folder, { name: told.name, version: told.version, licence, text: file ? readFileSync(join(folder, file), 'utf8').trim() : '' });
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** The same to be read without the page. */
export function asText(all: Bundled[]): string {
  const head = all.map((p) => `${p.name} ${p.version}  ${p.licence}`).join('\n');
  return `Packages in the page of Yizhan\n\n${head}\n\n${all.map((p) => `=== ${p.name} ${p.version} (${p.licence})\n\n${p.text}\n`).join('\n')}`;
}

/** Writes licences.json, which the page shows, and licences.txt beside it, of what was bundled in truth. */
export function licences(): Plugin {
  return {
    name: 'yizhan-licences',
    generateBundle(_, bundle) {
      const modules = Object.values(bundle).flatMap((c) => (c.type === 'chunk' ? Object.keys(c.modules) : []));
      const all = packagesOf(modules);
      if (all.some((p) => p.licence === 'unknown')) this.error('a bundled package names no licence');
      this.emitFile({ type: 'asset', fileName: 'licences.json', source: JSON.stringify({ packages: all }) });
      this.emitFile({ type: 'asset', fileName: 'licences.txt', source: asText(all) });
    },
  };
}
