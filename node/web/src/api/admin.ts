/** What administrators and auditors ask; contract: node/net/API.md, "People, offices, the machine". */
import { call, fetchFile } from './client';
import type { Lane } from './types';

export interface OfficerRow {
  name: string;
  roles: string[];
  phone: string;
  state: 'active' | 'suspended' | 'retired' | 'revoked';
  certificate: string;
}
export interface OfficeRow {
  office: string;
  name: string;
  level: string;
  state: 'known' | 'below' | 'superior' | 'self' | 'moved' | 'revoked';
  /** Of one that moved away or was revoked. */
  since: string | null;
  admitted: boolean;
  one_person: boolean;
  superior: string;
  line_superiors: { office: string; name: string }[];
  suspended: boolean;
  key_waits: boolean;
  /** Of the key in use, and whether a person here compared it by telephone. */
  fingerprint: string;
  compared: boolean;
  new_key: string;
}
export interface SuperiorRow {
  office: string;
  name: string;
  kind: 'superior' | 'line' | 'direct';
  state: string;
  urls: string[];
  last_contact: string | null;
  reachable: boolean;
  refusal: string;
  refusal_said: string;
}
export interface MachineRow {
  node: string;
  office: string;
  name: string;
  number: string;
  state: 'good' | 'revoked';
  confirmed: boolean;
  fingerprint: string;
  this: boolean;
  last_contact: string | null;
}
export interface Mail {
  waiting: number;
  sent: number;
  acknowledged: number;
  refused: number;
  oldest: string | null;
  overdue: boolean;
}
export interface LineRow {
  office: string;
  name: string;
  lanes: Record<Lane, Mail>;
}
export interface Revocation {
  name: string;
  by: string;
  what: string;
  subject: string;
  why: string;
  since: string;
  known_at: string;
  in_force: boolean;
  reason: string;
}
export interface RevocationWish {
  office?: string;
  officer?: string;
  node?: string;
  why: 'retired' | 'compromised';
  since?: string;
  reason: string;
}
export interface Root {
  version: number;
  threshold: number;
  digest: string;
  holders: { key: string; fingerprint: string; signed: boolean }[];
  confirmed: boolean;
  history: { version: number; issued: string; digest: string; confirmed: boolean }[];
}
export interface InvitationWish {
  code: string;
  name: string;
  level: string;
  url?: string[];
  valid_minutes: number;
  two_person: boolean;
  line?: boolean;
  move?: boolean;
}
export interface InvitationRow {
  id: string;
  kind: 'new' | 'line' | 'move' | 'machine';
  office: string;
  name: string;
  level: string;
  officer: string;
  urls: string[];
  made: string;
  until: string;
  state: 'open' | 'used' | 'expired' | 'withdrawn' | 'dead';
  used_by: string;
}
export interface Exchange {
  reached: boolean;
  sent: Record<string, number>;
  received: Record<string, number>;
  acknowledged: number;
  waiting: number;
  carried: number;
  in_sync: boolean;
  reason: string;
  said: string;
  superiors: { office: string; reached: boolean; in_sync: boolean; reason: string; said: string }[];
}
export interface Audit {
  ok: boolean;
  records: number;
  streams: number;
  problems: { what: string; where: string }[];
}
export interface EvidenceChecked extends Audit {
  case: string;
  root_fingerprint: string;
  layers: number;
  items: { type: string; title: string; number: string; office: string; at: string; nested: boolean; act: string; exercise: boolean; signers: { name: string; role: string }[] }[];
  acknowledged: { office: string; of: string; kind: string; envelopes: number; at: string }[];
  forged: { attachment: string; office: string; what: string }[];
}
export interface JournalRow {
  row: number;
  at: string;
  actor: string;
  action: string;
  subject: string;
  detail: string;
}
type Progress = (so_far: Record<string, unknown>) => void;

const named = (what: string, name: string): string => `/${what}/${encodeURIComponent(name)}`;

