import { defineStore } from 'pinia';
import { computed, ref } from 'vue';
import { api } from '../api';
import { Problem, useCsrf } from '../api/client';
import type { Session } from '../api/types';
import { inOffice } from '../people';

export interface Place {
  office: string;
  name: string;
  machine: string;
}

/** Who is signed in. `locked`: nobody is any more, but what stands on the page waits for the same person. */
export const useSession = defineStore('session', () => {
  const officer = ref('');
  const roles = ref<string[]>([]);
  /** In whose place somebody signs who is no signer. */
  const standsFor = ref<string[]>([]);
  /** Who else may sign here. */
  const signers = ref<string[]>([]);
  const open = ref(false);
  const locked = ref(false);
  const byItself = ref(false);
  /** What the node said when a call found the session over; empty when the page locked itself. */
  const ended = ref('');
  /** Where one is about to sign in. */
  const place = ref<Place | null>(null);
  let waiting: (() => void)[] = [];
  let idleMs = 15 * 60_000;
  let acted = Date.now();
  let told = Date.now();
  /** What has to be saved before the screen is locked. */
  const before: (() => Promise<void>)[] = [];

  async function begin(s: Session): Promise<void> {
    useCsrf(s.csrf);
    idleMs = s.idle_seconds * 1000;
    officer.value = s.officer;
    open.value = true;
    locked.value = false;
    acted = told = Date.now();
    await learnRoles();
    const go = waiting;
    waiting = [];
    go.forEach((f) => f());
  }
  /** What this person may do now, by the certificate in use: asked again whenever the office's people may have changed. */
  async function learnRoles(): Promise<void> {
    const all = (await api.officers()).officers;
    const mine = inOffice(all, officer.value);
    signers.value = all.filter((o) => o.name !== officer.value && o.state === 'active' && o.roles.includes('signer')).map((o) => o.name);
    const signs = mine?.roles.includes('signer') ?? false;
    // In the place of a signer who is away one signs; the node decides each time.
    standsFor.value = signs ? [] : (mine?.stands_for ?? []);
    const now = [...(mine?.roles ?? []), ...(standsFor.value.length ? ['signer'] : [])];
    if (now.join() !== roles.value.join()) roles.value = now;
  }
  /** After a reload: the browser still has the session's cookie. */
  async function resume(): Promise<boolean> {
    try {
      await begin(await api.session());
      return true;
    } catch (e) {
      if (e instanceof Problem && e.status === 401) {
        if (typeof e.more.office_name === 'string') place.value = { office: String(e.more.office ?? ''), name: e.more.office_name, machine: String(e.more.machine ?? '') };
        return false;
      }
      throw e;
    }
  }
  const signIn = async (name: string, passphrase: string): Promise<void> => begin(await api.signIn(name, passphrase));
  async function end(): Promise<void> {
    try {
      await api.signOut();
    } catch {
      /* over already, or the node is away: the page forgets either way */
    }
  }
  async function signOut(): Promise<void> {
    if (!locked.value) for (const save of before) await save().catch(() => undefined);
    await end();
    // Whoever signs in next begins at the list of today, not where this one was.
    history.replaceState(null, '', '/');
    location.reload();
  }
  async function lock(itself = false): Promise<void> {
    if (locked.value || !open.value) return;
    for (const save of before) await save().catch(() => undefined);
    locked.value = true;
    byItself.value = itself;
    ended.value = '';
    await end();
  }
  /** A call found the session over: it waits behind the lock. */
  function wait(why = ''): Promise<void> {
    if (open.value && !locked.value) {
      locked.value = true;
      byItself.value = true;
      ended.value = why;
    }
    return new Promise((go) => waiting.push(go));
  }
  function act(): void {
    acted = Date.now();
  }
  /** Now and then: the node hears that somebody is here, or the screen is locked. */
  function look(): void {
    if (!open.value || locked.value) return;
    const now = Date.now();
    if (now - acted > idleMs - 20_000) void lock(true);
    else if (now - told > 120_000 && acted > told) {
      told = now;
      void api.session().catch(() => undefined);
    }
  }
  const may = (role: string): boolean => roles.value.includes(role);
  /** Begins texts; who only signs or reviews is offered no form that the node would refuse. */
  const mayWrite = computed(() => may('drafter') || may('duty'));
  return { officer, roles, mayWrite, standsFor, signers, open, locked, byItself, ended, place, before, learnRoles, resume, signIn, signOut, lock, wait, act, look, may };
});
