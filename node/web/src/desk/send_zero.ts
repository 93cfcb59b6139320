import { ref } from 'vue';
import { box } from '../api/box';
import { watchApi, type Incident } from '../api/situation';
import { wallClock } from '../clock';
import { fromLocal } from '../fields';
import { i18n } from '../i18n';
import { done, failed } from '../say';
import { useDialog } from '../stores/dialog';
import { useNode } from '../stores/node';
import { periodFrom, reportedSince } from './zero';

/** What this office has reported in the time that a nil report of now would speak of. */
export async function reportedInPeriod(): Promise<Incident[]> {
  const node = useNode();
  const zero = await box.zero(2, true);
  const from = periodFrom(zero.own, zero.due?.due_at ?? null, node.now);
  const got = await watchApi.situation(fromLocal(wallClock(Date.parse(from), node.offset), node.offset) ?? '', true);
  return reportedSince(got.incidents, node.status?.office ?? '');
}

/**
 * The nil report that is due, signed after one question. Where the same office has reported something in that time the
 * question names it, and the text says so too. `after`: what shows it is asked for anew.
 */
export function useSendZero(after: () => Promise<void>) {
  const { t } = i18n.global;
  const dialog = useDialog();
  const busy = ref(false);
  async function ask(): Promise<void> {
    const reported = await reportedInPeriod();
    const list = reported.map((i) => t('zero.named', { title: i.title })).join(t('common.and'));
    let state = '';
    const answer = await dialog.ask({
      title: t('zero.send'),
      text: reported.length ? t('zero.sureReported', { n: reported.length }) : t('zero.sure'),
      links: reported.map((i) => ({ to: '/report/' + i.case, text: i.title || '—' })),
      ask: 'text',
      label: t('zero.note'),
      given: reported.length ? t('zero.prefilledReported', { list }) : t('zero.prefilled'),
      most: 5000,
      ok: t(reported.length ? 'zero.sendAnyway' : 'zero.send'),
      danger: reported.length > 0,
      try: async (note) => void (state = (await box.sendZero(note.trim())).state),
    });
    if (answer === null) return;
    done(state === 'in_review' ? t('zero.waits') : t('zero.sent'));
    await after();
  }
  async function send(): Promise<void> {
    if (busy.value) return;
    busy.value = true;
    try {
      await ask();
    } catch (e) {
      failed(e);
    } finally {
      busy.value = false;
    }
  }
  return { busy, send };
}