export const adminApi = {
  officers: () => call<{ officers: OfficerRow[] }>('GET', '/officers'),
  addOfficer: (body: { name: string; roles: string[]; phone: string; new_passphrase: string }) => call<OfficerRow>('POST', '/officers', { body }),
  changeOfficer: (name: string, body: { roles?: string[]; suspend?: boolean; resume?: boolean }) => call<object>('POST', named('officers', name) + '/roles', { body }),
  renewKey: (passphrase: string) => call<object>('POST', '/officers/renew', { passphrase }),
  changePassphrase: (passphrase: string, new_passphrase: string) => call<object>('POST', '/passphrase', { passphrase, body: { new_passphrase } }),

  offices: () => call<{ offices: OfficeRow[] }>('GET', '/offices'),
  invite: (body: InvitationWish) => call<{ invitation: string; line: boolean; move: boolean }>('POST', '/invitations', { body }),
  invitations: () => call<{ invitations: InvitationRow[] }>('GET', '/invitations'),
  withdrawInvitation: (id: string) => call<object>('DELETE', named('invitations', id)),
  suspendOffice: (code: string, resume: boolean, reason: string) => call<object>('POST', named('offices', code) + '/suspend', { body: { resume, reason } }),
  renewOffice: (code: string) => call<object>('POST', named('offices', code) + '/renew'),
  confirmOfficeKey: (code: string, fingerprint: string) => call<{ certified: boolean }>('POST', named('offices', code) + '/confirm-key', { body: { fingerprint } }),
  rotateOfficeKey: () => call<{ fingerprint: string }>('POST', '/office/rotate-key'),
  moveOffice: (invitation: string) => call<{ office: string; superior: string; name: string; state: string }>('POST', '/office/move', { body: { invitation } }),
  /** `own`: where this machine listens, as it knows itself. */
  addresses: () => call<{ urls: string[]; own: string[] }>('GET', '/addresses'),
  tellAddresses: (urls: string[]) => call<object>('POST', '/addresses', { body: { urls } }),
  revocations: () => call<{ revocations: Revocation[] }>('GET', '/revocations'),
  revoke: (body: RevocationWish) => call<object>('POST', '/revocations', { body }),

  superiors: () => call<{ superiors: SuperiorRow[] }>('GET', '/superiors'),
  addSuperior: (invitation: string, line: boolean) => call<{ office: string; name: string; state: string; fingerprint: string }>('POST', '/superiors', { body: { invitation, line } }),
  removeSuperior: (code: string) => call<{ waiting: number }>('DELETE', named('superiors', code)),
  superiorUrl: (code: string, url: string[]) => call<object>('PUT', named('superiors', code) + '/url', { body: { url } }),

  machines: () => call<{ nodes: MachineRow[]; rotating: boolean }>('GET', '/nodes'),
  inviteMachine: (body: { name: string; officer?: string; roles?: string[]; url: string[]; valid_minutes: number }) => call<{ invitation: string; officer: string; exists: boolean; roles: string[] }>('POST', '/node/invitations', { body }),
  confirmMachine: (node: string, fingerprint: string) => call<object>('POST', named('nodes', node) + '/confirm', { body: { fingerprint } }),
  rotateNode: (force: boolean) => call<{ rotating: boolean; unheard: string[] }>('POST', '/node/rotate', { body: { force } }),

  root: () => call<Root>('GET', '/root'),
  confirmRoot: (fingerprint: string) => call<object>('POST', '/root/confirm', { body: { fingerprint } }),

  lines: (background = false) => call<{ lines: LineRow[] }>('GET', '/lines', { background }),
  exchange: (progress: Progress) => call<Exchange>('POST', '/sync', { progress }),
  doctor: () => call<{ ok: boolean; checks: { name: string; ok: boolean; message: string }[] }>('GET', '/doctor'),
  verify: (progress: Progress) => call<Audit>('POST', '/verify', { body: { case: null }, progress }),
  backup: (path: string, progress: Progress) => call<{ path: string; bytes: number }>('POST', '/backup', { body: { path }, progress }),
  evidence: (id: string) => fetchFile(named('evidence', id)),
  checkEvidence: (file: Blob) => call<EvidenceChecked>('POST', '/evidence/check', { octets: file }),
  journal: (limit: number, before?: number) => call<{ entries: JournalRow[] }>('GET', `/journal?limit=${limit}${before ? `&before=${before}` : ''}`),
  qr: (text: string) => call<{ size: number; rows: string[] }>('POST', '/qr', { body: { text } }),
};
