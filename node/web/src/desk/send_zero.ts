import { ref } from 'vue';
import { box } from '../api/box';
import { i18n } from '../i18n';
import { done, failed } from '../say';
import { useDialog } from '../stores/dialog';

/** The nil report that is due, signed after one question. `after`: what shows it is asked for anew. */
export function useSendZero(after: () => Promise<void>) {
  const { t } = i18n.global;
  const dialog = useDialog();
  const busy = ref(false);
  async function send(): Promise<void> {
    if (busy.value || (await dialog.ask({ title: t('zero.send'), text: t('zero.sure'), ok: t('zero.send') })) === null) return;
    busy.value = true;
    try {
      const out = await box.sendZero('');
      done(out.state === 'in_review' ? t('zero.waits') : t('zero.sent'));
    } catch (e) {
      failed(e);
    } finally {
      busy.value = false;
      await after();
    }
  }
  return { busy, send };
}
