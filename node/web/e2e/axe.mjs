// axe-core beside the page's own scripts, by the debugger: the page's policy lets no other script in.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { check } from './world.mjs';

const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function accessible(page, what) {
  await page.waitForTimeout(300); // a button that was just enabled has not got its colour yet
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const r = await globalThis.axe.run(document, { resultTypes: ['violations'] });
    return r.violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').map((v) => [v.id, v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + (n.failureSummary ?? '').slice(0, 200))]);
  });
  check(`${what}: no serious finding of axe-core`, found.length === 0, found);
}

/** Nothing is wider than a telephone: what does not fit scrolls inside of itself. */
export async function fitsPhone(page, what) {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 390, height: 844 });
  await page.waitForTimeout(150);
  const wide = await page.evaluate(() => [document.scrollingElement.scrollWidth, window.innerWidth]);
  check(`${what}: fits a telephone`, wide[0] <= wide[1], wide);
  await page.setViewportSize(size);
}
