/** A code that is read aloud: how it stands on the screen, and what is made of what somebody types. */

/** Groups of a line, and how far into the code each line is. */
export interface SpokenLine {
  n: number;
  groups: string[];
}
export const spokenLines = (code: string): SpokenLine[] =>
  code
    .split('\n')
    .map((l) => l.trim())
    .filter((l) => l !== '')
    .map((l, i) => ({ n: i + 1, groups: l.split(/\s+/) }));

/** Full-width signs and small letters as they are meant; the rest stays as it was typed, for the node to judge. */
export const spokenTidy = (typed: string): string =>
  typed
    .replace(/[！-～]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/\u3000/g, ' ')
    .toUpperCase();
