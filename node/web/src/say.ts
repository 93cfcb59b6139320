import { Problem } from './api/client';
import { ElMessage } from './element';
import { i18n, language } from './i18n';

const t = i18n.global.t;
/** A message lies at the foot of the window, above the bar that stands there: never over the menu. */
const FOOT = { placement: 'bottom', offset: 76 } as const;

/** A sentence that the node has in English alone stands behind what follows from its kind. */
const inOwnWords = (e: Problem): string => (language() === 'zh' && e.message && e.title && !/[\u4e00-\u9fff]/.test(e.message) ? `${e.title}（${e.message}）` : e.message);

/** What went wrong, as a sentence that says what to do next. */
export function why(e: unknown): string {
  if (e instanceof Problem) {
    if (e.away) return t('error.away');
    if (e.code === 'web.csrf') return t('error.csrf');
    const rules = Array.isArray(e.more.warnings) ? (e.more.warnings as { severity: string; message: string }[]).filter((w) => w.severity === 'error').map((w) => w.message) : [];
    return [inOwnWords(e), rules.join(t('common.and'))].filter(Boolean).join('：');
  }
  return e instanceof Error ? e.message : String(e);
}
/** Before another sentence a sentence ends in its stop. */
export const stopped = (text: string): string => (!text || /[。！？.!?]$/.test(text) ? text : text + (language() === 'zh' ? '。' : '.'));
export const done = (text: string): void => void ElMessage({ message: text, type: 'success', ...FOOT, duration: 4000, grouping: true });
export const failed = (e: unknown): void => void ElMessage({ message: t('error.failed', { why: why(e) }), type: 'error', ...FOOT, duration: 9000, showClose: true, grouping: true });
