// Administration and audit as people do them on the page: fingerprints typed in, offices and machines invited by a sheet of
// paper and joined by real processes, roles, revocation, backup, evidence, journal. Every page is looked at by axe-core.
import fs from 'node:fs';
import path from 'node:path';
import { accessible, fitsPhone } from './look.mjs';
import { PASSPHRASE, browser, check, finish, freePort, offices, open, run, serve, signIn, until, work } from './world.mjs';

const visit = async (page, to, heading) => {
  await page.goto(page.url().replace(/#.*/, '#/admin/' + to));
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};
const dialog = (page) => page.locator('dialog.ask[open]');
const digits = (text) => text.replace(/\D/g, '');

/** Serving, so that it comes in by itself: the line beside the test stands still while the test waits for a command. */
async function joined(home, ...words) {
  await serve(home, ...words);
  await until(`${home} is admitted`, () => run(home, 'status', ...(home === 'second' ? ['--as', '王芳'] : [])).state === 'ready', 60);
}

async function root(county, township) {
  await visit(county.page, 'root', '信任根');
  const read = digits(await county.page.locator('.fingerprint').first().innerText());
  check('the county reads forty digits aloud', read.length === 40, read);
  const { page } = township;
  await visit(page, 'root', '信任根');
  check('the township does not show the digits that it is to hear', !(await page.locator('details .fingerprint').isVisible()));
  await accessible(page, 'root');
  const box = page.locator('#root-digits');
  await box.fill(read.slice(0, 20) + ' ' + read.slice(20, 39));
  check('one digit short nothing can be confirmed', await page.getByRole('button', { name: '录完，核对' }).isDisabled());
  await box.fill(read.slice(0, 39) + ((Number(read[39]) + 1) % 10));
  await page.getByRole('button', { name: '录完，核对' }).click();
  await page.locator('[role=alert]', { hasText: '不一致' }).waitFor();
  check('a wrong digit is refused, and the page says what to do', !run('township', 'status', '--as', '王芳').root_confirmed);
  await box.fill(read);
  await page.getByRole('button', { name: '录完，核对' }).click();
  await page.locator('.mark', { hasText: '已电话核对' }).first().waitFor();
  check('the right digits confirm the root', run('township', 'status', '--as', '王芳').root_confirmed);
  await fitsPhone(page, 'root');
}

async function inviting(county, line) {
  const { page } = county;
  await visit(page, 'offices', '下级单位');
  await page.locator('table.offices tbody tr', { hasText: '柳河镇' }).waitFor();
  await accessible(page, 'offices');
  await page.getByRole('button', { name: '邀请单位加入' }).click();
  await page.getByLabel('单位名称').fill('石桥镇');
  const next = page.getByRole('button', { name: '下一步' });
  for (const [code, says] of [['370784106', '要以本单位的 370783 开头'], ['370783', ''], ['37078310五', '2到12位数字'], ['370783105', '已经加入']]) {
    await page.getByLabel('单位代码').fill(code);
    if (says) await page.locator('#code-trouble', { hasText: says }).waitFor();
    check(`with the code ${code} nothing is made, and the field says why`, await next.isDisabled());
  }
  await page.getByLabel('单位代码').fill('370783106');
  await accessible(page, 'invitation, first step');
  await page.getByRole('button', { name: '下一步' }).click();
  check('the address of the sync port stands there', (await page.getByLabel('对方用哪个地址').inputValue()).startsWith('http://127.0.0.1:'));
  await page.locator('#url-trouble', { hasText: '只有本机自己连得上' }).waitFor();
  await page.getByLabel('对方用哪个地址').fill('10.77.0.5:8701');
  await page.locator('#url-trouble', { hasText: '地址写法不对' }).waitFor();
  check('an address that cannot be is named at the field, and nothing is made', await page.getByRole('button', { name: '开具邀请' }).isDisabled());
  await page.getByLabel('对方用哪个地址').fill(line);
  await accessible(page, 'invitation, second step');
  await page.getByRole('button', { name: '开具邀请' }).click();
  await page.locator('.sheet').waitFor();
  const sheet = await page.locator('.sheet').innerText();
  check('the sheet has code, address, fingerprint and what to do', sheet.includes('370783106') && sheet.includes(line) && digits(await page.locator('.sheet .fingerprint').innerText()).length === 40 && sheet.includes('--recovery-sheet') && sheet.includes('锁进保险柜'));
  check('... and a QR code', (await page.locator('.sheet svg.qr path').getAttribute('d')).length > 500);
  await accessible(page, 'sheet');
  await fitsPhone(page, 'sheet');
  const invitation = (await page.locator('.sheet .invitation').innerText()).trim();
  await withdrawing(page, line);
  run('town2', 'join', invitation, '--officer', '孙丽');
  await joined('town2');
  await visit(page, 'offices', '下级单位');
  await page.locator('table.offices tbody tr', { hasText: '石桥镇' }).waitFor();
  check('an office that joined with the sheet stands in the tree, below us', (await page.locator('table.offices tbody tr', { hasText: '石桥镇' }).locator('.depth-1').count()) === 1);
  await fitsPhone(page, 'offices');
  return invitation;
}

/** One more is written for another office, and taken back. */
async function withdrawing(page, line) {
  await visit(page, 'offices/invite', '邀请单位加入');
  await page.getByLabel('单位名称').fill('河口镇');
  await page.getByLabel('单位代码').fill('370783107');
  await page.getByRole('button', { name: '下一步' }).click();
  await page.getByLabel('对方用哪个地址').fill(line);
  await page.getByRole('button', { name: '开具邀请' }).click();
  const paper = (await page.locator('.sheet .invitation').innerText()).trim();
  await visit(page, 'offices', '下级单位');
  const open = page.locator('.invitations > ul li');
  await open.nth(1).waitFor();
  check('both invitations stand there, with whom they are for', (await open.count()) === 2 && (await page.locator('.invitations').innerText()).includes('河口镇（370783107）'));
  await accessible(page, 'invitations');
  await open.filter({ hasText: '河口镇' }).getByRole('button', { name: /^撤回/ }).click();
  await dialog(page).getByRole('button', { name: '撤回' }).click();
  await until('the withdrawn one is no longer among them', async () => (await open.count()) === 1);
  const said = run('town9', 'join', paper, '--officer', '周河');
  check('whoever comes with that paper is told that it was withdrawn', said.code === 'join.withdrawn' && said.detail.includes('撤回'), said);
}

async function holding(county) {
  const { page } = county;
  const row = page.locator('table.offices tbody tr', { hasText: '石桥镇' });
  await row.getByRole('button', { name: /^暂停/ }).click();
  await dialog(page).locator('textarea').fill('核实人员');
  await dialog(page).getByRole('button', { name: '暂停' }).click();
  await row.locator('.mark', { hasText: '已暂停' }).waitFor();
  check('a suspended office is marked so', true);
  await row.getByRole('button', { name: /^恢复/ }).click();
  await dialog(page).getByRole('button', { name: '恢复' }).click();
  await row.locator('.mark', { hasText: '正常' }).waitFor();
  await row.getByRole('button', { name: /^吊销/ }).click();
  const says = await dialog(page).innerText();
  check('before a revocation its consequences are said', says.includes('该单位全部机器和人员') && says.includes('不能撤回'));
  await accessible(page, 'revocation');
  check('... and have to be read', await dialog(page).getByRole('button', { name: '签名吊销' }).isDisabled());
  await dialog(page).getByText('失密或失窃').click();
  await dialog(page).locator('textarea').fill('电脑被盗');
  await dialog(page).getByText('我已读过后果').click();
  await dialog(page).getByRole('button', { name: '签名吊销' }).click();
  await row.locator('.mark', { hasText: '已吊销' }).waitFor();
  const listed = await page.locator('section[aria-labelledby=revoked]').innerText();
  check('the list of what was revoked names the office, who did it, and since when', listed.includes('石桥镇') && listed.includes('李明') && listed.includes('自 '), listed);
  check('in the place of a last contact stands since when it is revoked', (await row.innerText()).includes('起吊销'), await row.innerText());
  check('the revoked office is marked, and the list says why', listed.includes('电脑被盗') && run('county', 'office', 'list').offices.some((o) => o.name === '石桥镇' && o.state === 'revoked'));
}

async function people(township) {
  const { page } = township;
  await visit(page, 'people', '人员');
  await page.locator('table.people tbody tr').first().waitFor();
  check('alone is said to be alone', (await page.locator('.lead').innerText()).includes('一个人'));
  await accessible(page, 'people');
  await page.getByRole('button', { name: '增加人员' }).click();
  const d = dialog(page);
  await d.getByLabel('姓名').fill('赵敏');
  await d.getByText('签发后信息才报出').click();
  await d.getByLabel('首个口令').fill('short');
  check('a short passphrase is named before it is sent', (await d.locator('p.bad').innerText()).includes('12'));
  await accessible(page, 'a new person');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: '增加人员' }).click();
  check('a closed form keeps what was typed', (await d.getByLabel('姓名').inputValue()) === '赵敏');
  await d.getByLabel('首个口令').fill(PASSPHRASE);
  await d.getByLabel('再输入一次').fill(PASSPHRASE);
  await d.getByRole('button', { name: '增加', exact: true }).click();
  const row = page.locator('table.people tbody tr', { hasText: '赵敏' });
  await row.waitFor();
  check('the new officer is there with the role', run('township', 'officer', 'list', '--as', '王芳').officers.some((o) => o.name === '赵敏' && o.roles.includes('signer')));
  const own = page.locator('table.people tbody tr', { hasText: '王芳' });
  await own.getByRole('button', { name: /^角色/ }).click();
  await d.getByText('增加人员、改角色').click();
  await d.getByRole('button', { name: '换发证书' }).click();
  await d.locator('[role=alert]', { hasText: '至少要留一位人员管理员' }).waitFor();
  check('the last administrator of people stays one: the node says why', true);
  await page.keyboard.press('Escape');
  await row.getByRole('button', { name: /^停用/ }).click();
  await d.getByRole('button', { name: '停用' }).click();
  await row.locator('.mark', { hasText: '停用' }).waitFor();
  await row.getByRole('button', { name: /^恢复/ }).click();
  await d.getByRole('button', { name: '恢复' }).click();
  await row.locator('.mark', { hasText: '在岗' }).waitFor();
  check('suspended and resumed', (await row.locator('.role').count()) === 2, await row.innerText());
  await page.getByRole('button', { name: '更换我的签名密钥' }).click();
  await d.locator('input[type=password]').fill(PASSPHRASE);
  await d.getByRole('button', { name: '更换我的签名密钥' }).click();
  await until('one renews the own key with the passphrase', async () => (await d.count()) === 0);
  await visit(page, 'people', '人员');
  await page.locator('table.people tbody tr').first().waitFor();
  check('... and goes on working: nobody has to sign in again', (await page.locator('.gate').count()) === 0);
  await fitsPhone(page, 'people');
}

