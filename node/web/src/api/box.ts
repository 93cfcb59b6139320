/** Clues, exercises, nil reports, what looks alike, statistics. Contract: node/net/API.md. */
import { call } from './client';
import type { FieldValue, Outcome, Summary, Writing } from './types';

export type ClueState = 'open' | 'promoted' | 'discarded';
export interface Clue {
  case: string;
  state: ClueState;
  text: string;
  told_by: string;
  place: string;
  by: string;
  at: string;
  reason: string;
  report: { case: string; title: string; number: string; state: string } | null;
  photos: { name: string; bytes: number; here: boolean }[];
}
export interface Clues {
  now: string;
  clues: Clue[];
  counts: Record<ClueState, number>;
  next: string | null;
}
export interface Drill {
  since: string;
  name: string;
  by: string;
}
export type ZeroState = 'pending' | 'sent' | 'late' | 'overdue' | 'unheard' | 'missed';
export interface ZeroSlot {
  due_at: string;
  state: ZeroState;
  /** false: signed in time by its author's clock, arrived later. */
  certain: boolean;
  report: { case: string; title: string; signed_at: string; received_at: string | null } | null;
}
export interface ZeroDue extends ZeroSlot {
  overdue: boolean;
}
export interface Zero {
  now: string;
  times: string[];
  due: ZeroDue | null;
  own: ZeroSlot[];
  below: { office: string; name: string; last_contact: string | null; slots: ZeroSlot[] }[];
}
export interface Reason {
  why: 'text' | 'type' | 'place' | 'time';
  percent?: number;
  minutes?: number;
}
export interface Similar extends Summary {
  own: boolean;
  reasons: Reason[];
  offer: '' | 'merge' | 'follow_up';
}
export interface OfficeStats {
  office: string;
  name: string;
  figures: Record<string, number>;
  acknowledge_minutes: number | null;
  score: number;
  points: { item: number; on: string; level: string; channel: string; each: number; count: number; points: number }[];
}
export interface Stats {
  from: string;
  to: string;
  own: boolean;
  by: { office: string; name: string };
  scheme: string;
  schemes: { id: string; zh: string; en: string }[];
  figures: string[];
  offices: OfficeStats[];
}
/** What one report gave, by the same scheme as the table. */
export interface ReportPoints {
  scheme: { id: string; zh: string; en: string };
  /** Whoever assesses; null: nobody that we know the figures of. */
  by: { office: string; name: string } | null;
  points: { on: string; level: string; channel: string; points: number; at: string; note: string; certain: boolean }[];
  total: number;
}
export interface Counted extends Partial<Summary> {
  case: string;
  sort?: string;
  figure: string;
  at: string;
  minutes: number;
  note: string;
  /** Of which level the office is that adopted it or instructed on it. */
  level?: string;
  certain: boolean;
}

const query = (words: Record<string, string>): string => '?' + new URLSearchParams(Object.entries(words).filter(([, v]) => v !== '')).toString();

export const box = {
  clues: (words: Record<string, string>, background = false) => call<Clues>('GET', '/clues' + query(words), { background }),
  note: (clue: { text: string; told_by: string; place: string }, keepalive = false) => call<{ case: string; state: ClueState }>('POST', '/clues', { body: clue, keepalive }),
  rewrite: (id: string, clue: { text: string; told_by: string; place: string }, keepalive = false) => call<object>('PUT', `/clues/${id}`, { body: clue, keepalive }),
  promote: (clues: string[], photos: boolean) => call<Outcome & { photos_elsewhere?: string[] }>('POST', '/clues/promote', { body: { clues, photos } }),
  discard: (id: string, reason: string) => call<object>('POST', `/clues/${id}/discard`, { body: { reason } }),
  reopen: (id: string) => call<object>('POST', `/clues/${id}/reopen`),

  setExercise: (on: boolean, name: string) => call<{ exercise: Drill | null }>('POST', '/exercise', { body: { on, name } }),

  zero: (days: number, background = false) => call<Zero>('GET', '/zero' + query({ days: String(days) }), { background }),
  sendZero: (note: string) => call<Outcome>('POST', '/zero', { body: { note } }),

  similar: (text: Partial<Writing> & { case?: string; exercise?: boolean }) => call<{ similar: Similar[] }>('POST', '/similar', { body: text, background: true }),
  similarTo: (id: string) => call<{ similar: Similar[] }>('GET', `/reports/${encodeURIComponent(id)}/similar`, { background: true }),
  followUpWith: (id: string, text: { body: string; fields: Record<string, FieldValue> }) => call<Outcome>('POST', `/reports/${encodeURIComponent(id)}/follow-up`, { body: text }),

  stats: (words: Record<string, string>) => call<Stats>('GET', '/stats' + query(words)),
  points: (id: string) => call<ReportPoints>('GET', `/reports/${encodeURIComponent(id)}/points`, { background: true }),
  counted: (words: Record<string, string>) => call<{ items: Counted[] }>('GET', '/stats/list' + query(words)),
  csv: (words: Record<string, string>): string => '/api/v1/stats/csv' + query(words),
};
