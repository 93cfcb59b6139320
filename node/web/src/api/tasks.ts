/** Work that is asked for from above, and the policy. Contract: node/net/API.md, "Commissions" and "Policy". */
import { call } from './client';
import type { Lane, Outcome } from './types';

export type AskState = 'waiting' | 'delivered' | 'opened' | 'accepted' | 'declined' | 'extension_asked' | 'answered' | 'returned' | 'overdue' | 'excused';
export interface Answer {
  case: string;
  record: string;
  number: string;
  title: string;
  state: string;
  signed_at: string | null;
  received_at: string | null;
  late: boolean;
}
export interface Below {
  office: string;
  name: string;
  state: AskState;
  stage: AskState;
  due_at: string | null;
  since: string | null;
  late: boolean;
  heard: boolean;
}
export interface Addressee {
  office: string;
  name: string;
  state: AskState;
  stage: AskState;
  due_at: string;
  late: boolean;
  since: string | null;
  reason: string;
  until: string | null;
  chased: number;
  chased_at: string | null;
  answers: Answer[];
  below: Below[];
  holds_up: string[];
  child: string | null;
}
export interface Commission {
  case: string;
  number: string;
  side: 'issued' | 'asked';
  state: 'draft' | 'in_review' | 'open' | 'closed';
  office: string;
  office_name: string;
  title: string;
  body: string;
  kind: string;
  lane: Lane;
  issued_at: string | null;
  due_at: string;
  drafter: string;
  signer: string;
  verified: boolean;
  flags: string[];
  parent: { case: string; record: string; office: string; title: string; due_at: string } | null;
  children: string[];
  mine: Addressee | null;
  addressees: Addressee[];
  counts: Partial<Record<AskState, number>>;
  draft: { to: string[]; note: string; corrects: boolean; state: 'draft' | 'in_review'; title: string; body: string; reason: string; drafter: string } | null;
  /** As it was issued, and every correction, the oldest first; not in lists. */
  texts?: { at: string; record: string; by: string; reason: string; title: string; body: string }[];
  suggested_due_at: string | null;
  may: string[];
  history: { at: string; office: string; office_name: string; by: string; act: string; text: string; until: string | null; record: string; to: string[] }[];
}
export interface CommissionWish {
  title: string;
  body: string;
  due_at?: string;
  to: string[];
  kind?: string;
  lane?: string;
}

const at = (id: string, act = ''): string => `/commissions/${encodeURIComponent(id)}${act ? '/' + act : ''}`;
const act = (id: string, what: string, body: object): Promise<Commission> => call<Commission>('POST', at(id, what), { body });

export const tasksApi = {
  list: (query: Record<string, string>, background = false) => call<{ now: string; commissions: Commission[] }>('GET', '/commissions?' + new URLSearchParams(query).toString(), { background }),
  one: (id: string, background = false) => call<Commission>('GET', at(id), { background }),
  issue: (body: CommissionWish) => call<Outcome>('POST', '/commissions', { body }),
  pass: (id: string, body: Partial<CommissionWish>) => call<Outcome>('POST', at(id, 'pass'), { body }),
  /** Another text for one that nobody signed yet; of a correction only title and body. */
  edit: (id: string, body: Partial<CommissionWish>) => call<Commission>('PUT', at(id), { body }),
  amend: (id: string, body: { title: string; body: string; reason: string }) => act(id, 'amend', body),
  accept: (id: string, note: string) => act(id, 'accept', { note }),
  decline: (id: string, reason: string) => act(id, 'decline', { reason }),
  extend: (id: string, until: string, reason: string) => act(id, 'extend', { until, reason }),
  /** A first text of the answer, kept as a draft: written on in the editor. */
  begin: (c: Commission) => call<Outcome>('POST', '/reports', { body: { kind: 'commissioned', lane: c.lane, title: c.title, body: '', answers: c.case } }),
  answer: (id: string, report: string) => call<Partial<Outcome>>('POST', at(id, 'answer'), { body: { report } }),
  grant: (id: string, office: string, until: string | undefined, note: string) => act(id, 'grant', { office, ...(until ? { until } : {}), note }),
  refuse: (id: string, office: string, reason: string) => act(id, 'refuse', { office, reason }),
  chase: (id: string, offices: string[] | undefined, note: string) => act(id, 'chase', { ...(offices ? { offices } : {}), note }),
  close: (id: string, note: string) => act(id, 'close', { note }),
};

