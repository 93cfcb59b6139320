/** A package whose code is in the built page. `text` is its licence file; "" where it brings none. */
export interface Bundled {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** The list that the build wrote (node/web/licences.ts), from this node alone. */
export async function bundled(): Promise<Bundled[]> {
  const answer = await fetch('/licences.json');
  if (!answer.ok) throw new Error(String(answer.status));
  return ((await answer.json()) as { packages: Bundled[] }).packages;
}
