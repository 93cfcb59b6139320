import fs from 'node:fs';
import { createRequire } from 'node:module';
import { check } from './world.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Run beside the page's own scripts, by the debugger: the page's policy lets no other script in. */
export async function accessible(page, what) {
  // A colour half-way from one to the other is nobody's choice.
  await page.waitForFunction(() => document.getAnimations().every((a) => a.playState !== 'running' || a.effect?.getComputedTiming().iterations === Infinity));
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const r = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.failureSummary ?? '').slice(0, 200))]);
  });
  check(`${what}: no serious finding of axe-core`, found.length === 0, found);
}
