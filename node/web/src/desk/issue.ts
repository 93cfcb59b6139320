/** The number of an issue as people write it: 47, 第47期, ４７. Null: there is no number in it, or several. */
export function issueNumber(typed: string): number | null {
  const all = typed.replace(/[０-９]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0)).match(/\d+/g);
  const n = all?.length === 1 ? Number(all[0]) : 0;
  return n >= 1 && n <= 999_999 ? n : null;
}
