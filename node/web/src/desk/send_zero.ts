import { ref } from 'vue';
import { box } from '../api/box';
import { i18n } from '../i18n';
import { done } from '../say';
import { useDialog } from '../stores/dialog';

/** The nil report that is due, signed after one question. `after`: what shows it is asked for anew. */
export function useSendZero(after: () => Promise<void>) {
  const { t } = i18n.global;
  const dialog = useDialog();
  const busy = ref(false);
  async function send(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    let state = '';
    const answer = await dialog.ask({ title: t('zero.send'), text: t('zero.sure'), ask: 'text', label: t('zero.note'), given: t('zero.prefilled'), most: 5000, ok: t('zero.send'), try: async (note) => void (state = (await box.sendZero(note.trim())).state) });
    busy.value = false;
    if (answer === null) return;
    done(state === 'in_review' ? t('zero.waits') : t('zero.sent'));
    await after();
  }
  return { busy, send };
}
