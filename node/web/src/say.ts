import { Problem } from './api/client';
import { ElMessage } from './element';
import { i18n } from './i18n';

const t = i18n.global.t;

/** What went wrong, as a sentence that says what to do next. */
export function why(e: unknown): string {
  if (e instanceof Problem) {
    if (e.away) return t('error.away');
    if (e.code === 'web.csrf') return t('error.csrf');
    const rules = Array.isArray(e.more.warnings) ? (e.more.warnings as { severity: string; message: string }[]).filter((w) => w.severity === 'error').map((w) => w.message) : [];
    return [e.message, rules.join(t('common.and'))].filter(Boolean).join('：');
  }
  return e instanceof Error ? e.message : String(e);
}
export const done = (text: string): void => void ElMessage({ message: text, type: 'success', duration: 4000, grouping: true });
export const failed = (e: unknown): void => void ElMessage({ message: t('error.failed', { why: why(e) }), type: 'error', duration: 9000, showClose: true, grouping: true });
