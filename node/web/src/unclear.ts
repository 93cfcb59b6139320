/** Answers that somebody typed and the page does not understand. They are never dropped: they go with the text. */
import { inject, type InjectionKey } from 'vue';

/** Says what stands in the field `key` and is not understood; "" when all of it is. */
export type TellUnclear = (key: string, typed: string) => void;
export const unclearKey: InjectionKey<TellUnclear> = Symbol('unclear');
export const tellUnclear = (): TellUnclear => inject(unclearKey, () => undefined);

export interface Unclear {
  label: string;
  typed: string;
}
/** The text, and below it what was typed into fields that could not take it. */
export const withUnclear = (body: string, line: string): string => (line ? [body.trimEnd(), line].filter(Boolean).join('\n') : body);
