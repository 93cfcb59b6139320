/** Acts of a superior on a case, and what is done about them. Contract: node/net/API.md, "Acts of a superior". */
import { call } from './client';
import type { Outcome, Writing } from './types';

export type ActKind = 'decision' | 'instruction' | 'progress' | 'close' | 'question' | 'verify' | 'urge' | 'answer' | 'forwarded' | 'merged' | 'cosign' | 'cosigned' | 'cosign_declined';
export type Decision = 'adopted' | 'not_adopted' | 'returned' | 'filed';
export type Rating = Partial<Record<'significance' | 'freshness' | 'completeness' | 'accuracy' | 'conciseness', number>>;
export interface Place {
  office: string;
  name: string;
}
export interface Act {
  record: string | null;
  act: ActKind;
  office: string;
  office_name: string;
  by: string[];
  at: string;
  own: boolean;
  text: string;
  outcome: '' | Decision;
  publication: string;
  issue: number | null;
  reason: string;
  rating: Rating | null;
  due_at: string | null;
  done: boolean;
  assignees: (Place & { state: string; at: string | null })[];
  on: string[];
  to: Place[];
  state: 'open' | 'in_follow_through' | 'feedback_given' | 'answered' | 'overdue' | 'closed' | 'superseded' | 'none';
  for_us: boolean;
  seen: boolean;
  exercise: boolean;
  on_older_version: boolean;
  waiting_for_signature: boolean;
  waits_for: '' | 'signer' | 'second';
  /** Typed for this leader, who alone signs it. */
  words_of?: string;
  /** Given back to who wrote it; `note` says why. */
  returned?: boolean;
  note?: string;
  /** Of our own act: how far it got. */
  deliveries?: { office: string; name: string; state: string; at: string | null }[];
  into: { case: string; office: string; office_name: string; title: string; here: boolean } | null;
}
export interface Source {
  case: string;
  record: string;
  office: string;
  office_name: string;
  title: string;
  here: boolean;
}
/** What a report has besides, when it has been acted on. */
export interface Acted {
  acts?: Act[];
  sources?: Source[];
  owed?: { since: string; due_at: string | null; to: Place[] } | null;
}
export interface Done {
  case: string;
  state: string;
  record: string | null;
  waiting_for_signature: boolean;
}
export interface Deciding {
  outcome: Decision;
  publication?: string;
  issue?: number;
  reason?: string;
  rating?: Rating;
  /** Typed for a leader, who then has to sign. */
  dictated?: boolean;
}
/** As the case was shown: the node refuses what was decided on something else (`case.changed`). */
export interface Shown {
  state?: string;
  heads?: string[];
}
export interface Asking {
  kind: 'question' | 'verify' | 'urge';
  text: string;
  due_at?: string | null;
  on?: string;
}

const post = <T = Done>(id: string, step: string, body: unknown): Promise<T> => call<T>('POST', `/reports/${encodeURIComponent(id)}/${step}`, { body });

export const acts = {
  decide: (id: string, what: Deciding & Shown) => post(id, 'decide', what),
  instruct: (id: string, what: { text: string; due_at: string | null; assignees: string[]; dictated: boolean; leader?: string } & Shown) => post(id, 'instruct', what),
  progress: (id: string, instruction: string, text: string, done: boolean) => post(id, 'progress', { instruction, text, done }),
  close: (id: string, instruction: string, note: string) => post(id, 'close', { instruction, note }),
  ask: (id: string, what: Asking) => post(id, 'ask', what),
  answer: (id: string, to: string, text: string) => post(id, 'answer', { to, text }),
  seen: (id: string) => post<{ case: string; seen: number }>(id, 'seen', {}),
  merge: (sources: string[], writing: Partial<Writing>) => call<Outcome>('POST', '/reports/merge', { body: { sources, ...writing } }),
};
