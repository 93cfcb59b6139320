import type { Acted } from './acts';
import type { Clue, Drill } from './box';
import type { Forward, Layer } from './desk_types';
import type { Roled } from './roles';

export type Lane = 'flash' | 'urgent' | 'routine';
export type FieldValue = string | number | boolean;
export type Fields = Record<string, FieldValue>;

export interface Session {
  officer: string;
  csrf: string;
  idle_seconds: number;
  whole_seconds: number;
}
export interface LaneCount {
  waiting: number;
  sent: number;
  acknowledged: number;
}
export interface Superior {
  office: string;
  name: string;
  kind: string;
  state: string;
  last_contact: string | null;
  reachable: boolean;
  refusal: string;
}
export interface Alarm {
  code: string;
  message: string;
  office: string;
  at: string;
  /** By which it can be acknowledged; null: it goes when its cause goes. */
  row: number | null;
  seen_at: string | null;
  /** Of what waits too long: which, at which step, and whether it rings. */
  item?: string;
  step?: number;
  case?: string;
  sounds?: boolean;
}
export interface Status {
  office: string;
  name: string;
  level: string;
  node: string;
  state: string;
  version: string;
  root_fingerprint: string;
  root_confirmed: boolean;
  superiors: Superior[];
  lanes: Record<Lane | 'bulk', LaneCount>;
  received: Record<Lane, number>;
  unopened: number;
  conflicts: number;
  quarantined: number;
  last_backup: string | null;
  overdue: number;
  drafts: number;
  in_review: number;
  clues?: number;
  exercise?: Drill | null;
  alarms: Alarm[];
}
export interface Summary {
  case: string;
  number: string;
  title: string;
  kind: string;
  lane: Lane;
  state: string;
  office: string;
  office_name: string;
  occurred_at: string | null;
  signed_at: string | null;
  received_at: string | null;
  verified: boolean;
  flags: string[];
  conflict: boolean;
  attachments: number;
}
export type Group =
  | 'returned' | 'to_sign' | 'cosign' | 'answer' | 'carry_out' | 'new' | 'decide' | 'to_close' | 'feedback' | 'awaited' | 'owed' | 'waiting' | 'in_review' | 'draft'
  | 'commission' | 'commission_asked' | 'commission_late' | 'cosign_asked' | 'newer';
export interface Work extends Summary {
  group: Group;
  sort?: 'report' | 'commission' | 'policy' | 'clue';
  due_at: string | null;
  note: string;
  act?: string;
  /** Of a draft: which record it is to be. */
  writes?: string;
  record?: string | null;
  from?: { office: string; name: string } | null;
  overdue?: boolean;
  escalated?: { step: number; asks: string; whom: string } | null;
}
export interface Finding {
  rule: string;
  severity: 'error' | 'warning';
  message: string;
  field: string;
  offset: number;
  length: number;
}
export interface Check {
  may_keep: boolean;
  may_send: boolean;
  warnings: Finding[];
  grade: string;
  /** By policy it goes to all superiors, unless somebody names others. */
  skips?: boolean;
  due_at: string | null;
  phone_due_at: string | null;
}
export interface Signature {
  officer: string;
  role: string;
  valid?: boolean;
}
export interface ReportRecord {
  record: string;
  type: string;
  office: string;
  at: string;
  title?: string;
  body?: string;
  reason?: string;
  verified: boolean;
  quarantine: string;
  flags: string[];
  signatures: Signature[];
  parents: string[];
  became?: string;
  on_older_version?: boolean;
}
export interface Draft {
  state: string;
  type: string;
  kind: string;
  lane: Lane;
  title: string;
  body: string;
  fields: Fields;
  occurred_at: string | null;
  drafter: string;
  /** Why it was given back. */
  note: string;
  /** Of a forward: the note that goes with it; of a correction: why. */
  reason: string;
  /** Of a forward: attachments that stay here, and the records that it was written from. */
  left_out: string[];
  from: string[];
  to: string[];
  signatures: Signature[];
  /** What is shown here, to be handed back with a save. */
  seen: string;
  signed_elsewhere: boolean;
  disputed: string[];
  versions: DraftVersion[];
}
/** What one machine of the office has, where two differ. */
export interface DraftVersion {
  version: string;
  machine: string;
  drafter: string;
  at: string;
  state: string;
  title: string;
  body: string;
  fields: Fields;
}
export interface Report extends Summary {
  body: string;
  fields: Fields;
  sensitivity: string;
  heads: string[];
  disputed: string[];
  drafter: string;
  reviewer: string;
  signer: string;
  contact: string;
  findings: string[];
  draft: Draft | null;
  records: ReportRecord[];
  layers: Layer[];
  forwards: Forward[];
  receipts: { kind: string; by: string; at: string; record: string; reason?: string }[];
  deliveries: { office: string; name: string; state: string; at: string | null }[];
  answers?: { case: string; record: string; office: string; title: string; due_at: string } | null;
  timeline: { at: string; event: string; by: string; text: string }[];
}
export interface Attachment {
  /** Empty where nothing but its id is known. */
  name: string;
  bytes: number;
  complete: boolean;
  id: string;
  state: 'whole' | 'coming' | 'left_out' | 'forged' | 'not_named';
  office: string;
  office_name: string;
  /** By us, to a superior. */
  passed_on?: boolean;
  handed_on_by?: string;
  handed_on_by_name?: string;
  /** Who left it out, or sent what its author did not sign. */
  by?: string;
  by_name?: string;
}
/** The report as the node gives it: its attachments are a list there, and a number in lists. */
export type FullReport = Omit<Report, 'attachments'> & Acted & Roled & { attachments: Attachment[]; clues?: Clue[] };

export interface Choice {
  code: string;
  zh: string;
  en: string;
}
export interface FieldSpec {
  key: string;
  zh: string;
  en: string;
  type: 'text' | 'integer' | 'number' | 'boolean' | 'datetime' | 'choice' | 'incident_type';
  by_person: boolean;
  by_hand?: boolean;
  min: number;
  max: number;
  choices: Choice[];
  need: Partial<Record<string, 'required' | 'if_known' | 'optional'>>;
  classes: string[];
}
export interface Kind {
  id: string;
  zh: string;
  en: string;
  stage: string;
  emergency: boolean;
}
export interface Rules {
  kinds: Kind[];
  fields: FieldSpec[];
  class_needs?: { class: string; stage: string; field: string; need: 'required' | 'if_known' | 'optional' }[];
  incident_classes: Choice[];
  incident_types: (Choice & { class: string })[];
  title_characters_max: number;
}
/** What a person writes, as the API takes it. */
export interface Writing {
  kind: string;
  lane: Lane;
  title: string;
  body: string;
  fields: Record<string, FieldValue | null>;
  occurred_at: string | null;
  sensitivity: string;
  seen?: string;
  /** Codes of those it goes to; none: as the rules say. */
  to?: string[];
  /** Of a new one: for ever. */
  exercise?: boolean;
}
/** `was`, `seen`: of the draft before and after. */
export interface Attached {
  case: string;
  name: string;
  was: string;
  seen: string;
}
export interface Outcome {
  case: string;
  state: string;
  number?: string;
  addressees?: { office: string; name: string }[];
  warnings: Finding[];
  message?: string;
  seen?: string;
  disputed?: string[];
}
export interface Officer {
  name: string;
  roles: string[];
  state: string;
  /** Who is away and named them. */
  stands_for?: string[];
}
export interface Office {
  office: string;
  name: string;
  level: string;
  state: string;
  admitted?: boolean;
  one_person?: boolean;
}
