/** Fingerprints are forty digits, read aloud in groups of five. */
export const FINGERPRINT_DIGITS = 40;

/** What of a typed text is a digit; full-width ones are what a Chinese keyboard gives. */
export const onlyDigits = (text: string): string =>
  text.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).replace(/[^0-9]/g, '');

export function groups(digits: string, size = 5): string[] {
  const all = onlyDigits(digits);
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
export const grouped = (digits: string): string => groups(digits.slice(0, 400)).join(' ');
export const complete = (typed: string): boolean => onlyDigits(typed).length === FINGERPRINT_DIGITS;

/** Where the cursor belongs after the text was put into groups: behind as many digits as before. */
export function cursorAfter(text: string, digits: number): number {
  let seen = 0;
  for (let i = 0; i < text.length; ++i) {
    if (seen === digits) return i;
    if (text[i] !== ' ') ++seen;
  }
  return text.length;
}
