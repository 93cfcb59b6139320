import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, reactive, type EffectScope } from 'vue';

vi.mock('../src/stores/session', () => ({ useSession: () => ({ before: [] }) }));
const { together, useKept } = await import('../src/kept');

/** A node that keeps texts, may be away, and answers a GET when it is told to. */
const texts = new Map<string, string>();
const puts: { name: string; text: string }[] = [];
let away = false;
let hold: ((go: () => void) => void) | null = null;
let scope: EffectScope;
async function answer(path: string, init: { method?: string; body?: string } = {}) {
  if (away) throw new TypeError('away');
  const name = decodeURIComponent(path.split('/').pop()!);
  if (init.method === 'PUT') {
    const { text } = JSON.parse(init.body!) as { text: string };
    puts.push({ name, text });
    if (text) texts.set(name, text);
    else texts.delete(name);
  }
  const text = texts.get(name) ?? '';
  if (hold && init.method === 'GET') await new Promise<void>((go) => hold!(go));
  return new Response(JSON.stringify({ name, text }), { status: 200 });
}
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('window', { setTimeout, clearTimeout, addEventListener: () => undefined, removeEventListener: () => undefined });
  vi.stubGlobal('fetch', answer);
  texts.clear();
  puts.length = 0;
  away = false;
  hold = null;
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});
const opened = (form: { text: string; due?: string }) => scope.run(() => useKept(form))!;
const said = (text: string) => JSON.stringify({ text });

describe('what is begun in a form and kept on the node', () => {
  it('stands in the form again, and is forgotten when it is done', async () => {
    texts.set('act.1', said('请查明'));
    const form = reactive({ text: '' });
    const kept = opened(form);
    await kept.begin('act.1');
    expect(form.text).toBe('请查明');
    expect(kept.found.value).toBe(true);
    form.text = '请查明原因';
    await kept.flush();
    expect(texts.get('act.1')).toBe(said('请查明原因'));
    await kept.end();
    expect(texts.size).toBe(0);
  });
  it('is not written over while the node has not told what was kept, and comes in front of what was typed meanwhile', async () => {
    texts.set('act.1', said('上午写的'));
    const form = reactive({ text: '' });
    const kept = opened(form);
    away = true;
    await kept.begin('act.1');
    expect(kept.state.value.failed).not.toBe(null);
    form.text = '下午写的';
    await kept.flush();
    expect(kept.state.value.safe).toBe(false);
    expect(texts.get('act.1')).toBe(said('上午写的'));
    away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(form.text).toBe('上午写的\n下午写的');
    expect(texts.get('act.1')).toBe(said('上午写的\n下午写的'));
    expect(kept.state.value).toEqual({ safe: true, saving: false, failed: null });
  });
  it('of an earlier form does not come into the one that was opened after it', async () => {
    texts.set('act.1', said('第一件'));
    const form = reactive({ text: '' });
    const kept = opened(form);
    let go: () => void = () => undefined;
    hold = (g) => (go = g);
    const first = kept.begin('act.1');
    await vi.advanceTimersByTimeAsync(1);
    hold = null;
    await kept.begin('act.2');
    go();
    await first;
    expect(form.text).toBe('');
    form.text = '第二件';
    await kept.flush();
    expect([...texts]).toEqual([['act.1', said('第一件')], ['act.2', said('第二件')]]);
  });
  it('is not kept once the form went away, whatever is typed then', async () => {
    const form = reactive({ text: '' });
    const kept = opened(form);
    let go: () => void = () => undefined;
    hold = (g) => (go = g);
    const begun = kept.begin('act.1');
    await vi.advanceTimersByTimeAsync(1);
    void kept.away();
    form.text = 'a passphrase';
    go();
    await begun;
    form.text += '!';
    await vi.advanceTimersByTimeAsync(20_000);
    expect(puts).toEqual([]);
  });
  it('goes to the node under its own name, although it could not before the next form was opened', async () => {
    const form = reactive({ text: '' });
    const kept = opened(form);
    await kept.begin('act.1');
    away = true;
    form.text = '第一件';
    await kept.away();
    form.text = '';
    away = false;
    await kept.begin('act.2');
    form.text = '第二件';
    await kept.flush();
    expect(new Map(texts)).toEqual(new Map([['act.1', said('第一件')], ['act.2', said('第二件')]]));
  });
  it('of an act that is signed is forgotten by its name, also later when the node was away', async () => {
    texts.set('act.1', said('不同意'));
    const form = reactive({ text: '' });
    const kept = opened(form);
    await kept.begin('act.1');
    await kept.away();
    away = true;
    await kept.end('act.1');
    away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(texts.size).toBe(0);
  });
  it('that is no form of this page leaves the form as it is', async () => {
    const form = reactive({ text: '' });
    const kept = opened(form);
    for (const bad of ['{', '[1]', '7', 'null']) {
      texts.set('act.1', bad);
      await kept.begin('act.1');
      expect(form.text).toBe('');
      expect(kept.found.value).toBe(false);
    }
  });
  it('field by field takes the place of what nobody has touched', () => {
    expect(together({ text: '', due: '', to: [] }, { text: '旧', due: '08:00', to: ['1'] }, { text: '', due: '09:00', to: [] })).toEqual({ text: '旧', due: '09:00', to: ['1'] });
    expect(together({ text: '' }, { text: '旧' }, { text: '旧的又写了' })).toEqual({ text: '旧的又写了' });
  });
});
