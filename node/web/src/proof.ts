/** What a printed sheet vouches for, and what its QR code says: lines that any node and any person can compare with the signed record. */
import type { Layer } from './api/desk_types';
import type { FullReport } from './api/types';

/** One signed text. `record` is the digest of the record's content: a text that differs in one character has another one. */
export interface Proved {
  office: string;
  office_name: string;
  signer: string;
  signed_at: string | null;
  record: string;
}
/** The text that stands on the sheet; `original`: what it was made from, where another office edited it. */
export interface Proof extends Proved {
  original: Proved | null;
}

const ofLayer = (l: Layer): Proved => ({ office: l.office, office_name: l.office_name, signer: l.by, signed_at: l.at, record: l.record });

/** `edition`: the layer whose text is printed; none: the original's. Each text stands under the name and digest of who signed it. */
export function proofOf(r: Pick<FullReport, 'office' | 'office_name' | 'signer' | 'signed_at' | 'heads' | 'layers'>, edition: Layer | null): Proof {
  if (!edition) return { office: r.office, office_name: r.office_name ?? '', signer: r.signer, signed_at: r.signed_at ?? null, record: r.heads[0] ?? '', original: null };
  const first = r.layers?.[0];
  return { ...ofLayer(edition), original: first && first.record !== edition.record ? ofLayer(first) : null };
}

const lines = (p: Proved, prefix = ''): string[] => [`${prefix}office ${p.office}`, `${prefix}signer ${p.signer}`, `${prefix}signed ${p.signed_at ?? ''}`, `${prefix}record ${p.record}`];
export const proofText = (r: Pick<FullReport, 'case' | 'number'>, p: Proof): string => ['YIZHAN-PROOF 1', `case ${r.case}`, `number ${r.number}`, ...lines(p), ...(p.original ? lines(p.original, 'original-') : [])].join('\n');
