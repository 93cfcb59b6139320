import { minutesTo } from './fields';

/** How long something still has: which sentence says it, with which number. Whole hours and days: neither what is left nor what is over is overstated. */
export function remaining(due: string, now: number): { key: string; n: number; late: boolean } {
  const m = minutesTo(due, now);
  if (m < -48 * 60) return { key: 'tasks.overDays', n: Math.floor(-m / 1440), late: true };
  if (m < -120) return { key: 'tasks.overHours', n: Math.floor(-m / 60), late: true };
  if (m < 0) return { key: 'work.overdue', n: -m, late: true };
  if (m < 120) return { key: 'work.left', n: m, late: m < 10 };
  return m < 48 * 60 ? { key: 'work.leftHours', n: Math.floor(m / 60), late: false } : { key: 'work.leftDays', n: Math.floor(m / 1440), late: false };
}
