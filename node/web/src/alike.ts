/** A hint that two reports may tell of the same: by what their titles have in common. Only a hint; a person decides. */
export interface Titled {
  case: string;
  title: string;
  office: string;
}
const LEAST = 0.5;

function pairs(title: string): Set<string> {
  const signs = Array.from(title.replace(/[\s，。、；：“”（）()《》·,.;:!?！？-]/g, ''));
  const out = new Set<string>();
  for (let i = 0; i + 1 < signs.length; ++i) out.add(signs[i]! + signs[i + 1]!);
  return out;
}
/** From 0 to 1: the share of sign pairs that both have, of the shorter one's. */
export function likeness(a: string, b: string): number {
  const [x, y] = [pairs(a), pairs(b)];
  const least = Math.min(x.size, y.size);
  if (least < 3) return 0;
  let both = 0;
  x.forEach((p) => void (both += y.has(p) ? 1 : 0));
  return both / least;
}
/** Of each case those that look like it, the most alike first, at most three. */
export function alike(all: Titled[]): Map<string, Titled[]> {
  const out = new Map<string, Titled[]>();
  for (const a of all) {
    const near = all
      .filter((b) => b.case !== a.case)
      .map((b) => ({ b, n: likeness(a.title, b.title) }))
      .filter((x) => x.n >= LEAST)
      .sort((x, y) => y.n - x.n)
      .slice(0, 3)
      .map((x) => x.b);
    if (near.length) out.set(a.case, near);
  }
  return out;
}
