// Clues, an exercise, nil reports, what looks alike and the figures, as people do them on the page: a township notes and writes, its
// county sees. The clue box and the questions of a case are walked at the width of a telephone.
import fs from 'node:fs';
import path from 'node:path';
import { accessible, fitsPhone } from './look.mjs';
import { browser, check, finish, offices, open, run, signIn, until, work } from './world.mjs';

const go = async (page, to) => page.goto(page.url().replace(/#.*/, '#' + to));
const dialog = (page) => page.locator('dialog.ask[open]');
const body = '六月八日下午三时许，柳河镇铁匠沟村北坡发生山体滑坡，约两千方土石下泄，掩埋民房三间，两人受伤已送县医院，镇村干部转移群众四十一人，县道中断，抢险队伍正在清理。';
const shots = process.env.YZ_SHOTS;
const shot = async (page, name) => shots && page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });

async function clues(page) {
  await page.setViewportSize({ width: 390, height: 844 });
  await go(page, '/clues');
  await page.locator('#clue-text').fill('东村水库坝脚渗水，村支书已到场');
  await page.getByLabel('谁说的').fill('村支书老赵');
  await page.getByLabel('在哪里').fill('东村水库');
  await page.getByRole('button', { name: '记下' }).click();
  const row = page.locator('.clue-list li', { hasText: '坝脚渗水' });
  await row.waitFor();
  check('a clue is noted in one form', (await row.innerText()).includes('村支书老赵'));
  await page.locator('#clue-text').fill('有人说要办庙会');
  await page.keyboard.press('Control+Enter');
  await page.locator('.clue-list li', { hasText: '庙会' }).waitFor();
  await accessible(page, 'clue box on a telephone');
  await fitsPhone(page, 'clue box');
  await shot(page, 'clues-phone');
  await page.locator('.clue-list li', { hasText: '庙会' }).getByRole('button', { name: '不用' }).click();
  await dialog(page).locator('input, textarea').first().fill('已核实，无此事');
  await dialog(page).getByRole('button', { name: '不用' }).click();
  await until('what is put aside is gone from the open ones', async () => (await page.locator('.clue-list li').count()) === 1);
  await page.setViewportSize({ width: 1366, height: 768 });
  await shot(page, 'clues');
  await page.locator('#clue-text').fill('石桥村口有人聚集');
  await until('what is typed is kept before anybody presses a key for it', async () => /clues\?on=/.test(page.url()));
  await page.reload();
  await until('... and is in the form again after a reload', async () => (await page.locator('#clue-text').inputValue()) === '石桥村口有人聚集');
  await page.getByRole('button', { name: '记下' }).click();
  const gathering = page.locator('.clue-list li', { hasText: '石桥村口' });
  await gathering.getByRole('button', { name: '修改' }).click();
  await page.locator('#clue-text').fill('石桥村口有三十人聚集');
  await page.getByRole('button', { name: '记下' }).click();
  await page.locator('.clue-list li', { hasText: '三十人聚集' }).waitFor();
  check('a noted clue is edited, not noted twice', (await page.locator('.clue-list li').count()) === 2);
  await row.getByRole('button', { name: '转成信息' }).click();
  await page.locator('#title').waitFor();
  await until('the draft begins with the words of the clue', async () => (await page.locator('#body').inputValue()).includes('坝脚渗水'));
  check('... with its place in sight', (await page.locator('#field-place').inputValue()) === '东村水库');
  const draft = /write\/(\w+)/.exec(page.url())[1];
  await go(page, '/report/' + draft);
  await page.getByRole('heading', { name: '所用素材（只在本单位）' }).waitFor();
  check('the report keeps its clue here', (await page.locator('.quote').first().innerText()).includes('坝脚渗水'));
}

