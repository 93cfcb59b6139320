// The editor's desk as people use it: versions side by side, triage by keys, passing on edited, the ways without a line,
// two persons on one text. Every page is looked at by axe-core too.
import fs from 'node:fs';
import path from 'node:path';
import { accessible } from './axe.mjs';
import { chain, conflicted, county, report, texts } from './desk_world.mjs';
import { browser, check, finish, open, run, signIn, until, work } from './world.mjs';

const state = (page) => page.locator('.report-line .state').first().innerText();
const go = async (page, to, sign) => {
  await page.goto(page.url().replace(/#.*/, '') + '#' + to);
  await page.locator(sign).first().waitFor();
};
const yes = async (page, name) => {
  await page.locator('dialog.ask[open]').getByRole('button', { name, exact: true }).click();
};

async function joining(page, id) {
  check('with a key on each of two machines one stays signed in', await page.getByRole('heading', { name: '今日' }).isVisible());
  await page.getByRole('link', { name: '对照' }).click();
  await page.locator('.conflict-row').waitFor();
  await accessible(page, 'list of versions');
  await page.locator('.conflict-row').click();
  await page.locator('.versus').first().waitFor();
  await accessible(page, 'comparison');
  const settle = page.getByRole('button', { name: '签名合并' });
  check('nothing is signed while something is disputed', await settle.isDisabled());
  const field = (name) => page.locator('.versus', { hasText: name }).first();
  check('what both changed is to be chosen', (await page.locator('.versus.open').count()) === 3);
  await field('死亡人数').locator('input[type=radio]').nth(0).check();
  await field('失联人数').getByText('另写').click();
  await page.locator('#own-missing').fill('3');
  await field('正文').locator('input[type=radio]').nth(1).check();
  check('all chosen, it can be signed', await settle.isEnabled());
  // Meanwhile the other machine writes on: the person must see it before they sign.
  run('two', 'report', 'correct', id, '--set', 'missing=3', '--reason', '家属确认1人在外', '--send');
  await page.getByText('对照期间又到了新的版本').waitFor({ timeout: 60_000 });
  check('another version came: it is said, and what still holds of the choices is kept', await page.locator('#own-missing').isVisible());
  const deaths = field('死亡人数').locator('input[type=radio]');
  if (!(await deaths.nth(0).isChecked()) && !(await deaths.nth(1).isChecked())) await deaths.nth(0).check();
  if (await page.locator('.versus.open').count()) for (const box of await page.locator('.versus.open').all()) await box.locator('input[type=radio]').first().check();
  await settle.click();
  await page.locator('dialog.ask').getByText('王芳').waitFor();
  await yes(page, '签名合并');
  await page.locator('.report h1').waitFor();
  await until('joined: no versions stand side by side', () => !run('town', 'report', 'show', id).conflict);
  const now = run('town', 'report', 'show', id);
  check('what was written holds', now.fields.missing === 3, now.fields);
  await page.locator('.timeline').first().waitFor();
  check('the timeline says what each version changed', (await page.locator('.timeline details').count()) > 0);
}

async function triage(page, cases) {
  await page.keyboard.press('Escape');
  await page.getByRole('link', { name: '来稿' }).click();
  await page.locator('.triage-item').first().waitFor();
  await accessible(page, 'triage');
  const first = page.locator('.triage-list li.current .work-title');
  check('the flash stands first', (await first.innerText()).includes('山体滑坡'), await first.innerText());
  check('what looks alike is hinted at', (await page.locator('.triage-near').count()) >= 2);
  await page.keyboard.press('s');
  await until('s acknowledges it', () => run('county', 'report', 'show', cases.slide, '--as', '李明').state === 'acknowledged');
  await until('its author hears', () => run('town', 'report', 'show', cases.slide).state === 'acknowledged', 60);
  await page.keyboard.press('/');
  const all = await page.locator('.triage-item').count();
  await page.keyboard.insertText('柳河 饮水');
  await page.keyboard.press('Escape');
  check('Escape in the search shows all again', (await page.locator('.triage-item').count()) === all && (await page.locator('#triage-search').inputValue()) === '');
  await page.keyboard.press('/');
  await page.keyboard.insertText('柳河 饮水');
  await page.keyboard.press('Enter');
  check('/ finds, and Enter goes to what was found', (await page.locator('.triage-item').count()) === 1 && (await page.locator('.triage-item').first().evaluate((e) => e === document.activeElement)));
  check('... and the text stands beside it', await page.locator('.triage-view .body-text').innerText().then((t) => t.includes('管网冻损14处')));
  await page.keyboard.press('f');
  await page.locator('#edition-title').waitFor();
}

async function passing(page, id, leader) {
  const body = page.locator('textarea.body-input');
  check('unchanged it says so', (await page.locator('#desk-now .mark').innerText()) === '原稿未改');
  await body.fill((await body.inputValue()).replace('抢修队伍仅5人', '抢修队伍仅4人') + '\n县水利局已派人复核。');
  check('the changes are counted as they are made', (await page.locator('#desk-now .mark').innerText()) === '改 2 处', await page.locator('#desk-now .mark').innerText());
  check('... and shown, also for those who see no colour', (await page.locator('del').allInnerTexts()).join().includes('5') && (await page.locator('ins').allInnerTexts()).join().includes('县水利局'));
  await accessible(page, 'editor’s desk');
  // Meanwhile its author corrects it: what is edited must not go over that unseen.
  run('town', 'report', 'correct', id, '--title', '柳河镇农村饮水冬季保供存在三个突出短板', '--reason', '题目改准', '--send');
  await page.getByText('来件有了新版本').waitFor({ timeout: 60_000 });
  check('the newer version stands on the left, and what was written stays', (await page.locator('#desk-was + h3').innerText()).includes('突出短板') && (await body.inputValue()).includes('县水利局'));
  await page.locator('#edition-title').fill('柳河镇农村饮水冬季保供存在三个突出短板');
  check('... and is counted against it', (await page.locator('#desk-now .mark').innerText()) === '改 2 处', await page.locator('#desk-now .mark').innerText());
  await page.getByLabel('说明').fill('已核实');
  await page.keyboard.press('Control+Enter');
  await yes(page, '提交签发');
  await page.locator('.report h1').waitFor();
  check('an edition takes two persons', run('county', 'report', 'show', id, '--as', '李明').draft?.state === 'in_review');
  await go(leader, '/report/' + id, '.pending');
  check('what is to be signed is to be seen', /4/.test(await leader.locator('.pending').innerText()));
  await accessible(leader, 'text to be signed');
  check('whom it goes to and the note are to be seen too', /潍安市[\s\S]*已核实/.test(await leader.locator('.pending').innerText()), await leader.locator('.pending').innerText());
  // Given back, it is the editor's again, with what was written and why.
  await leader.getByRole('button', { name: '退回', exact: true }).first().click();
  await leader.locator('dialog.ask textarea').fill('复核人数再核');
  await yes(leader, '退回');
  await leader.locator('.report-line .state').first().waitFor();
  await go(page, '/', '.group-returned');
  await page.locator('.group-returned .work-row', { hasText: '复核人数再核' }).click();
  await page.locator('#edition-title').waitFor();
  await until('it opens at the desk with the reason on top and the edition in it', async () => (await page.locator('.note-bar', { hasText: '复核人数再核' }).count()) === 1 && (await body.inputValue()).includes('县水利局'));
  await body.fill((await body.inputValue()).replace('派人复核', '派2人复核'));
  await page.locator('.save-state', { hasText: '已存' }).waitFor();
  await page.reload();
  await page.locator('#edition-title').waitFor();
  await until('what was edited since is there after a reload', async () => (await body.inputValue()).includes('派2人复核'));
  await page.getByRole('button', { name: /按改稿转报/ }).click();
  await yes(page, '提交签发');
  await page.locator('.report h1').waitFor();
  await until('submitted anew it takes the place of what was given back', () => run('county', 'report', 'show', id, '--as', '李明').draft?.state === 'in_review');
  await go(leader, '/', '.head h1');
  await go(leader, '/report/' + id, '.pending');
  await leader.getByRole('button', { name: '签发', exact: true }).first().click();
  await yes(leader, '签发');
  await leader.locator('.sent-to').first().waitFor();
  check('how far it got stands with it', (await leader.locator('.sent-to').first().innerText()).includes('潍安市'));
  await until('it reaches the city', () => run('city', 'report', 'list').reports.some((r) => r.case === id), 60);
}

async function atTheCity(b, url, id) {
  const { page, wrong, context } = await open(b, url);
  await signIn(page);
  await page.getByRole('link', { name: '要情' }).click();
  await page.locator('.brief-row').first().waitFor();
  await accessible(page, 'brief');
  const row = page.locator('.brief-row', { hasText: '饮水' });
  await page.getByRole('button', { name: '都看过了' }).click();
  await page.getByText('没有新的要情').waitFor();
  await page.getByRole('button', { name: '撤销' }).click();
  await row.waitFor();
  check('who said by mistake that they had seen all takes it back', true);
  await page.getByRole('button', { name: /^看过：.*饮水/ }).click();
  await until('what was read by itself is not new', async () => (await row.count()) === 0);
  await page.getByRole('button', { name: '全部来件' }).click();
  await row.click();
  await page.locator('.one h1').waitFor();
  check('the badge says that it was changed on its way', (await page.locator('.badge-changed').first().innerText()) === '改 2 处');
  check('what was passed on is read first', (await page.locator('.one-text').innerText()).includes('县水利局'));
  await page.getByRole('button', { name: '原文' }).click();
  check('... and the original is a key away', !(await page.locator('.one-text').innerText()).includes('县水利局'));
  await page.getByRole('button', { name: '对照' }).click();
  check('... and the difference', (await page.locator('.one-text ins').count()) > 0);
  await accessible(page, 'one case');
  await page.evaluate(() => (window.print = () => undefined));
  await page.getByRole('button', { name: '打印呈报单' }).click();
  await page.emulateMedia({ media: 'print' });
  const sheet = page.locator('.memo');
  await sheet.waitFor();
  check('the sheet has what it is about, room to write on and a code to verify it by', /信息呈报单[\s\S]*饮水[\s\S]*柳河镇[\s\S]*领导批示/.test(await sheet.innerText()) && (await sheet.locator('.qr').count()) === 1, await sheet.innerText());
  const vouched = await sheet.locator('.print-proof').innerText();
  check('... and names whose text it is, who signed that, and the original beside it', /青山县.*（.*签发，对柳河镇原件改 2 处）/.test(await sheet.innerText()) && /改稿，不是原件/.test(vouched) && /原件签发人\s*柳河镇/.test(vouched) && /原件摘要/.test(vouched), vouched);
  check('... and is one page', (await sheet.evaluate((e) => e.getBoundingClientRect().height)) < 950, await sheet.evaluate((e) => e.getBoundingClientRect().height));
  await page.emulateMedia({ media: null });
  await go(page, '/report/' + id, '.layers');
  const layers = await page.locator('.layers').innerText();
  check('both layers stand there, who, and what was changed', /柳河镇[\s\S]*青山县[\s\S]*李明|赵红/.test(layers) && layers.includes('已核实') && (await page.locator('.layers del').count()) > 0, layers);
  await accessible(page, 'layers');
  await go(page, '/brief', '.brief h1');
  await page.reload();
  await page.getByText('没有新的要情').waitFor();
  check('what was looked at is not new after a reload', true);
  check('nothing was refused by the page policy at the city', wrong.length === 0, wrong);
  await context.close();
}

async function withoutLine(page, editor, line) {
  line.set('dead');
  const id = report('town', 'dynamic', 'urgent', '柳河镇三座水库全部降至汛限水位以下', '截至11月22日8时，柳河镇三座小型水库水位分别低于汛限0.8米、1.1米、0.6米，巡查人员12名在岗。', '--send');
  await page.goto(page.url().replace(/#.*/, '#/'));
  await until('the banner says that the line is down', () => page.locator('.line-banner').isVisible(), 120);
  await page.locator('.line-banner').getByRole('link', { name: 'U盘捎带' }).click();
  await page.locator('#c-out').waitFor();
  await accessible(page, 'ways without a line');
  const coming = page.waitForEvent('download');
  await page.getByRole('button', { name: '下载捎带文件' }).click();
  const file = path.join(work, 'stick.yzbundle');
  await (await coming).saveAs(file);
  check('the bundle is a file', fs.statSync(file).size > 300);
  check('written is not delivered', !['delivered', 'opened'].includes(run('town', 'report', 'show', id).state));
  await go(editor, '/carry', '#c-in');
  await editor.locator('section[aria-labelledby=c-in] input[type=file]').setInputFiles(file);
  await editor.getByText('新收信息 1 件').waitFor();
  check('taken in at the county', run('county', 'report', 'list', '--as', '李明').reports.some((r) => r.case === id));
  await editor.locator('section[aria-labelledby=c-in] input[type=file]').setInputFiles({ name: 'x.yzbundle', mimeType: 'application/octet-stream', buffer: Buffer.from('no bundle at all') });
  await editor.locator('section[aria-labelledby=c-in] .bad').waitFor();
  check('what is no bundle is refused with a sentence', (await editor.locator('section[aria-labelledby=c-in] .bad').innerText()).includes('捎带文件'));
  await editor.locator('section[aria-labelledby=c-out] select').selectOption('370783105');
  const back = editor.waitForEvent('download');
  await editor.getByRole('button', { name: '下载捎带文件' }).click();
  await (await back).saveAs(file);
  await page.locator('section[aria-labelledby=c-in] input[type=file]').setInputFiles(file);
  await page.getByText(/收到回执 [1-9]/).waitFor();
  await until('delivered by the receipt that came home on the stick', () => ['delivered', 'opened', 'acknowledged'].includes(run('town', 'report', 'show', id).state));
}

async function toldByPhone(page, editor) {
  const id = report('town', 'first_report', 'flash', '柳河镇河东村发生山体滑坡', '11月22日19时20分，河东村发生山体滑坡，阻断村道20米，无人员伤亡。', '--set', 'incident_type=ND-GEO', '--set', 'place=河东村', '--set', 'deaths=0', '--set', 'missing=0', '--set', 'information_source=河东村网格员', '--set', 'measures_taken=出动18人清理', '--send');
  await go(page, '/carry/qr/' + id, '.qr');
  check('the picture is drawn', (await page.locator('.qr path').getAttribute('d')).length > 500);
  await accessible(page, 'QR pictures');
  await go(page, '/carry/code/' + id, '.code-line');
  await accessible(page, 'code by phone');
  const said = (await page.locator('.code-line').all()).length;
  const lines = run('town', 'report', 'code', id).code.trim().split('\n');
  check('the code stands line by line', said === lines.length, said);
  await page.keyboard.press('ArrowDown');
  check('the keyboard goes down the lines', await page.locator('#line-1.current').isVisible());
  await go(editor, '/carry', '#code-in');
  const wrong = [...lines];
  wrong[1] = wrong[1].replace(/[A-Z]/, (c) => (c === 'A' ? 'B' : 'A'));
  await editor.locator('#code-in').fill(wrong.join('\n').toLowerCase());
  await editor.locator('section[aria-labelledby=c-code] button').first().click();
  await editor.locator('section[aria-labelledby=c-code] .bad').first().waitFor();
  check('a slip is named by its line, and marked', (await editor.locator('section[aria-labelledby=c-code]').innerText()).includes('第 2 行') && (await editor.evaluate(() => document.activeElement.selectionStart)) > 0);
  await editor.locator('#code-in').fill(lines.join('\n'));
  await editor.locator('section[aria-labelledby=c-code] button').first().click();
  await editor.getByText('正式件未到').waitFor();
  check('the code is taken in', (await editor.locator('section[aria-labelledby=c-code]').innerText()).includes('柳河镇河东村'), await editor.locator('section[aria-labelledby=c-code]').innerText());
  const frames = run('town', 'report', 'qr', id).frames;
  await editor.locator('.scan-in').fill(frames.join('\n'));
  await editor.locator('section[aria-labelledby=c-scan] button').click();
  await editor.getByText('新收信息 1 件').first().waitFor();
  await until('the pictures brought the report itself', () => run('county', 'report', 'list', '--as', '李明').reports.some((r) => r.case === id));
}

/** Drafter and signer are two persons: submit, give back, mend, submit, sign. */
async function twoPersons(editor, leader) {
  await go(editor, '/write', '#title');
  await editor.locator('#title').fill('青山县部署冬季山区道路除险');
  await editor.locator('#body').fill('11月21日，青山县召开会议部署冬季山区道路除险，排定重点路段17处，落实值守人员62名，12月10日前完成第一轮排查。');
  await editor.getByText('已存为草稿').waitFor();
  await editor.getByRole('button', { name: '提交签发' }).click();
  await yes(editor, '提交签发');
  await editor.locator('.report h1').waitFor();
  const id = /report\/(\w+)/.exec(editor.url())[1];
  check('who drafted it does not sign it', (await editor.getByRole('button', { name: '签发', exact: true }).count()) === 0);
  await go(leader, '/', '.group-to_sign');
  await leader.locator('.group-to_sign .work-row', { hasText: '道路除险' }).click();
  await leader.getByRole('button', { name: '退回', exact: true }).click();
  await leader.locator('dialog.ask textarea').fill('补充资金安排');
  await yes(leader, '退回');
  await leader.locator('.report-line .state-returned').waitFor();
  await go(editor, '/', '.group-returned');
  await editor.locator('.group-returned .work-row', { hasText: '补充资金安排' }).click();
  await editor.locator('#body').waitFor();
  await editor.locator('#body').fill('11月21日，青山县召开会议部署冬季山区道路除险，排定重点路段17处，安排资金86万元，落实值守人员62名，12月10日前完成第一轮排查。');
  await editor.getByText('已存为草稿').waitFor();
  await editor.getByRole('button', { name: '提交签发' }).click();
  await yes(editor, '提交签发');
  await editor.locator('.report h1').waitFor();
  await go(leader, '/report/' + id, '.actions');
  await leader.getByRole('button', { name: '签发', exact: true }).click();
  await yes(leader, '签发');
  await until('signed by the second person, it reaches the city', () => run('city', 'report', 'list').reports.some((r) => r.case === id), 60);
}

async function chosenAddressee(page) {
  await go(page, '/write', '#title');
  await page.locator('#title').fill('柳河镇冬季森林防火宣传入户率达到92%');
  await page.locator('#body').fill('截至11月22日，柳河镇46名网格员入户宣传3120户，入户率92%，发放明白纸3500份。');
  await page.getByText('自选单位').click();
  const send = page.locator('.write-bar button').last();
  check('a choice that was begun is to be made', await send.isDisabled());
  await page.locator('.addressees .ticks').getByLabel('潍安市').check();
  await page.getByText('已存为草稿').waitFor();
  await page.reload();
  await page.locator('.addressees .ticks').waitFor();
  check('after a reload the choice is there', await page.locator('.addressees .ticks').getByLabel('潍安市').isChecked());
  await send.click();
  check('whom it goes to is said before', (await page.locator('dialog.ask').innerText()).includes('报送潍安市'));
  await yes(page, '签发并报送');
  await page.locator('.report h1').waitFor();
  check('it goes there', (await page.locator('.deliveries').innerText()).includes('潍安市'), await page.locator('.deliveries').innerText());
}

/** What a superior decides, instructs and asks; what is done about it; and both ends see the same. */
async function acting(editor, leader, town, cases) {
  const countyState = (id) => run('county', 'report', 'show', id, '--as', '李明').state;
  const townState = (id) => run('town', 'report', 'show', id).state;
  const form = (page) => page.locator('dialog.act-form[open]');

  await go(editor, '/triage', '.triage-item');
  await editor.locator('.triage-item', { hasText: '网格夜巡' }).click();
  await editor.keyboard.press('n');
  await form(editor).waitFor();
  await accessible(editor, 'act');
  check('a reason is needed not to adopt', await form(editor).getByRole('button', { name: '不采用' }).isDisabled());
  await form(editor).locator('textarea').fill('与上月所报内容重复');
  await form(editor).getByRole('button', { name: '4' }).first().click();
  await editor.keyboard.press('Control+Enter');
  await until('not adopted, and its author hears why', () => townState(cases.patrol) === 'not_adopted', 60);
  await until('it has gone from the list', async () => (await editor.locator('.triage-item', { hasText: '网格夜巡' }).count()) === 0);
  await go(town, '/report/' + cases.patrol, '.asked');
  check('the reason stands at the top', (await town.locator('.asked').innerText()).includes('与上月所报内容重复'));
  await accessible(town, 'news of a decision');
  await town.getByRole('button', { name: '都看过了' }).click();
  await until('seen, it is no news any more', async () => (await town.locator('.asked').count()) === 0);

  await go(leader, '/one/' + cases.slide, '.one h1');
  await leader.getByRole('button', { name: '批示', exact: true }).click();
  await form(leader).locator('textarea').fill('全力搜救失联人员，严防次生灾害，每两小时报告进展。');
  await form(leader).getByLabel('柳河镇').check();
  await form(leader).locator('.time-input input[type=text]').fill(new Date(Date.now() + 11 * 3600_000).toISOString().slice(0, 16));
  await form(leader).getByRole('button', { name: '批示' }).click();
  await leader.locator('.asked-others').getByText('复核签名后发出').waitFor();
  check('without the second person it has not left', !run('town', 'report', 'show', cases.slide).acts.some((a) => a.act === 'instruction'));
  await go(editor, '/', '.group-to_sign');
  await editor.locator('.group-to_sign .work-row', { hasText: '批示' }).first().click();
  await editor.locator('.asked').getByRole('button', { name: '签发' }).click();
  await yes(editor, '签发');
  await until('the instruction is at the township', () => run('town', 'report', 'show', cases.slide).acts.some((a) => a.act === 'instruction' && a.for_us), 60);
  await go(town, '/', '.group-carry_out');
  await accessible(town, 'work list with acts');
  await town.locator('.group-carry_out .work-row').first().click();
  await town.locator('.asked').getByText('请办理').waitFor();
  check('word for word', (await town.locator('.asked').innerText()).includes('每两小时报告进展'));
  await accessible(town, 'what is asked of you');
  await town.getByRole('button', { name: '报告办理情况' }).click();
  await form(town).locator('textarea').fill('3名失联人员均已找到，次生灾害隐患点已派人值守。');
  await form(town).getByText('已全部办完').click();
  await form(town).getByRole('button', { name: '报告办理情况' }).click();
  await until('the county hears that it is done', () => countyState(cases.slide) === 'feedback_given', 60);
  await go(leader, '/', '.group-to_close');
  await leader.locator('.group-to_close .work-row').first().click();
  await leader.locator('.asked').getByRole('button', { name: '办结' }).click();
  await form(leader).getByRole('button', { name: '办结' }).click();
  await until('closed at both ends', () => countyState(cases.slide) === 'closed' && townState(cases.slide) === 'closed', 60);

  await go(editor, '/report/' + cases.slide, '.more-actions');
  await editor.locator('.more-actions summary').click();
  await editor.getByRole('button', { name: '要求核报' }).click();
  await form(editor).locator('textarea').fill('转移群众究竟是81人还是97人？');
  await form(editor).getByRole('button', { name: '要求核报' }).click();
  await until('the township is asked', () => run('town', 'report', 'show', cases.slide).acts.some((a) => a.act === 'verify' && a.for_us), 60);
  await go(town, '/report/' + cases.slide, '.asked');
  await town.getByRole('button', { name: '答复' }).click();
  await form(town).locator('textarea').fill('经核，转移31户97人。');
  await form(town).getByRole('button', { name: '答复' }).click();
  await until('the answer stands at the county', () => run('county', 'report', 'show', cases.slide, '--as', '李明').acts.some((a) => a.act === 'answer' && a.text.includes('97人')), 60);
  await go(editor, '/report/' + cases.slide, '.acts');
  check('one thread: question and answer, instruction and progress', /核报[\s\S]*答复[\s\S]*97人/.test(await editor.locator('.acts').innerText()) && /批示[\s\S]*已找到/.test(await editor.locator('.acts').innerText()), await editor.locator('.acts').innerText());
  await accessible(editor, 'acts on a case');
}

/** A city's instruction goes on to the township in one step, in the words of a leader who signs them; the answer goes back up. */
async function handedOn(editor, leader, town, id) {
  const form = (page) => page.locator('dialog.act-form[open]');
  const due = new Date(Date.now() + 2 * 86_400_000).toISOString().replace(/\.\d+Z$/, '+00:00');
  run('city', 'instruct', id, '--text', '请查明管网冻损底数，妥善解决群众用水。', '--due', due, '--assignee', '370783');
  await until('the instruction is at the county', () => county('report', 'show', id).acts.some((a) => a.act === 'instruction' && a.for_us), 60);
  await go(editor, '/report/' + id, '.asked');
  const start = async () => {
    await editor.locator('.asked').getByRole('button', { name: '转办' }).click();
    await form(editor).waitFor();
  };
  await start();
  const text = form(editor).locator('textarea');
  check('it is quoted, with who wrote it', /潍安市周大河[\s\S]*请查明管网冻损底数/.test(await text.inputValue()), await text.inputValue());
  check('the office that it came from is chosen', await form(editor).getByLabel('柳河镇').isChecked());
  check('a due time before ours is proposed', (await form(editor).locator('.time-input input[type=text]').inputValue()) !== '');
  await accessible(editor, 'passing on an instruction');
  await text.fill((await text.inputValue()) + '\n请镇里先报冻损点位清单。');
  await until('what is typed is on the node', async () => (await editor.evaluate(async (c) => (await (await fetch('/api/v1/kept/' + encodeURIComponent(c))).json()).text, 'act.' + id + '.instruct.' + county('report', 'show', id).acts.find((a) => a.act === 'instruction').record.slice(0, 16))).includes('点位清单'), 20);
  await editor.reload();
  await editor.locator('.asked').waitFor();
  await start();
  await until('after a reload the text is there', async () => (await text.inputValue()).includes('点位清单'));
  await form(editor).getByText('代录：替另一位领导录入').click();
  await form(editor).getByLabel('谁的话').selectOption('李明');
  await form(editor).getByRole('button', { name: '转办' }).click();
  await editor.locator('.asked-others').getByText('代录，未经本人签署').waitFor();
  check('until that leader signs it has not left', !run('town', 'report', 'show', id).acts.some((a) => a.act === 'instruction' && a.office === '370783'));
  await go(leader, '/report/' + id, '.asked');
  await leader.locator('.signed-facts').waitFor();
  const facts = await leader.locator('.signed-facts').innerText();
  check('who signs sees whose words, to whom and by when', /李明[\s\S]*柳河镇/.test(facts) && /时限/.test(facts), facts);
  await leader.locator('.asked').getByRole('button', { name: '签发' }).click();
  await yes(leader, '签发');
  await until('it is at the township', () => run('town', 'report', 'show', id).acts.some((a) => a.act === 'instruction' && a.office === '370783' && a.for_us), 60);
  const given = run('town', 'report', 'show', id).acts.find((a) => a.act === 'instruction' && a.office === '370783');
  run('town', 'report', 'progress', id, '--instruction', given.record, '--text', '14处冻损点位已列清单，供水已恢复。', '--done');
  await until('the county hears of it', () => county('report', 'show', id).acts.some((a) => a.act === 'progress'), 60);
  await go(editor, '/report/' + id, '.asked');
  await editor.locator('.asked li', { hasText: '潍安市' }).getByRole('button', { name: '报告办理情况' }).click();
  await form(editor).waitFor();
  check('its answer is offered for the way up', /柳河镇[\s\S]*供水已恢复/.test(await form(editor).locator('textarea').inputValue()) && (await form(editor).locator('input[type=checkbox]').isChecked()));
  await form(editor).getByRole('button', { name: '报告办理情况' }).click();
  await until('the city has it', () => run('city', 'report', 'show', id).acts.some((a) => a.act === 'progress' && a.text.includes('供水已恢复')), 60);
}

/** Two that look alike become one of our own; their authors are told. */
async function merging(editor, leader, cases) {
  await go(editor, '/triage', '.triage-item');
  for (const word of ['柳河镇农村饮水', '白石镇农村饮水']) {
    if (!(await editor.locator('.triage-item', { hasText: word }).count())) continue;
    await editor.locator('.triage-item', { hasText: word }).click();
    await editor.keyboard.press('x');
  }
  if ((await editor.locator('.triage-list input:checked').count()) < 2) await go(editor, `/merge?cases=${cases.water},${cases.too}`, '.merge article');
  else await editor.keyboard.press('m');
  await editor.locator('.merge article').nth(1).waitFor();
  await accessible(editor, 'merge');
  await editor.locator('.merge .title-input').fill('我县两镇农村饮水冬季保供存在短板');
  await editor.getByRole('button', { name: '正文注明出处' }).click();
  check('the text names its sources behind each part', /（据柳河镇〔\d+〕\d+号）/.test(await editor.locator('.merge .body-input').inputValue()) && /（据白石镇〔\d+〕\d+号）/.test(await editor.locator('.merge .body-input').inputValue()), await editor.locator('.merge .body-input').inputValue());
  await editor.locator('.merge .body-input').fill('入冬以来，柳河镇、白石镇9个村管网冻损20处，影响居民590户。主要问题是管道埋深不足、备用水源少、抢修力量薄弱，建议全县统一储备管材、组建抢修队伍。');
  await editor.getByRole('button', { name: '存为草稿' }).click();
  await editor.locator('#body').waitFor();
  await editor.getByText('没有发现问题').or(editor.getByText('处提示')).first().waitFor();
  await editor.getByRole('button', { name: '提交签发' }).click();
  await yes(editor, '提交签发');
  await editor.locator('.report h1').waitFor();
  const id = /report\/(\w+)/.exec(editor.url())[1];
  await go(leader, '/report/' + id, '.actions');
  await leader.getByRole('button', { name: '签发', exact: true }).first().click();
  await yes(leader, '签发');
  await until('the authors are told what became of theirs', () => [['town', cases.water], ['town2', cases.too]].every(([home, c]) => run(home, 'report', 'show', c).acts.some((a) => a.act === 'merged')), 60);
  await go(leader, '/report/' + id, '.report h1');
  await leader.getByText('由这些来件综合而成').waitFor();
  check('the report names its sources', (await leader.locator('.report').innerText()).includes('白石镇农村饮水'));
}

async function alarms(leader) {
  await go(leader, '/', '.alarms');
  const row = leader.locator('.alarms li', { hasText: '尚未确认的机器' }).first();
  await row.waitFor();
  await row.getByRole('button', { name: /知道了/ }).click();
  await until('an alarm that was seen is gone', async () => (await leader.locator('.alarms li', { hasText: '尚未确认的机器' }).count()) === 0);
  check('... from the node too', !county('status').alarms.some((a) => a.code === 'node.unconfirmed'));
}

await finish(async () => {
  const w = await chain();
  const { id, two } = await conflicted(w.line);
  const cases = { slide: id, water: report('town', 'problem', 'routine', ...texts.water, '--send'), patrol: report('town', 'experience', 'routine', ...texts.patrol, '--send'), too: report('town2', 'problem', 'routine', ...texts.waterToo, '--send') };
  const b = await browser();
  const town = await open(b, w.town.url);
  const editor = await open(b, w.county.url);
  const leader = await open(b, w.county.url);
  for (const x of [town, editor, leader]) x.page.setDefaultTimeout(45_000);
  await signIn(town.page);
  await signIn(editor.page, '赵红');
  await signIn(leader.page, '李明');
  await joining(town.page, id);
  await until('all is at the county', () => county('report', 'list').reports.length >= 4, 60);
  await alarms(leader.page);
  await triage(editor.page, cases);
  await passing(editor.page, cases.water, leader.page);
  await atTheCity(b, w.city.url, cases.water);
  await acting(editor.page, leader.page, town.page, cases);
  await handedOn(editor.page, leader.page, town.page, cases.water);
  await merging(editor.page, leader.page, cases);
  await twoPersons(editor.page, leader.page);
  await chosenAddressee(town.page);
  two.process.kill('SIGKILL'); // it would carry what its sister cannot send
  await withoutLine(town.page, editor.page, w.line);
  await toldByPhone(town.page, editor.page);
  for (const [who, x] of Object.entries({ town, editor, leader })) check(`no script, style or call that the policy forbids, and no error (${who})`, x.wrong.length === 0, x.wrong);
  await b.close();
  w.line.close();
});
