/** Numbers as people say and type them: 3, 3人, ３, 三, 十二, 两百. */

const digit: Record<string, number> = { 零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 俩: 2, 三: 3, 仨: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const unit: Record<string, number> = { 十: 10, 百: 100, 千: 1000, 万: 10_000 };
const said = /^[零〇一二两俩三仨四五六七八九十百千万]+$/;

/** Twelve of 十二, null of what is no number said in Chinese. */
export function chineseNumber(text: string): number | null {
  if (!said.test(text)) return null;
  // 二〇二六 is read sign by sign; 两三 is two or three, and so no number.
  if (text.length > 1 && ![...text].some((c) => c in unit)) return /[零〇]/.test(text) ? Number([...text].map((c) => digit[c]).join('')) : null;
  let whole = 0;
  let part = 0;
  let one = -1;
  let last = 10;
  for (const c of text) {
    const d = digit[c];
    if (d !== undefined) {
      if (one > 0) return null;
      one = d;
      continue;
    }
    const u = unit[c]!;
    if (u === 10_000) {
      whole = (part + Math.max(one, 0)) * u;
      part = 0;
    } else {
      part += (one < 0 ? 1 : one) * u;
    }
    one = -1;
    last = u;
  }
  // 三百五 is 350, 三百零五 is 305: the last sign counts for the unit before it, unless a zero stands between.
  const short = one > 0 && last > 10 && text[text.length - 2]! in unit;
  return whole + part + (one > 0 ? one * (short ? last / 10 : 1) : 0);
}

/** Full-width signs as the plain ones. */
export const plainSigns = (text: string): string => text.normalize('NFKC').trim();

/** Nobody in one incident: more is a slip of the key. */
export const PEOPLE_MOST = 9_999_999;
const none = ['无', '没有', '没', '无人', 'none', 'no'];
const unknown = ['不详', '不清楚', '不知道', '未知', '待核', '待核实', '不明', 'unknown', '?'];
const counted = /(人|名|个|位|户|间|头|只|元|小时|公顷)+(死亡|遇难|失联|失踪|受伤|被困)?$/;

/**
 * What somebody meant: a number, `unknown` where they say that nobody knows, "" of nothing, and null where it is not
 * understood: less than none, more than `most`, or, unless `parts`, no whole number.
 */
export function parsedNumber(text: string, most = PEOPLE_MOST, parts = false): number | 'unknown' | '' | null {
  const plain = plainSigns(text).replace(/[,\s]/g, '').toLowerCase();
  if (plain === '') return '';
  if (unknown.includes(plain)) return 'unknown';
  if (none.includes(plain)) return 0;
  const bare = plain.replace(counted, '');
  const m = /^(\d{1,15}(?:\.\d{1,4})?)(万|亿)?$/.exec(bare);
  const n = m ? Math.round(Number(m[1]) * (m[2] === '万' ? 1e4 : m[2] === '亿' ? 1e8 : 1) * 1e4) / 1e4 : chineseNumber(bare);
  return n === null || n > most || (!parts && !Number.isInteger(n)) ? null : n;
}
