import { onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue';
import { box, type Clue } from './api/box';
import { DraftKeeper, type KeptState } from './draft';
import { useSession } from './stores/session';

/** A clue while it is written: on the node from the first pause on, so that neither a reload nor the lock of the screen loses it. */
export function useClue(made: (id: string) => void) {
  const form = reactive({ text: '', told_by: '', place: '' });
  const id = ref('');
  const kept = shallowRef<KeptState>({ safe: true, saving: false, failed: null });
  const session = useSession();
  let quiet = false;
  const now = () => ({ text: form.text.trim(), told_by: form.told_by.trim(), place: form.place.trim() });
  const keeper = new DraftKeeper<ReturnType<typeof now>>({
    save: async (what, leaving) => {
      // Without a word there is nothing to keep, and what was kept before stays as it was.
      if (!what.text) return;
      if (id.value) return void (await box.rewrite(id.value, what, leaving));
      const out = await box.note(what, leaving);
      if (leaving) return;
      id.value = out.case;
      made(id.value);
    },
    now,
    changed: (s) => (kept.value = s),
    after: (ms, then) => {
      const timer = window.setTimeout(then, ms);
      return () => window.clearTimeout(timer);
    },
  });
  watch(form, () => quiet || keeper.touch(), { deep: true, flush: 'sync' });

  function put(which: string, c: { text: string; told_by: string; place: string }): void {
    quiet = true;
    id.value = which;
    Object.assign(form, { text: c.text, told_by: c.told_by, place: c.place });
    quiet = false;
  }
  /** Another clue takes the form; what stands in it is kept first. */
  async function open(c: Clue): Promise<void> {
    await keeper.flush();
    put(c.case, c);
  }
  /** The form is free for the next one. Gives the id of the one that was written, empty when there was nothing. */
  async function finish(): Promise<string> {
    await keeper.flush();
    const done = id.value;
    put('', { text: '', told_by: '', place: '' });
    return done;
  }
  const flush = (): Promise<void> => keeper.flush();
  const leave = (): void => keeper.leave();
  window.addEventListener('pagehide', leave);
  session.before.push(flush);
  onBeforeUnmount(() => {
    keeper.leave();
    keeper.close();
    window.removeEventListener('pagehide', leave);
    session.before.splice(session.before.indexOf(flush), 1);
  });
  return { form, id, kept, open, finish };
}
