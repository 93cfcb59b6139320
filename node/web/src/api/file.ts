import { call, callHeaders, Problem } from './client';

/** A step whose answer is octets. Whether the session still holds is asked before, so that a person signs in first. */
export async function file(path: string, body: unknown): Promise<Blob> {
  await call('GET', '/session');
  let answer: Response;
  try {
    answer = await fetch('/api/v1' + path, { method: 'POST', headers: { ...callHeaders(), 'Content-Type': 'application/json' }, body: JSON.stringify(body), credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Problem(0, 'away', '');
  }
  if (answer.ok) return answer.blob();
  const json = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Problem(answer.status, String(json.code ?? answer.status), String(json.detail ?? ''), String(json.title ?? ''), json);
}
