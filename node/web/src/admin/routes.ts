/** Pages that most people open seldom: fetched when they are. */
import type { RouteRecordRaw } from 'vue-router';

export const adminRoutes: RouteRecordRaw[] = [
  { path: '/admin', redirect: '/admin/lines' },
  { path: '/admin/lines', component: () => import('../views/admin/Lines.vue') },
  { path: '/admin/alarms', component: () => import('../views/admin/Alarms.vue') },
  { path: '/admin/about', component: () => import('../views/admin/About.vue') },
  { path: '/admin/care', component: () => import('../views/admin/Care.vue') },
  { path: '/admin/evidence', component: () => import('../views/admin/Evidence.vue') },
  { path: '/admin/journal', component: () => import('../views/admin/Journal.vue') },
  { path: '/admin/people', component: () => import('../views/admin/People.vue') },
  { path: '/admin/offices', component: () => import('../views/admin/Offices.vue') },
  { path: '/admin/offices/invite', component: () => import('../views/admin/Invite.vue') },
  { path: '/admin/superiors', component: () => import('../views/admin/Superiors.vue') },
  { path: '/admin/machines', component: () => import('../views/admin/Machines.vue') },
  { path: '/admin/policy', component: () => import('../views/admin/Policy.vue') },
  { path: '/tasks', component: () => import('../views/tasks/Tasks.vue') },
  { path: '/tasks/new', component: () => import('../views/tasks/Issue.vue') },
  { path: '/task/:case', component: () => import('../views/tasks/Task.vue') },
  { path: '/admin/root', component: () => import('../views/admin/Root.vue') },
];
