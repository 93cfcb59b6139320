import { expect, it } from 'vitest';
import type { ReportRecord } from '../src/api/types';
import type { Layer } from '../src/api/desk_types';
import { proofOf, proofText } from '../src/proof';
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
  // What was passed on holds the report as it was sent: that nobody signed later cannot be said of it.
  expect(sentFirst([record({ flags: ['provisional', 'nested'] })], now)).toMatchObject([{ later: null, within: true }]);
  expect(sentFirst([sent], now)[0]?.within).toBe(false);
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
const printed = { layers: [], case: 'k3v7', number: '柳河镇〔2026〕12号', office: '370783105', office_name: '柳河镇', signer: '陈刚', signed_at: '2026-11-23T06:52:00+08:00', heads: ['ab'.repeat(32)] };
it('a printed sheet names the record that it shows', () => {
  const text = proofText(printed, proofOf(printed, null));
  expect(text).toContain('record ' + 'ab'.repeat(32));
  expect(text).not.toContain('original-');
  expect(new TextEncoder().encode(text).length).toBeLessThan(300);
});
it('a sheet with an edited text vouches for the edition by its own signer and digest, and names the original beside it', () => {
  const layer = (over: Partial<Layer>): Layer => ({ record: 'ab'.repeat(32), type: 'report', office: '370783105', office_name: '柳河镇', by: '陈刚', at: '2026-11-23T06:52:00+08:00', lane: 'flash', signatures: [], readable: true, note: '', unchanged: false, places: 0, changed: [], places_in_all: 0, ...over });
  const edition = layer({ record: 'cd'.repeat(32), type: 'forward', office: '370783', office_name: '青山县', by: '李明', at: '2026-11-23T07:10:00+08:00', places: 5, places_in_all: 5 });
  const proof = proofOf({ ...printed, layers: [layer({}), edition] }, edition);
  expect(proof).toMatchObject({ office: '370783', signer: '李明', record: 'cd'.repeat(32), original: { office: '370783105', signer: '陈刚', record: 'ab'.repeat(32) } });
  expect(proofText(printed, proof)).toMatch(/\nsigner 李明\n[^]*\nrecord (cd){32}\noriginal-office 370783105\noriginal-signer 陈刚\n[^]*original-record (ab){32}$/);
});
