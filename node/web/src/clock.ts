/** Times as people here write and read them, 2026-11-22 14:05, whatever the browser's own language is. */

/** `2026-11-22T14:05` of what somebody typed, "" of nothing, null when it is no time. */
export function parsedTime(text: string): string | null {
  if (text.trim() === '') return '';
  const m = /^\s*(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?[\sT]*(\d{1,2})\s*[:：时]\s*(\d{1,2})\s*分?\s*$/.exec(text);
  if (!m) return null;
  const [year, month, day, hour, minute] = m.slice(1).map(Number) as [number, number, number, number, number];
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute));
  // A 31st of November would be another day.
  if (at.getUTCFullYear() !== year || at.getUTCMonth() !== month - 1 || at.getUTCDate() !== day || hour > 23 || minute > 59) return null;
  return at.toISOString().slice(0, 16);
}
/** As it stands in a field. */
export const shownTime = (local: string): string => local.slice(0, 16).replace('T', ' ');
/** A moment by this machine's clock, `2026-11-22 14:05`. */
export function clockTime(at: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
