// Absence, co-signature and embargo as people meet them on the page: a head leaves and names a deputy, the deputy signs and all
// see that, the county is asked to sign too and says no and then yes, and a text with a time on it goes no further.
import { accessible, fitsPhone } from './look.mjs';
import { browser, check, finish, offices, open, run, signIn, until, work } from './world.mjs';
import fs from 'node:fs';
import path from 'node:path';

const go = async (page, to) => page.goto(page.url().replace(/#.*/, '#' + to));
const dialog = (page) => page.locator('dialog.ask[open]');
const as = (name, ...words) => run('township', '--as', name, ...words);
const text = (name) => {
  const file = path.join(work, name);
  fs.writeFileSync(file, '2026年11月，柳河镇甲子沟村完成道路巡查，里程8公里，发现坑槽3处，已全部修补，沿线标志标线完好。');
  return file;
};
function submitted(title, ...words) {
  const id = as('小李', 'report', 'new', '--kind', 'brief', '--lane', 'routine', '--title', title, '--body-file', text('body'), ...words).case;
  as('小李', 'report', 'submit', id);
  return id;
}

async function leaving({ page }) {
  await go(page, '/duty');
  await page.getByText('现在没有人外出').waitFor();
  await accessible(page, 'nobody away');
  await page.getByRole('button', { name: '报备外出' }).click();
  const leave = page.getByRole('button', { name: '签名报备' });
  check('an empty form takes nobody off duty', await leave.isDisabled());
  const until = page.getByLabel('返回');
  await until.fill('2026-13-45 99:99');
  await page.getByLabel('代签人（B岗）').selectOption('赵敏');
  await page.getByLabel('去向').fill('潍安市');
  await page.getByLabel('事由').fill('参加全市防汛会议');
  await accessible(page, 'registering an absence');
  await fitsPhone(page, 'registering an absence');
  check('nor does a time that cannot be read, and it is named', (await leave.isDisabled()) && (await page.getByText('请先改正：返回').isVisible()));
  await until.fill(new Date(Date.now() + 32 * 3600_000).toISOString().slice(0, 16).replace('T', ' '));
  await leave.click();
  const asked = await dialog(page).innerText();
  check('the question names who leaves and who signs meanwhile', asked.includes('王芳') && asked.includes('赵敏') && asked.includes('参加全市防汛会议'), asked);
  await dialog(page).getByRole('button', { name: '签名报备' }).click();
  await page.locator('.duty-row', { hasText: '王芳' }).waitFor();
  const row = await page.locator('.duty-row').innerText();
  check('the absence names the deputy and the place', row.includes('赵敏') && row.includes('潍安市') && row.includes('外出'), row);
  await accessible(page, 'who is away');
  await fitsPhone(page, 'who is away');
}

async function standingIn(b, url) {
  const deputy = await open(b, url);
  await signIn(deputy.page, '赵敏');
  await go(deputy.page, '/duty');
  await deputy.page.getByText('你正代王芳签发').waitFor();
  check('who stands in for somebody registers no absence', (await deputy.page.getByRole('button', { name: '报备外出' }).count()) === 0);
  const id = submitted('柳河镇甲子沟村道路巡查情况');
  await go(deputy.page, '/');
  const row = deputy.page.locator('.group-to_sign .work-row', { hasText: '柳河镇甲子沟村道路巡查情况' });
  await until('what waits to be signed is the deputy\'s to sign', async () => (await row.count()) === 1);
  await row.click();
  await deputy.page.getByRole('button', { name: '代王芳签发', exact: true }).click();
  await dialog(deputy.page).getByRole('button', { name: '签发' }).click();
  await until('it is shown who signed for whom', async () => (await deputy.page.locator('.report').innerText()).includes('王芳外出，由赵敏代签'));
  await accessible(deputy.page, 'signed by a deputy');
  return { deputy, id };
}

async function cosigning(county, town, id) {
  const { page } = town;
  await go(page, '/report/' + id);
  await page.getByRole('button', { name: '请会签' }).click();
  await page.locator('.cosign-form label', { hasText: '青山县' }).click();
  await page.getByLabel('说明（可不写）').fill('请核对里程');
  await accessible(page, 'asking for co-signatures');
  await fitsPhone(page, 'asking for co-signatures');
  await page.locator('.cosign-form').getByRole('button', { name: '请会签' }).click();
  await page.locator('.cosigners li', { hasText: '青山县' }).waitFor();
  check('the page shows who has not signed', (await page.locator('.cosigners li').innerText()).includes('未签'));
  run('township', '--as', '王芳', 'sync');
  await go(county.page, '/');
  const row = county.page.locator('.group-cosign_asked .work-row');
  await until('the county finds it in its work', async () => (await row.count()) === 1, 60);
  await row.click();
  await until('the county sees the deputy', async () => (await county.page.locator('.report', { hasText: '代签' }).count()) === 1, 30);
  await county.page.getByRole('button', { name: '不同意会签' }).click();
  await dialog(county.page).locator('textarea, input').fill('里程与台账不符');
  await dialog(county.page).getByRole('button', { name: '不同意会签' }).click();
  await county.page.locator('.cosigners li', { hasText: '里程与台账不符' }).waitFor();
  await accessible(county.page, 'a co-signature declined');
  run('township', '--as', '王芳', 'sync');
  await until('the township reads why', async () => (await page.locator('.cosigners').innerText()).includes('里程与台账不符'), 60);
}

async function waiting(county) {
  const id = submitted('柳河镇人事安排情况', '--set', 'embargo_until=2099-01-01T08:00:00+08:00');
  as('王芳', 'report', 'sign', id);
  as('王芳', 'sync');
  await go(county.page, '/report/' + id);
  await county.page.locator('.embargo-bar').waitFor({ timeout: 60_000 });
  check('the time stands above the text', (await county.page.locator('.embargo-bar').innerText()).includes('2099'));
  await accessible(county.page, 'a report under embargo');
  await fitsPhone(county.page, 'a report under embargo');
}

await finish(async () => {
  const world = await offices();
  for (const [name, roles] of [['小李', 'drafter'], ['赵敏', 'drafter,duty']]) run('township', '--as', '王芳', 'officer', 'add', name, '--role', roles, '--passphrase-file-for', path.join(work, 'passphrase'));
  const b = await browser();
  const town = await open(b, world.township.url);
  await signIn(town.page, '王芳');
  const county = await open(b, world.county.url);
  await signIn(county.page);
  await leaving(town);
  const { deputy, id } = await standingIn(b, world.township.url);
  await cosigning(county, town, id);
  await waiting(county);
  const wrong = [town, county, deputy].flatMap((x) => x.wrong);
  check('nothing that the policy forbids, and no error, in all that', wrong.length === 0, wrong);
  await b.close();
});
