import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, expect, it } from 'vitest';
import { useDialog } from '../src/stores/dialog';

beforeEach(() => setActivePinia(createPinia()));

it('a question whose answer is being tried is there again after the passphrase, and gets its answer', async () => {
  const dialog = useDialog();
  const reason = { title: '退回', keep: 'ask.1' };
  const outer = dialog.ask(reason);
  dialog.trying.add(reason);
  const inner = dialog.ask({ title: '口令', ask: 'passphrase' });
  expect(dialog.question?.title).toBe('口令');
  dialog.close('secret');
  expect(await inner).toBe('secret');
  expect(dialog.question).toBe(reason);
  dialog.close('请补充');
  expect(await outer).toBe('请补充');
  expect(dialog.question).toBe(null);
});
it('a question that nobody has answered yet gives way to the next', async () => {
  const dialog = useDialog();
  const first = dialog.ask({ title: 'a' });
  const second = dialog.ask({ title: 'b' });
  expect(await first).toBe(null);
  dialog.close('x');
  expect(await second).toBe('x');
});
