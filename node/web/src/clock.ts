/** Times as people here write and say them, by the office's wall clock, whatever the browser's language and zone are. */
import { chineseNumber, plainSigns } from './number';

const two = (n: number): string => String(n).padStart(2, '0');
const DAY_MS = 24 * 3600_000;
/** What somebody says happened may be this far ahead of the clock. */
const AHEAD_MS = 5 * 60_000;
/** A day without its year this far on the wrong side is one of another year. */
const YEAR_MS = 31 * DAY_MS;

/** `2026-11-22T14:05`: a moment by the wall clock of an offset. */
export function wallClock(at: number, offset: string): string {
  const [, sign, h, m] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? ['', '+', '08', '00'];
  return new Date(at + (sign === '-' ? -1 : 1) * (Number(h) * 60 + Number(m)) * 60_000).toISOString().slice(0, 16);
}

const days: Record<string, number> = { 大前天: -3, 前天: -2, 前日: -2, 昨天: -1, 昨日: -1, 昨: -1, 今天: 0, 今日: 0, 今: 0, 明天: 1, 明日: 1, 明: 1, 后天: 2, yesterday: -1, today: 0, tomorrow: 1 };
const date = /^(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})[日号]?[\sT,]*/;
const monthDay = /^(\d{1,2})[日号]\s*/;
const dayWord = /^(大前天|前天|前日|昨天|昨日|今天|今日|明天|明日|后天|昨(?=[早晚夜])|今(?=[早晚夜])|明(?=[早晚])|yesterday|today|tomorrow)\s*/i;
const dayPart = /^(后半夜|半夜|深夜|午夜|凌晨|早上|清晨|上午|中午|下午|傍晚|晚上|夜里|早|晚|夜)\s*/;
const hourMinute = /^(\d{1,2})\s*(?::\s*(\d{1,2})(?::\d\d)?|[点时](?:整|半|([123])刻|\s*(\d{1,2})\s*分?)?)$/;
const fourDigits = /^(\d\d)(\d\d)$/;

/** 刚才, 十分钟前, 一个半小时前: how many minutes ago. */
function minutesAgo(text: string): number | null {
  if (/^(刚才|刚刚|现在|now|just now)$/i.test(text)) return 0;
  const m = /^(?:约|大约)?(?:(\d+)\s*分钟?|(半)个?小时|(\d+)个?(半)?\s*(?:小时|钟头)|(\d+)\s*(min|minutes|h|hours?))\s*(?:以?前|ago)$/i.exec(text);
  if (!m) return null;
  if (m[2]) return 30;
  if (m[5]) return Number(m[5]) * (m[6]!.toLowerCase().startsWith('h') ? 60 : 1);
  return m[1] ? Number(m[1]) : Number(m[3]) * 60 + (m[4] ? 30 : 0);
}
function hourOf(hour: number, part: string): number | null {
  // Two at night is of the small hours, eleven of the evening; twelve may be of either day.
  if (['半夜', '后半夜', '深夜', '午夜'].includes(part)) return hour < 6 ? hour : hour > 8 && hour < 12 ? hour + 12 : null;
  if (['下午', '傍晚', '晚上', '夜里', '晚', '夜'].includes(part)) return hour === 12 || hour === 0 ? (part === '下午' && hour === 12 ? 12 : null) : hour < 12 ? hour + 12 : hour;
  if (part === '中午') return hour < 4 ? hour + 12 : hour;
  return part === '' || hour <= 12 ? hour : null;
}
const plain = (text: string): string =>
  plainSigns(text)
    .replace(/\s+/g, ' ')
    .replace(/[零〇一二两三四五六七八九十]+/g, (s) => String(chineseNumber(s) ?? s));

/**
 * `2026-11-22T14:05` of what somebody typed, "" of nothing, null when it is no time. What is left out is completed
 * from `now`, the office's wall clock: a bare time is today's, or yesterday's when it would not have come yet; with
 * `ahead`, for what is still to come, tomorrow's when it is past.
 */
export function parsedTime(text: string, now: string, ahead = false): string | null {
  let rest = plain(text);
  if (rest === '') return '';
  const here = Date.parse(now + 'Z');
  const ago = minutesAgo(rest);
  if (ago !== null) return ahead ? null : new Date(here - ago * 60_000).toISOString().slice(0, 16);
  const today = new Date(here);
  let [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()];
  let open: 'day' | 'month' | 'year' | '' = 'day';
  const taken = (form: RegExp): RegExpExecArray | null => {
    const m = form.exec(rest);
    if (m) rest = rest.slice(m[0].length);
    return m;
  };
  const d = taken(date);
  const md = d ? null : taken(monthDay);
  const word = d || md ? null : taken(dayWord);
  if (d) {
    open = d[1] ? '' : 'year';
    [year, month, day] = [Number(d[1] ?? year), Number(d[2]), Number(d[3])];
  } else if (md) {
    open = 'month';
    day = Number(md[1]);
  } else if (word) {
    open = '';
    const on = new Date(here + days[word[1]!.toLowerCase()]! * DAY_MS);
    [year, month, day] = [on.getUTCFullYear(), on.getUTCMonth() + 1, on.getUTCDate()];
  }
  const part = taken(dayPart)?.[1] ?? '';
  const four = fourDigits.exec(rest);
  const m = hourMinute.exec(rest);
  if (!four && !m) return null;
  const hour = hourOf(Number((four ?? m)![1]), part);
  const minute = four ? Number(four[2]) : m![3] ? Number(m![3]) * 15 : rest.includes('半') ? 30 : Number(m![2] ?? m![4] ?? 0);
  if (hour === null || hour > 23 || minute > 59) return null;
  const made = (y: number, mo: number): number | null => {
    const at = new Date(Date.UTC(y, mo - 1, day, hour, minute));
    // A 31st of November would be another day.
    return at.getUTCDate() === day && mo >= 1 && (open === 'month' || at.getUTCMonth() === mo - 1) && day > 0 ? at.getTime() : null;
  };
  let at = made(year, month);
  if (at === null) return null;
  const off = ahead ? here - at : at - here;
  const back = ahead ? 1 : -1;
  if (open === 'day' && off > (ahead ? 0 : AHEAD_MS)) at += back * DAY_MS;
  else if (open === 'month' && off > (ahead ? 0 : AHEAD_MS) && Math.abs(at - here) > DAY_MS) at = made(year, month + back);
  else if (open === 'year' && off > YEAR_MS) at = made(year + back, month);
  return at === null ? null : new Date(at).toISOString().slice(0, 16);
}
/** As it stands in a field. */
export const shownTime = (local: string): string => local.slice(0, 16).replace('T', ' ');
/** A moment by the wall clock of an offset, `2026-11-22 14:05`. */
export const clockTime = (at: number, offset: string): string => shownTime(wallClock(at, offset));
/** The seconds too, without the day: when a draft was saved. */
export const clockSeconds = (at: number, offset: string): string => wallClock(at, offset).slice(11) + ':' + two(new Date(at).getUTCSeconds());
