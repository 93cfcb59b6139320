import { expect, it } from 'vitest';
import { createMemoryHistory, createRouter } from 'vue-router';
import { stay, stayed } from '../src/stay';

it('only the navigation that gives what is shown another address counts as staying', async () => {
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:all(.*)', component: {} }] });
  const seen: [string, boolean][] = [];
  router.afterEach((to, _from, failure) => void (failure || seen.push([to.path, stayed(to)])));
  await router.push('/phone');
  await stay(router, '/phone/k3v7');
  await router.push('/');
  // Somebody leaves while the address is being changed: that one is no staying.
  const address = stay(router, '/phone/k3v8');
  await router.push('/reports');
  await address;
  expect(seen).toEqual([['/phone', false], ['/phone/k3v7', true], ['/', false], ['/reports', false]]);
});
