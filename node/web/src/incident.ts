/** Finds an incident type by what people call it. The words are data of the rules. */
import type { Rules } from './api/types';

type Type = Rules['incident_types'][number];
const SAID_MOST = 100;

/** How well a word fits what was typed: itself, then what begins with it, has it in it, or is part of it. */
function fit(word: string, typed: string): number {
  if (word === typed) return 0;
  if (word.startsWith(typed)) return 1;
  if (word.includes(typed)) return 2;
  // 山体滑坡了: what is typed says more than the word.
  return word.length > 1 && typed.includes(word) ? 3 : Infinity;
}
/** Those that fit, best first; of words that fit alike, the type that is called so first. All of them when nothing was typed. */
export function incidentTypes(types: Type[], said: string): Type[] {
  const typed = said.trim().toLowerCase().slice(0, SAID_MOST);
  if (!typed) return types;
  const ranked = types.map((type, order) => {
    const names = [type.zh, type.en, ...(type.words ?? [])].map((w) => w.toLowerCase());
    // What it is called itself counts before the words for it, and of those the first ones.
    const best = Math.min(...names.map((w, i) => fit(w, typed) * 1000 + Math.max(0, i - 1)));
    return { type, best: typed === type.code.toLowerCase() ? -1 : best, order };
  });
  return ranked
    .filter((r) => r.best < Infinity)
    .sort((a, b) => a.best - b.best || a.order - b.order)
    .map((r) => r.type);
}

/** Words that say by themselves that something happened, as the rules want it of a title. */
const EVENT = /灾|滑坡|泥石流|塌方|坍塌|倒塌|崩塌|洪|内涝|起火|着火|失火|山火|爆炸|泄漏|中毒|事故|车祸|翻车|追尾|相撞|撞船|沉船|脱轨|坠机|地震|疫情|冰雹|台风|暴雨|溺水|坠落|停电|停水|污染|斗殴|上访/;
/** What a title calls it: the word that somebody typed and chose the type by, where it names an event; else the type. */
export const eventWord = (type: Type | undefined, typed: string): string => {
  const word = typed.trim();
  return type && (type.words ?? []).includes(word) && EVENT.test(word) ? word : (type?.zh ?? word);
};
/** While nothing is chosen: people's own words, but not the half of one that somebody is still looking for. */
export const saidWord = (types: Type[], typed: string): string => {
  const word = typed.trim();
  const whole = EVENT.test(word) || types.some((x) => [x.zh, x.en, ...(x.words ?? [])].some((w) => w.toLowerCase() === word.toLowerCase()));
  return whole || incidentTypes(types, word).length === 0 ? word : '';
};
