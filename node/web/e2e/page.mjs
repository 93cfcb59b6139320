// The page as a person uses it: sign in, write, sign, send while the line breaks, and see it delivered by the county's
// receipt alone. Every page is looked at by axe-core too.
import { accessible } from './axe.mjs';
import { PASSPHRASE, browser, check, finish, offices, open, run, signIn, sleep, until } from './world.mjs';

const state = (page) => page.locator('.report-line .state').first().innerText();
const title = '柳河镇全面排查山洪沟隐患点';
const body = '11月20日至21日，柳河镇组织8个村对12条山洪沟开展隐患排查，出动36人次，发现堵点5处，已清理4处，剩余1处由水利站设置警示牌，预计25日前清理完毕。';

async function signingIn(page) {
  await accessible(page, 'sign-in');
  await page.locator('input[name=passphrase]').fill('wrong wrong wrong');
  await page.keyboard.press('Enter');
  await page.getByText('口令不正确').waitFor();
  check('a wrong passphrase is refused with a sentence', true);
  await signIn(page);
  check('the right one opens the work list', await page.getByRole('heading', { name: '今日' }).isVisible());
  await accessible(page, 'work list');
}

async function twoWindows(page) {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator('#body').waitFor();
  await other.locator('#body').fill(body + '\n另一段。');
  await other.getByText('已存为草稿').waitFor();
  let refused = 0;
  page.on('response', (r) => void (r.request().method() === 'PUT' && r.status() === 409 && ++refused));
  await page.locator('#body').fill(body + '\n这一段。');
  await page.locator('.elsewhere').waitFor();
  const said = await page.locator('.save-state').innerText();
  check('that another window saved the draft is said in the language of the page, and promises no retry', said.includes('另一个窗口') && !said.includes('自动再试'), said);
  await page.waitForTimeout(7000);
  check('... nothing is tried again before somebody chooses', refused === 1, refused);
  await page.keyboard.press('Control+Enter');
  check('... and nothing is submitted', (await page.locator('dialog.ask[open]').count()) === 0);
  await page.getByRole('button', { name: '看另一窗口的' }).click();
  await page.locator('.left-text ins').first().waitFor();
  check('the text that was not chosen stays in sight, with what differs marked', (await page.locator('#body').inputValue()) === body + '\n另一段。' && (await page.locator('.left-text').innerText()).includes('这一段'));
  await other.close();
  await page.locator('#body').fill(body + '现场秩序良好。');
  await page.getByText('已存为草稿').waitFor();
}

async function writing(page, wrong) {
  await page.keyboard.press('n');
  await page.locator('#title').fill(title);
  await page.locator('#body').fill(body);
  await page.getByText('已存为草稿').waitFor();
  check('what is written is a draft on the node', run('township', 'report', 'list').reports.some((r) => r.title === title && r.state === 'draft'));
  await accessible(page, 'write');
  await page.locator('#title').fill(title + '！');
  await page.locator('.findings .error').first().waitFor();
  check('the live check names what the rules forbid', (await page.locator('.findings').innerText()).includes('不得用感叹号'));
  await page.locator('#body').fill(body + '现场秩序良好。');
  await page.reload();
  await page.locator('#body').waitFor();
  check('after a reload the newest text is there', (await page.locator('#body').inputValue()) === body + '现场秩序良好。' && (await page.locator('#title').inputValue()) === title + '！');
  await twoWindows(page);
  await page.locator('#title').fill(title);
  await page.locator('#body').fill(body + '锁屏前的最后一句。');
  await page.getByRole('button', { name: '锁屏' }).click();
  await page.getByRole('heading', { name: '已锁屏' }).waitFor();
  check('locked, nothing of the text is to be seen', !(await page.locator('#body').isVisible()));
  const refused = await page.evaluate(() => fetch('/api/v1/status').then((r) => r.status));
  check('... and the session is over at the node', refused === 401, refused);
  await accessible(page, 'locked');
  await page.locator('input[name=passphrase]').fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.locator('#body').waitFor();
  check('unlocked, the text is as it was', (await page.locator('#body').inputValue()).endsWith('最后一句。'));
  await page.locator('#body').fill(body);
  await page.getByText('没有发现问题').or(page.getByText('处提示')).first().waitFor();
  check('nothing was refused by the page policy so far', wrong.length === 0, wrong);
}

