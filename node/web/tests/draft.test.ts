import { describe, expect, it } from 'vitest';
import { DraftKeeper, LATEST_MS, SOON_MS, type KeptState } from '../src/draft';

/** Time that passes when it is told to, and a node that answers when it is told to. */
function world() {
  let now = 0;
  const timers = new Set<{ at: number; then: () => void }>();
  const saves: string[] = [];
  const answers: { ok: () => void; no: (e: Error) => void }[] = [];
  let text = '';
  let state: KeptState = { safe: true, saving: false, failed: null };
  const keeper = new DraftKeeper<string>({
    save: (what) => {
      saves.push(what);
      return new Promise((ok, no) => answers.push({ ok, no }));
    },
    now: () => text,
    changed: (s) => (state = s),
    again: (e) => !(e instanceof Error && e.message === 'a person chooses'),
    after: (ms, then) => {
      const t = { at: now + ms, then };
      timers.add(t);
      return () => timers.delete(t);
    },
  });
  const settle = async () => {
    for (let i = 0; i < 10; ++i) await Promise.resolve();
  };
  return {
    keeper,
    saves,
    state: () => state,
    write(s: string) {
      text = s;
      keeper.touch();
    },
    async pass(ms: number) {
      now += ms;
      for (const t of [...timers]) if (t.at <= now && timers.delete(t)) t.then();
      await settle();
    },
    async answer(e?: Error) {
      const a = answers.shift()!;
      if (e) a.no(e);
      else a.ok();
      await settle();
    },
  };
}

describe('a text that somebody writes', () => {
  it('is saved soon after the last key', async () => {
    const w = world();
    w.write('山');
    await w.pass(SOON_MS - 1);
    expect(w.saves).toEqual([]);
    await w.pass(1);
    expect(w.saves).toEqual(['山']);
    await w.answer();
    expect(w.state().safe).toBe(true);
  });
  it('is saved at the latest after a while, however fast the keys come', async () => {
    const w = world();
    for (let ms = 0; ms < LATEST_MS; ms += 500) {
      w.write('字'.repeat(ms / 500 + 1));
      await w.pass(500);
    }
    expect(w.saves.length).toBe(1);
  });
  it('is saved once more when it changed while it was being saved, and never by two saves at a time', async () => {
    const w = world();
    w.write('一');
    const all = w.keeper.flush();
    w.write('一二');
    const again = w.keeper.flush();
    expect(w.saves).toEqual(['一']);
    await w.answer();
    expect(w.saves).toEqual(['一', '一二']);
    await w.answer();
    await Promise.all([all, again]);
    expect(w.state()).toEqual({ safe: true, saving: false, failed: null });
  });
  it('is not called safe when it could not be saved, and is tried again', async () => {
    const w = world();
    w.write('山');
    const flushed = w.keeper.flush();
    await w.answer(new Error('no room'));
    await expect(flushed).rejects.toThrow('no room');
    expect(w.state().safe).toBe(false);
    expect(w.state().failed).toBeInstanceOf(Error);
    await w.pass(3000);
    expect(w.saves).toEqual(['山', '山']);
    await w.answer();
    expect(w.state()).toEqual({ safe: true, saving: false, failed: null });
  });
  it('leaves with the page, if only it is not on the node yet', async () => {
    const w = world();
    w.keeper.leave();
    expect(w.saves).toEqual([]);
    w.write('山');
    w.keeper.leave();
    expect(w.saves).toEqual(['山']);
  });
});

describe('a save that waits for a person', () => {
  it('is not tried again by itself, whatever time passes', async () => {
    const w = world();
    w.write('一');
    await w.pass(SOON_MS);
    await w.answer(new Error('a person chooses'));
    await w.pass(60_000);
    expect(w.saves).toEqual(['一']);
    expect(w.state().failed).toBeTruthy();
    w.keeper.forget();
    expect(w.state()).toEqual({ safe: true, saving: false, failed: null });
  });
});
