import { describe, expect, it } from 'vitest';
import { officeList } from '../src/admin/alarms';
import type { Act } from '../src/api/acts';
import type { Summary } from '../src/api/types';
import { beginsWithBrief, newSince, nowRead, readFrom } from '../src/desk/brief';
import { beginning } from '../src/desk/memo';
import { answersBelow, assigneeBelow, dueBelow, passedFrom, passedOn } from '../src/desk/pass_on';
import { finer, parts, places, placesIn, tokens } from '../src/difference';

const act = (over: Partial<Act>): Act => ({ record: 'r', act: 'instruction', office: '3707', office_name: '青州市', by: ['李建国'], at: '2026-11-22T08:00:00+08:00', own: false, text: '查明原因，妥善安置。', outcome: '', publication: '', issue: null, reason: '', rating: null, due_at: null, done: false, assignees: [], on: [], to: [], state: 'open', for_us: true, seen: true, exercise: false, on_older_version: false, waiting_for_signature: false, waits_for: '', into: null, ...over });

describe('what is never split in a difference', () => {
  const table: [string, string[]][] = [
    ['3人失联', ['3人', '失', '联']],
    ['转移13人', ['转', '移', '13人']],
    ['受灾面积1,200亩', ['受', '灾', '面', '积', '1,200亩']],
    ['损失约2.1万元', ['损', '失', '约', '2.1万元']],
    ['11月22日6时10分', ['11月22日', '6时10分']],
    ['2026年11月22日', ['2026年11月22日']],
    ['2026-11-22', ['2026-11-22']],
    ['昨天23:10到', ['昨', '天', '23:10', '到']],
    ['三人受伤', ['三人', '受', '伤']],
    ['一些群众', ['一', '些', '群', '众']],
    ['降雨50mm', ['降', '雨', '50mm']],
    ['G20高速', ['G', '20', '高', '速']],
    ['𠮷野家', ['𠮷', '野', '家']],
    ['', []],
  ];
  it.each(table)('%s', (text, want) => expect(tokens(text)).toEqual(want));
  it.each<[string, string, string, string]>([
    ['3人失联', '5人失联', '3人', '5人'],
    ['转移13人', '转移15人', '13人', '15人'],
    ['6时10分发生', '6时40分发生', '6时10分', '6时40分'],
    ['11月22日', '11月23日', '11月22日', '11月23日'],
    ['冲毁房屋3间', '冲毁房屋13间', '3间', '13间'],
  ])('%s becomes %s: one figure for another', (before, after, out, came) => {
    const all = parts(before, after);
    expect(all.filter((p) => p.kind === 'out').map((p) => p.text)).toEqual([out]);
    expect(all.filter((p) => p.kind === 'in').map((p) => p.text)).toEqual([came]);
  });
});

describe('in how many places a text was changed', () => {
  const text = (title: string, body: string, fields = {}): Parameters<typeof places>[0] => ({ title, body, fields });
  it.each<[string, string, number]>([
    ['3人失联，2人受伤，转移13人。', '3人失联，2人受伤，转移13人。', 0],
    ['3人失联，另有2人受伤，已转移13人。', '5人失联，另有2人受伤，已转移15人。', 2],
    ['一段。\n二段有3人。\n三段有4户。', '一段。\n二段有5人。\n三段有6户。', 2],
    ['甲', '', 1],
  ])('%s → %s', (before, after, n) => expect(places(text('标题', before), text('标题', after))).toBe(n));
  it('counts each place of a title, and each field', () => {
    expect(placesIn('柳河镇山体滑坡致3人失联', '白石镇山体滑坡致4人失联')).toBe(2);
    expect(places(text('甲', '乙', { missing: 3, place: '北山' }), text('甲', '乙', { missing: 4, place: '南山' }))).toBe(2);
  });
  it('makes of the node\'s count a reader\'s, and leaves it where a text is not at hand', () => {
    const before = text('标题', '3人失联，另有2人受伤，已转移13人。');
    const after = text('标题', '5人失联，另有2人受伤，已转移15人。');
    expect(finer(1, before, after)).toBe(2);
    expect(finer(2, before, after)).toBe(3); // with one field
    expect(finer(2, undefined, after)).toBe(2);
    expect(finer(0, before, before)).toBe(0);
  });
});

