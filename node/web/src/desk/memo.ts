/** 呈报单: what of a report stands on one sheet of paper. */
const END = /[。！？；\n]/;

/** The beginning of a text, of at most so many signs, up to the end of a sentence where there is one in its second half. */
export function beginning(text: string, most: number): { text: string; whole: boolean } {
  const signs = Array.from(text.trim());
  if (signs.length <= most) return { text: signs.join(''), whole: true };
  const cut = signs.slice(0, most);
  let end = most;
  for (let i = most - 1; i >= most / 2; --i)
    if (END.test(cut[i]!)) {
      end = i + 1;
      break;
    }
  return { text: cut.slice(0, end).join('').trimEnd(), whole: false };
}