export interface Policy {
  office: string;
  office_name: string;
  version: number;
  effective_at: string;
  published_at: string | null;
  case: string;
  state: 'in_force' | 'coming' | 'replaced' | 'superseded_twin';
  signer: string;
  verified: boolean;
  deliveries?: { office: string; name: string; state: string; at: string | null }[];
}
export interface PolicyDraft {
  case: string;
  title: string;
  state: string;
  drafter: string;
  version: number | null;
  effective_at: string | null;
  document: PolicyDocument | null;
}
export type PolicyNeed = 'required' | 'if_known' | 'optional' | 'unused';
export interface TimetableDoc {
  name?: string;
  levels?: string[];
  offices?: string[];
  at?: string[];
  from?: string;
  to?: string;
  persons?: number;
}
export interface SkipClass {
  class: string;
  from?: string;
  lowest: string;
}
/** Every member is optional: what is not named stays as it is. */
export interface PolicyDocument {
  v?: number;
  deadlines?: { hop: string; class?: string; level: string; phone_min?: number | null; written_min: number }[];
  fields?: { key: string; zh: string; en: string; type: string; classes?: string[]; choices?: { code: string; zh: string; en: string }[] }[];
  forms?: { stage: string; class?: string; need: PolicyNeed; fields: string[] }[];
  required?: { stage: string; class?: string; fields: string[] }[];
  rules?: { id: string; severity: 'error' | 'warning' }[];
  signoff?: { kind: string; steps: number }[];
  skip_level?: { levels?: string[]; classes?: SkipClass[] };
  commission?: { default_days?: number; slack?: { level: string; minutes: number }[] };
  zero_report?: TimetableDoc[];
  watch?: TimetableDoc[];
  escalation?: { what: string; lane: string; deputy_min: number; leader_min: number; superior_min: number }[];
}
export interface PolicyNow {
  text: string;
  in_force: PolicyDocument;
  /** What holds without our own word. */
  base: PolicyDocument;
  /** Offices above us have ruled: ours may only be stricter. */
  bound: boolean;
  own: { version: number; effective_at: string; document: PolicyDocument } | null;
  law: { deadlines: { hop: string; class: string; written_min: number; src: string }[]; forms: { stages: string[]; fields: string[]; src: string }[]; flash_required_most: number };
  quality: { id: string; zh: string; en: string; fixed: boolean }[];
  sources: Policy[];
  coming: Policy[];
  /** Waiting for another's signature, with what that would put in force. */
  drafts: PolicyDraft[];
}
export interface PolicyTimes {
  now: string;
  zero_reports: { from: string; at: string; name: string }[];
  watch: { from: string; to: string; name: string; persons: number } | null;
}
export interface PolicyProblem {
  code: string;
  where: string;
  message: string;
}
export interface PolicyChange {
  where: string;
  /** As JSON text; "" where there is none. */
  before: string;
  after: string;
}
export const policyApi = {
  now: () => call<PolicyNow>('GET', '/policy'),
  times: () => call<PolicyTimes>('GET', '/policy/times'),
  version: (office: string, version: number) => call<{ policy: Policy; document: Record<string, unknown>; before: PolicyDocument; after: PolicyDocument }>('GET', `/policy?office=${encodeURIComponent(office)}&version=${version}`),
  all: () => call<{ policies: Policy[] }>('GET', '/policies'),
  check: (document: unknown) => call<{ ok: boolean; problems: PolicyProblem[] }>('POST', '/policy/check', { body: { document } }),
  diff: (body: { document?: unknown; office?: string; version?: number; against?: { office: string; version: number } }) => call<{ changes: PolicyChange[] }>('POST', '/policy/diff', { body }),
  publish: (document: unknown, effective_at?: string) => call<{ case: string; state: string; version: number; effective_at: string; offices: number; message: string }>('POST', '/policies', { body: { document, ...(effective_at ? { effective_at } : {}) } }),
};
