import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';
import { offsetOf } from '../fields';
import { i18n } from '../i18n';
import { done, failed, why } from '../say';
import type { Status } from '../api/types';

/** What a page shows, asked for when it opens and after each act: never guessed in between. */
export function useLoad<T>(ask: () => Promise<T>): { data: ShallowRef<T | null>; error: Ref<string>; load: () => Promise<void> } {
  const data = shallowRef<T | null>(null);
  const error = ref('');
  const load = async (): Promise<void> => {
    try {
      data.value = await ask();
      error.value = '';
    } catch (e) {
      error.value = why(e);
    }
  };
  onMounted(load);
  return { data, error, load };
}

/** One act at a time; said when the node has done it, and what went wrong when it has not. */
export function useAct(after: () => Promise<unknown>): { busy: Ref<boolean>; act: (what: string, f: () => Promise<unknown>) => Promise<boolean> } {
  const busy = ref(false);
  const act = async (what: string, f: () => Promise<unknown>): Promise<boolean> => {
    if (busy.value) return false;
    busy.value = true;
    try {
      await f();
      done(i18n.global.t('report.done', { what }));
      return true;
    } catch (e) {
      failed(e);
      return false;
    } finally {
      busy.value = false;
      await after();
    }
  };
  return { busy, act };
}

/** The office's own offset, as its node writes times. */
export const officeOffset = (s: Status | null): string => offsetOf(s?.superiors.map((x) => x.last_contact).find(Boolean) ?? s?.alarms[0]?.at);

export function hoursAgo(time: string | null, now: number): string {
  if (!time) return i18n.global.t('admin.never');
  const m = Math.max(0, Math.floor((now - Date.parse(time)) / 60000));
  if (m < 2) return i18n.global.t('admin.justNow');
  if (m < 120) return i18n.global.t('admin.minutesAgo', { n: m });
  if (m < 48 * 60) return i18n.global.t('admin.hoursAgo', { n: Math.floor(m / 60) });
  return i18n.global.t('admin.daysAgo', { n: Math.floor(m / 1440) });
}
export function bytesText(n: number): string {
  if (n < 1024) return `${n} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return n < 1024 ** 3 ? `${(n / 1024 ** 2).toFixed(1)} MiB` : `${(n / 1024 ** 3).toFixed(2)} GiB`;
}
export const ROLES = ['drafter', 'reviewer', 'signer', 'duty', 'auditor', 'admin_people', 'admin_keys', 'admin_policy'] as const;
