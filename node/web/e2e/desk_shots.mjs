// Pictures of the editor's desk, versions side by side, triage, acts and the ways without a line: node e2e/desk_shots.mjs DIR [NAME,..]
import fs from 'node:fs';
import path from 'node:path';
import { chain, conflicted, county, figures, report, step, texts } from './desk_world.mjs';
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
  ['town', 'work-town', () => '/', '.head h1'],
  ['county', 'triage', () => '/triage', '.triage-item'],
  ['county', 'edit', (c) => '/edit/' + c.water, '#edition-title', edited],
  ['county', 'report-received', (c) => '/report/' + c.water, '.report h1'],
  ['county', 'merge', (c) => `/merge?cases=${c.water},${c.too}`, '.merge article'],
  ['county', 'work-county', () => '/', '.work-row'],
  ['town', 'report-asked', (c) => '/report/' + c.acted, '.asked'],
  ['county', 'report-acts', (c) => '/report/' + c.acted, '.acts'],
  ['county', 'report-decide', (c) => '/report/' + c.too, '.actions', async (page) => (await page.getByRole('button', { name: /^(采用|Adopt)$/ }).click(), page.locator('dialog.act-form[open]').waitFor())],
  ['county', 'one-instruct', (c) => '/one/' + c.slide, '.one h1', async (page) => (await page.locator('.one-buttons button').first().click(), page.locator('dialog.act-form[open]').waitFor())],
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
  // Acts: an instruction under way, an answered question, one adopted, and one that waits for the leader.
  const at = (c, what) => `/reports/${c}/${what}`;
  const hours = (n) => new Date(Date.now() + (n + 8) * 3600_000).toISOString().slice(0, 19) + '+08:00';
  cases.acted = report('town', 'problem', 'urgent', '柳河镇山区学校取暖设备老化亟待更换', '柳河镇4所山区学校燃煤锅炉使用超过12年，故障率高，影响师生860人。建议列入今冬改造计划，需资金约140万元。', '--send');
  await until('the one to be acted on is at the county', () => county('report', 'list').reports.some((r) => r.case === cases.acted), 60);
  await step(w.county.url, '李明', at(cases.acted, 'instruct'), { text: '请柳河镇会同教体局三日内拿出方案，确保孩子们温暖过冬。', due_at: hours(70), assignees: ['370783105'] });
  await step(w.county.url, '赵红', at(cases.acted, 'sign'), { note: '' });
  await step(w.county.url, '赵红', at(cases.acted, 'ask'), { text: '4所学校是否已备应急取暖设备？', kind: 'verify', due_at: hours(1) });
  await step(w.county.url, '赵红', at(cases.water, 'decide'), { outcome: 'adopted', publication: '要情快报', issue: 31, rating: { significance: 5, accuracy: 4 }, dictated: true });
  await until('the township is asked', () => run('town', 'report', 'show', cases.acted).acts.length >= 2, 60);
  const instruction = run('town', 'report', 'show', cases.acted).acts.find((a) => a.act === 'instruction').record;
  await step(w.town.url, '王芳', at(cases.acted, 'progress'), { instruction, text: '已与教体局会商，完成2所学校现场勘察。', done: false });
  await until('the county hears of progress', () => run('county', 'report', 'show', cases.acted, '--as', '李明').acts.some((a) => a.act === 'progress'), 60);
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
