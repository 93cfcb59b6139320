/** Absence, co-signature, escalation. Contract: node/net/API.md, "Absence, co-signature, embargo, escalation". */
import { call } from './client';
import type { Outcome } from './types';

export interface Absence {
  absence: string;
  office: string;
  office_name: string;
  own: boolean;
  absent: string;
  deputy: string;
  from: string;
  until: string;
  begins: string;
  ends: string;
  state: 'running' | 'coming' | 'back' | 'over';
  reason: string;
  place: string;
  contact: string;
}
export interface Cosigner {
  office: string;
  office_name: string;
  officer: string;
  state: 'waiting' | 'signed' | 'declined';
  asked_at: string;
  at: string | null;
  record: string | null;
  reason: string;
  on_older_version: boolean;
}
export interface Embargo {
  until: string | null;
  here: boolean;
  over: boolean;
  passes_up: boolean;
  forbids_passing_on: boolean;
  forbids_publishing: boolean;
}
export interface CosignWish {
  offices: { office: string; name: string }[];
  officers: string[];
  text: string;
  hold_until: string | null;
}
/** What a report has besides. */
export interface Roled {
  embargo?: Embargo | null;
  cosigners?: Cosigner[];
  cosign_wish?: CosignWish | null;
  held_until?: string | null;
  signed_for?: string;
}
export interface Leaving {
  officer?: string;
  deputy?: string;
  from?: string;
  until: string;
  reason?: string;
  place?: string;
  contact?: string;
}
export interface CosignAsking {
  offices?: string[];
  officers?: string[];
  text?: string;
  hold_until?: string | null;
}

const at = (id: string): string => `/reports/${encodeURIComponent(id)}/cosign`;

export const roles = {
  absences: (all: boolean, background = false) => call<{ now: string; absences: Absence[] }>('GET', '/absences' + (all ? '?all=true' : ''), { background }),
  leave: (what: Leaving) => call<Absence>('POST', '/absences', { body: what }),
  back: (absence: string) => call<Absence>('POST', `/absences/${encodeURIComponent(absence)}/back`),
  askCosign: (id: string, what: CosignAsking) => call<Outcome>('POST', at(id) + '/ask', { body: what }),
  cosign: (id: string) => call<Outcome>('POST', at(id)),
  decline: (id: string, reason: string) => call<Outcome>('POST', at(id), { body: { decline: true, reason } }),
  goOn: (id: string) => call<Outcome>('POST', at(id) + '/go'),
  late: (item: string, step: number) => call<object>('POST', '/escalations/seen', { body: { item, step } }),
};
