/** What rings: urgent things that have waited too long, each step once until somebody takes note of it. */
import type { Alarm } from '../api/types';

export const ringing = (alarms: Alarm[]): string[] => alarms.filter((a) => a.sounds && a.item).map((a) => `${a.item}#${a.step}`);

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
