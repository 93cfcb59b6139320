import { expect, it } from 'vitest';
import type { ReportRecord } from '../src/api/types';
import { proofText } from '../src/proof';
import { cosigned, currentSentFirst, sentFirst } from '../src/signed_later';
import { withUnclear } from '../src/unclear';

const record = (over: Partial<ReportRecord>): ReportRecord => ({ record: 'a', type: 'report', office: '1', at: '2026-11-23T06:30:00+08:00', verified: true, quarantine: 'none', flags: [], signatures: [{ officer: '刘小满', role: 'duty' }], parents: [], ...over });

it('what was sent before it was signed says who signed later, and after how many minutes', () => {
  const sent = record({ flags: ['provisional'] });
  const now = Date.parse('2026-11-23T06:40:00+08:00');
  expect(sentFirst([sent], now)).toMatchObject([{ who: '刘小满', later: null, minutes: 10 }]);
  const signed = record({ record: 'b', type: 'cosignature', at: '2026-11-23T06:52:00+08:00', signatures: [{ officer: '陈刚', role: 'cosigner' }], parents: ['a'] });
  expect(sentFirst([signed, sent], now)).toMatchObject([{ who: '刘小满', by: '陈刚', minutes: 22 }]);
  expect(sentFirst([sent, { ...signed, quarantine: 'not_permitted' }], now)[0]?.later).toBeNull();
  expect(sentFirst([record({})], now)).toEqual([]);
  expect([cosigned([sent]), cosigned([sent, signed]), cosigned([record({})])]).toEqual([false, true, false]);
  // Who sent it first is not called its signer, before that or after.
  expect(currentSentFirst(['a'], [sent, signed], now)).toMatchObject({ who: '刘小满', by: '陈刚' });
  expect(currentSentFirst(['later'], [sent, signed], now)).toBeNull();
  expect(sentFirst([sent, record({ record: 'c', type: 'manifest', flags: ['provisional'], parents: ['a'] })], now)).toHaveLength(1);
});
it('what no field could take stands below the text', () => {
  expect(withUnclear('正文。\n', '（原话：死亡“好几个”）')).toBe('正文。\n（原话：死亡“好几个”）');
  expect(withUnclear('', '（原话）')).toBe('（原话）');
  expect(withUnclear('正文。', '')).toBe('正文。');
});
it('a printed sheet names the record that it shows', () => {
  const text = proofText({ case: 'k3v7', number: '柳河镇〔2026〕12号', office: '370783105', signer: '陈刚', signed_at: '2026-11-23T06:52:00+08:00', heads: ['ab'.repeat(32)] });
  expect(text).toContain('record ' + 'ab'.repeat(32));
  expect(new TextEncoder().encode(text).length).toBeLessThan(300);
});
