import { computed, inject, onUnmounted, provide, shallowReactive, type ComputedRef, type InjectionKey } from 'vue';
import { useI18n } from 'vue-i18n';

/** A field that may hold what cannot be read. */
export interface Guarded {
  /** What stands in it cannot be used as it is. */
  bad: () => boolean;
  /** As its label names it. */
  name: () => string;
}
/** The fields of one form. While one of them is bad, nothing of the form is sent: what was typed is never left out in silence. */
export interface Guard {
  blocked: ComputedRef<boolean>;
  /** What has to be mended, as its labels name it. */
  bad: ComputedRef<string[]>;
  add: (field: Guarded) => () => void;
}

export function makeGuard(): Guard {
  const fields = shallowReactive(new Set<Guarded>());
  const bad = computed(() => [...fields].filter((f) => f.bad()));
  return {
    blocked: computed(() => bad.value.length > 0),
    bad: computed(() => [...new Set(bad.value.map((f) => f.name()))].filter(Boolean)),
    add: (field) => {
      fields.add(field);
      return () => void fields.delete(field);
    },
  };
}
const key: InjectionKey<Guard> = Symbol('form');
/** For whoever owns a form: its fields, however deep, tell whether they can be used. */
export function useGuard(): Guard & { said: ComputedRef<string> } {
  const guard = makeGuard();
  provide(key, guard);
  const { t } = useI18n();
  return { ...guard, said: computed(() => (guard.blocked.value ? t('form.mend', { list: guard.bad.value.join(t('common.and')) }) : '')) };
}
/** For a field. */
export function useGuarded(field: Guarded): void {
  const gone = inject(key, null)?.add(field);
  if (gone) onUnmounted(gone);
}

/** The words of a field's own label, without what stands behind them. */
export function labelOf(input: HTMLInputElement | HTMLTextAreaElement | null): string {
  const said = input?.getAttribute('aria-label');
  const label = input?.labels?.[0];
  if (said || !label) return said ?? '';
  const walk = document.createTreeWalker(label, NodeFilter.SHOW_TEXT);
  for (let at = walk.nextNode(); at; at = walk.nextNode()) if (at.textContent?.trim()) return at.textContent.trim();
  return '';
}
