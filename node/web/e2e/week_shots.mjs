// Pictures of the demo's week (tools/demo_week): node e2e/week_shots.mjs WEEK.json DIR [NAME,..]; WEEK.json is in the folder that it was made in.
import fs from 'node:fs';
import path from 'node:path';
import { browser, open } from './world.mjs';

const week = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const out = path.resolve(process.argv[3] ?? 'shots');
const only = (process.argv[4] ?? '').split(',').filter(Boolean);
const languages = (process.env.YZ_LOCALES ?? 'zh-CN').split(',');
const sizes = { office: [1366, 768], large: [1920, 1080], phone: [390, 844] };
const passphrase = '柳河-夜雨-渡口-四十七';
const c = week.cases;

/** Whose, who, a name, its address, what shows that it is there. */
const pages = [
  ['liuhe', '王芳', 'town-work', '/', '.work-row'],
  ['liuhe', '王芳', 'town-list', '/reports', 'table.list tbody tr'],
  ['liuhe', '王芳', 'town-slide', '/report/' + c.slide, '.report h1'],
  ['liuhe', '王芳', 'town-write', '/write/' + c.apple_l, '.findings li'],
  ['liuhe', '王芳', 'town-phone', '/phone', '#who'],
  ['liuhe', '陈刚', 'town-sign', '/report/' + c.express_l, '.report h1'],
  ['liuhe', '王芳', 'town-task', '/task/' + c.wagecall, '.mine-card'],
  ['baishi', '钱峰', 'town-conflict', '/conflict/' + c.ammonia, '.versus'],
  ['county', '赵红', 'county-work', '/', '.work-row'],
  ['county', '赵红', 'county-list', '/reports', 'table.list tbody tr'],
  ['county', '赵红', 'county-triage', '/triage', '.triage-item'],
  ['county', '赵红', 'county-edit', '/edit/' + c.road_s, '#edition-title'],
  ['county', '赵红', 'county-slide', '/report/' + c.slide, '.report h1'],
  ['county', '赵红', 'county-tasks', '/tasks?side=issued', 'main h1'],
  ['county', '赵红', 'county-task', '/task/' + c.watercall2, '.rollup'],
  ['county', '赵红', 'county-issue', '/tasks/new', '.picker-list'],
  ['city', '秦岳', 'city-brief', '/brief', '.brief-row'],
  ['city', '秦岳', 'city-one', '/one/' + c.pipes, '.one h1'],
  ['city', '何远', 'city-work', '/', '.head h1'],
  ['city', '何远', 'city-heat', '/report/' + c.heat, '.report h1'],
  ['city', '何远', 'city-pipes', '/report/' + c.pipes, '.layers'],
  ['liuhe', '王芳', 'town-clues', '/clues', 'main h1'],
  ['liuhe', '王芳', 'town-stats', '/stats', 'main h1'],
  ['county', '李明', 'county-duty', '/duty', 'main h1'],
  ['county', '李明', 'county-handover', '/handover', 'main h1'],
  ['county', '李明', 'county-board', '/board', 'h1'],
  ['county', '李明', 'county-offices', '/admin/offices', 'main h1'],
  ['county', '赵红', 'county-zero', '/zero', 'main h1'],
  ['county', '赵红', 'county-stats', '/stats', 'main h1'],
  ['city', '秦岳', 'city-policy', '/admin/policy', '#times'],
  ['county', '李明', 'county-about', '/admin/about', '.package'],
  ['county', '李明', 'county-lines', '/admin/lines', '.admin-main'],
];

fs.mkdirSync(out, { recursive: true });
const b = await browser();
let wide = 0;
for (const locale of languages)
  for (const [size, [width, height]] of Object.entries(sizes)) {
    const homes = {};
    for (const [home, officer, name, to, sign] of pages) {
      if (only.length && !only.includes(name)) continue;
      const key = home + officer;
      if (!homes[key]) {
        homes[key] = await open(b, week.offices[home], { locale, width, height });
        const { page } = homes[key];
        await page.locator('input[name=passphrase]').waitFor();
        await page.locator('input[name=username]').fill(officer);
        await page.locator('input[name=passphrase]').fill(passphrase);
        await page.keyboard.press('Enter');
        await page.locator('header.top').waitFor();
      }
      const { page } = homes[key];
      await page.goto(week.offices[home] + '/#' + to);
      await page.locator(sign).first().waitFor({ timeout: 15000 }).catch(() => console.log(`${name} ${size}: no ${sign}`));
      await page.waitForTimeout(400);
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (over > 0) console.log(`${name} ${size} ${locale}: ${over} px too wide`, ++wide);
      await page.screenshot({ path: path.join(out, `${name}-${locale.slice(0, 2)}-${size}.png`), fullPage: true });
    }
    for (const x of Object.values(homes)) await x.context.close();
  }
await b.close();
console.log(`${out}: ${fs.readdirSync(out).length} pictures, ${wide} too wide`);
process.exit(0);
