import type { MachineRow, OfficeRow } from '../api/admin';

export interface TreeRow {
  office: OfficeRow;
  depth: number;
}

/** Our office and all below it, each under the office above it; those whose superior is not known here come last. */
export function officeTree(offices: OfficeRow[]): TreeRow[] {
  const self = offices.find((o) => o.state === 'self');
  const rows: TreeRow[] = [];
  const put = new Set<string>();
  const add = (o: OfficeRow, depth: number): void => {
    if (put.has(o.office)) return; // a circle that somebody's words would make ends here
    put.add(o.office);
    rows.push({ office: o, depth });
    for (const child of offices.filter((c) => c.superior === o.office).sort((a, b) => a.office.localeCompare(b.office))) add(child, depth + 1);
  };
  if (self) add(self, 0);
  const above = new Set<string>();
  for (let at = self; at && !above.has(at.office); at = offices.find((o) => o.office === at!.superior)) above.add(at.office);
  for (const o of offices) if (!put.has(o.office) && !above.has(o.office) && o.state !== 'superior') add(o, 0);
  return rows;
}

/** The newest word from any machine of an office. */
export function lastContact(machines: MachineRow[], office: string): string | null {
  const times = machines.filter((m) => m.office === office && m.last_contact).map((m) => m.last_contact!);
  return times.sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
}

export type OfficeMark = 'revoked' | 'moved' | 'suspended' | 'invited' | 'key_waits' | 'silent' | 'good' | 'self';
const DAY_MS = 24 * 3600_000;

/** What is to be said of an office first. `silent`: not heard of for more than a day. */
export function officeMark(o: OfficeRow, contact: string | null, now: number): OfficeMark {
  if (o.state === 'self') return 'self';
  if (o.state === 'revoked') return 'revoked';
  if (o.state === 'moved') return 'moved';
  if (o.suspended) return 'suspended';
  if (!o.admitted) return 'invited';
  if (o.key_waits) return 'key_waits';
  if (o.state === 'below' && (!contact || now - Date.parse(contact) > DAY_MS)) return 'silent';
  return 'good';
}
