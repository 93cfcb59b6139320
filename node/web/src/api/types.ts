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
  /** Since then no try got an answer; null: that is not known. */
  down_since?: string | null;
  refusal: string;
  refusal_said: string;
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
  now: string;
  /** From others, in flash and urgent, whose last version nobody here has acknowledged. */
  unacknowledged: Summary[];
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
  /** What stands in none of the other figures. */
  exercises?: { received: Record<Lane, number>; drafts: number; in_review: number; conflicts: number; overdue: number };
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
  /** Of what two signed elsewhere: not known exactly, from `signed_at` until then. */
  signed_until?: string | null;
  /** Of what two signed. */
  submitted_at?: string | null;
  received_at: string | null;
  verified: boolean;
  flags: string[];
  conflict: boolean;
  attachments: number;
  /** As what kind of record the newest version was signed. */
  version?: string;
  /** We passed it on; no receipt of our superior's shows that it is there. */
  forward_waits?: boolean;
  /** Of a search: a line of the text around the words; as text, never as markup. */
  excerpt?: { text: string; hit: boolean }[];
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
  to?: { office: string; name: string }[];
  submitted?: { by: string; at: string } | null;
  /** When the act that the row is about was signed. */
  at?: string | null;
  escalated?: { step: number; asks: string; whom: string; what?: string; since?: string } | null;
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
  /** What sending it would mean for whoever asked. */
  sign_off: 'alone' | 'provisional' | 'second';
  due_at: string | null;
  phone_due_at: string | null;
}
export interface Signature {
  officer: string;
  role: string;
  /** What it is in this record. */
  part?: string;
  valid?: boolean;
  /** In whose place. */
  for?: string;
}
export interface ReportRecord {
  record: string;
  type: string;
  office: string;
  office_name?: string;
  at: string;
  signed_at?: string | null;
  signed_until?: string | null;
  submitted_at?: string | null;
  act?: string;
  title?: string;
  body?: string;
  fields?: Fields;
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
  /** The last time that it was given back, with the text as it was then. */
  returned: { by: string; at: string; note: string; title?: string; body?: string; fields?: Fields } | null;
  submitted: { by: string; at: string } | null;
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
  /** Of an emergency, by its figures. */
  grade: string;
  contact: string;
  findings: string[];
  /** What the node lets this officer do with it now. */
  may: string[];
  draft: Draft | null;
  records: ReportRecord[];
  layers: Layer[];
  forwards: Forward[];
  /** `at`: by the first receipt that covered the record; it stays. `latest_at`: of the newest one. */
  receipts: { kind: string; by: string; by_name?: string; at: string; latest_at?: string; record: string; reason?: string }[];
  deliveries: { office: string; name: string; state: string; at: string | null; stored_at?: string | null; opened_at?: string | null }[];
  answers?: { case: string; record: string; office: string; title: string; due_at: string } | null;
  timeline: { at: string; until?: string | null; event: string; by: string; by_name?: string; record?: string | null; persons?: { name: string; part: string }[]; text: string }[];
}
export interface Attachment {
  /** Empty where nothing but its id is known. */
  name: string;
  bytes: number;
  complete: boolean;
  /** The bytes are not what the name says. */
  differs?: boolean;
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
  /** The rules by which a text is judged, each with its sentence. */
  checks?: { id: string; zh: string; en: string }[];
  kinds: Kind[];
  fields: FieldSpec[];
  class_needs?: { class: string; stage: string; field: string; need: 'required' | 'if_known' | 'optional' }[];
  incident_classes: Choice[];
  incident_types: (Choice & { class: string; words?: string[] })[];
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
  state: 'active' | 'suspended' | 'retired' | 'revoked';
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
