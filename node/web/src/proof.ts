/** What the QR code on a printed sheet says: lines that any node and any person can compare with the signed record. */
import type { FullReport } from './api/types';

/** `record` is the digest of the record's content: a text that differs in one character has another one. */
export const proofText = (r: Pick<FullReport, 'case' | 'number' | 'office' | 'signer' | 'signed_at' | 'heads'>): string => ['YIZHAN-PROOF 1', `case ${r.case}`, `number ${r.number}`, `office ${r.office}`, `signer ${r.signer}`, `signed ${r.signed_at ?? ''}`, `record ${r.heads[0] ?? ''}`].join('\n');
