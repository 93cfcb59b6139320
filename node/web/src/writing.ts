import { computed, onBeforeUnmount, provide, reactive, ref, shallowRef, watch } from 'vue';
import { onBeforeRouteLeave } from 'vue-router';
import { api } from './api';
import { Problem } from './api/client';
import type { Attached, Check, Draft, DraftVersion, FieldValue, Lane, Writing } from './api/types';
import { clockSeconds } from './clock';
import { DraftKeeper, type KeptState } from './draft';
import { empty, offsetOf } from './fields';
import { mendable } from './findings';
import { i18n } from './i18n';
import { useDialog } from './stores/dialog';
import { useNames } from './stores/names';
import { useNode } from './stores/node';
import { useSession } from './stores/session';
import { unclearKey, withUnclear } from './unclear';

const CHECK_MS = 500;
/** A browser sends at most 64 KiB after a page is left; a character takes up to three bytes. */
const KEEPALIVE_MOST = 20_000;

/** A text on its way to be a report: kept as a draft on the node while somebody writes, and checked by the node's rules. */
export function useWriting(start: { kind: string; lane: Lane }, made: (id: string) => void) {
  const form = reactive({ kind: start.kind, lane: start.lane, title: '', body: '', sensitivity: 'internal', occurred_at: null as string | null, fields: {} as Record<string, FieldValue>, to: [] as string[] });
  const id = ref('');
  const node = useNode();
  const names = useNames();
  const offset = ref(node.offset);
  const kept = shallowRef<KeptState>({ safe: true, saving: false, failed: null });
  const savedAt = ref('');
  const check = shallowRef<Check | null>(null);
  const gone = ref(false);
  /** Another machine of the office has written on it too: what each has, until somebody chooses. */
  const versions = shallowRef<DraftVersion[]>([]);
  /** Somebody else's text came in beside ours; ours goes on being saved as it is. */
  const beside = ref(false);
  /** Another window has saved this draft here since: ours is kept on this page, and nowhere else, until somebody decides. */
  const elsewhere = ref(false);
  let refused: Problem | null = null;
  /** Why it was given back last, by whom and when. */
  const returned = shallowRef<Draft['returned']>(null);
  let seen = '';
  /** 演练: said when the draft is made, and never changed. null: as the node has it. */
  const exercise = ref<boolean | null>(null);
  const session = useSession();
  /** Fields that the draft on the node has: an emptied one has to be taken out there. */
  const there = new Set<string>();
  let quiet = false;
  /** Somebody goes elsewhere: what is saved on the way out gives the page no new address, which would hold them back. */
  let goingAway = false;
  /** The draft on the node names addressees: no longer to name any has to be said. */
  let told = false;
  /** A draft is being made: a second call would make a second one. */
  let making = false;
  /** Of a further version of a case the node knows the kind; it is not changed. */
  const further = ref(false);
  /** Of such a version: which record it becomes, of which case, and why. */
  const version = shallowRef<{ type: string; of: string; number: string; reason: string; sequence: string } | null>(null);

  /** What was typed into a field and is no answer that the field can take, by the field. */
  const unclear = reactive(new Map<string, string>());
  /** The fields that the text had when it was opened here. */
  const had = shallowRef<ReadonlySet<string>>(new Set());
  /** Nothing is amiss with a text that nobody has begun. */
  const titleAtFirst = ref('');
  const begun = computed(() => form.body.trim() !== '' || form.title !== titleAtFirst.value);
  const unclearList = computed(() => [...unclear].map(([key, typed]) => i18n.global.t('unclear.item', { label: names.field(key), typed })).join('；'));
  provide(unclearKey, (key, typed) => {
    if (!key || (unclear.get(key) ?? '') === typed) return;
    if (typed) unclear.set(key, typed);
    else unclear.delete(key);
    changed();
  });

  function now(): Writing {
    const fields: Record<string, FieldValue | null> = {};
    for (const [k, v] of Object.entries(form.fields))
      if (!empty(v)) fields[k] = v;
      else if (there.has(k)) fields[k] = null;
    for (const k of unclear.keys()) {
      const type = names.spec(k)?.type;
      if (type === 'integer' || type === 'number') fields[k] = 'unknown';
      else if (k in fields || there.has(k)) fields[k] = null;
    }
    const body = withUnclear(form.body, unclear.size ? i18n.global.t('unclear.line', { list: unclearList.value }) : '');
    const occurred_at = unclear.has('occurred_at') ? null : form.occurred_at;
    return { kind: form.kind, lane: form.lane, title: form.title, body, sensitivity: form.sensitivity, occurred_at, fields, ...(form.to.length || told ? { to: form.to } : {}) };
  }
  async function save(what: Writing, leaving: boolean): Promise<void> {
    // Asked once more the node would say the same: a person chooses first.
    if (elsewhere.value && refused) throw refused;
    const put = async (w: Partial<Writing>): Promise<void> => {
      if (id.value) {
        const out = await api.change(id.value, seen ? { ...w, seen } : w, leaving);
        seen = out.seen ?? seen;
        beside.value = (out.disputed ?? []).length > 0;
      } else {
        // A member that is null is one that is not there yet.
        const fresh = { ...what, ...w, ...(exercise.value === null ? {} : { exercise: exercise.value }) };
        if (fresh.occurred_at === null) delete (fresh as Partial<Writing>).occurred_at;
        if (making) return;
        making = true;
        try {
          // Goes on when the page is left meanwhile, as far as a browser lets so long a text.
          const out = await api.create(fresh, JSON.stringify(fresh).length < KEEPALIVE_MOST);
          id.value = out.case;
          seen = out.seen ?? '';
        } finally {
          making = false;
        }
        if (!goingAway) made(id.value);
      }
    };
    try {
      await put(what);
    } catch (e) {
      if (e instanceof Problem && e.code === 'draft.changed') {
        refused = e;
        elsewhere.value = true;
      }
      // A field that the rules can't take must not keep the text from being saved.
      if (leaving || !(e instanceof Problem) || (e.status !== 422 && e.status !== 413)) {
        if (e instanceof Problem && (e.code === 'draft.missing' || e.code === 'case.missing' || e.code === 'draft.in_review')) gone.value = true;
        throw e;
      }
      const { fields: _fields, ...text } = what;
      await put({ ...text, ...(id.value ? {} : { fields: {} }) });
      throw e;
    }
    told ||= (what.to?.length ?? 0) > 0;
    for (const k of Object.keys(what.fields)) if (what.fields[k] !== null) there.add(k);
    savedAt.value = clockSeconds(Date.now(), node.offset);
  }
  const keeper = new DraftKeeper<Writing>({
    save,
    now,
    changed: (s) => (kept.value = s),
    // Who may not write is refused the next time too.
    again: (e) => !elsewhere.value && !(e instanceof Problem && e.status === 403),
    after: (ms, then) => {
      const timer = window.setTimeout(then, ms);
      return () => window.clearTimeout(timer);
    },
  });

  let checkTimer = 0;
  let asked = 0;
  let changes = 0;
  /** What the check says is of the text as it is now. */
  const checked = ref(false);
  async function look(): Promise<void> {
    const mine = ++asked;
    const seenAt = changes;
    const w = now();
    const body: Partial<Writing> & { case?: string } = { ...w, ...(id.value ? { case: id.value } : {}) };
    delete body.to;
    if (w.occurred_at === null) delete body.occurred_at;
    try {
      const got = await api.check(body);
      if (mine !== asked) return;
      check.value = got;
      checked.value = seenAt === changes;
    } catch (e) {
      if (!(e instanceof Problem)) throw e;
    }
  }
  function changed(): void {
    if (quiet || gone.value || elsewhere.value) return;
    ++changes;
    checked.value = false;
    keeper.touch();
    window.clearTimeout(checkTimer);
    checkTimer = window.setTimeout(() => void look(), CHECK_MS);
  }
  watch(form, changed, { deep: true });

  async function open(which: string): Promise<void> {
    const r = await api.report(which);
    const d = r.draft;
    if (!d || d.signed_elsewhere) {
      gone.value = true;
      return;
    }
    seen = d.seen;
    returned.value = d.state === 'returned' ? d.returned : null;
    versions.value = d.versions;
    beside.value = false;
    elsewhere.value = false;
    quiet = true;
    unclear.clear();
    id.value = r.case;
    further.value = r.records.length > 0;
    version.value = further.value ? { type: d.type, of: r.title, number: r.number, reason: d.reason, sequence: String(d.fields.sequence_no ?? '') } : null;
    titleAtFirst.value = d.title;
    exercise.value = r.flags.includes('exercise');
    offset.value = offsetOf(d.occurred_at);
    Object.assign(form, { kind: d.kind, lane: d.lane, title: d.title, body: d.body, occurred_at: d.occurred_at, sensitivity: r.sensitivity || 'internal' });
    form.fields = { ...d.fields };
    had.value = new Set(Object.keys(d.fields));
    form.to = [...(d.to ?? [])];
    told = form.to.length > 0;
    there.clear();
    Object.keys(d.fields).forEach((k) => there.add(k));
    keeper.forget();
    await Promise.resolve();
    quiet = false;
    void look();
  }

  /** One text stands; the others stay in sight, so that what is in them can be copied over. */
  async function take(version: string): Promise<DraftVersion[]> {
    const others = versions.value.filter((v) => v.version !== version);
    await api.take(id.value, version);
    await open(id.value);
    return others;
  }

  /** The draft has an attachment more or less: no text has changed, unless another window's. */
  function attached(out: Attached): void {
    if (out.was === seen) seen = out.seen;
  }
  /** This window's text stands: it is saved over the other one. */
  async function overwrite(): Promise<void> {
    seen = (await api.report(id.value)).draft?.seen ?? '';
    elsewhere.value = false;
    keeper.touch();
    await keeper.flush();
  }

  /** Real in the middle of an exercise, or the reverse: a draft never changes that, so the text goes on in a new one. */
  async function become(isExercise: boolean): Promise<void> {
    const old = id.value;
    if (old) await keeper.flush();
    exercise.value = isExercise;
    if (!old) return;
    id.value = seen = '';
    there.clear();
    keeper.touch();
    try {
      await keeper.flush();
    } catch (e) {
      if (!id.value) id.value = old; // it stays what it was
      throw e;
    }
    if (id.value && id.value !== old) await api.remove(old);
  }

  /** The draft's id, made now if there is none yet. */
  async function ensure(): Promise<string> {
    if (!id.value) keeper.touch();
    await keeper.flush();
    return id.value;
  }
  /** Saves what is left and sends it. Gives the outcome, or throws why not. */
  async function send() {
    const out = await api.send(await ensure());
    gone.value = true;
    return out;
  }

  /** Whether it goes although some answers are not understood: nobody is kept from reporting, and nothing goes unsaid. */
  async function asItIs(): Promise<boolean> {
    if (!unclear.size) return true;
    const { t } = i18n.global;
    return (await useDialog().ask({ title: t('unclear.title'), text: t('unclear.text', { list: unclearList.value }), ok: t('unclear.anyway'), cancel: t('unclear.mend'), danger: true })) !== null;
  }

  const flush = (): Promise<void> => keeper.flush();
  const leave = (): void => keeper.leave();
  /** Only what could not be saved, or is too long to be sent on the way out, is worth a question. */
  const ask = (e: Event): void => {
    if (!keeper.safe && (kept.value.failed || form.body.length > KEEPALIVE_MOST)) e.preventDefault();
  };
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') void keeper.flush().catch(() => undefined);
  };
  window.addEventListener('beforeunload', ask);
  window.addEventListener('pagehide', leave);
  document.addEventListener('visibilitychange', hidden);
  session.before.push(flush);
  onBeforeRouteLeave(async () => {
    if (gone.value) return true;
    const before = id.value;
    goingAway = true;
    try {
      await keeper.flush();
    } catch {
      goingAway = (await useDialog().ask({ title: i18n.global.t('write.leave'), danger: true })) !== null;
      if (!goingAway && id.value !== before) made(id.value);
    }
    return goingAway;
  });
  onBeforeUnmount(() => {
    keeper.close();
    window.clearTimeout(checkTimer);
    window.removeEventListener('beforeunload', ask);
    window.removeEventListener('pagehide', leave);
    document.removeEventListener('visibilitychange', hidden);
    session.before.splice(session.before.indexOf(flush), 1);
  });

  const findings = computed(() => mendable(check.value?.warnings ?? []));
  const errors = computed(() => findings.value.filter((w) => w.severity === 'error'));
  const hints = computed(() => findings.value.filter((w) => w.severity === 'warning'));
  return { form, had, id, offset, kept, exercise, now, savedAt, check, gone, further, checked, version, begun, errors, hints, versions, beside, elsewhere, returned, attached, overwrite, open, take, become, ensure, send, asItIs, unclear, flush, look };
}
