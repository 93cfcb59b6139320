import type { RouteRecordRaw } from 'vue-router';
import type { Status } from '../api/types';

/** Pages that are fetched when somebody goes there. */
export const deskRoutes: RouteRecordRaw[] = [
  { path: '/triage', name: 'triage', component: () => import('../views/Triage.vue') },
  { path: '/brief', name: 'brief', component: () => import('../views/Brief.vue') },
  { path: '/one/:case', name: 'one', component: () => import('../views/One.vue') },
  { path: '/edit/:case', name: 'edit', component: () => import('../views/EditDesk.vue') },
  { path: '/merge', name: 'merge', component: () => import('../views/Merge.vue') },
  { path: '/conflict', name: 'conflicts', component: () => import('../views/Conflicts.vue') },
  { path: '/conflict/:case', name: 'conflict', component: () => import('../views/Conflict.vue') },
  { path: '/duty', name: 'duty', component: () => import('../views/Duty.vue') },
  { path: '/handover', name: 'handover', component: () => import('../views/Handover.vue') },
  { path: '/board', name: 'board', component: () => import('../views/Board.vue') },
  { path: '/clues', name: 'clues', component: () => import('../views/Clues.vue') },
  { path: '/zero', name: 'zero', component: () => import('../views/Zero.vue') },
  { path: '/stats', name: 'stats', component: () => import('../views/Stats.vue') },
  { path: '/carry', name: 'carry', component: () => import('../views/Carry.vue') },
  { path: '/carry/qr/:case', name: 'pictures', component: () => import('../views/Pictures.vue') },
  { path: '/carry/code/:case', name: 'code', component: () => import('../views/CodeOut.vue') },
];

/** What stands in the menu beside the first pages: for whom others write, for whom versions wait, and who owes nil reports (`zero`). */
export function deskPages(status: Status | null, zero = false): { to: string; name: string }[] {
  const reads = status !== null && (status.level !== 'unit' || Object.values(status.received).some((n) => n > 0));
  return [
    ...(reads ? [{ to: '/triage', name: 'triage' }, { to: '/brief', name: 'brief' }] : []),
    ...(status && status.conflicts + (status.exercises?.conflicts ?? 0) > 0 ? [{ to: '/conflict', name: 'conflicts' }] : []),
    ...(zero ? [{ to: '/zero', name: 'zero' }] : []),
    { to: '/duty', name: 'duty' },
    { to: '/clues', name: 'clues' },
    { to: '/carry', name: 'carry' },
    { to: '/stats', name: 'stats' },
  ];
}
