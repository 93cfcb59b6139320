// Commissioned work as people do it on the page, over three levels: the city asks, the county passes it on, a township accepts
// and writes the answer from it, another asks for more time; and each sees how far it has got by receipts and signed words alone.
import { accessible, fitsPhone } from './look.mjs';
import { browser, check, finish, levels, open, run, signIn, until } from './world.mjs';

const title = '冬季农村饮水保供情况';
const go = async (page, to) => page.goto(page.url().replace(/#.*/, '#' + to));
const dialog = (page) => page.locator('dialog.ask[open]');
const commissions = (home, side) => run(home, 'commission', 'list', '--side', side).commissions;

async function issuing(city) {
  const { page } = city;
  await go(page, '/tasks?side=issued');
  await page.getByText('没有发出的约稿').waitFor();
  await accessible(page, 'commissions, none yet');
  await page.getByRole('button', { name: '发约稿通知' }).click();
  await page.getByLabel('题目').fill(title);
  await page.getByLabel('要求与提纲').fill('一、管网冻损处数、影响户数；二、已采取的措施；三、需要上级协调的问题。');
  check('without an addressee nothing can be signed', await page.getByRole('button', { name: '签发约稿' }).isDisabled());
  await page.locator('.picker-list label', { hasText: '青山县' }).click();
  await accessible(page, 'a new commission');
  await fitsPhone(page, 'a new commission');
  await page.getByRole('button', { name: '签发约稿' }).click();
  await page.locator('.rollup tbody tr', { hasText: '青山县' }).waitFor();
  check('the commission stands with its roll-up', (await page.locator('.rollup tbody tr').count()) === 1);
  await until('that it has arrived is known by the receipt', async () => /已送达|已打开/.test(await page.locator('.rollup').innerText()), 60);
  await accessible(page, 'roll-up');
}

async function passingOn(county) {
  const { page } = county;
  await go(page, '/');
  const row = page.locator('.group-commission .work-row', { hasText: title });
  await until('the county finds it in its work', async () => (await row.count()) === 1, 60);
  await row.click();
  await page.getByRole('button', { name: '接受' }).click();
  await dialog(page).getByRole('button', { name: '接受' }).click();
  await page.locator('.mine-card .mark', { hasText: '已接受' }).waitFor();
  await page.getByRole('button', { name: '转给下级写' }).click();
  await until('what is passed on begins with what was asked', async () => (await page.getByLabel('题目').inputValue()) === title);
  check('... and with a due time before our own', (await page.getByLabel('时限', { exact: true }).inputValue()) !== '');
  await page.getByRole('button', { name: /^全部乡镇/ }).click();
  await page.getByRole('button', { name: '签发并转给下级' }).click();
  await until('two townships are asked', async () => (await page.locator('.rollup tbody tr').count()) === 2);
  return /task\/(\w+)/.exec(page.url())[1];
}

async function answering(town) {
  const { page } = town;
  await go(page, '/');
  const row = page.locator('.group-commission .work-row', { hasText: title });
  await until('a township finds it in its work, with the time it is due', async () => (await row.count()) === 1 && (await row.locator('.work-due').innerText()) !== '', 60);
  await accessible(page, 'work list with a commission');
  await row.click();
  await page.getByRole('button', { name: '接受' }).click();
  await dialog(page).getByRole('button', { name: '接受' }).click();
  await page.locator('.mine-card .mark', { hasText: '已接受' }).waitFor();
  await accessible(page, 'a commission asked of us');
  await fitsPhone(page, 'a commission asked of us');
  await page.getByRole('button', { name: '写答复' }).click();
  await page.locator('#title').waitFor();
  await until('the editor begins with the title', async () => (await page.locator('#title').inputValue()) === title);
  check('... and says what it answers', (await page.locator('.note-bar').innerText()).includes(title));
  await page.locator('#title').fill('柳河镇农村饮水冬季保供存在三个短板');
  await page.locator('#body').fill('入冬以来，柳河镇6个村出现管网冻损14处，影响居民412户。已抢修11处，其余3处预计25日前修复，需协调解决抢修配件。');
  await page.getByText('已存为草稿').waitFor();
  await page.keyboard.press('Control+Enter');
  await dialog(page).locator('.el-button--primary').click();
  await page.locator('.report h1').waitFor();
  check('the answer says which commission it answers', (await page.locator('.note-bar').first().innerText()).includes('答复约稿'));
}

async function moreTime(town, county, id) {
  const { page } = town;
  await go(page, '/');
  await until('the other township is asked too', async () => (await page.locator('.group-commission .work-row').count()) === 1, 60);
  await page.locator('.group-commission .work-row').click();
  await page.getByRole('button', { name: '请求延期' }).click();
  const due = await dialog(page).locator('.time-input input[type=text]').inputValue();
  const later = new Date(Date.parse(due + ':00Z') + 12 * 3600_000).toISOString().slice(0, 16);
  await dialog(page).locator('.time-input input[type=text]').fill(later);
  await dialog(page).locator('textarea').fill('道路结冰，入村核实需要时间');
  await accessible(page, 'asking for more time');
  await dialog(page).getByRole('button', { name: '请求延期' }).click();
  await page.locator('.mine-card .mark', { hasText: '请求延期' }).waitFor();
  await go(county.page, '/task/' + id);
  const row = county.page.locator('.rollup tbody tr', { hasText: '石桥镇' });
  await until('the county sees what it asks for, and why', async () => (await row.innerText()).includes('道路结冰'), 60);
  await row.getByRole('button', { name: /^同意/ }).click();
  await dialog(county.page).getByRole('button', { name: '同意' }).click();
  await until('granted, it is no longer asked for', async () => !(await row.innerText()).includes('请求延期到'));
  await row.getByRole('button', { name: /^催办/ }).click();
  await dialog(county.page).getByRole('button', { name: '催办' }).click();
  await until('chased is said', async () => (await row.innerText()).includes('被催 1 次'));
  await until('... at the township too', async () => (await page.locator('.mine-card').innerText()).includes('被催 1 次'), 60);
  await accessible(county.page, 'roll-up of the county');
  await fitsPhone(county.page, 'roll-up');
}

async function policy(city) {
  const { page } = city;
  await go(page, '/admin/policy');
  await page.getByText('用程序自带的规则').waitFor();
  await accessible(page, 'policy');
  await page.getByRole('button', { name: '起草新的策略' }).click();
  const text = page.locator('.policy-text');
  check('what nobody has checked cannot be signed', await page.getByRole('button', { name: '签发并下达' }).isDisabled());
  await text.fill('{"v":1,');
  await page.getByRole('button', { name: '检查' }).click();
  await page.locator('.bad', { hasText: '不是有效的 JSON' }).waitFor();
  await text.fill('{"v":1,"rules":[{"id":"ZZZ9","severity":"error"}]}');
  await page.getByRole('button', { name: '检查' }).click();
  await page.locator('.bad', { hasText: '处问题' }).waitFor();
  check('a rule that nobody knows is named', (await page.locator('.admin-main').innerText()).includes('ZZZ9'));
  await text.fill('{"v":1,"name":"冬季报送规则","commission":{"default_days":2}}');
  await page.getByRole('button', { name: '检查' }).click();
  await page.locator('.change-table tbody tr').first().waitFor();
  check('what changes against now is shown, rule by rule', (await page.locator('.change-table').innerText()).includes('default_days'));
  await accessible(page, 'a policy being drafted');
  await fitsPhone(page, 'a policy being drafted');
  await page.getByRole('button', { name: '签发并下达' }).click();
  await dialog(page).getByRole('button', { name: '签发并下达' }).click();
  await page.locator('.rows .mark', { hasText: '生效中' }).waitFor();
  check('signed, it is in force', run('city', 'policy', 'show').text !== '');
}

await finish(async () => {
  const world = await levels();
  const b = await browser();
  const at = {};
  for (const home of ['city', 'county', 'township', 'town2']) {
    at[home] = await open(b, world[home].url);
    at[home].page.setDefaultTimeout(20_000);
    await signIn(at[home].page);
  }
  await issuing(at.city);
  const id = await passingOn(at.county);
  await answering(at.township);
  await until('the county has the answer', async () => (await at.county.page.locator('.rollup tbody tr', { hasText: '柳河镇' }).innerText()).includes('已答复'), 60);
  await moreTime(at.town2, at.county, id);
  check('the command line says the same', commissions('county', 'issued').length === 1);
  await go(at.city.page, '/tasks?side=issued');
  await at.city.page.locator('.task-row').click();
  await until('the city sees who below the county still owes', async () => /石桥镇/.test(await at.city.page.locator('.rollup').innerText()), 60);
  await policy(at.city);
  const wrong = Object.values(at).flatMap((x) => x.wrong);
  check('nothing that the policy forbids, and no error, in all that', wrong.length === 0, wrong);
  await b.close();
});