async function sending(page, line) {
  line.set('cut');
  await page.keyboard.press('Control+Enter');
  await page.locator('dialog.ask').waitFor();
  check('whose name it is signed in, and to whom it goes, is said before', /王芳.*青山县/.test(await page.locator('dialog.ask').innerText()));
  await page.locator('dialog.ask').getByRole('button', { name: '签发并报送' }).click();
  await page.locator('.report h1').waitFor();
  const id = /report\/(\w+)/.exec(page.url())[1];
  await until('the line breaks in the middle of sending', () => line.cuts > 0);
  await sleep(1500);
  const before = await state(page);
  check('without a receipt it is not called delivered', before === '待发出' || before.startsWith('已发出'), before);
  check('... nor do the receipts say so', (await page.locator('.report').innerText()).includes('还没有回执'));
  await accessible(page, 'report');
  line.set('dead');
  await page.goto(page.url().replace(/#.*/, '#/'));
  await until('the banner says that the line is down, and what still works', async () => (await page.locator('.line-banner').count()) > 0 && /不通[\s\S]*U盘/.test(await page.locator('.line-banner').innerText()), 120);
  check('the report waits in the list', (await page.locator('.group-waiting').innerText()).includes(title));
  await accessible(page, 'line down');
  line.set('open');
  await page.goto(page.url().replace(/#.*/, '#/report/' + id));
  await page.locator('.report h1').waitFor();
  // By itself: the page is not loaded anew, it hears of the receipt.
  await until('delivered when the county’s receipt is there, without a key', async () => /已送达|对方已核验/.test(await state(page)), 120);
  check('... and the receipt is shown', (await page.locator('.report').innerText()).includes('对方入库'));
  check('the county has it once', run('county', 'report', 'list').reports.filter((r) => r.title === title).length === 1);
  return id;
}

async function atTheCounty(b, county, id) {
  const { page, wrong } = await open(b, county.url);
  await signIn(page);
  const row = page.locator('.group-new .work-row', { hasText: title });
  await row.waitFor();
  check('the county finds it among what is new from below', true);
  await row.click();
  await page.getByRole('button', { name: '签收' }).click();
  await page.locator('dialog.ask').getByRole('button', { name: '签收' }).click();
  await until('the county acknowledges', async () => (await state(page)) === '已签收');
  check('the county’s page stayed within its policy', wrong.length === 0, wrong);
  return until('the township is told', () => run('township', 'report', 'show', id).state === 'acknowledged', 60);
}

/** The emergency night: how many keys beside the text itself. */
async function phoneCall(page) {
  let keys = 0;
  const press = async (k) => {
    ++keys;
    await page.keyboard.press(k);
  };
  await page.goto(page.url().replace(/#.*/, '#/'));
  await page.getByRole('heading', { name: '今日' }).waitFor();
  await press('p');
  await page.locator('#who').waitFor();
  await until('the first question has the focus', () => page.evaluate(() => document.activeElement?.id === 'who'));
  await accessible(page, 'phone call');
  await page.keyboard.insertText('铁匠沟村支书周山 138****0000');
  // The time stands already: the card knows when the call came. A date field takes a tab for each of its parts.
  while (!(await page.evaluate(() => document.activeElement?.id === 'where'))) {
    if (keys > 20) break;
    await press('Tab');
  }
  await page.keyboard.insertText('铁匠沟村北山');
  await press('Tab');
  await page.keyboard.insertText('地质');
  await page.locator('.el-select-dropdown__item.is-hovering').waitFor();
  await press('Enter');
  await press('Tab');
  await press('0');
  await press('Tab');
  await press('3');
  await press('Tab');
  await page.keyboard.insertText('11月22日6时10分，铁匠沟村北山发生山体滑坡，阻断村道约40米，3人失联，其余情况正在核实。');
  await press('Tab');
  await page.keyboard.insertText('镇里已派18人到场搜救。');
  await page.locator('.due-bar').waitFor();
  await until('the card says the grade and when it is due', async () => /(一般|较大|重大)[^]*(须在|时限)/.test(await page.locator('.due-bar').innerText()));
  check('a title is proposed, and the missing stand in it', /铁匠沟村北山发生地质灾害致3人失联/.test(await page.locator('#title').inputValue()), await page.locator('#title').inputValue());
  check('at most six answers are required', (await page.locator('.asks .need', { hasText: '必填' }).count()) <= 6);
  await press('Control+Enter');
  await page.locator('.report h1').waitFor();
  check('flash: signed and on its way', (await page.locator('.report-line .lane-flash').count()) === 1);
  check(`at most 25 keys beside the text (${keys})`, keys <= 25);
  await until('it is delivered', async () => /已送达|对方已核验/.test(await state(page)), 60);
}

/** What people say at night is understood; what is not goes along as they said it. */
async function saidAtNight(page) {
  await page.goto(page.url().replace(/#.*/, '#/phone'));
  await page.locator('#when').fill('昨天5:40');
  await page.locator('#where').fill('石门村口桥');
  check('below a time stands what was understood', /\d\d-\d\d 05:40/.test(await page.locator('.time-input small').innerText()));
  await page.locator('#what').fill('滑坡');
  await page.locator('.el-select-dropdown__item.is-hovering').waitFor();
  const [field, list] = [await page.locator('#what').boundingBox(), await page.locator('.el-select-dropdown__item').first().boundingBox()];
  check('the list covers nothing of what is typed', list.y >= field.y + field.height - 1 || list.y + list.height <= field.y);
  await page.keyboard.press('Enter');
  await page.locator('#deaths').fill('3人');
  await page.locator('#missing').fill('好几个');
  await page.locator('#body').fill('凌晨石门村口桥塌了一截，正在核实。');
  await page.locator('[role=alert]', { hasText: '没有看懂' }).first().waitFor();
  check('the grade says what it leaves out', (await page.locator('.due-bar').innerText()).includes('没有看懂'));
  check('the bar with the grade is in view', await page.locator('.due-bar').evaluate((e) => e.getBoundingClientRect().bottom <= window.innerHeight));
  await page.locator('#body').focus();
  check('and covers no field that has the focus', await page.evaluate(() => document.querySelector('#body').getBoundingClientRect().bottom <= document.querySelector('.write-bar').getBoundingClientRect().top));
  await page.keyboard.press('Control+Enter');
  await page.locator('dialog.ask').waitFor();
  check('what is not understood is named before it is sent', /失联.*好几个/.test(await page.locator('dialog.ask').innerText()));
  await page.locator('dialog.ask').getByRole('button', { name: '照此报出' }).click();
  await page.locator('.report h1').waitFor();
  const sent = run('township', 'report', 'show', /report\/(\w+)/.exec(page.url())[1]);
  check('the time and the dead are what was said', /T05:40/.test(sent.occurred_at) && String(sent.fields.deaths) === '3', [sent.occurred_at, sent.fields]);
  check('... the missing are unknown, and the words are in the text', sent.fields.missing === 'unknown' && sent.body.includes('好几个'), sent.body);
  check('grade and time stand on the report', /初判.*事发/s.test(await page.locator('.report-facts').innerText()));
}

/** What somebody fills in stays where it is: nothing moves under their hands. */
async function moreFields(page) {
  await page.goto(page.url().replace(/#.*/, '#/write'));
  await page.locator('#title').fill('柳河镇渡口值守安排');
  await page.locator('select').first().selectOption('first_report');
  check('an empty field is not called wrong before anybody came to it', (await page.locator('.field.wrong #body').count()) === 0);
  await page.locator('.more-fields summary').click();
  const field = page.locator('.more-fields textarea').first();
  const name = await field.getAttribute('id');
  await field.click();
  await page.keyboard.type('镇长陈刚、副镇长赵凯到场', { delay: 120 });
  await page.getByText('已存为草稿').waitFor();
  check('a field among the further ones takes all that is typed, and keeps the focus', (await page.locator('#' + name).inputValue()) === '镇长陈刚、副镇长赵凯到场' && (await page.evaluate(() => document.activeElement?.id)) === name, await page.locator('#' + name).inputValue());
  check('... and stays where it was', (await page.locator('.more-fields #' + name).count()) === 1);
}

/** On a day on which something was reported, nothing happened is not said with one key. */
async function nilReport(page) {
  await page.goto(page.url().replace(/#.*/, '#/zero'));
  await page.locator('.zero h1').waitFor();
  const button = page.getByRole('button', { name: '一键报零报告' });
  if ((await button.count()) === 0) return;
  await button.click();
  const box = page.locator('dialog.ask[open]');
  await box.waitFor();
  check('the question names what was reported in that time, and the text says so', (await box.innerText()).includes('铁匠沟村北山') && (await box.locator('textarea').inputValue()).includes('除已报的'), await box.innerText());
  await box.getByRole('button', { name: '取消' }).click();
}

/** Somebody types and goes elsewhere at once. */
async function leaving(page) {
  for (const [at, field] of [['#/phone', '#where'], ['#/write', '#title']]) {
    await page.goto(page.url().replace(/#.*/, at));
    await page.locator(field).fill('老鸦岭' + at.slice(2));
    await page.getByRole('link', { name: '今日' }).click();
    await page.getByRole('heading', { name: '今日' }).waitFor();
    await sleep(3000);
    check(`leaving ${at} one stays where one went`, page.url().endsWith('#/'), page.url());
  }
  await page.goto(page.url().replace(/#.*/, '#/reports'));
  await page.locator('table.list').waitFor();
  await page.goto(page.url().replace(/#.*/, '#/phone'));
  await page.locator('#where').fill('老鸦岭后山');
  await page.goBack();
  await page.locator('table.list').waitFor();
  await sleep(3000);
  check('so with the browser’s way back', page.url().endsWith('#/reports'), page.url());
  await page.goto(page.url().replace(/#.*/, '#/'));
  const call = page.locator('.group-draft .work-row', { hasText: '老鸦岭后山' });
  await call.waitFor();
  check('a call that was begun is called so', (await call.innerText()).includes('接电话'));
  await call.click();
  await page.locator('#where').waitFor();
  check('... and opens as one', (await page.locator('#where').inputValue()) === '老鸦岭后山');
}

/** A flash that nobody has acknowledged: on every page, until somebody does. */
async function alarm(page) {
  await page.goto(page.url().replace(/#.*/, '#/stats'));
  const bar = page.locator('.urgent-bar');
  await bar.locator('li', { hasText: '石门村口桥' }).waitFor();
  check('the newest flash stands first', (await bar.locator('li').first().innerText()).includes('石门村口桥'));
  const before = Number(/^\((\d+)\)/.exec(await page.title())?.[1]);
  check('the tab counts them, and so does the menu', before >= 2 && (await page.locator('.nav-count').innerText()) === String(before), await page.title());
  await accessible(page, 'urgent bar');
  await page.goto(page.url().replace(/#.*/, '#/'));
  check('they come before all other work', (await page.locator('.work-group').first().getAttribute('class')).includes('group-urgent'));
  await bar.getByRole('button', { name: /签收.*石门村口桥/ }).click();
  await until('acknowledged, it is gone from the bar', async () => !(await bar.innerText().catch(() => '')).includes('石门村口桥'));
  check('... and from the count', (await page.title()) === (before > 1 ? `(${before - 1}) 驿站` : '驿站'), await page.title());
}

await finish(async () => {
  const { county, township, line } = await offices();
  const b = await browser();
  const { page, wrong } = await open(b, township.url);
  page.setDefaultTimeout(45_000);
  await signingIn(page);
  await writing(page, wrong);
  const id = await sending(page, line);
  await atTheCounty(b, county, id);
  await page.goto(page.url().replace(/#.*/, '#/reports'));
  await page.locator('table.list').waitFor();
  await page.locator('input[type=search]').fill('山洪沟');
  await page.keyboard.press('Enter');
  await until('the list finds it by a word', async () => (await page.locator('table.list tbody tr').count()) === 1);
  await accessible(page, 'list');
  await phoneCall(page);
  await saidAtNight(page);
  await moreFields(page);
  await nilReport(page);
  await leaving(page);
  const there = await open(b, county.url);
  await signIn(there.page);
  await alarm(there.page);
  check('the county’s page is still within its policy', there.wrong.length === 0, there.wrong);
  await page.getByRole('button', { name: '退出' }).click();
  await page.locator('input[name=passphrase]').waitFor();
  check('after signing out nobody is signed in', (await page.evaluate(() => fetch('/api/v1/session').then((r) => r.status))) === 401);
  check('no script, style or call that the policy forbids, and no error, in all that', wrong.length === 0, wrong);
  await b.close();
  line.close();
});
