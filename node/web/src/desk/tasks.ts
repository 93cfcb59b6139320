/** Out of all acts on a case, those in which somebody here has to do something, the most pressing first. */
import type { Act } from '../api/acts';

export type Task = 'sign' | 'carry_out' | 'answer' | 'close';
export interface Asked {
  task: Task;
  act: Act;
}
const open = (a: Act): boolean => a.state === 'open' || a.state === 'in_follow_through' || a.state === 'overdue';

function taskOf(a: Act): Task | null {
  if (a.waiting_for_signature) return 'sign';
  if (a.for_us && open(a)) return a.act === 'instruction' ? 'carry_out' : a.act === 'question' || a.act === 'verify' || a.act === 'urge' ? 'answer' : null;
  if (a.own && a.act === 'instruction' && a.state === 'feedback_given') return 'close';
  return null;
}
export function asked(all: Act[]): Asked[] {
  const never = Number.MAX_SAFE_INTEGER;
  const due = (a: Act): number => (a.due_at ? Date.parse(a.due_at) : never);
  return all
    .flatMap((act) => {
      const task = taskOf(act);
      return task ? [{ task, act }] : [];
    })
    .sort((a, b) => Number(b.task === 'sign') - Number(a.task === 'sign') || due(a.act) - due(b.act) || Date.parse(a.act.at) - Date.parse(b.act.at));
}
/** One who has signed it already waits for somebody else, unless the office is one person. */
export const waitsForOthers = (a: Act, officer: string, onePerson: boolean): boolean => a.waiting_for_signature && !onePerson && a.by.includes(officer);
/** Who may sign what waits: of what a leader said any signer, of what a leader signed whoever else takes part. */
export function mayComplete(a: Act, people: { name: string; state: string; roles: string[]; stands_for?: string[] }[]): string[] {
  const roles = a.waits_for === 'signer' ? ['signer'] : ['drafter', 'reviewer', 'signer', 'duty'];
  return people.filter((p) => p.state === 'active' && !a.by.includes(p.name) && (p.roles.some((r) => roles.includes(r)) || (a.waits_for === 'signer' && (p.stands_for ?? []).length > 0))).map((p) => p.name);
}
/** What others did that nobody here has looked at, and that asks for nothing; nobody has to look at what they answered. */
export const unseen = (all: Act[]): Act[] => {
  const answered = (a: Act): boolean => all.some((b) => b.own && b.act === 'answer' && b.on.includes(a.record ?? ''));
  return all.filter((a) => !a.own && !a.seen && !(a.for_us && open(a)) && !answered(a));
};
