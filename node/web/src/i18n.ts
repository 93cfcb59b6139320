import { createI18n } from 'vue-i18n';
import { deskEn, deskZh } from './locales/desk';
import { boxEn, boxZh } from './locales/box';
import en from './locales/en';
import { aboutEn, aboutZh } from './locales/about';
import { adminEn, adminZh } from './locales/admin';
import { attachmentsEn, attachmentsZh } from './locales/attachments';
import { formsEn, formsZh } from './locales/forms';
import { careEn, careZh } from './locales/care';
import { joiningEn, joiningZh } from './locales/joining';
import { listEn, listZh } from './locales/list';
import { rolesEn, rolesZh } from './locales/roles';
import { tasksEn, tasksZh } from './locales/tasks';
import { urgentEn, urgentZh } from './locales/urgent';
import { watchEn, watchZh } from './locales/watch';
import zh from './locales/zh-CN';

/** The choice outlives the tab in a cookie of its own: nothing else is kept in the browser. */
const chosen = /(?:^|; )yzlang=(zh|en)/.exec(document.cookie)?.[1] ?? (navigator.language.startsWith('en') ? 'en' : 'zh');

export const i18n = createI18n({ legacy: false, locale: chosen, fallbackLocale: 'zh', messages: { zh, en } });
i18n.global.mergeLocaleMessage('zh', deskZh);
i18n.global.mergeLocaleMessage('en', deskEn);
i18n.global.mergeLocaleMessage('zh', adminZh);
i18n.global.mergeLocaleMessage('en', adminEn);
i18n.global.mergeLocaleMessage('zh', careZh);
i18n.global.mergeLocaleMessage('en', careEn);
i18n.global.mergeLocaleMessage('zh', joiningZh);
i18n.global.mergeLocaleMessage('en', joiningEn);
i18n.global.mergeLocaleMessage('zh', aboutZh);
i18n.global.mergeLocaleMessage('zh', urgentZh);
i18n.global.mergeLocaleMessage('en', urgentEn);
i18n.global.mergeLocaleMessage('en', aboutEn);
i18n.global.mergeLocaleMessage('zh', tasksZh);
i18n.global.mergeLocaleMessage('en', tasksEn);
i18n.global.mergeLocaleMessage('zh', attachmentsZh);
i18n.global.mergeLocaleMessage('en', attachmentsEn);
i18n.global.mergeLocaleMessage('zh', listZh);
i18n.global.mergeLocaleMessage('en', listEn);
i18n.global.mergeLocaleMessage('zh', rolesZh);
i18n.global.mergeLocaleMessage('en', rolesEn);
i18n.global.mergeLocaleMessage('zh', formsZh);
i18n.global.mergeLocaleMessage('en', formsEn);
i18n.global.mergeLocaleMessage('zh', boxZh);
i18n.global.mergeLocaleMessage('en', boxEn);
i18n.global.mergeLocaleMessage('zh', watchZh);
i18n.global.mergeLocaleMessage('en', watchEn);

export const language = (): 'zh' | 'en' => (i18n.global.locale.value === 'en' ? 'en' : 'zh');

export function setLanguage(to: 'zh' | 'en'): void {
  i18n.global.locale.value = to;
  document.cookie = `yzlang=${to}; Path=/; SameSite=Strict; Max-Age=31536000`;
  showLanguage();
}
export function showLanguage(): void {
  document.documentElement.lang = language() === 'en' ? 'en' : 'zh-CN';
  document.title = i18n.global.t('name');
}
/** The name in the reader's language, of what the rules name in both. */
export const named = (x: { zh: string; en: string }): string => (language() === 'en' ? x.en : x.zh);
