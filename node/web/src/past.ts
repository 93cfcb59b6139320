import { i18n } from './i18n';
import { useDialog } from './stores/dialog';

/** A moment that is over already: asked about before it is signed. True: go on. */
export async function sureOfPast(what: string, at: string | null | undefined): Promise<boolean> {
  if (!at || Date.parse(at) > Date.now()) return true;
  const t = i18n.global.t;
  return (await useDialog().ask({ title: t('form.past'), text: t('form.pastText', { what, time: at.slice(0, 16).replace('T', ' ') }), ok: t('form.pastOk'), danger: true })) !== null;
}
