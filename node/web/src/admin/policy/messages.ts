/** The editor's own sentences come with it: most people never open it. */
import { i18n } from '../../i18n';
import { policyEn, policyZh } from '../../locales/policy';

i18n.global.mergeLocaleMessage('zh', policyZh);
i18n.global.mergeLocaleMessage('en', policyEn);
