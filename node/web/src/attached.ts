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

/** `12 KB`, `3.4 MB`. */
export const sizeOf = (n: number): string => (n < 1024 * 1024 ? `${Math.ceil(n / 1024)} KB` : `${Number((n / 1024 / 1024).toFixed(1))} MB`);
/** The slowest line that offices have, in bits a second. */
const LINE_BITS = 256_000;
/** How long it takes a file to leave on such a line. */
export const lineMinutes = (bytes: number): number => Math.round((bytes * 8) / LINE_BITS / 60);
const KINDS: [string, RegExp][] = [
  ['picture', /^(jpe?g|png|gif|bmp|webp|tiff?|hei[cf])$/],
  ['audio', /^(mp3|wav|m4a|aac|amr|ogg|flac|wma)$/],
  ['video', /^(mp4|mov|avi|mkv|webm|3gp|wmv|flv|mpe?g)$/],
  ['pdf', /^pdf$/],
  ['text', /^(docx?|wps|odt|txt|rtf|ofd)$/],
  ['table', /^(xlsx?|et|ods|csv)$/],
  ['packed', /^(zip|rar|7z|gz|tar)$/],
];
/** What its name says that it is. */
export function kindOf(name: string): string {
  const ending = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? '';
  return KINDS.find(([, e]) => e.test(ending))?.[0] ?? 'other';
}
