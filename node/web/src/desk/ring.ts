/** What rings: urgent things that have waited too long, each step once until somebody takes note of it. */
import type { Alarm, Summary } from '../api/types';

export const ringing = (alarms: Alarm[]): string[] => alarms.filter((a) => a.sounds && a.item).map((a) => `${a.item}#${a.step}`);

/** What came urgently and nobody acknowledged, each time that it came. */
export const urgentKeys = (all: Summary[]): string[] => all.map((s) => `${s.case}@${s.received_at}`);
export const AGAIN_MS = 60_000;

/** Says when it rings: once for what is new, and again every so often for what nobody has silenced. */
export class Bell {
  private heard = new Set<string>();
  private silent = new Set<string>();
  private at = 0;
  constructor(private readonly againMs: number) {}
  rings(keys: string[], now: number): boolean {
    const fresh = keys.some((k) => !this.heard.has(k));
    const waits = keys.some((k) => !this.silent.has(k)) && now - this.at >= this.againMs;
    this.heard = new Set(keys);
    this.silent = new Set(keys.filter((k) => this.silent.has(k)));
    if (fresh || waits) this.at = now;
    return fresh || waits;
  }
  /** What is there now rings no more; what comes later does. */
  silence(): void {
    this.silent = new Set(this.heard);
  }
  isSilent(keys: string[]): boolean {
    return keys.every((k) => this.silent.has(k));
  }
}

let audio: AudioContext | null = null;
/** Two short tones. A browser that nobody has touched yet stays silent; the list says it all the same. */
export function tone(): void {
  try {
    audio ??= new AudioContext();
    for (const [i, frequency] of [880, 660].entries()) {
      const o = audio.createOscillator();
      const g = audio.createGain();
      o.frequency.value = frequency;
      g.gain.value = 0.15;
      o.connect(g).connect(audio.destination);
      o.start(audio.currentTime + i * 0.28);
      o.stop(audio.currentTime + i * 0.28 + 0.22);
    }
  } catch {
    /* no sound on this machine */
  }
}