/** The key that an office joined with is compared by telephone: what the township reads is what the county waits for. */
async function comparesOffice(county, township) {
  await visit(township.page, 'machines', '机器与密钥');
  const read = digits(await township.page.locator('section[aria-labelledby=officekey] .fingerprint').innerText());
  await visit(county.page, 'offices', '下级单位');
  const row = county.page.locator('table.offices tbody tr', { hasText: '柳河镇' });
  await row.getByRole('button', { name: /^核对指纹/ }).click();
  await county.page.locator('#office-digits').fill('1'.repeat(40));
  await dialog(county.page).getByRole('button', { name: '录完，核对' }).click();
  await dialog(county.page).locator('[role=alert]', { hasText: '不一致' }).waitFor();
  check('other digits are not noted as compared', (await row.locator('.office-print').count()) === 1);
  await county.page.locator('#office-digits').fill(read);
  await dialog(county.page).getByRole('button', { name: '录完，核对' }).click();
  await until('the office stands as compared', async () => (await row.locator('.office-print').count()) === 0);
}

async function machines(county, township, sync) {
  const { page } = township;
  await visit(page, 'machines', '机器与密钥');
  await page.locator('.machine').first().waitFor();
  await accessible(page, 'machines');
  await page.getByRole('button', { name: '邀请一台新机器' }).click();
  await dialog(page).getByLabel('给机器起个名字').fill('值班室');
  await dialog(page).getByLabel('对方用哪个地址').fill(sync);
  await accessible(page, 'invitation of a machine');
  await dialog(page).getByRole('button', { name: '开具邀请' }).click();
  await page.locator('.sheet').waitFor();
  run('second', 'join', (await page.locator('.sheet .invitation').innerText()).trim(), '--officer', '王芳');
  await joined('second', '--as', '王芳');
  await visit(county.page, 'machines', '机器与密钥');
  const row = county.page.locator('table.list tbody tr', { hasText: '值班室' });
  await until('the county sees the new machine', async () => {
    if (await row.count()) return true;
    await county.page.reload();
    await county.page.locator('.machine').first().waitFor();
    return (await row.count()) > 0;
  });
  const fingerprint = digits(run('second', 'node', 'list', '--as', '王芳').nodes.find((n) => n.this).fingerprint);
  await row.getByRole('button', { name: /^确认/ }).click();
  await county.page.locator('#machine-digits').fill('1'.repeat(40));
  await dialog(county.page).getByRole('button', { name: '确认' }).click();
  await dialog(county.page).locator('[role=alert]', { hasText: '不一致' }).waitFor();
  await accessible(county.page, 'comparing a machine');
  await county.page.locator('#machine-digits').fill(fingerprint);
  await dialog(county.page).getByRole('button', { name: '确认' }).click();
  await row.locator('.mark', { hasText: '已确认' }).waitFor();
  check('a machine is confirmed by its digits, and by nothing else', true);
  await accessible(county.page, 'machines of offices below');
  await fitsPhone(county.page, 'machines');
}

