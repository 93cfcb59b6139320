// Pictures of administration, audit and commissioned work: node e2e/shots_admin.mjs DIR
import fs from 'node:fs';
import path from 'node:path';
import { browser, check, finish, offices, open, run, serve, signIn, until, work } from './world.mjs';

const out = path.resolve(process.argv[2] ?? 'shots');
const only = process.argv[3];
const sizes = { office: [1366, 768], large: [1920, 1080], phone: [390, 844] };

async function made({ sync }) {
  for (const [home, code, name, officer] of [
    ['town2', '370783106', '石桥镇', '孙丽'],
    ['town3', '370783107', '大泉乡', '高峰'],
  ]) {
    const i = run('county', 'invite', '--code', code, '--name', name, '--level', 'township', '--url', `http://127.0.0.1:${sync}`).invitation;
    run(home, 'join', i, '--officer', officer);
    await serve(home);
    await until(`${name} is in`, () => run(home, 'status').state === 'ready', 60);
  }
  run('county', 'invite', '--code', '370783108', '--name', '南岭乡', '--level', 'township', '--url', `http://127.0.0.1:${sync}`);
  run('county', 'office', 'suspend', '370783107', '--reason', '核实人员');
  const body = path.join(work, 'body.txt');
  fs.writeFileSync(body, '截至11月20日，柳河镇2.6万亩冬小麦已浇越冬水2.1万亩，占81%，投入水泵320台、渠道清淤17公里，预计24日前全部完成。');
  const ahead = (days) => new Date(Date.now() + days * 864e5 + 8 * 36e5).toISOString().slice(0, 19) + '+08:00';
  const outline = path.join(work, 'outline.txt');
  fs.writeFileSync(outline, '请围绕以下几点报送：\n一、入冬以来管网冻损处数、影响户数；\n二、已采取的措施；\n三、需要上级协调解决的问题。\n字数1000字以内。');
  const asked = run('county', 'commission', 'new', '--title', '冬季农村饮水保供情况', '--body-file', outline, '--due', ahead(2), '--to', '370783105,370783106,370783107').case;
  const knows = (home) => until(`${home} is asked`, () => run(home, 'commission', 'list').commissions?.length === 1, 90);
  await knows('township');
  await knows('town2');
  run('township', 'commission', 'accept', asked);
  run('town2', 'commission', 'extend', asked, '--until', ahead(4), '--reason', '道路结冰，入村核实需要时间');
  await until('the county hears it', () => JSON.stringify(run('county', 'commission', 'show', asked)).includes('道路结冰'), 90);
  run('township', 'report', 'new', '--kind', 'dynamic', '--lane', 'routine', '--title', '柳河镇完成冬小麦浇越冬水2.1万亩', '--body-file', body, '--send');
  return asked;
}

await finish(async () => {
  fs.mkdirSync(out, { recursive: true });
  const world = await offices();
  const asked = await made(world);
  const b = await browser();
  let n = 0;
  for (const locale of ['zh-CN', 'en']) {
    for (const [size, [width, height]] of Object.entries(sizes)) {
      if (only && size !== only) continue;
      if (size === 'large' && locale === 'en') continue;
      const { page, context } = await open(b, world.county.url, { locale, width, height });
      page.setDefaultTimeout(45_000);
      const shot = async (name) => {
        await page.waitForTimeout(350);
        await page.screenshot({ path: path.join(out, `${name}-${locale.slice(0, 2)}-${size}.png`), fullPage: size === 'phone' });
        ++n;
      };
      const go = async (to, sign) => {
        await page.goto(world.county.url + '/#' + to);
        await page.locator(sign).first().waitFor();
      };
      await signIn(page);
      await go('/admin/lines', '.list tbody tr');
      await shot('admin-lines');
      await go('/admin/offices', '.offices tbody tr');
      await shot('admin-offices');
      await page.getByRole('button', { name: /^(吊销|Revoke)/ }).first().click();
      await page.locator('dialog.ask[open]').waitFor();
      await shot('admin-revoke');
      await page.keyboard.press('Escape');
      await go('/admin/offices/invite', '.wizard');
      await page.locator('.wizard input[maxlength="60"]').fill('北沟镇');
      await page.locator('.wizard input[maxlength="24"]').fill('370783109');
      await shot('admin-invite');
      await page.locator('.wizard .el-button--primary').click();
      await page.locator('.wizard textarea').fill('http://10.77.0.5:8701');
      await shot('admin-invite-address');
      await page.locator('.wizard .el-button--primary').click();
      await page.locator('.sheet svg').waitFor();
      await shot('admin-sheet');
      if (size === 'office') {
        await page.pdf({ path: path.join(out, `admin-sheet-${locale.slice(0, 2)}.pdf`), format: 'A4' });
        await page.setViewportSize({ width: 642, height: 953 }); // what is left of A4 between the margins
        await page.emulateMedia({ media: 'print' });
        await shot('admin-sheet-paper');
        await page.emulateMedia({ media: null });
        await page.setViewportSize({ width, height });
      }
      await go('/admin/machines', '.machine');
      await shot('admin-machines');
      await go('/admin/root', '.fingerprint');
      await shot('admin-root');
      await go('/admin/care', '#versions');
      await page.locator('.card .el-button').nth(1).click();
      await page.locator('.result').waitFor();
      await shot('admin-care');
      await go('/admin/journal', '.journal tbody tr');
      await shot('admin-journal');
      await go('/admin/evidence', 'input[type=search]');
      await page.locator('input[type=search]').fill('越冬水');
      await page.keyboard.press('Enter');
      await page.locator('.rows li').first().waitFor();
      await shot('admin-evidence');
      await go('/admin/people', '.people tbody tr');
      await shot('admin-people');
      await page.locator('.head .el-button--primary').click();
      await page.locator('dialog.ask[open]').waitFor();
      await shot('admin-people-add');
      await go('/tasks?side=issued', '.task-row');
      await shot('tasks-issued');
      await go('/task/' + asked, '.rollup');
      await shot('task-rollup');
      await go('/tasks/new', '.picker-list label');
      await page.getByRole('button', { name: /^(全部乡镇|Every township)/ }).click();
      await shot('task-new');
      await go('/admin/policy', '#now');
      await page.locator('.head-end .el-button').click();
      await shot('admin-policy');
      await context.close();

      const t = await open(b, world.township.url, { locale, width, height });
      await signIn(t.page);
      for (const [to, sign, name] of [
        ['lines', '.figures', 'lines'],
        ['alarms', '.alarm-list li', 'alarms'],
        ['superiors', '.card', 'superiors'],
        ['root', '#root-digits', 'root-compare'],
        ['/', '.group-commission', 'work-asked'],
        ['/task/' + asked, '.mine-card', 'task-asked'],
      ]) {
        await t.page.goto(world.township.url + '/#' + (to.startsWith('/') ? to : '/admin/' + to));
        await t.page.locator(sign).first().waitFor();
        if (name === 'root-compare') await t.page.locator('#root-digits').fill('123456789012345678901');
        await t.page.waitForTimeout(350);
        await t.page.screenshot({ path: path.join(out, `town-${name}-${locale.slice(0, 2)}-${size}.png`), fullPage: size === 'phone' });
        ++n;
      }
      await t.context.close();
    }
  }
  check(`${n} pictures of administration are in ${out}`, n > 10);
  await b.close();
  world.line.close();
});
