/** What the rules say of a text, as whoever writes it can use it. */
import type { Finding } from './api/types';

/** Where it is mended, when that is not the field it was found in: a lower figure stands, and its reason is what is missing. */
const MENDED_IN: Record<string, string> = { R09: 'change_reason' };
export const whereToMend = (f: Pick<Finding, 'rule' | 'field'>): string => MENDED_IN[f.rule] ?? f.field;

/** Filled in by the node when somebody signs: who writes can do nothing about a signer that is not there yet. */
const BY_SIGNING = ['stage', 'reporting_office', 'drafter', 'reviewer', 'signer'];
/** What blocks is never left out: whatever it is, the text would not go. */
export const mendable = (findings: Finding[]): Finding[] => findings.filter((f) => f.severity === 'error' || !BY_SIGNING.includes(f.field));