async function care(township) {
  const { page } = township;
  await visit(page, 'care', '备份与自检');
  check('that there is no backup is said', (await page.locator('.admin-main').innerText()).includes('还没有备份过'));
  await page.getByLabel('存到本机的哪个目录').fill('/no/such/stick');
  await page.getByRole('button', { name: '开始备份' }).click();
  await page.locator('[role=alert]', { hasText: '没有这个目录' }).waitFor();
  check('a folder that is not there is said in words, before anything is written', true);
  check('how to put it back stands there', (await page.locator('.admin-main').innerText()).includes('restore'));
  await page.getByLabel('存到本机的哪个目录').fill(work);
  await page.getByRole('button', { name: '开始备份' }).click();
  await page.locator('.good', { hasText: '备份完成' }).waitFor();
  const file = fs.readdirSync(work).find((f) => f.endsWith('.yzbackup'));
  check('the backup is on the disk', Boolean(file) && fs.statSync(path.join(work, file)).size > 4096);
  await until('... and its age is shown', async () => (await page.locator('.admin-main').innerText()).includes('刚才'));
  await page.getByRole('button', { name: '开始备份' }).click();
  await page.locator('[role=alert]', { hasText: '同名文件已经存在' }).waitFor();
  check('a file that is there is not overwritten', true);
  await page.getByRole('button', { name: '开始自检' }).click();
  await page.getByText('一切正常').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: '开始核验' }).click();
  await page.getByText('全部核验无误').waitFor({ timeout: 60_000 });
  check('self-check and verification say what they found', true);
  await accessible(page, 'care');
  await fitsPhone(page, 'care');
}

