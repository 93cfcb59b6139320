import type { Fields, FieldValue, Finding, Lane, Signature } from './types';

export interface Change {
  field: string;
  label: string;
  before: FieldValue | null;
  after: FieldValue | null;
  passages?: { paragraph: number; before: string; after: string }[];
}
/** One office's text of a case on its way up; the original first. */
export interface Layer {
  record: string;
  type: string;
  office: string;
  office_name: string;
  by: string;
  at: string;
  lane: Lane;
  signatures: Signature[];
  readable: boolean;
  title?: string;
  body?: string;
  fields?: Fields;
  occurred_at?: string | null;
  note: string;
  unchanged: boolean;
  places: number;
  changed: Change[];
  places_in_all: number;
  /** Of a forward: what it says of the original's attachments. */
  attachments?: { named: number; left_out: number };
}
export interface Forward {
  record: string;
  office: string;
  at: string;
  to: string[];
  deliveries?: { office: string; name: string; state: string; at: string | null }[];
  on_older_version: boolean;
  newest: { record: string; office: string; at: string; withdrawn: boolean; title?: string; difference?: Change[] } | null;
  layers: Layer[];
}
export interface ConflictRow {
  case: string;
  number: string;
  title: string;
  kind: string;
  lane: Lane;
  state: string;
  office: string;
  office_name: string;
  conflict: boolean;
  heads: number;
  disputed: string[];
  may_resolve: boolean;
}
export interface ConflictVersion {
  record: string;
  type: string;
  office: string;
  at: string;
  stored_at: string;
  lane: Lane;
  verified: boolean;
  unreadable: boolean;
  signatures: Signature[];
  /** What this version brought along; all of it stays, whatever is chosen. */
  attachments: { name: string; bytes: number }[];
  same: string[];
  title?: string;
  body?: string;
  reason?: string;
}
export interface ConflictField {
  field: string;
  label: string;
  state: 'taken' | 'disputed';
  person_decides: boolean;
  base_known: boolean;
  base: FieldValue | null;
  values: Record<string, FieldValue | null>;
  taken: string | null;
}
export interface Comparison extends ConflictRow {
  by: string;
  more: number;
  base_known: boolean;
  missing: string[];
  versions: ConflictVersion[];
  fields: ConflictField[];
  others: { office: string; office_name: string; heads: number; versions: ConflictVersion[] }[];
}
export interface Resolving {
  heads: string[];
  take_fields: Record<string, string>;
  set: Record<string, FieldValue | null>;
  reason: string;
}
export interface Resolved {
  case: string;
  state: string;
  number?: string;
  warnings: Finding[];
  message?: string;
  joined: number;
  more: number;
}
export interface Addressee {
  office: string;
  name: string;
  rank: 'superior' | 'line' | 'higher';
}
export interface Edition {
  title?: string;
  body?: string;
  fields?: Record<string, FieldValue | null>;
}
export interface Forwarding {
  to?: string[];
  note?: string;
  edit?: Edition;
  lane?: Lane;
  record?: string;
  /** Ids of attachments that go along; absent: all. */
  attachments?: string[];
  /** False: kept as a draft. */
  send?: boolean;
  /** Of the draft that it takes the place of. */
  seen?: string;
}
export interface BundleRead {
  from: string;
  name: string;
  written_at: string;
  frames: number;
  received: Record<string, number>;
  acknowledged: number;
  refused: number;
  whole: boolean;
}
export interface PicturesOut {
  exercise: boolean;
  to: string;
  group: string;
  bytes: number;
  frames: string[];
  drawn: string[][];
}
export interface PicturesRead {
  pictures: number;
  foreign: number;
  envelopes: number;
  received: number;
  refused: number;
  missing: { group: string; of: number; missing: number[] }[];
}
export interface Notice {
  office: string;
  office_name: string;
  lane: Lane;
  kind: string;
  exercise: boolean;
  incident_type: string;
  place: string;
  occurred_at: string | null;
  deaths: number | null;
  injured: number | null;
  missing: number | null;
  title: string;
  record: string;
  taken_by: string;
  at: string;
  case: string | null;
}
