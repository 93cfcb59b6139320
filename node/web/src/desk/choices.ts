/** What a person has chosen in a comparison, and what of it goes to the node. */
import type { Comparison, ConflictField, Resolving } from '../api/desk_types';
import type { FieldValue } from '../api/types';

/** A version's record, or a value of one's own. */
export type Choice = { take: string } | { write: FieldValue | null };
export type Choices = Record<string, Choice>;

export const decided = (f: ConflictField, choices: Choices): boolean => f.state === 'taken' || f.field in choices;
export const undecided = (c: Comparison, choices: Choices): ConflictField[] => c.fields.filter((f) => !decided(f, choices));
/** Whether a choice is the one that the node would make by itself. */
export const asProposed = (f: ConflictField, choice: Choice | undefined): boolean => choice === undefined || ('take' in choice && choice.take === f.taken);

export function resolving(c: Comparison, choices: Choices, reason: string): Resolving {
  const out: Resolving = { heads: c.versions.map((v) => v.record), take_fields: {}, set: {}, reason };
  for (const f of c.fields) {
    const choice = choices[f.field];
    if (!choice || asProposed(f, choice)) continue;
    if ('take' in choice) out.take_fields[f.field] = choice.take;
    else out.set[f.field] = choice.write;
  }
  return out;
}

/** Choices that still make sense when the comparison has become another: of versions that are still there. */
export function carried(c: Comparison, choices: Choices): Choices {
  const out: Choices = {};
  for (const f of c.fields) {
    const choice = choices[f.field];
    if (choice && ('write' in choice || choice.take in f.values)) out[f.field] = choice;
  }
  return out;
}
/** What the chosen value is. */
export function chosen(f: ConflictField, choice: Choice | undefined): FieldValue | null | undefined {
  if (choice) return 'take' in choice ? f.values[choice.take] : choice.write;
  return f.taken === null ? undefined : f.values[f.taken];
}
