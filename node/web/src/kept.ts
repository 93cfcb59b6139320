import { onScopeDispose, shallowRef, watch } from 'vue';
import { call, Problem } from './api/client';
import { DraftKeeper, type KeptState } from './draft';
import { useSession } from './stores/session';

/** What an officer has begun and not done, by a name, on the node: theirs alone. Contract: node/net/API.md. */
export const keptApi = {
  get: (name: string) => call<{ text: string }>('GET', '/kept/' + encodeURIComponent(name), { background: true }),
  put: (name: string, text: string, keepalive = false) => call<{ text: string }>('PUT', '/kept/' + encodeURIComponent(name), { body: { text }, keepalive }),
};

/** Keeps what somebody types into a form on the node, so that neither a reload nor the lock loses it. */
export function useKept(form: Record<string, unknown>) {
  const session = useSession();
  const state = shallowRef<KeptState>({ safe: true, saving: false, failed: null });
  /** What stands in the form is from before. */
  const found = shallowRef(false);
  let name = '';
  let known = '';
  let as = '';
  let newest = { name: '', text: '' };
  const keeper = new DraftKeeper<{ name: string; text: string }>({
    save: async (what, leaving) => void (what.name && (await keptApi.put(what.name, what.text, leaving))),
    now: () => newest,
    changed: (s) => (state.value = s),
    // What the node does not take it does not take the next time either.
    again: (e) => !(e instanceof Problem) || e.away || e.status >= 500,
    after: (ms, then) => {
      const timer = window.setTimeout(then, ms);
      return () => window.clearTimeout(timer);
    },
  });
  const flush = (): Promise<void> => keeper.flush();
  const leave = (): void => keeper.leave();
  session.before.push(flush);
  window.addEventListener('pagehide', leave);
  watch(
    () => JSON.stringify(form),
    (now) => {
      if (!name || now === as) return;
      as = now;
      newest = { name, text: as === known ? '' : as };
      keeper.touch();
    },
    // Before the form is sent away with a key: what was typed counts at once.
    { flush: 'sync' },
  );
  /** What is put into the form from here on is nobody's typing; what was typed is on its way to the node. */
  function away(): Promise<void> {
    name = '';
    return flush().catch(() => undefined);
  }
  /** From now on the form is the one of this name; what was kept of it stands in it. */
  async function begin(of: string): Promise<void> {
    await away();
    as = known = JSON.stringify(form);
    found.value = false;
    try {
      const { text } = await keptApi.get(of);
      if (text) {
        Object.assign(form, JSON.parse(text) as object);
        as = JSON.stringify(form);
        found.value = true;
      }
    } catch {
      /* the node is away, or it is of another form: the form begins empty */
    }
    name = of;
  }
  /** It is done, or not wanted: nothing is kept of it. */
  async function end(): Promise<void> {
    const of = name;
    await away();
    found.value = false;
    keeper.forget();
    if (of) await keptApi.put(of, '').catch(() => undefined);
  }
  onScopeDispose(() => {
    keeper.leave();
    keeper.close();
    window.removeEventListener('pagehide', leave);
    session.before.splice(session.before.indexOf(flush), 1);
  });
  return { state, found, begin, away, end, flush };
}
