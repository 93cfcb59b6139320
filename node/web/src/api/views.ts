import type { Filter } from '../filter';
import { call, callHeaders, Problem } from './client';

export interface View {
  name: string;
  filter: Partial<Filter>;
}

export const views = {
  all: () => call<{ views: View[] }>('GET', '/views', { background: true }),
  keep: (name: string, filter: Partial<Filter>) => call<View>('PUT', '/views/' + encodeURIComponent(name), { body: { filter } }),
  forget: (name: string) => call<object>('DELETE', '/views/' + encodeURIComponent(name)),
};

/** The list as a table; hears how many bytes have come, for it may be long. */
export async function table(filter: Partial<Filter>, heard: (bytes: number) => void): Promise<Blob> {
  await call('GET', '/session'); // so that a person signs in first
  let answer: Response;
  try {
    answer = await fetch('/api/v1/reports/export?' + new URLSearchParams(filter as Record<string, string>).toString(), { headers: callHeaders(), credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Problem(0, 'away', '');
  }
  if (!answer.ok) {
    const json = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
    throw new Problem(answer.status, String(json.code ?? answer.status), String(json.detail ?? ''), String(json.title ?? ''), json);
  }
  const pieces: BlobPart[] = [];
  const reader = answer.body!.getReader();
  for (let bytes = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return new Blob(pieces, { type: 'text/csv' });
    pieces.push(value);
    heard((bytes += value.length));
  }
}
