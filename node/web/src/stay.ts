import type { Router, RouteLocationRaw } from 'vue-router';

let staying = false;

/** Another address for what is on the screen already: the view is not made anew. */
export async function stay(router: Router, to: RouteLocationRaw): Promise<void> {
  staying = true;
  try {
    await router.replace(to);
  } finally {
    staying = false;
  }
}
/** Whether the navigation that has just ended was such a one. */
export const stayed = (): boolean => staying;
