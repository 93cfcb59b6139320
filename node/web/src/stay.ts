import type { RouteLocationNormalized, RouteLocationRaw, Router } from 'vue-router';

let staying = '';

/** Another address for what is on the screen already: the view is not made anew. */
export async function stay(router: Router, to: RouteLocationRaw): Promise<void> {
  staying = router.resolve(to).fullPath;
  try {
    await router.replace(to);
  } finally {
    staying = '';
  }
}
/** Whether the navigation to `to` that has just ended was such a one. */
export const stayed = (to: RouteLocationNormalized): boolean => to.fullPath === staying;
