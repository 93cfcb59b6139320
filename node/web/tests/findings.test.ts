import { expect, it } from 'vitest';
import type { Finding } from '../src/api/types';
import { mendable, whereToMend } from '../src/findings';

const found = (rule: string, field: string, severity: Finding['severity'] = 'warning'): Finding => ({ rule, field, severity, message: '', offset: 0, length: 0 });

it('who writes is told what they can mend: not that nobody has signed yet, unless that keeps the text from going', () => {
  const all = [found('R01', 'place'), found('R01', 'signer'), found('R05', 'signer', 'error')];
  expect(mendable(all)).toEqual([all[0], all[2]]);
});
it('a lower figure is mended where its reason stands', () => {
  expect(whereToMend(found('R09', 'missing'))).toBe('change_reason');
  expect(whereToMend(found('R01', 'missing'))).toBe('missing');
});
