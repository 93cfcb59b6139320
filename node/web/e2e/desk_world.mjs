// A city, a county of two officers, a township with two machines, and a second township: what the editor's desk needs.
import fs from 'node:fs';
import path from 'node:path';
import { Line, PASSPHRASE, freePort, run, serve, until, work } from './world.mjs';

export function report(home, kind, lane, title, body, ...more) {
  const file = path.join(work, 'body.txt');
  fs.writeFileSync(file, body);
  const made = run(home, 'report', 'new', '--kind', kind, '--lane', lane, '--title', title, '--body-file', file, ...more);
  if (!made.case || made.exit) throw new Error(`not reported: ${JSON.stringify(made)}`);
  return made.case;
}
export const texts = {
  water: ['柳河镇农村饮水冬季保供存在三个短板', '入冬以来，柳河镇6个村出现管网冻损14处，影响居民412户。\n主要问题：一是管道埋深不足；二是备用水源少；三是抢修队伍仅5人。\n建议统筹资金改造管网3.2公里。'],
  waterToo: ['白石镇农村饮水冬季保供存在短板', '12月以来，白石镇3个村管网冻损6处，影响居民178户，抢修队伍仅3人。建议全县统一储备管材。'],
  patrol: ['柳河镇推行网格夜巡降低冬季火险', '11月以来，柳河镇46名网格员分三班夜巡，累计巡查1280户，整改电热毯、炭火盆隐患57处，较上月同期火警减少6起。'],
  slide: ['柳河镇铁匠沟村北山发生山体滑坡致3人失联', '11月22日6时10分，铁匠沟村北山发生山体滑坡，阻断村道约40米，3人失联。镇里已派18人到场搜救，转移群众26户81人，其余情况正在核实。'],
};
export const figures = ['--set', 'incident_type=ND-GEO', '--set', 'place=铁匠沟村北山', '--set', 'deaths=0', '--set', 'missing=3', '--set', 'information_source=铁匠沟村支书周山', '--set', 'measures_taken=派18人到场搜救，转移群众81人'];

const county2 = ['--as', '李明'];
export const county = (...words) => run('county', ...words, ...county2);

/** A step by the API itself, with the passphrase in the call. */
export async function step(url, officer, path, body) {
  const answer = await fetch(url + '/api/v1' + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url, 'X-YZ-Passphrase': Buffer.from(PASSPHRASE).toString('base64'), 'X-YZ-Officer': encodeURIComponent(officer) },
    body: JSON.stringify(body),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(said)}`);
  return said;
}

/** The township's line to its county can be cut; the rest is always up. */
export async function chain() {
  fs.writeFileSync(path.join(work, 'passphrase'), PASSPHRASE + '\n', { mode: 0o600 });
  const [up, mid, low] = [await freePort(), await freePort(), await freePort()];
  run('city', 'init', '--code', '3707', '--name', '潍安市', '--level', 'city', '--officer', '周大河', '--phone', '0536-8000001', '--root');
  const city = await serve('city', '--sync', `127.0.0.1:${up}`);
  run('county', 'join', run('city', 'invite', '--code', '370783', '--name', '青山县', '--level', 'county', '--two-person', '--url', `http://127.0.0.1:${up}`).invitation, '--officer', '李明', '--phone', '0536-7654321');
  run('county', 'officer', 'add', '赵红', '--role', 'drafter,reviewer,signer,duty', '--passphrase-file-for', path.join(work, 'passphrase'), ...county2);
  const middle = await serve('county', '--sync', `127.0.0.1:${mid}`, ...county2);
  const line = new Line(mid);
  const port = await line.listen();
  const join = (home, code, name, officer, at) => run(home, 'join', county('invite', '--code', code, '--name', name, '--level', 'township', '--url', `http://127.0.0.1:${at}`).invitation, '--officer', officer, '--phone', '0536-1234567');
  join('town', '370783105', '柳河镇', '王芳', port);
  join('town2', '370783106', '白石镇', '孙磊', mid);
  const town = await serve('town', '--sync', `127.0.0.1:${low}`);
  const second = await serve('town2');
  run('two', 'join', run('town', 'node', 'invite', '--url', `http://127.0.0.1:${low}`, '--name', '二号机').invitation, '--officer', '王芳');
  return { city, county: middle, town, town2: second, line, low };
}

/** Both machines of the township go on from the same version without hearing of each other. */
export async function conflicted(line) {
  const id = report('town', 'first_report', 'flash', ...texts.slide, ...figures, '--send');
  let two = await serve('two');
  await until('the second machine has the report', () => run('two', 'report', 'list').reports.some((r) => r.case === id), 60);
  two.process.kill('SIGKILL');
  line.set('dead');
  const body = (name, text) => {
    const file = path.join(work, name);
    fs.writeFileSync(file, text);
    return file;
  };
  run('two', 'report', 'correct', id, '--set', 'missing=2', '--set', 'deaths=1', '--body-file', body('two.txt', texts.slide[1].replace('3人失联', '1人死亡、2人失联')), '--reason', '搜救队11时找到1人', '--send');
  run('town', 'report', 'correct', id, '--set', 'missing=4', '--body-file', body('one.txt', texts.slide[1].replace('3人失联', '4人失联').replace('26户81人', '31户97人')), '--reason', '又有1名村民家属报失联', '--send');
  two = await serve('two');
  await until('the two meet', () => run('town', 'report', 'show', id).conflict, 90);
  line.set('open');
  return { id, two };
}