async function evidence(township, county) {
  const { page } = township;
  const body = path.join(work, 'body.txt');
  fs.writeFileSync(body, '截至11月20日，柳河镇2.6万亩冬小麦已浇越冬水2.1万亩，占81%，投入水泵320台，预计24日前全部完成。');
  const id = run('township', 'report', 'new', '--as', '王芳', '--kind', 'dynamic', '--lane', 'routine', '--title', '柳河镇完成冬小麦浇越冬水2.1万亩', '--body-file', body, '--send').case;
  await until('it is at the county', () => run('township', 'report', 'show', id, '--as', '王芳').receipts.length > 0, 60);
  await visit(page, 'evidence', '证据');
  await page.locator('input[type=search]').fill('越冬水');
  await page.keyboard.press('Enter');
  const waits = page.waitForEvent('download');
  await page.locator('.rows li').first().getByRole('button', { name: /^下载证据/ }).click();
  const file = path.join(work, 'case.yzevidence');
  await (await waits).saveAs(file);
  await visit(county.page, 'evidence', '证据');
  await county.page.locator('input[type=file]').setInputFiles(file);
  await county.page.locator('.result.good', { hasText: '核验通过' }).waitFor();
  check('somebody else checks the file, and it has the same root', (await county.page.locator('.admin-main').innerText()).includes('与本机相同'));
  const bytes = fs.readFileSync(file);
  bytes[bytes.length - 40] ^= 1;
  fs.writeFileSync(path.join(work, 'changed.yzevidence'), bytes);
  await county.page.locator('input[type=file]').setInputFiles(path.join(work, 'changed.yzevidence'));
  await until('one bit changed is found', async () => (await county.page.locator('.result.bad').count()) > 0);
  await accessible(county.page, 'evidence');
  await fitsPhone(page, 'evidence');
}

