import { describe, expect, it } from 'vitest';
import { ref } from 'vue';
import { parsedTime } from '../src/clock';
import { makeGuard } from '../src/guard';

describe('a form with a field that cannot be read', () => {
  it('is not sent, says which field, and is free again when it is mended', () => {
    const guard = makeGuard();
    const due = ref('');
    guard.add({ bad: () => parsedTime(due.value, '2026-11-22T14:05') === null, name: () => '时限' });
    guard.add({ bad: () => false, name: () => '事由' });
    expect(guard.blocked.value).toBe(false);
    due.value = '2026-13-45 99:99';
    expect(guard.blocked.value).toBe(true);
    expect(guard.bad.value).toEqual(['时限']);
    due.value = '2026-11-24 17:00';
    expect(guard.blocked.value).toBe(false);
  });
  it('forgets a field that is gone', () => {
    const guard = makeGuard();
    const gone = guard.add({ bad: () => true, name: () => '时限' });
    expect(guard.blocked.value).toBe(true);
    gone();
    expect(guard.blocked.value).toBe(false);
  });
});
