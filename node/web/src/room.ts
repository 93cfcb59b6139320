/** How much of a limit a text has used, in characters as people count them. */
export interface Room {
  used: number;
  /** More than the limit by so many; 0: it fits. */
  over: number;
  /** Nine tenths of the limit are used: it is said before it is too late. */
  near: boolean;
}
export function room(text: string, max: number): Room {
  const used = [...text].length;
  return { used, over: Math.max(0, used - max), near: used <= max && used >= max * 0.9 };
}
