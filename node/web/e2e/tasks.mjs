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
  await until('that it has arrived is known by the receipt', async () => /已送达|对方已核验/.test(await page.locator('.rollup').innerText()), 60);
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
  const name = 'commission.' + decodeURIComponent(page.url().split('/task/')[1]) + '.extend';
  await until('what is typed is on the node', async () => (await page.evaluate(async (c) => (await (await fetch('/api/v1/kept/' + encodeURIComponent(c))).json()).text, name)).includes('道路结冰'), 20);
  await page.reload();
  await page.getByRole('button', { name: '请求延期' }).click();
  await until('... and there again after a reload, time and reason', async () => (await dialog(page).locator('textarea').inputValue()).includes('道路结冰') && (await dialog(page).locator('.time-input input[type=text]').inputValue()).replace(' ', 'T') === later);
  await dialog(page).getByRole('button', { name: '请求延期' }).click();
  await page.locator('.mine-card .mark', { hasText: '请求延期' }).waitFor();
  check('once it is asked for, nothing of it is kept', (await page.evaluate(async (c) => (await (await fetch('/api/v1/kept/' + encodeURIComponent(c))).json()).text, name)) === '');
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

const tab = (page, name) => page.getByRole('tab', { name: new RegExp('^' + name) });
const publish = (page) => page.getByRole('button', { name: '签发并下达' });

async function policy(city) {
  const { page } = city;
  await go(page, '/admin/policy');
  await page.getByText('用程序自带的规则').waitFor();
  await accessible(page, 'policy');
  await page.getByRole('button', { name: '起草新的规则' }).click();
  await tab(page, '时限').waitFor();
  check('what changes nothing cannot be signed', await publish(page).isDisabled());
  await until('the keyboard is at the first section', async () => page.evaluate(() => document.activeElement?.id === 'tab-deadlines'));
  const limit = page.getByLabel('县 → 市 各类 IV 级 书面 分钟');
  check('what the law says stands beside it', (await page.locator('.policy-section').innerText()).includes('国务院令第493号'));
  await limit.fill('200');
  await limit.blur();
  await page.locator('.field-wrong', { hasText: '超出法定范围' }).waitFor();
  check('beyond the law is told at the field, and not signed', (await limit.getAttribute('aria-invalid')) === 'true' && (await publish(page).isDisabled()));
  await accessible(page, 'due times with a problem');
  await fitsPhone(page, 'due times');
  await limit.fill('90');
  await limit.blur();
  await until('the difference is said in words', async () => (await page.locator('.change-list').innerText()).includes('县 → 市 各类 IV 级 书面：120 分钟 → 90 分钟'));
  await page.locator('#tab-deadlines').focus();
  await page.keyboard.press('ArrowRight');
  await until('arrows go on to the forms', async () => page.evaluate(() => document.activeElement?.id === 'tab-forms'));
  await page.getByText('特急首报要人填的必填项：6 / 6').waitFor();
  await page.getByLabel('事态发展趋势').selectOption('required');
  await page.locator('.problem-list li', { hasText: '特急首报必填项过多' }).waitFor();
  await page.getByLabel('事态发展趋势').selectOption('optional');
  check('what the law wants cannot be taken away', await page.locator('#need-deaths option[value="optional"]').isDisabled());
  await accessible(page, 'forms');
  await fitsPhone(page, 'forms');
  for (const [name, id] of [['质量规则', 'quality'], ['签批链', 'signoff'], ['越级直报', 'skip'], ['约稿', 'asking']]) {
    await tab(page, name).click();
    await page.locator('#section-' + id).waitFor();
    await accessible(page, 'policy, ' + id);
    await fitsPhone(page, 'policy, ' + id);
  }
  await page.getByLabel(/^不写时限的约稿给几天/).fill('2');
  await tab(page, '零报告与值守').click();
  await page.getByRole('button', { name: '添加零报告' }).click();
  const zero = page.locator('.timetable').first();
  await zero.getByLabel('名称').fill('国庆假期');
  await zero.getByLabel('名称').blur();
  await zero.getByLabel(/^时刻/).fill('8:00，16:30');
  await zero.getByLabel(/^时刻/).blur();
  await until('zero reports are among what changes', async () => (await page.locator('.change-list').innerText()).includes('增加零报告：国庆假期，县级、乡级，08:00 16:30'));
  await accessible(page, 'zero reports and watch');
  await fitsPhone(page, 'zero reports and watch');
  await tab(page, 'JSON').click();
  const text = page.locator('.policy-text');
  const composed = JSON.parse(await text.inputValue());
  check('only what differs is written', composed.rules === undefined && composed.deadlines.length === 1 && composed.zero_report[0].at.length === 2, composed);
  await text.fill('{"v":1,');
  await page.locator('.field-wrong', { hasText: '不是有效的 JSON' }).waitFor();
  check('what is no JSON cannot be signed', await publish(page).isDisabled());
  await text.fill('{"v":1,"rules":[{"id":"ZZZ9","severity":"error"}]}');
  await page.locator('.problem-list li', { hasText: 'ZZZ9' }).waitFor();
  await text.fill(JSON.stringify(composed));
  await until('checked, it may be signed', async () => !(await publish(page).isDisabled()));
  await page.waitForTimeout(400); // the button's colours change slowly
  await accessible(page, 'a policy as JSON');
  await publish(page).click();
  check('what will be other is said once more before the signature', (await dialog(page).innerText()).includes('90 分钟'));
  await dialog(page).getByRole('button', { name: '签发并下达' }).click();
  await page.locator('.rows .mark', { hasText: '生效中' }).waitFor();
  check('signed, it is in force', run('city', 'policy', 'show').text !== '');
}

