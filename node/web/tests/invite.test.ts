import { describe, expect, it } from 'vitest';
import type { OfficeRow } from '../src/api/admin';
import { addressGood, codeTrouble, codeUnder, isLoopback } from '../src/admin/invite';

const office = (code: string, more: Partial<OfficeRow> = {}): OfficeRow => ({
  office: code, name: code, level: 'township', state: 'below', since: null, admitted: true, one_person: false, superior: '370783', line_superiors: [], suspended: false, key_waits: false, fingerprint: '', compared: true, new_key: '', ...more,
});

describe('the code of an office that is invited', () => {
  it('lies below ours when it begins with it; pairs of zeros at the end of six digits stand for the whole region', () => {
    expect([codeUnder('370783', '370783105'), codeUnder('370700', '370783'), codeUnder('370000', '370783'), codeUnder('370783', '370784105'), codeUnder('370783', '3707')]).toEqual([true, true, true, false, false]);
  });
  it('is refused before anything is made, for the reason that the node would give', () => {
    const all = [office('370783105'), office('370783106', { admitted: false }), office('370783107', { state: 'revoked' }), office('370783108', { superior: '370799' })];
    const trouble = (code: string, kind: 'new' | 'line' | 'move' = 'new'): string => codeTrouble(code, kind, '370783', all);
    expect(trouble('')).toBe('codeForm');
    expect(trouble('37078310五')).toBe('codeForm');
    expect(trouble('3707831050000')).toBe('codeForm');
    expect(trouble('370783')).toBe('codeOwn');
    expect(trouble('370784105')).toBe('codeNotBelow');
    expect(trouble('370784105', 'move')).toBe('codeNotBelow');
    expect(trouble('370784105', 'line')).toBe('');
    expect(trouble('370700', 'line')).toBe('codeAbove');
    expect(trouble('370783105')).toBe('codeTaken');
    expect(trouble('370783105', 'move')).toBe('codeTaken');
    expect(trouble('370783106')).toBe('');
    expect(trouble('370783107')).toBe('');
    expect(trouble('370783108', 'line')).toBe('');
  });
});

describe('an address on the sheet', () => {
  it('has a host and a port that can be', () => {
    for (const good of ['http://10.77.0.5:8701', 'https://node.example.org', 'http://[fd00::5]:8701', 'http://10.77.0.5:8701/yz']) expect([good, addressGood(good)]).toEqual([good, true]);
    for (const bad of ['', '10.77.0.5:8701', 'ftp://10.77.0.5', 'http://', 'http://:8701', 'http://10.77.0.5:', 'http://10.77.0.5:0', 'http://10.77.0.5:70000', 'http://10.77.0.5:87o1', 'http://乡镇:8701', 'http://' + 'a'.repeat(250)]) expect([bad, addressGood(bad)]).toEqual([bad, false]);
  });
  it('is warned about when it means the machine itself', () => {
    expect(['http://127.0.0.1:8701', 'http://localhost:8701', 'http://[::1]:8701', 'http://0.0.0.0:8701'].every(isLoopback)).toBe(true);
    expect(['http://10.77.0.5:8701', 'http://127.example.org:8701'].some(isLoopback)).toBe(false);
  });
});
