// A county and a township below it as real processes, with a line between them that can be cut, and a browser.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const YIZHAN = path.resolve(process.env.YIZHAN ?? '../../build/yizhan');
export const PASSPHRASE = '柳河-夜雨-渡口-四十七 ferry';
export const work = fs.mkdtempSync(path.join(os.tmpdir(), 'yz-page.'));
const children = [];

let passed = 0;
let failed = 0;
export function check(what, good, got = '') {
  if (good) ++passed;
  else ++failed;
  console.log(good ? `ok: ${what}` : `FAILED: ${what}: ${JSON.stringify(got)?.slice(0, 1200)}`);
}
export const sleep = (ms) => new Promise((go) => setTimeout(go, ms));
export async function until(what, fact, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  let got = await fact();
  while (!got && Date.now() < end) {
    await sleep(200);
    got = await fact();
  }
  check(what, Boolean(got), got);
}

function environment() {
  const e = Object.fromEntries(Object.entries(process.env).filter(([k]) => !/^(YIZHAN|LC_|LANG)/.test(k)));
  return { ...e, YIZHAN_LANG: 'zh', YIZHAN_PASSPHRASE_FILE: path.join(work, 'passphrase') };
}
export function run(home, ...words) {
  const p = spawnSync(YIZHAN, ['--home', path.join(work, home), ...words, '--json'], { env: environment(), encoding: 'utf8', timeout: 120_000 });
  try {
    return JSON.parse(p.stdout);
  } catch {
    throw new Error(`yizhan ${words.join(' ')}: exit ${p.status}: ${p.stdout}${p.stderr}`);
  }
}
/** Resolves with the web address when the node serves. */
export function serve(home, ...words) {
  const p = spawn(YIZHAN, ['--home', path.join(work, home), 'serve', '--web', '127.0.0.1:0', ...words], { env: environment(), stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(p);
  return new Promise((go, no) => {
    let said = '';
    p.stdout.on('data', (d) => {
      said += d;
      const web = /^ready web=(\S+)/m.exec(said);
      if (web) go({ process: p, url: `http://${web[1]}` });
    });
    p.on('exit', (code) => no(new Error(`${home} does not serve: ${code}`)));
  });
}

/** The line to the superior: `open`, `dead` (nobody listens), or `cut`: it breaks in the middle of each exchange. */
export class Line {
  mode = 'open';
  cuts = 0;
  #sockets = new Set();
  constructor(to) {
    this.server = net.createServer((near) => {
      if (this.mode === 'dead') return near.destroy();
      const far = net.connect(to, '127.0.0.1');
      let bytes = 0;
      for (const s of [near, far]) {
        this.#sockets.add(s);
        s.on('error', () => undefined);
        s.on('close', () => {
          near.destroy();
          far.destroy();
          this.#sockets.delete(s);
        });
      }
      near.on('data', (d) => {
        bytes += d.length;
        // Enough for the headers, not for the envelope behind them.
        if (this.mode === 'cut' && bytes > 700) {
          ++this.cuts;
          far.write(d.subarray(0, 300), () => near.destroy());
          return;
        }
        far.write(d);
      });
      far.on('data', (d) => near.write(d));
    });
  }
  listen() {
    return new Promise((go) => this.server.listen(0, '127.0.0.1', () => go(this.server.address().port)));
  }
  set(mode) {
    this.mode = mode;
    for (const s of this.#sockets) s.destroy();
  }
  close() {
    this.set('dead');
    this.server.close();
  }
}

export function freePort() {
  return new Promise((go) => {
    const s = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = s.address();
      s.close(() => go(port));
    });
  });
}

export async function offices() {
  fs.writeFileSync(path.join(work, 'passphrase'), PASSPHRASE + '\n', { mode: 0o600 });
  const sync = await freePort();
  run('county', 'init', '--code', '370783', '--name', '青山县', '--level', 'county', '--officer', '李明', '--phone', '0536-7654321', '--root');
  const county = await serve('county', '--sync', `127.0.0.1:${sync}`);
  const line = new Line(sync);
  const port = await line.listen();
  const invitation = run('county', 'invite', '--code', '370783105', '--name', '柳河镇', '--level', 'township', '--url', `http://127.0.0.1:${port}`).invitation;
  run('township', 'join', invitation, '--officer', '王芳', '--phone', '0536-1234567');
  const township = await serve('township');
  return { county, township, line, sync };
}

/** City, county and two townships, each serving, without a line that could be cut. */
export async function levels() {
  fs.writeFileSync(path.join(work, 'passphrase'), PASSPHRASE + '\n', { mode: 0o600 });
  const out = {};
  const ports = {};
  run('city', 'init', '--code', '3707', '--name', '潍河市', '--level', 'city', '--officer', '周洁', '--root');
  for (const [home, above, code, name, level, officer] of [
    ['city'],
    ['county', 'city', '370783', '青山县', 'county', '李明'],
    ['township', 'county', '370783105', '柳河镇', 'township', '王芳'],
    ['town2', 'county', '370783106', '石桥镇', 'township', '孙丽'],
  ]) {
    if (above) run(home, 'join', run(above, 'invite', '--code', code, '--name', name, '--level', level, '--url', `http://127.0.0.1:${ports[above]}`).invitation, '--officer', officer);
    ports[home] = await freePort();
    out[home] = await serve(home, '--sync', `127.0.0.1:${ports[home]}`);
    await until(`${home} is in`, () => run(home, 'status').state === 'ready', 60);
  }
  return out;
}

export async function browser() {
  return chromium.launch({
    executablePath: process.env.YZ_CHROMIUM ?? '/usr/bin/chromium',
    env: { ...process.env, LANGUAGE: 'zh_CN' }, // how date fields stand: as on the office's own machine
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}
/** A page that notes what it should never see: a refused script or style, an error, a call to anybody else. */
export async function open(b, url, { locale = 'zh-CN', width = 1366, height = 768 } = {}) {
  const context = await b.newContext({ locale, viewport: { width, height }, timezoneId: 'Asia/Shanghai' });
  const page = await context.newPage();
  const wrong = [];
  page.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource|ERR_/.test(m.text())) wrong.push(m.text());
  });
  page.on('pageerror', (e) => wrong.push(String(e)));
  page.on('request', (r) => {
    const to = new URL(r.url());
    if (to.protocol.startsWith('http') && to.origin !== url) wrong.push('asked ' + r.url());
  });
  confirmAlways(page);
  await page.goto(url);
  return { page, wrong, context };
}
/** A walk on a busy machine takes longer than five minutes: the passphrase that is then asked for again is typed in, whenever it comes. */
function confirmAlways(page) {
  const box = page.locator('dialog.ask[open]', { hasText: /请再输入一次口令|Your passphrase once more/ }).locator('input[type=password]');
  const timer = setInterval(async () => {
    try {
      if (page.isClosed()) clearInterval(timer);
      else if (await box.isVisible()) {
        await box.fill(PASSPHRASE, { timeout: 2000 });
        await box.press('Enter', { timeout: 2000 });
      }
    } catch {
      // It closed meanwhile, or the page went elsewhere: the next look sees.
    }
  }, 700);
  timer.unref();
}
export async function signIn(page, officer = '') {
  const [name, passphrase] = [page.locator('input[name=username]'), page.locator('input[name=passphrase]')];
  await passphrase.waitFor();
  if (officer) await name.fill(officer);
  await passphrase.fill(PASSPHRASE);
  await page.keyboard.press('Enter');
  await page.locator('header.top').waitFor();
}

export async function finish(main) {
  try {
    await main();
  } catch (e) {
    check('the test runs to its end', false, String(e?.stack ?? e));
  }
  for (const p of children) p.kill('SIGKILL');
  if (failed) console.log('kept:', work);
  else fs.rmSync(work, { recursive: true, force: true });
  console.log(`${passed} passed, ${failed} failed`);
  process.exit(failed || !passed ? 1 : 0);
}
