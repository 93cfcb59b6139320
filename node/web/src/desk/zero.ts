import type { ZeroSlot } from '../api/box';

/** What a slot is called: sent in time by its author's clock alone has a name of its own. */
export const slotState = (s: Pick<ZeroSlot, 'state' | 'certain'>): string => (s.state === 'sent' && !s.certain ? 'unsure' : s.state);
