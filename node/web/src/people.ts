/** Who belongs to the office, of the list of their certificates: the node tells every one, older ones and one for each machine. */

type State = 'active' | 'suspended' | 'retired' | 'revoked';
interface Certified {
  name: string;
  roles: string[];
  state: State;
}
const rank: Record<State, number> = { active: 0, suspended: 1, retired: 2, revoked: 3 };

/** One row a person, with what holds now: of certificates of one standing the last. People at work come first. */
export function peopleOf<T extends Certified>(certificates: T[]): T[] {
  const best = new Map<string, T>();
  for (const c of certificates) {
    const had = best.get(c.name);
    if (!had || rank[c.state] <= rank[had.state]) best.set(c.name, c);
  }
  return [...best.values()].sort((a, b) => rank[a.state] - rank[b.state]);
}
/** What a person's certificate in use says, if one is. */
export const inOffice = <T extends Certified>(certificates: T[], name: string): T | undefined => peopleOf(certificates).find((p) => p.name === name && p.state === 'active');
