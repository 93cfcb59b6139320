// The note of the watch as two windows write it at once, and a reason that is typed before the passphrase is asked for.
import path from 'node:path';
import { browser, check, finish, offices, open, run, signIn, until, work } from './world.mjs';

const note = (page) => page.locator('#handover-note');
const kept = (page) => page.getByText('已存', { exact: true });
async function sheet(b, url) {
  const at = await open(b, url);
  await signIn(at.page, '李明');
  await at.page.goto(at.page.url().replace(/#.*/, '#/handover'));
  await note(at.page).waitFor();
  return at;
}

async function together(first, second) {
  await note(first.page).fill('二号车在修');
  await kept(first.page).waitFor();
  await note(second.page).fill('渡口加派两人');
  await second.page.getByRole('heading', { name: '对方写的' }).waitFor();
  check('what was typed stands, beside what the other wrote', (await note(second.page).inputValue()) === '渡口加派两人' && (await second.page.locator('.note-bar .note-text').innerText()) === '二号车在修');
  await second.page.getByRole('button', { name: '合在一起' }).click();
  await kept(second.page).waitFor();
  check('joined, nothing of either is lost', (await note(second.page).inputValue()) === '二号车在修\n渡口加派两人', await note(second.page).inputValue());
  await second.page.reload();
  await until('the node has both', async () => (await note(second.page).inputValue().catch(() => '')) === '二号车在修\n渡口加派两人');
}
/** The sheet goes to whoever takes over, with its note, which the next watch begins without. */
async function handOver({ page }) {
  await page.locator('select').selectOption({ label: '孙敏' });
  await page.getByRole('button', { name: '交班', exact: true }).click();
  const box = page.locator('dialog.ask[open]');
  if (await box.waitFor({ timeout: 3000 }).then(() => true, () => false)) await box.locator('button[type=submit]').click();
  await page.getByRole('button', { name: '开始新的一班' }).waitFor();
  check('the sheet stays as it was handed over, to be printed', (await page.locator('.handover').innerText()).includes('二号车在修'));
  await page.emulateMedia({ media: 'print' });
  check('... with the note to whoever takes over', (await page.locator('.handover').innerText()).includes('渡口加派两人') && (await page.locator('.sign-table').isVisible()));
  await page.emulateMedia({ media: 'screen' });
  await page.getByRole('button', { name: '开始新的一班' }).click();
  await until('the next watch begins without a note', async () => (await note(page).inputValue()) === '');
  const row = page.locator('.hand-list li', { hasText: '孙敏' });
  await row.first().waitFor();
  check('the sheet says who handed over to whom, with the note', (await row.first().innerText()).includes('二号车在修'), await row.first().innerText());
  await page.getByRole('button', { name: '打开我上次交出的单子' }).click();
  await page.getByRole('button', { name: '开始新的一班' }).waitFor();
  check('what was handed over can be opened again', (await page.locator('.handover').innerText()).includes('渡口加派两人'));
}
/** The passphrase is asked for once while a reason is being signed. */
async function reason(b, { url }, id) {
  const { page, wrong } = await open(b, url);
  await signIn(page);
  await page.goto(page.url().replace(/#.*/, '#/task/' + id));
  let asked = false;
  await page.route('**/api/v1/commissions/*/decline', (route) => {
    if (asked) return route.continue();
    asked = true;
    return route.fulfill({ status: 401, contentType: 'application/json', body: JSON.stringify({ code: 'login.confirm', detail: '' }) });
  });
  await page.getByRole('button', { name: '请求免报' }).click();
  const box = page.locator('dialog.ask[open]');
  await box.locator('textarea').fill('本镇没有这项工作');
  await box.locator('button[type=submit]').click();
  // world.mjs types the passphrase wherever it is asked for.
  await page.getByText('本镇没有这项工作').first().waitFor();
  await until('the question is gone once it is signed', async () => (await box.count()) === 0);
  check('the passphrase was asked for in between', asked);
  const left = await page.evaluate(async (name) => (await (await fetch('/api/v1/kept/' + encodeURIComponent(name))).json()).text, `ask.${id}.decline`);
  check('nothing of the reason is kept any more', left === '', left);
  return wrong;
}

await finish(async () => {
  const { county, township } = await offices();
  const b = await browser();
  const [first, second] = [await sheet(b, county.url), await sheet(b, county.url)];
  await together(first, second);
  const { case: id } = run('county', 'commission', 'new', '--title', '饮水保供', '--to', '370783105');
  await until('the commission is below', () => run('township', 'commission', 'list', '--side', 'asked').commissions.some((c) => c.case === id), 60);
  const said = await reason(b, township, id);
  // Only now: a commission of an office of two takes two.
  run('county', 'officer', 'add', '孙敏', '--role', 'drafter,duty', '--passphrase-file-for', path.join(work, 'passphrase'));
  await second.page.reload();
  await note(second.page).waitFor();
  await handOver(second);
  const wrong = [...first.wrong, ...second.wrong, ...said];
  check('no error in all that', wrong.length === 0, wrong);
  await b.close();
});
