import { defineStore } from 'pinia';
import { computed, shallowRef } from 'vue';
import { api } from '../api';
import type { FieldSpec, FieldValue, Office } from '../api/types';
import { i18n, named } from '../i18n';
import { useNode } from './node';

/** An office of which nothing is known here but its id: no reader can do anything with that. */
const ID = /^[0-9a-f]{32}$/;

/** What codes stand for: offices, kinds, fields and their values. */
export const useNames = defineStore('names', () => {
  const node = useNode();
  const offices = shallowRef<Office[]>([]);
  let asked: Promise<void> | null = null;
  /** Once a page; again after a failure. */
  function load(): Promise<void> {
    asked ??= (async () => {
      try {
        await node.loadRules();
        offices.value = (await api.offices()).offices;
      } catch (e) {
        asked = null;
        throw e;
      }
    })();
    return asked;
  }
  const self = computed(() => offices.value.find((o) => o.office === node.status?.office) ?? null);
  const below = computed(() => offices.value.filter((o) => o.state === 'below'));
  const office = (code: string): string => {
    if (code === node.status?.office) return node.status.name;
    return offices.value.find((o) => o.office === code)?.name || node.status?.superiors.find((s) => s.office === code)?.name || (ID.test(code) ? i18n.global.t('common.otherOffice') : code);
  };
  const kind = (id: string): string => {
    const k = node.rules?.kinds.find((x) => x.id === id);
    return k ? named(k) : id;
  };
  /** What a row of a list is: 首报, 续报, 终报, 更正. */
  function versionOf(r: { kind: string; version?: string }): string {
    const { t } = i18n.global;
    const further = ['followup', 'final', 'correction', 'withdrawal'].includes(r.version ?? '') ? t('further.' + r.version) : '';
    if (!further || kind(r.kind) === further) return kind(r.kind);
    return r.version === 'correction' ? kind(r.kind) + ' · ' + further : further;
  }
  const spec = (key: string): FieldSpec | undefined => node.rules?.fields.find((f) => f.key === key);
  const fixed = ['title', 'body', 'kind', 'lane', 'occurred_at', 'sensitivity', 'withdrawn'];
  const field = (key: string): string => {
    if (fixed.includes(key)) return i18n.global.t('desk.field.' + key);
    const s = spec(key);
    return s ? named(s) : key;
  };
  function value(key: string, v: FieldValue | null | undefined): string {
    const { t, te } = i18n.global;
    if (v === null || v === undefined || v === '') return t('desk.nothing');
    if (v === 'unknown') return t('write.unknown');
    if (key === 'withdrawn') return v === true ? t('desk.yes') : t('desk.no');
    if (key === 'kind') return kind(String(v));
    if ((key === 'lane' || key === 'sensitivity') && te(`${key}.${String(v)}`)) return t(`${key}.${String(v)}`);
    if (key === 'occurred_at') return String(v).slice(0, 16).replace('T', ' ');
    if (typeof v === 'boolean') return v ? t('desk.yes') : t('desk.no');
    const s = spec(key);
    if (s?.type === 'datetime') return String(v).slice(0, 16).replace('T', ' ');
    const choice = s?.type === 'incident_type' ? node.rules?.incident_types.find((c) => c.code === v) : s?.choices.find((c) => c.code === v);
    return choice ? named(choice) : String(v);
  }
  return { offices, self, below, load, office, kind, versionOf, spec, field, value };
});
