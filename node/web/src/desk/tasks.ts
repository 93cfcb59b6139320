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
/** What others did that nobody here has looked at, and that asks for nothing. */
export const unseen = (all: Act[]): Act[] => all.filter((a) => !a.own && !a.seen && !(a.for_us && open(a)));
