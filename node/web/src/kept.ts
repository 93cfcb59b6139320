import { computed, onScopeDispose, shallowRef, watch } from 'vue';
import { call, Problem } from './api/client';
import { DraftKeeper, type KeptState } from './draft';
import { useSession } from './stores/session';

/** What an officer has begun and not done, by a name, on the node: theirs alone. Contract: node/net/API.md. */
export const keptApi = {
  get: (name: string) => call<{ text: string }>('GET', '/kept/' + encodeURIComponent(name), { background: true }),
  put: (name: string, text: string, keepalive = false) => call<{ text: string }>('PUT', '/kept/' + encodeURIComponent(name), { body: { text }, keepalive }),
};

type Fields = Record<string, unknown>;
/** These are told in sentences: two of them stand one after the other, where of anything else the one typed last stands. */
const PROSE = ['text', 'body'];
/** The text from before in a form that began as `began`, and into which something was typed before it came. */
export function together(began: Fields, before: Fields, typed: Fields): Fields {
  const out: Fields = { ...typed };
  for (const [key, was] of Object.entries(before)) {
    const is = typed[key];
    if (JSON.stringify(is) === JSON.stringify(began[key])) out[key] = was;
    else if (PROSE.includes(key) && typeof was === 'string' && typeof is === 'string' && was && !is.includes(was)) out[key] = was + '\n' + is;
  }
  return out;
}

const AGAIN_MS = 3000;
/** What the node does not take it does not take the next time either. */
const again = (e: unknown): boolean => !(e instanceof Problem) || e.away || e.status >= 500;

/** Keeps what somebody types into a form on the node, so that neither a reload nor the lock loses it. */
export function useKept(form: Fields) {
  const session = useSession();
  const kept = shallowRef<KeptState>({ safe: true, saving: false, failed: null });
  /** What stands in the form is from before. */
  const found = shallowRef(false);
  /** Why it is not known yet what was kept: until then nothing is kept, which would take its place. */
  const unread = shallowRef<unknown>(null);
  let name = '';
  let known = '';
  let as = '';
  /** Each form that begins or goes away: what was asked for an earlier one comes too late. */
  let turn = 0;
  let retry = 0;
  /** Not on the node yet, by name. */
  const waiting = new Map<string, string>();
  const keeper = new DraftKeeper<null>({
    save: async (_, leaving) =>
      void (await Promise.all(
        [...waiting].map(async ([of, text]) => {
          await keptApi.put(of, text, leaving);
          if (waiting.get(of) === text) waiting.delete(of);
        }),
      )),
    now: () => null,
    changed: (s) => (kept.value = s),
    again,
    after: (ms, then) => {
      const timer = window.setTimeout(then, ms);
      return () => window.clearTimeout(timer);
    },
  });
  const state = computed<KeptState>(() => (unread.value ? { safe: JSON.stringify(form) === known, saving: false, failed: unread.value } : kept.value));
  const flush = (): Promise<void> => keeper.flush();
  const leave = (): void => keeper.leave();
  session.before.push(flush);
  window.addEventListener('pagehide', leave);
  function keep(of: string, text: string): void {
    waiting.set(of, text);
    keeper.touch();
  }
  watch(
    () => JSON.stringify(form),
    (now) => {
      if (!name || now === as) return;
      as = now;
      keep(name, as === known ? '' : as);
    },
    // Before the form is sent away with a key: what was typed counts at once.
    { flush: 'sync' },
  );
  /** What is put into the form from here on is nobody's typing; what was typed is on its way to the node. */
  function away(): Promise<void> {
    ++turn;
    window.clearTimeout(retry);
    name = '';
    unread.value = null;
    found.value = false;
    return flush().catch(() => undefined);
  }
  /** From now on the form is the one of this name; what was kept of it stands in it. */
  async function begin(of: string): Promise<void> {
    const gone = away();
    const mine = turn;
    known = JSON.stringify(form);
    await gone;
    if (mine === turn) await read(of, mine);
  }
  async function read(of: string, mine: number): Promise<void> {
    let text = '';
    try {
      text = waiting.get(of) ?? (await keptApi.get(of)).text;
    } catch (e) {
      if (mine !== turn) return;
      unread.value = e;
      if (again(e)) retry = window.setTimeout(() => void read(of, mine), AGAIN_MS);
      return;
    }
    if (mine !== turn) return;
    unread.value = null;
    const before = fieldsOf(text);
    if (before) Object.assign(form, together(JSON.parse(known) as Fields, before, JSON.parse(JSON.stringify(form)) as Fields));
    found.value = before !== null;
    as = JSON.stringify(form);
    name = of;
    // Typed while it was not known yet under what.
    if (as !== (before ? text : known)) keep(of, as);
  }
  /** It is done, or not wanted: nothing is kept of it. What nobody has seen yet stays. */
  async function end(of = name): Promise<void> {
    const seen = !unread.value;
    const gone = away();
    if (of && seen) keep(of, '');
    await gone;
    await flush().catch(() => undefined);
  }
  onScopeDispose(() => {
    ++turn;
    window.clearTimeout(retry);
    keeper.leave();
    keeper.close();
    window.removeEventListener('pagehide', leave);
    session.before.splice(session.before.indexOf(flush), 1);
  });
  return { state, found, begin, away, end, flush };
}

/** Null when it is empty, or of another form. */
function fieldsOf(text: string): Fields | null {
  try {
    const said: unknown = text ? JSON.parse(text) : null;
    return said && typeof said === 'object' && !Array.isArray(said) ? (said as Fields) : null;
  } catch {
    return null;
  }
}
