/** Pictures that may be shown: what the bytes are decides, never a name. SVG is a program, so it is none. */
const SIGNS: [string, number[], number][] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], 0],
  ['image/jpeg', [0xff, 0xd8, 0xff], 0],
  ['image/gif', [0x47, 0x49, 0x46, 0x38], 0],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
];
/** Above this nobody waits for a thumbnail; the file is there to be saved. */
export const PICTURE_MOST = 8 * 1024 * 1024;

/** Whether it is worth a look at the bytes. */
export const mayBePicture = (name: string, bytes: number): boolean => bytes > 0 && bytes <= PICTURE_MOST && /\.(png|jpe?g|gif|webp)$/i.test(name);

export function pictureType(head: Uint8Array): string | null {
  const riff = head[0] === 0x52 && head[1] === 0x49 && head[2] === 0x46 && head[3] === 0x46;
  for (const [type, sign, at] of SIGNS) if (sign.every((b, i) => head[at + i] === b) && (type !== 'image/webp' || riff)) return type;
  return null;
}
