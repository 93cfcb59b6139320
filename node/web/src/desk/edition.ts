/** An edition (改稿) on its way from the desk to the node: saved as a draft of the case while it is written. */
import { onMounted, onUnmounted, ref } from 'vue';
import { desk } from '../api/desk';
import type { Forwarding } from '../api/desk_types';
import type { Draft } from '../api/types';
import { DraftKeeper, type KeptState } from '../draft';

/** What can be taken up again at the desk: an edition that was kept or given back. */
export const openEdition = (d: Draft | null | undefined): Draft | null => (d && d.type === 'forward' && !d.signed_elsewhere && d.state !== 'in_review' && !d.disputed.length ? d : null);

/** `now`: what would be passed on; none: there is nothing to keep. */
export function useEdition(id: string, now: () => Forwarding | null) {
  const kept = ref<KeptState>({ safe: true, saving: false, failed: null });
  const savedAt = ref('');
  /** What its writer was shown of the draft: it is handed back with each save. */
  let seen = '';
  let there = false;
  const keeper = new DraftKeeper<Forwarding | null>({
    async save(what, leaving) {
      if (!what && !there) return;
      const out = await desk.forward(id, { ...(what ?? { edit: {} }), send: false, ...(seen ? { seen } : {}) }, leaving);
      seen = out.seen ?? seen;
      there = true;
      savedAt.value = new Date().toTimeString().slice(0, 8);
    },
    now,
    changed: (s) => (kept.value = s),
    after: (ms, then) => {
      const timer = window.setTimeout(then, ms);
      return () => window.clearTimeout(timer);
    },
  });
  let closed = false;
  const leave = (): void => void (closed || keeper.leave());
  const hidden = (): void => void (document.visibilityState === 'hidden' && leave());
  onMounted(() => {
    window.addEventListener('pagehide', leave);
    document.addEventListener('visibilitychange', hidden);
  });
  onUnmounted(() => {
    document.removeEventListener('visibilitychange', hidden);
    window.removeEventListener('pagehide', leave);
    leave();
    keeper.close();
  });
  return {
    kept,
    savedAt,
    touch: () => keeper.touch(),
    /** What is sent takes the place of the draft; nothing is saved behind it. */
    async last(): Promise<{ seen?: string }> {
      await keeper.flush().catch(() => undefined);
      return seen ? { seen } : {};
    },
    done(): void {
      closed = true;
      keeper.close();
    },
    from(d: Draft): void {
      seen = d.seen;
      there = true;
    },
  };
}
