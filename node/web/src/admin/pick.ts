import type { TreeRow } from './tree';

/** The offices under one in the tree, itself not among them. */
export function under(rows: TreeRow[], code: string): string[] {
  const at = rows.findIndex((r) => r.office.office === code);
  if (at < 0) return [];
  const out: string[] = [];
  for (let i = at + 1; i < rows.length && rows[i]!.depth > rows[at]!.depth; ++i) out.push(rows[i]!.office.office);
  return out;
}
/** All of a level, or none of them when all are chosen already. */
export function toggled(chosen: string[], some: string[]): string[] {
  const all = some.every((x) => chosen.includes(x));
  return all ? chosen.filter((x) => !some.includes(x)) : [...chosen, ...some.filter((x) => !chosen.includes(x))];
}