async function drill(page, county) {
  await go(page, '/');
  await page.getByRole('button', { name: '开始演练' }).click();
  await dialog(page).locator('input, textarea').first().fill('秋季防汛演练');
  await dialog(page).getByRole('button', { name: '开始演练' }).click();
  await page.locator('.drill').waitFor();
  check('that an exercise goes on stands on every page', (await page.locator('.drill').innerText()).includes('秋季防汛演练'));
  await accessible(page, 'while an exercise goes on');
  await go(page, '/write');
  await page.locator('#title').waitFor();
  check('what is begun is an exercise', await page.locator('.exercise-switch input').isChecked());
  await page.locator('#title').fill('桌面推演情况');
  await page.locator('#body').fill('桌面推演：' + body);
  await page.getByText('已存为草稿').waitFor();
  check('... and can not be made real any more', (await page.locator('.exercise-switch input').count()) === 0);
  await page.keyboard.press('Control+Enter');
  await dialog(page).locator('.el-button--primary').click();
  await page.locator('.report h1').waitFor();
  check('the report says so', await page.locator('.exercise-banner').isVisible());
  await page.emulateMedia({ media: 'print' });
  check('... on paper too', await page.locator('.exercise-banner').isVisible());
  await page.emulateMedia({ media: 'screen' });
  await page.locator('.drill .link').click();
  await dialog(page).locator('.el-button--danger, .el-button--primary').first().click();
  await page.locator('.drill').waitFor({ state: 'detached' });
  await go(county, '/reports');
  const row = county.locator('table.list tr', { hasText: '桌面推演情况' });
  await until('the county has it', async () => {
    await county.reload();
    await county.locator('header.top').waitFor();
    await county.waitForTimeout(1500);
    return (await row.count()) === 1;
  }, 60);
  check('... marked in the list', await row.locator('.exercise-mark').isVisible());
}

async function zero(page, county) {
  const rule = path.join(work, 'rule');
  fs.writeFileSync(rule, JSON.stringify({ v: 1, zero_report: [{ name: '汛期', levels: ['township'], at: ['08:00', '16:30'] }] }));
  run('county', 'policy', 'publish', rule);
  await until('the township knows when it owes nil reports', async () => run('township', 'zero', 'list').times.length === 2, 60);
  await go(page, '/zero');
  await page.getByRole('heading', { name: '零报告' }).first().waitFor();
  await accessible(page, 'nil reports of a township');
  run('township', 'zero', 'send');
  await go(county, '/zero');
  await county.locator('.zero-table tbody tr', { hasText: '柳河镇' }).waitFor();
  await accessible(county, 'nil reports of the offices below');
  await fitsPhone(county, 'nil reports');
  await shot(county, 'zero');
}

async function alike(page, county) {
  run('township', 'report', 'new', '--kind', 'brief', '--lane', 'routine', '--title', '铁匠沟山体滑坡', '--body-file', process.env.YZ_BODY, '--send', '--real');
  await go(page, '/write');
  await page.locator('#title').fill('铁匠沟滑坡后续');
  await page.locator('#body').fill(body + '截至傍晚道路已抢通一半，另有一户正在转移，县里派出的专家组已到现场会商。');
  const hint = page.locator('.similar li', { hasText: '铁匠沟山体滑坡' });
  await hint.waitFor({ timeout: 20_000 });
  check('while writing, what was reported already is hinted with the reason', (await hint.innerText()).includes('文字相同'));
  await accessible(page, 'writing, with a hint');
  await shot(page, 'write-similar');
  await hint.getByRole('button', { name: '改为续报' }).click();
  await dialog(page).locator('.el-button--primary').click();
  await until('the text became a follow-up', async () => (await page.locator('.exercise-switch').count()) === 0 && (await page.locator('#body').inputValue()).includes('道路已抢通一半'), 20);
  await until('... of that very report', () => run('township', 'report', 'show', /write\/(\w+)/.exec(page.url())?.[1] ?? '-').records?.length === 1, 20);
  // Told a second time, by the same office, as if it were new: the county's editor sees it.
  run('township', 'report', 'new', '--kind', 'brief', '--lane', 'routine', '--title', '滑坡情况再报', '--body-file', process.env.YZ_BODY, '--send', '--real');
  await go(county, '/triage');
  await until('the county has both', async () => (await county.locator('.triage-list li', { hasText: '滑坡' }).count()) >= 2, 60);
  await county.locator('.triage-list .triage-item', { hasText: '滑坡情况再报' }).click();
  await county.locator('.similar li', { hasText: '铁匠沟山体滑坡' }).waitFor({ timeout: 20_000 });
  await accessible(county, 'triage, with a hint');
  await shot(county, 'triage-similar');
  await county.locator('.similar').getByRole('button', { name: '退回，请改为续报' }).first().click();
  const form = county.locator('dialog[open]');
  await form.waitFor();
  await until('... and may return it with the reason filled in', async () => (await form.locator('textarea').first().inputValue()).includes('请在原件上续报'));
  await county.keyboard.press('Escape');
}