/** Below, what the city ruled stands at each field, and only a stricter word is signed. */
async function policyBelow(county) {
  const { page } = county;
  await until('the county has it', async () => run('county', 'policy', 'show').text !== '', 60);
  await go(page, '/admin/policy');
  await page.locator('#times').waitFor();
  check('the county sees when it owes zero reports', (await page.locator('.admin-main').innerText()).includes('国庆假期'));
  await page.getByRole('button', { name: '起草新的规则' }).click();
  const limit = page.getByLabel('县 → 市 各类 IV 级 书面 分钟');
  await limit.waitFor();
  check('the field shows what holds above', (await page.locator('.policy-table').filter({ has: limit }).innerText()).includes('上级 60 / 90'));
  await limit.fill('100');
  await limit.blur();
  await page.locator('.field-wrong', { hasText: '比上级宽' }).waitFor();
  await limit.fill('60');
  await limit.blur();
  await until('stricter is fine', async () => !(await publish(page).isDisabled()));
  await tab(page, '零报告与值守').click();
  check('what is ruled above cannot be changed', await page.locator('fieldset.timetable input').first().isDisabled());
}

/** What was asked is corrected, and those who were asked see both texts. */
async function correcting(city, county, id) {
  const { page } = city;
  await go(page, '/tasks?side=issued');
  await page.locator('.task-row').click();
  await page.getByRole('button', { name: '更正' }).click();
  await dialog(page).getByLabel('要求与提纲').fill('一、管网冻损处数、影响户数；二、已采取的措施。');
  await dialog(page).getByLabel('原因').fill('第三项另行布置');
  await accessible(page, 'a correction');
  await dialog(page).getByRole('button', { name: '更正' }).click();
  await page.locator('.note-bar', { hasText: '第三项另行布置' }).waitFor();
  await fitsPhone(page, 'a corrected commission');
  await go(county.page, '/task/' + id);
  await until('the county sees the correction and its reason', async () => (await county.page.locator('.page').innerText()).includes('第三项另行布置'), 60);
  check('... and what was asked before', (await county.page.locator('details summary').count()) === 1);
}

await finish(async () => {
  const world = await levels();
  const b = await browser();
  const at = {};
  for (const home of ['city', 'county', 'township', 'town2']) {
    at[home] = await open(b, world[home].url);
    at[home].page.setDefaultTimeout(45_000);
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
  const asked = commissions('city', 'issued')[0].case;
  await correcting(at.city, at.county, asked);
  await policy(at.city);
  await policyBelow(at.county);
  const wrong = Object.values(at).flatMap((x) => x.wrong);
  check('nothing that the policy forbids, and no error, in all that', wrong.length === 0, wrong);
  await b.close();
});
