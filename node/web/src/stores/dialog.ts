import { defineStore } from 'pinia';
import { shallowRef } from 'vue';

export interface Question {
  title: string;
  text?: string;
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

/** One question at a time, answered with the text, or null when the person would rather not. */
export const useDialog = defineStore('dialog', () => {
  const question = shallowRef<Question | null>(null);
  let answer: ((a: string | null) => void) | null = null;
  function ask(q: Question): Promise<string | null> {
    answer?.(null);
    question.value = q;
    return new Promise((go) => (answer = go));
  }
  function close(a: string | null): void {
    question.value = null;
    answer?.(a);
    answer = null;
  }
  return { question, ask, close };
});
