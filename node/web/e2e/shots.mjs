// Pictures of every page, in both languages, on an office screen, a large one and a telephone: node e2e/shots.mjs DIR
import fs from 'node:fs';
import path from 'node:path';
import { browser, check, finish, offices, open, run, signIn, until, work } from './world.mjs';

const out = path.resolve(process.argv[2] ?? 'shots');
const sizes = { office: [1366, 768], large: [1920, 1080], phone: [390, 844] };

function report(home, kind, lane, title, body, ...more) {
  const file = path.join(work, 'body.txt');
  fs.writeFileSync(file, body);
  return run(home, 'report', 'new', '--kind', kind, '--lane', lane, '--title', title, '--body-file', file, ...more).case;
}

const town = {
  items: [
    ['problem', '柳河镇农村饮水冬季保供存在三个短板', '入冬以来，柳河镇6个村出现管网冻损14处，影响居民412户。主要问题：一是管道埋深不足；二是备用水源少；三是抢修队伍仅5人。建议统筹资金改造管网3.2公里。'],
    ['experience', '柳河镇推行网格夜巡降低冬季火险', '11月以来，柳河镇46名网格员分三班夜巡，累计巡查1280户，整改电热毯、炭火盆隐患57处，较上月同期火警减少6起。'],
    ['dynamic', '柳河镇完成冬小麦浇越冬水2.1万亩', '截至11月20日，柳河镇2.6万亩冬小麦已浇越冬水2.1万亩，占81%，投入水泵320台、渠道清淤17公里，预计24日前全部完成。'],
  ],
};

async function made(line) {
  for (const [kind, title, body] of town.items) report('township', kind, 'routine', title, body, '--send');
  const flash = report('township', 'first_report', 'flash', '柳河镇铁匠沟村北山发生山体滑坡致3人失联', '11月22日6时10分，铁匠沟村北山发生山体滑坡，阻断村道约40米，3人失联。镇里已派18人到场搜救，转移群众26户81人，其余情况正在核实。', '--set', 'incident_type=ND-GEO', '--set', 'place=铁匠沟村北山', '--set', 'deaths=0', '--set', 'missing=3', '--set', 'information_source=铁匠沟村支书周山', '--set', 'measures_taken=派18人到场搜救，转移群众81人', '--send');
  await until('all is at the county', () => run('township', 'report', 'show', flash).receipts.length > 1);
  line.set('dead');
  report('township', 'dynamic', 'urgent', '柳河镇三座水库全部降至汛限水位以下', '截至11月22日8时，柳河镇三座小型水库水位分别低于汛限0.8米、1.1米、0.6米，巡查人员12名在岗。', '--send');
  report('township', 'suggestion', 'routine', '关于增设山区村卫生室取暖设备的建议', '柳河镇9个山区村卫生室中有4个没有取暖设备。');
  await until('the line is known to be down', () => !run('township', 'status').superiors[0].reachable, 90);
  return flash;
}

await finish(async () => {
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  const { county, township, line } = await offices();
  const flash = await made(line);
  const b = await browser();
  let n = 0;
  for (const locale of ['zh-CN', 'en']) {
    for (const [size, [width, height]] of Object.entries(sizes)) {
      if (size === 'large' && locale === 'en') continue;
      const { page, context } = await open(b, township.url, { locale, width, height });
      const shot = async (name) => {
        await page.waitForTimeout(350);
        await page.screenshot({ path: path.join(out, `${name}-${locale.slice(0, 2)}-${size}.png`) });
        ++n;
      };
      const go = async (to, sign) => {
        await page.goto(township.url + '/#' + to);
        await page.locator(sign).first().waitFor();
      };
      await page.locator('input[name=passphrase]').waitFor();
      await shot('sign-in');
      await signIn(page);
      await page.locator('.work-row').first().waitFor();
      await shot('work');
      await go('/reports', 'table.list tbody tr');
      await shot('list');
      await go('/report/' + flash, '.report h1');
      await shot('report');
      await go('/write/' + run('township', 'report', 'list', '--state', 'draft').reports[0].case, '.findings li');
      await shot('write');
      await go('/phone', '#who');
      await page.locator('#who').fill('铁匠沟村支书周山');
      await page.locator('#where').fill('铁匠沟村北山');
      await page.locator('#what').fill('地质');
      await page.locator('.el-select-dropdown__item.is-hovering').waitFor().catch(() => undefined);
      await page.keyboard.press('Enter');
      await page.locator('#deaths').fill('0');
      await page.locator('#missing').fill('3');
      await page.locator('#body').fill('6时10分山体滑坡，阻断村道约40米，3人失联。');
      await page.locator('.due-bar').waitFor();
      await shot('phone');
      await page.evaluate(() => window.scrollTo(0, 99999));
      await shot('phone-end');
      // The card's draft goes again, so that the next size finds the same list.
      await page.locator('.save-state', { hasText: /\d\d:\d\d:\d\d/ }).waitFor();
      const list = run('township', 'report', 'list', '--state', 'draft').reports.filter((r) => r.lane === 'flash');
      await go('/', '.work-row');
      for (const r of list) {
        await go('/report/' + r.case, '.actions');
        await page.locator('.actions .el-button', { hasText: /删除草稿|Delete draft/ }).click();
        await page.locator('dialog.ask .el-button--danger').click();
        await page.locator('.work-row').first().waitFor();
      }
      await page.getByRole('button', { name: locale === 'en' ? 'Lock' : '锁屏' }).click();
      await page.locator('.gate').waitFor();
      await shot('locked');
      await context.close();
    }
  }
  const { page } = await open(b, county.url);
  await signIn(page);
  await page.locator('.work-row').first().waitFor();
  await page.waitForTimeout(400);
  await page.screenshot({ path: path.join(out, 'county-work-zh-office.png') });
  await page.goto(county.url + '/#/report/' + flash);
  await page.locator('.report h1').waitFor();
  await page.pdf({ path: path.join(out, 'report-print.pdf'), format: 'A4' });
  check(`${n + 1} pictures and a printed page are in ${out}`, n > 30);
  await b.close();
  line.close();
});