async function lines(county, township, line) {
  const { page } = township;
  await visit(page, 'lines', '线路');
  await page.locator('.figures').first().waitFor();
  await accessible(page, 'lines');
  await page.getByRole('button', { name: '现在收发' }).click();
  await page.locator('.exchange', { hasText: '全部送达' }).waitFor({ timeout: 60_000 });
  check('an exchange says what it moved', /发出 \d+ 件/.test(await page.locator('.exchange').innerText()));
  line.set('dead');
  const body = path.join(work, 'body.txt');
  run('township', 'report', 'new', '--as', '王芳', '--kind', 'dynamic', '--lane', 'urgent', '--title', '柳河镇三座水库全部降至汛限水位以下', '--body-file', body, '--send');
  await page.getByRole('button', { name: '现在收发' }).click();
  await page.locator('.note-bar', { hasText: /没有联系上|没有办成/ }).waitFor({ timeout: 60_000 });
  await until('what has no receipt is counted on its lane', async () => (await page.locator('.figures tbody tr', { hasText: '加急' }).locator('td').first().innerText()) === '1');
  line.set('open');
  await visit(page, 'alarms', '提醒');
  await page.locator('.alarm-list li, .nothing').first().waitFor();
  await accessible(page, 'alarms');
  await visit(page, 'journal', '日志');
  await page.locator('table.journal tbody tr').first().waitFor();
  check('the journal says who compared the root', (await page.locator('table.journal').innerText()).includes('核对根指纹'));
  await accessible(page, 'journal');
  await fitsPhone(page, 'journal');
  await visit(page, 'superiors', '上级单位');
  await page.getByRole('button', { name: '登记条线上级' }).click();
  await accessible(page, 'superiors');
  await page.keyboard.press('Escape');
  await fitsPhone(page, 'superiors');
  await visit(county.page, 'lines', '线路');
  await county.page.locator('table.list tbody tr', { hasText: '柳河镇' }).waitFor();
  await fitsPhone(county.page, 'lines of a county');
}

async function roleless(b, township) {
  const { page, wrong } = await open(b, township.url);
  await signIn(page, '赵敏');
  await visit(page, 'journal', '日志');
  check('who is no auditor is told so', (await page.locator('.note-bar').innerText()).includes('审计'));
  await visit(page, 'people', '人员');
  await page.locator('table.people tbody tr').first().waitFor();
  check('... and is offered nothing that the node would refuse', (await page.getByRole('button', { name: '增加人员' }).count()) === 0);
  check('the page stayed within its policy for her too', wrong.length === 0, wrong);
}

await finish(async () => {
  const world = await offices();
  const b = await browser();
  const county = await open(b, world.county.url);
  const township = await open(b, world.township.url);
  for (const p of [county.page, township.page]) {
    p.setDefaultTimeout(45_000);
    await signIn(p);
  }
  await root(county, township);
  await inviting(county, `http://127.0.0.1:${world.sync}`);
  await holding(county);
  await care(township);
  await evidence(township, county);
  await lines(county, township, world.line);
  // Last: from the second person on nobody sends alone.
  await people(township);
  await roleless(b, world.township);
  world.township.process.kill('SIGKILL');
  const port = await freePort();
  const again = await serve('township', '--as', '王芳', '--sync', `127.0.0.1:${port}`);
  const anew = await open(b, again.url);
  anew.page.setDefaultTimeout(45_000);
  await signIn(anew.page, '王芳');
  await comparesOffice(county, anew);
  await machines(county, anew, `http://127.0.0.1:${port}`);
  check('nothing that the policy forbids, and no error, in all that', [...county.wrong, ...township.wrong, ...anew.wrong].length === 0, [...county.wrong, ...township.wrong, ...anew.wrong]);
  await b.close();
  world.line.close();
});
