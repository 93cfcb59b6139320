/** A problem document of the node (RFC 9457), or the want of any answer. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly title = '',
    readonly more: Record<string, unknown> = {},
  ) {
    super(message);
  }
  /** The node did not answer at all: it is not running, or was stopped in between. */
  get away(): boolean {
    return this.status === 0;
  }
}

export interface Ask {
  body?: unknown;
  /** Octets instead of JSON. */
  octets?: Blob;
  /** Asked by the page itself, not by a person: it keeps no session alive. */
  background?: boolean;
  /** Sent although the page is just being left. */
  keepalive?: boolean;
  /** For the few steps that want the passphrase itself and not only a session. */
  passphrase?: string;
  /** Hears how much of the octets has left. */
  sent?: (bytes: number) => void;
  /** Hears how far a long step has got. */
  progress?: (so_far: Record<string, unknown>) => void;
}

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Lines of an answer that tells how far it is: the last one is the answer itself. */
async function following(answer: Response, heard: (so_far: Record<string, unknown>) => void): Promise<{ status: number; text: string }> {
  const reader = answer.body!.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  let last = { status: answer.status, text: '' };
  for (;;) {
    const { done, value } = await reader.read();
    rest += decoder.decode(value, { stream: !done });
    const lines = rest.split('\n');
    rest = done ? '' : lines.pop()!;
    for (const line of lines.filter(Boolean)) {
      const said = JSON.parse(line) as { progress?: Record<string, unknown>; status?: number; body?: unknown };
      if (said.progress) heard(said.progress);
      else last = { status: said.status ?? 500, text: JSON.stringify(said.body ?? {}) };
    }
    if (done) return last;
  }
}

interface Hooks {
  language: () => string;
  /** The session is over. Resolves when somebody has signed in again, so that the call can be made once more. */
  signedOut: (why: string) => Promise<void>;
  /** The passphrase is asked for; false when the person would rather not. */
  confirm: () => Promise<boolean>;
}

let csrf = '';
let hooks: Hooks = { language: () => 'zh', signedOut: () => Promise.reject(new Problem(401, 'login.session', '')), confirm: () => Promise.resolve(false) };

export const useHooks = (given: Hooks): void => void (hooks = given);
export const useCsrf = (token: string): void => void (csrf = token);
/** For what is fetched beside call(). */
export const callHeaders = (): Record<string, string> => ({ 'Accept-Language': hooks.language(), 'X-YZ-CSRF': csrf });

/** fetch() tells nothing while it sends; this does. */
function upload(method: string, path: string, headers: Record<string, string>, octets: Blob, sent: (bytes: number) => void): Promise<{ status: number; text: string }> {
  return new Promise((go, no) => {
    const x = new XMLHttpRequest();
    x.open(method, '/api/v1' + path);
    for (const [k, v] of Object.entries(headers)) x.setRequestHeader(k, v);
    x.upload.onprogress = (e) => sent(e.loaded);
    x.onload = () => go({ status: x.status, text: x.responseText });
    x.onerror = x.onabort = () => no(new Problem(0, 'away', ''));
    x.send(octets);
  });
}

async function once(method: string, path: string, ask: Ask): Promise<unknown> {
  const headers: Record<string, string> = { 'Accept-Language': hooks.language() };
  if (method !== 'GET') headers['X-YZ-CSRF'] = csrf;
  if (ask.background) headers['X-YZ-Background'] = '1';
  if (ask.passphrase !== undefined) headers['X-YZ-Passphrase'] = base64(ask.passphrase);
  if (ask.progress) headers['Accept'] = 'application/x-ndjson';
  let body: BodyInit | undefined;
  if (ask.octets) {
    headers['Content-Type'] = 'application/octet-stream';
    body = ask.octets;
  } else if (method !== 'GET' && method !== 'DELETE') {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(ask.body ?? {});
  }
  if (ask.octets && ask.sent) {
    const got = await upload(method, path, headers, ask.octets, ask.sent);
    return understood(got.status, got.text);
  }
  let answer: Response;
  try {
    answer = await fetch('/api/v1' + path, { method, headers, body, credentials: 'same-origin', cache: 'no-store', keepalive: ask.keepalive });
  } catch {
    throw new Problem(0, 'away', '');
  }
  let { status } = answer;
  let text: string;
  try {
    if (ask.progress && answer.headers.get('Content-Type')?.startsWith('application/x-ndjson')) ({ status, text } = await following(answer, ask.progress));
    else text = await answer.text();
  } catch {
    throw new Problem(0, 'away', '');
  }
  return understood(status, text);
}

/** The answer as it was meant, or the problem that it is. */
function understood(status: number, text: string): Record<string, unknown> {
  const good = status >= 200 && status < 300;
  let json: Record<string, unknown> = {};
  try {
    json = JSON.parse(text) as Record<string, unknown>;
  } catch {
    if (good) throw new Problem(status, 'answer', text.slice(0, 200));
  }
  if (!good) throw new Problem(status, String(json.code ?? status), String(json.detail ?? text.slice(0, 200)), String(json.title ?? ''), json);
  return json;
}

/** One call. A session that is over, or a passphrase that is due, is a matter between: the call then goes on. */
export async function call<T>(method: string, path: string, ask: Ask = {}): Promise<T> {
  for (let tries = 0; ; ++tries) {
    try {
      return (await once(method, path, ask)) as T;
    } catch (e) {
      if (!(e instanceof Problem) || tries > 2 || ask.keepalive) throw e;
      if (e.code === 'login.session' || e.code === 'web.csrf') await hooks.signedOut(e.message);
      else if (e.code !== 'login.confirm' || !(await hooks.confirm())) throw e;
    }
  }
}

/** The same without waiting for a person: for signing in itself. */
export const callOnce = async <T>(method: string, path: string, ask: Ask = {}): Promise<T> => (await once(method, path, ask)) as T;

/** Octets that the page hands on as a file; a refusal is a problem like any other. */
export async function fetchFile(path: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch('/api/v1' + path, { headers: { 'Accept-Language': hooks.language() }, credentials: 'same-origin', cache: 'no-store' });
  } catch {
    throw new Problem(0, 'away', '');
  }
  if (answer.ok) return answer.blob();
  const json = (await answer.json().catch(() => ({}))) as Record<string, unknown>;
  throw new Problem(answer.status, String(json.code ?? answer.status), String(json.detail ?? ''), String(json.title ?? ''), json);
}
