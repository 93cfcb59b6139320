import { minutesTo } from './fields';
import { i18n } from './i18n';

/** How long something still has, as a person says it. */
export function dueText(due: string | null, now: number): { text: string; late: boolean } | null {
  if (!due) return null;
  const t = i18n.global.t;
  const m = minutesTo(due, now);
  if (m < -48 * 60) return { text: t('tasks.overDays', { n: Math.round(-m / 1440) }), late: true };
  if (m < -120) return { text: t('tasks.overHours', { n: Math.round(-m / 60) }), late: true };
  if (m < 0) return { text: t('work.overdue', { n: -m }), late: true };
  if (m < 120) return { text: t('work.left', { n: m }), late: m < 10 };
  return { text: m < 48 * 60 ? t('work.leftHours', { n: Math.round(m / 60) }) : t('work.leftDays', { n: Math.round(m / 1440) }), late: false };
}
