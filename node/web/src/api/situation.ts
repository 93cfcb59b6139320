/** What is going on, and the handover of the watch. Contract: node/net/API.md, "What is going on". */
import { call } from './client';
import type { Summary, Superior } from './types';

export interface Incident extends Summary {
  incident_type: string;
  grade: string;
  open: boolean;
  in_shift: boolean;
  last_at: string | null;
  next: { due_at: string; duty: string; late: boolean } | null;
}
export interface BelowOffice {
  office: string;
  name: string;
  last_contact: string | null;
  silent: boolean;
}
export interface Handover {
  at: string;
  by: string;
  to: string;
  from: string;
  note: string;
  open: number;
}
export interface Situation {
  now: string;
  from: string;
  incidents: Incident[];
  more: boolean;
  lines: Superior[];
  below: BelowOffice[];
  note: string;
  handovers: Handover[];
}

export const watchApi = {
  situation: (from = '', background = false) => call<Situation>('GET', '/situation' + (from ? '?' + new URLSearchParams({ from }).toString() : ''), { background }),
  /** `seen`: the note that it takes the place of. */
  note: (note: string, seen: string, keepalive = false) => call<{ note: string }>('PUT', '/handover', { body: { note, seen }, keepalive }),
  handOver: (to: string, from: string, note: string) => call<Handover>('POST', '/handover', { body: { to, from, note } }),
};
