import { defineStore } from 'pinia';
import { shallowReactive, shallowRef } from 'vue';

export interface Question {
  title: string;
  text?: string;
  /** What it is about: to be looked at instead of answering. */
  links?: { to: string; text: string }[];
  /** Asks for a text, or for the passphrase. */
  ask?: 'text' | 'passphrase';
  label?: string;
  /** What stands in the box at first. */
  given?: string;
  /** What is typed stays on the node under this name until it is done. */
  keep?: string;
  needed?: boolean;
  /** Characters that the text may have; what the node takes of a note or reason when nothing is said. */
  most?: number;
  ok?: string;
  cancel?: string;
  danger?: boolean;
  /** Tries the answer; a rejection is shown and the dialog stays. */
  try?: (answer: string) => Promise<void>;
}
type Answer = (a: string | null) => void;

/**
 * One question at a time, answered with the text, or null when the person would rather not. What is asked while an answer
 * is being tried, the passphrase, stands before that question, which is there again after it.
 */
export const useDialog = defineStore('dialog', () => {
  const question = shallowRef<Question | null>(null);
  /** Whose answers are being tried. */
  const trying = shallowReactive(new Set<Question>());
  let answer: Answer | null = null;
  const below: { q: Question; answer: Answer | null }[] = [];
  function ask(q: Question): Promise<string | null> {
    if (question.value && trying.has(question.value)) below.push({ q: question.value, answer });
    else answer?.(null);
    question.value = q;
    return new Promise((go) => (answer = go));
  }
  function close(a: string | null): void {
    const go = answer;
    const next = below.pop();
    question.value = next?.q ?? null;
    answer = next?.answer ?? null;
    go?.(a);
  }
  return { question, trying, ask, close };
});
