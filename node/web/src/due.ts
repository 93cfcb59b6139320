import { i18n } from './i18n';
import { remaining } from './remaining';

/** How long something still has, as a person says it. */
export function dueText(due: string | null, now: number): { text: string; late: boolean } | null {
  if (!due) return null;
  const r = remaining(due, now);
  return { text: i18n.global.t(r.key, { n: r.n }), late: r.late };
}
