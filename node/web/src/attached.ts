import type { Attachment } from './api/types';

/** Two offices' files may have one name: each is fetched by its id. */
export const fetchedBy = (a: Attachment): string => a.id;
/** What can be passed on: what came, or is still to come; not what somebody below left out or put in another's place. */
export const passable = (all: Attachment[]): Attachment[] => all.filter((a) => a.state === 'whole' || a.state === 'coming');
/** Of what we passed on before: what a person can still send after it. */
export const canFollow = (all: Attachment[]): boolean => all.some((a) => a.state === 'whole' && !a.passed_on);
/** Named beside the file where it is another office's than the report's, or came by way of a third. */
export const foreign = (a: Attachment, office: string): boolean => a.office !== office || a.handed_on_by !== undefined;
/** For the node: absent when all go along. */
export const chosenIds = (all: Attachment[], left: string[]): string[] | undefined => (left.length ? passable(all).map((a) => a.id).filter((id) => !left.includes(id)) : undefined);
