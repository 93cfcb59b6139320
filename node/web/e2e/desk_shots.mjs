// Pictures of the editor's desk, versions side by side, triage, acts and the ways without a line: node e2e/desk_shots.mjs DIR [NAME,..]
import fs from 'node:fs';
import path from 'node:path';
import { chain, conflicted, county, figures, report, texts } from './desk_world.mjs';
import { browser, check, finish, open, run, signIn, until } from './world.mjs';

const out = path.resolve(process.argv[2] ?? 'shots');
const only = (process.argv[3] ?? '').split(',').filter(Boolean);
const sizes = { office: [1366, 768], large: [1920, 1080], phone: [390, 844] };
const who = { county: '赵红' };

/** A page to be looked at: whose, its name, its address, what shows that it is there, and what is done before. */
const pages = [
  ['town', 'conflicts', () => '/conflict', '.conflict-row'],
  ['town', 'conflict', (c) => '/conflict/' + c.slide, '.versus'],
  ['town', 'report-versions', (c) => '/report/' + c.slide, '.report h1'],
  ['town', 'carry', () => '/carry', '#c-scan'],
  ['town', 'code', (c) => '/carry/code/' + c.slide, '.code-line'],
  ['town', 'pictures', (c) => '/carry/qr/' + c.slide, '.qr'],
  ['town', 'write-to', () => '/write', '.addressees', async (page) => page.locator('.addressees input[type=radio]').nth(1).check()],
  ['town', 'work-town', () => '/', '.work-row'],
  ['county', 'triage', () => '/triage', '.triage-item'],
  ['county', 'edit', (c) => '/edit/' + c.water, '#edition-title', edited],
  ['county', 'report-received', (c) => '/report/' + c.water, '.report h1'],
  ['county', 'merge', (c) => `/merge?cases=${c.water},${c.too}`, '.merge article'],
  ['county', 'work-county', () => '/', '.work-row'],
  ['city', 'brief', () => '/brief', '.brief-row'],
  ['city', 'one', (c) => '/one/' + c.forwarded, '.one h1'],
  ['city', 'report-layers', (c) => '/report/' + c.forwarded, '.layers'],
];

async function edited(page) {
  const body = page.locator('textarea.body-input');
  await body.fill((await body.inputValue()).replace('抢修队伍仅5人', '抢修队伍仅4人') + '\n县水利局已派人复核。');
  await page.locator('#edition-title').fill('柳河镇农村饮水冬季保供存在三个短板亟待补齐');
}

async function made(w) {
  const { id } = await conflicted(w.line);
  const cases = { slide: id, water: report('town', 'problem', 'routine', ...texts.water, '--send'), too: report('town2', 'problem', 'routine', ...texts.waterToo, '--send') };
  cases.forwarded = report('town', 'experience', 'urgent', ...texts.patrol, '--send');
  report('town2', 'first_report', 'flash', '白石镇铁匠沟村北山滑坡致3人失联', texts.slide[1], ...figures, '--send');
  await until('all is at the county', () => county('report', 'list').reports.length >= 5, 60);
  const file = path.join(path.dirname(out), 'edition.txt');
  fs.writeFileSync(file, texts.patrol[1].replace('57处', '49处') + '\n县消防救援大队已在全县推广。');
  run('county', 'forward', cases.forwarded, '--edit-file', file, '--note', '数字已核实', '--as', '赵红');
  run('county', 'report', 'sign', cases.forwarded, '--as', '李明');
  await until('one is at the city', () => run('city', 'report', 'list').reports.length >= 1, 60);
  fs.rmSync(file);
  return cases;
}

await finish(async () => {
  fs.mkdirSync(out, { recursive: true });
  const w = await chain();
  const cases = await made(w);
  const b = await browser();
  let n = 0;
  for (const locale of ['zh-CN', 'en'])
    for (const [size, [width, height]] of Object.entries(sizes)) {
      if (size === 'large' && locale === 'en') continue;
      const homes = {};
      for (const [home, name, to, sign, before] of pages) {
        if (only.length && !only.includes(name)) continue;
        if (!homes[home]) {
          homes[home] = await open(b, w[home].url, { locale, width, height });
          await signIn(homes[home].page, who[home] ?? '');
        }
        const { page } = homes[home];
        await page.goto(w[home].url + '/#' + to(cases));
        await page.locator(sign).first().waitFor();
        await before?.(page);
        await page.waitForTimeout(400);
        await page.screenshot({ path: path.join(out, `${name}-${locale.slice(0, 2)}-${size}.png`), fullPage: size === 'phone' });
        ++n;
      }
      for (const x of Object.values(homes)) await x.context.close();
    }
  check(`${n} pictures are in ${out}`, n > 0);
  await b.close();
  w.line.close();
});
