// What every page is looked at for: axe-core, and the width of a telephone.
import { accessible as axe } from './axe.mjs';
import { check } from './world.mjs';

/** A moment after what was done last: a button that was just enabled has not got its colour yet. */
export async function accessible(page, what) {
  await page.waitForTimeout(300);
  await axe(page, what);
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
