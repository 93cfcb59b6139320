import { createPinia } from 'pinia';
import { createApp } from 'vue';
import { createRouter, createWebHashHistory } from 'vue-router';
import { api } from './api';
import { useHooks } from './api/client';
import App from './App.vue';
import './element';
import { i18n, language, showLanguage } from './i18n';
import { useDialog } from './stores/dialog';
import { useSession } from './stores/session';
import './styles.css';
import './desk/desk.css';
import Phone from './views/Phone.vue';
import ReportPage from './views/ReportPage.vue';
import Reports from './views/Reports.vue';
import Work from './views/Work.vue';
import Write from './views/Write.vue';
import { deskRoutes } from './desk/routes';
import { adminRoutes } from './admin/routes';

const app = createApp(App);
app.use(createPinia());
app.use(i18n);
app.use(
  createRouter({
    history: createWebHashHistory(),
    routes: [
      { path: '/', name: 'work', component: Work },
      { path: '/reports', name: 'reports', component: Reports },
      { path: '/report/:case', name: 'report', component: ReportPage },
      { path: '/write/:case?', name: 'write', component: Write },
      { path: '/phone/:case?', name: 'phone', component: Phone },
      ...deskRoutes,
      ...adminRoutes,
      { path: '/:rest(.*)', redirect: '/' },
    ],
  }),
);
useHooks({
  language,
  signedOut: (why) => useSession().wait(why),
  confirm: async () =>
    (await useDialog().ask({
      title: i18n.global.t('sign.confirmTitle'),
      text: i18n.global.t('sign.confirmHint'),
      ask: 'passphrase',
      label: i18n.global.t('sign.passphrase'),
      needed: true,
      try: async (passphrase) => void (await api.confirm(passphrase)),
    })) !== null,
});
showLanguage();
app.mount('#app');