async function figures(county) {
  const reports = run('county', 'report', 'list').reports.filter((r) => r.title === '铁匠沟山体滑坡');
  run('county', 'report', 'acknowledge', reports[0].case);
  run('county', 'decide', reports[0].case, '--outcome', 'adopted', '--publication', '每日要情', '--issue', '31');
  await go(county, '/stats');
  const row = county.locator('.stats-table tbody tr', { hasText: '柳河镇' });
  await row.waitFor();
  await accessible(county, 'figures');
  await fitsPhone(county, 'figures');
  const received = row.getByRole('button', { name: /· 收到 \d+$/ });
  const n = Number(await received.innerText());
  await received.click();
  await until('a figure opens the list that it was counted from', async () => (await county.locator('.stats-list li').count()) === n, 20);
  check('the exercise is not in it', !(await county.locator('.stats-list').innerText()).includes('桌面推演'));
  await row.locator('.points summary').click();
  await row.locator('.points li button').first().click();
  await until('so do points', async () => (await county.locator('.stats-list li').count()) >= 1, 20);
  await shot(county, 'stats');
  await county.emulateMedia({ media: 'print' });
  await county.setViewportSize({ width: 640, height: 900 }); // about a sheet of A4
  const printed = county.locator('.stats-table tbody tr', { hasText: '柳河镇' }).locator('td .link');
  check('a printed table is a table, with its figures', (await printed.count()) > 0 && (await printed.first().isVisible()) && (await county.locator('.stats-table thead').isVisible()), await printed.count());
  await go(county, '/reports');
  await county.locator('table.list tbody tr').first().waitFor();
  check('... the list of reports too', await county.locator('table.list thead th').first().isVisible() && (await county.locator('table.list thead').evaluate((e) => e.getBoundingClientRect().left)) >= 0);
  await county.emulateMedia({ media: null });
  await county.setViewportSize({ width: 1366, height: 768 });
  await go(county, '/stats');
  const [download] = await Promise.all([county.waitForEvent('download'), county.getByRole('link', { name: '导出表格' }).click()]);
  check('the table is a file', download.suggestedFilename().endsWith('.csv'), download.suggestedFilename());
}

/** What is asked and answered on a case, read on a telephone. */
async function questions(page, county) {
  const theirs = run('county', 'report', 'list').reports.find((r) => r.title === '滑坡情况再报').case;
  run('county', 'report', 'ask', theirs, '--text', '伤员现在情况如何？');
  await go(page, '/report/' + theirs);
  await until('the question came', async () => {
    await page.reload();
    await page.locator('header.top').waitFor();
    await page.waitForTimeout(1000);
    return (await page.getByText('伤员现在情况如何？').count()) > 0;
  }, 60);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: '答复' }).first().click();
  await page.locator('dialog[open] textarea').first().fill('两人均已脱离危险。');
  await page.locator('dialog[open] .el-button--primary').click();
  await page.locator('.replies .quote', { hasText: '脱离危险' }).waitFor();
  check('the answer stands below its question', (await page.locator('.act', { hasText: '伤员现在情况如何？' }).locator('.replies li').count()) === 1);
  await accessible(page, 'a question and its answer on a telephone');
  await fitsPhone(page, 'a question and its answer');
  await shot(page, 'thread-phone');
  await page.setViewportSize({ width: 1366, height: 768 });
}

await finish(async () => {
  const { county, township } = await offices();
  const fs = await import('node:fs');
  const { work } = await import('./world.mjs');
  process.env.YZ_BODY = `${work}/body.txt`;
  fs.writeFileSync(process.env.YZ_BODY, body);
  const b = await browser();
  const mine = await open(b, township.url);
  const theirs = await open(b, county.url);
  await signIn(mine.page);
  await signIn(theirs.page);
  await clues(mine.page);
  await drill(mine.page, theirs.page);
  await zero(mine.page, theirs.page);
  await alike(mine.page, theirs.page);
  await figures(theirs.page);
  await questions(mine.page, theirs.page);
  for (const { wrong } of [mine, theirs]) check('no page broke a rule of its own', wrong.length === 0, wrong);
  await b.close();
});