describe('an instruction that goes on to those below', () => {
  const above = act({ record: 'above' });
  const ours = act({ record: 'ours', own: true, for_us: false, office: '370783', office_name: '青山县', text: '青州市李建国批示：“查明原因，妥善安置。”请办理。', assignees: [{ office: '370783105', name: '柳河镇', state: 'done', at: null }] });
  const said = (at: string, text: string, done: boolean): Act => act({ record: at, act: 'progress', office: '370783105', office_name: '柳河镇', on: ['ours'], at, text, done, for_us: false });
  it('is known by the words that it quotes', () => {
    expect(passedOn([above, ours], above)).toEqual([ours]);
    expect(passedFrom([above, ours], ours)).toBe(above);
    expect(passedOn([above, act({ own: true, text: '另一件' })], above)).toEqual([]);
    expect(passedFrom([act({ text: ' ' }), ours], ours)).toBeNull();
  });
  it('is due earlier than ours, or has no due time where none is left', () => {
    const now = Date.parse('2026-11-22T08:00:00+08:00');
    expect(dueBelow('2026-11-22T16:00:00+08:00', now)).toBe(Date.parse('2026-11-22T14:00:00+08:00'));
    expect(dueBelow('2026-11-22T09:00:00+08:00', now)).toBe(Date.parse('2026-11-22T08:30:00+08:00'));
    expect(dueBelow('2026-11-22T08:20:00+08:00', now)).toBeNull();
    expect(dueBelow('2026-11-21T08:20:00+08:00', now)).toBeNull();
    expect(dueBelow(null, now)).toBeNull();
  });
  it('goes to the office that it is about, or to who brought it', () => {
    expect(assigneeBelow({ office: '370783105' }, ['370783101', '370783105'])).toEqual(['370783105']);
    expect(assigneeBelow({ office: '370783105001', layers: [{ office: '370783105001' }, { office: '370783105' }] }, ['370783105'])).toEqual(['370783105']);
    expect(assigneeBelow({ office: '370783' }, ['370783105'])).toEqual([]);
  });
  it('comes back with the newest word of each office', () => {
    const all = [above, ours, said('2026-11-22T10:00:00+08:00', '已到场', false), said('2026-11-22T12:00:00+08:00', '已安置', true)];
    const got = answersBelow(all, above);
    expect(got.said.map((x) => x.text)).toEqual(['已安置']);
    expect(got.done).toBe(true);
    expect(answersBelow([above], above)).toEqual({ said: [], done: false });
  });
});

describe('a leader\'s page', () => {
  const row = (case_: string, at: string): Summary => ({ case: case_, number: '', title: '', kind: 'dynamic', lane: 'routine', state: 'received', office: '2', office_name: '', occurred_at: null, signed_at: null, received_at: at, verified: true, flags: [], conflict: false, attachments: 0 });
  const [old, young] = ['2026-11-22T08:00:00+08:00', '2026-11-22T09:00:00+08:00'];
  it('leaves out what was read by itself, until something of it comes anew', () => {
    const read = nowRead({}, row('a', old), null);
    expect(newSince([row('a', old), row('b', old)], null, '1', read).map((r) => r.case)).toEqual(['b']);
    expect(newSince([row('a', young)], null, '1', read)).toHaveLength(1);
  });
  it('forgets marks that all-looked-at has overtaken, and reads no nonsense', () => {
    expect(nowRead({ a: old }, row('b', young), '2026-11-22T08:30:00+08:00')).toEqual({ b: young });
    expect(nowRead({}, { case: 'x', received_at: null }, null)).toEqual({});
    for (const bad of ['', '[]', '3', 'null', '{"a":1}', '{']) expect(readFrom(bad)).toEqual({});
    expect(readFrom('{"a":"2026"}')).toEqual({ a: '2026' });
  });
  it('is where a leader of a county or above begins, and nobody who writes', () => {
    expect(beginsWithBrief(['signer'], 'county')).toBe(true);
    expect(beginsWithBrief(['signer', 'reviewer'], 'city')).toBe(true);
    expect(beginsWithBrief(['signer', 'drafter'], 'county')).toBe(false);
    expect(beginsWithBrief(['signer'], 'township')).toBe(false);
    expect(beginsWithBrief(['drafter'], 'county')).toBe(false);
  });
  it('prints the beginning of a text up to the end of a sentence', () => {
    expect(beginning('短。', 10)).toEqual({ text: '短。', whole: true });
    expect(beginning('一二三四五。六七八九十', 8)).toEqual({ text: '一二三四五。', whole: false });
    expect(beginning('一二三四五六七八九十', 4)).toEqual({ text: '一二三四', whole: false });
  });
});

describe('an alarm', () => {
  it('leads to its case, else to the list of the office that holds it up', () => {
    expect(officeList({ code: 'held.back', office: '370783' })).toBe('/reports?office=370783');
    expect(officeList({ code: 'announced.missing', office: '370783', case: 'abc' })).toBe('/report/abc');
    expect(officeList({ code: 'backup.old', office: '370783' })).toBe('');
  });
});
