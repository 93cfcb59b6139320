/** One function a route. No view calls fetch, and no rule stands here that the node does not hold. */
import type { ZeroDue, ZeroSlot } from './box';
import { call, callOnce } from './client';
import type { Attached, Check, FullReport, Office, Officer, Outcome, Rules, Session, Status, Summary, Work, Writing } from './types';

const at = (id: string): string => '/reports/' + encodeURIComponent(id);

export const api = {
  signIn: (officer: string, passphrase: string) => callOnce<Session>('POST', '/session', { body: { officer, passphrase } }),
  session: (background = false) => callOnce<Session>('GET', '/session', { background }),
  signOut: () => callOnce<object>('DELETE', '/session'),
  confirm: (passphrase: string) => callOnce<object>('POST', '/session/confirm', { body: { passphrase } }),

  status: (background = false) => call<Status>('GET', '/status', { background }),
  work: (background = false) => call<{ now: string; zero?: ZeroDue | null; zero_missed?: ZeroSlot[]; items: Work[] }>('GET', '/work', { background }),
  rules: () => call<Rules>('GET', '/rules'),
  officers: () => call<{ officers: Officer[] }>('GET', '/officers', { background: true }),
  offices: () => call<{ offices: Office[] }>('GET', '/offices', { background: true }),
  sync: () => call<{ reached: boolean; waiting: number; reason: string; said: string }>('POST', '/sync'),

  reports: (query: Record<string, string>, background = false) =>
    call<{ reports: Summary[]; next: string | null; among?: number }>('GET', '/reports?' + new URLSearchParams(query).toString(), { background }),
  report: (id: string, background = false) => call<FullReport>('GET', at(id), { background }),
  check: (writing: Partial<Writing> & { case?: string }) => call<Check>('POST', '/check', { body: writing }),
  create: (writing: Writing, keepalive = false) => call<Outcome>('POST', '/reports', { body: writing, keepalive }),
  /** Two machines of the office have different texts: this one stands. */
  take: (id: string, version: string) => call<Outcome>('PUT', at(id), { body: { take: version } }),
  change: (id: string, writing: Partial<Writing>, keepalive = false) => call<Outcome>('PUT', at(id), { body: writing, keepalive }),
  remove: (id: string) => call<object>('DELETE', at(id)),
  send: (id: string) => call<Outcome>('POST', at(id) + '/send'),
  submit: (id: string) => call<Outcome>('POST', at(id) + '/submit'),
  step: (id: string, step: 'review' | 'return' | 'sign' | 'acknowledge', note: string) => call<Outcome>('POST', `${at(id)}/${step}`, { body: { note } }),
  withdraw: (id: string, reason: string) => call<Outcome>('POST', at(id) + '/withdraw', { body: { reason } }),
  followUp: (id: string, final: boolean, title?: string) => call<Outcome>('POST', at(id) + '/follow-up', { body: { final, ...(title ? { title } : {}) } }),
  correct: (id: string, reason: string) => call<Outcome>('POST', at(id) + '/correct', { body: { reason } }),
  code: (id: string) => call<{ to: string; code: string; exercise: boolean }>('POST', at(id) + '/code'),
  attach: (id: string, file: File, sent?: (bytes: number) => void) => call<Attached>('PUT', `${at(id)}/attachments/${encodeURIComponent(file.name)}`, { octets: file, sent }),
  detach: (id: string, name: string) => call<Attached>('DELETE', `${at(id)}/attachments/${encodeURIComponent(name)}`),
  attachment: (id: string, name: string) => `/api/v1${at(id)}/attachments/${encodeURIComponent(name)}`,
};
