import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import { api } from '../api';
import { box } from '../api/box';
import { Problem } from '../api/client';
import type { Rules, Status } from '../api/types';
import { AGAIN_MS, Bell, ringing, tone, urgentKeys } from '../desk/ring';
import { byUrgency } from '../desk/triage';
import { concernsUs } from '../desk/zero';
import { offsetOf } from '../fields';
import { named } from '../i18n';

type Heard = (change: { all: boolean; cases: string[] }) => void;

/** The node's state as the page knows it, kept fresh by its events; and the rules, asked for once. */
export const useNode = defineStore('node', () => {
  const status = shallowRef<Status | null>(null);
  const rules = shallowRef<Rules | null>(null);
  const away = ref(false);
  const now = ref(Date.now());
  const listeners = new Set<Heard>();
  let events: EventSource | null = null;
  let timer = 0;
  let again = 0;
  const lateBell = new Bell(2 * AGAIN_MS);
  const urgentBell = new Bell(AGAIN_MS);
  const silenced = ref(false);

  const above = computed(() => status.value?.superiors.find((s) => s.kind === 'superior') ?? status.value?.superiors[0] ?? null);
  /** Of the office's clock, which is the one that all times here are shown by. */
  const offset = computed(() => offsetOf(status.value?.now));
  /** In flash and urgent from others, not acknowledged: the most urgent first, the newest of these first. */
  const urgent = computed(() => [...(status.value?.unacknowledged ?? [])].sort(byUrgency));
  const waiting = computed(() => (status.value ? status.value.lanes.flash.waiting + status.value.lanes.urgent.waiting + status.value.lanes.routine.waiting : 0));
  const down = computed(() => above.value !== null && !above.value.reachable);

  async function load(background = true): Promise<void> {
    try {
      status.value = await api.status(background);
      ring();
      away.value = false;
    } catch (e) {
      if (e instanceof Problem && e.away) away.value = true;
      else throw e;
    }
  }
  /** What nobody has acknowledged rings once, and again every minute; a late step every two, till somebody notes it. */
  function ring(): void {
    const keys = urgentKeys(urgent.value);
    const late = lateBell.rings(ringing(status.value?.alarms ?? []), Date.now());
    if (urgentBell.rings(keys, Date.now()) || late) tone();
    silenced.value = urgentBell.isSilent(keys);
  }
  function silence(): void {
    urgentBell.silence();
    silenced.value = true;
  }
  /** Whether nil reports are owed here, or by an office below: asked once, and again now and then. */
  const owesZero = ref(false);
  let zeroAt = 0;
  async function lookAtZero(): Promise<void> {
    if (Date.now() - zeroAt < 10 * 60_000) return;
    zeroAt = Date.now();
    owesZero.value = await box.zero(1, true).then(concernsUs, () => owesZero.value);
  }
  let rulesAt = 0;
  /** A policy may have changed them: asked again after a minute, while the old ones go on. */
  async function loadRules(): Promise<Rules> {
    const old = Date.now() - rulesAt > 60_000;
    if (rules.value && !old) return rules.value;
    rulesAt = Date.now();
    const fresh = api.rules().then((r) => (rules.value = r));
    if (!rules.value) return fresh;
    fresh.catch(() => (rulesAt = 0));
    return rules.value;
  }
  /** The sentence of a rule that a text did not keep; of a rule that is not known here its code. */
  function rule(id: string): string {
    const known = rules.value?.checks?.find((c) => c.id === id);
    return known ? named(known) : id;
  }
  function hear(change: { all: boolean; cases: string[] }): void {
    if (!again)
      again = window.setTimeout(() => {
        again = 0;
        void load().catch(() => undefined);
      }, 1000);
    listeners.forEach((f) => f(change));
  }
  /** All that was asked for is asked for once more. */
  function reload(): void {
    rulesAt = 0;
    hear({ all: true, cases: [] });
  }
  /** From now on, until stop(): what changes is heard; every quarter of a minute it is asked for anyway. */
  function start(): void {
    stop();
    void load().catch(() => undefined);
    void lookAtZero();
    events = new EventSource('/api/v1/events');
    events.addEventListener('change', (e) => hear(JSON.parse((e as MessageEvent<string>).data) as { all: boolean; cases: string[] }));
    events.addEventListener('hello', () => hear({ all: true, cases: [] }));
    for (const last of ['elsewhere', 'signed-out'])
      events.addEventListener(last, () => {
        events?.close();
        events = null;
      });
    timer = window.setInterval(() => {
      now.value = Date.now();
      void lookAtZero();
      hear({ all: events === null, cases: [] });
    }, 15_000);
  }
  function stop(): void {
    events?.close();
    events = null;
    window.clearInterval(timer);
  }
  function onChange(f: Heard): () => void {
    listeners.add(f);
    return () => listeners.delete(f);
  }
  return { status, rules, owesZero, away, now, offset, urgent, silenced, silence, above, waiting, down, load, reload, loadRules, rule, start, stop, onChange };
});
