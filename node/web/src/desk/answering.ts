/** 约稿, on the side that was asked: what may be named as the answer, and how far our own answer is. */
import type { AskState } from '../api/tasks';
import type { Summary } from '../api/types';

/** Signed and sent, and still standing: what was given back or never signed is no answer. */
export const mayAnswer = (r: Pick<Summary, 'state' | 'signed_at'>): boolean => Boolean(r.signed_at) && !['draft', 'in_review', 'returned', 'withdrawn', 'rejected'].includes(r.state);
/** How far the notice came says nothing of the answer: until somebody accepts, it is still to be accepted. */
export const myState = (s: AskState): AskState | 'to_accept' => (s === 'waiting' || s === 'delivered' || s === 'opened' ? 'to_accept' : s);
