import type { OfficeRow } from '../api/admin';

/** How an office comes to us; as the sheet and the API name it. */
export type InviteKind = 'new' | 'line' | 'move';

/** Whether a code lies below another: as crypto::code_under() has it, whole regions end in pairs of zeros. */
export function codeUnder(superior: string, code: string): boolean {
  let head = superior;
  if (head.length === 6) while (head.length > 2 && head.endsWith('00')) head = head.slice(0, -2);
  return head.length >= 2 && code.startsWith(head);
}

/** What the node would say against a code, before it is asked: the key of the sentence, or nothing. */
export function codeTrouble(code: string, kind: InviteKind, own: string, offices: OfficeRow[]): '' | 'codeForm' | 'codeOwn' | 'codeNotBelow' | 'codeAbove' | 'codeTaken' {
  if (!/^\d{2,12}$/.test(code)) return 'codeForm';
  if (code === own) return 'codeOwn';
  if (kind === 'line') {
    if (codeUnder(code, own)) return 'codeAbove';
  } else if (!codeUnder(own, code)) return 'codeNotBelow';
  const there = offices.find((o) => o.office === code);
  const ours = there?.state === 'below' && there.superior === own;
  return there && there.admitted && there.state !== 'revoked' && (kind === 'new' || ours) ? 'codeTaken' : '';
}

const ADDRESS = /^https?:\/\/(\[[0-9A-Fa-f:.]+\]|[^\s/:?#[\]]+)(?::(\d{1,5}))?(?:[/?#]\S*)?$/;

/** Whether a neighbour could call that address at all. */
export function addressGood(url: string): boolean {
  const m = ADDRESS.exec(url);
  if (!m || url.length > 256 || /[^\x21-\x7e]/.test(url)) return false;
  return m[2] === undefined || (Number(m[2]) > 0 && Number(m[2]) < 65536);
}

/** An address that means the machine itself: nobody else reaches us there. */
export function isLoopback(url: string): boolean {
  const host = ADDRESS.exec(url)?.[1]?.toLowerCase() ?? '';
  return host === 'localhost' || host === '0.0.0.0' || host === '[::1]' || host === '[::]' || /^127(\.\d+){3}$/.test(host);
}
export const linesOf = (text: string): string[] => text.split(/\s+/).filter(Boolean);
