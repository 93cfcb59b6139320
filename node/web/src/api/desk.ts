/** What a person does with a case beyond writing it: comparing, passing on, and the ways without a line. */
import { call } from './client';
import { file } from './file';
import type { Addressee, BundleRead, Comparison, ConflictRow, Forwarding, Notice, PicturesOut, PicturesRead, Resolved, Resolving } from './desk_types';
import type { Alarm, Outcome } from './types';

const at = (id: string): string => '/reports/' + encodeURIComponent(id);

export const desk = {
  addressees: () => call<{ addressees: Addressee[]; gravest_to: string }>('GET', '/addressees', { background: true }),
  conflicts: (background = false) => call<{ conflicts: ConflictRow[]; next: string | null }>('GET', '/conflicts?limit=100', { background }),
  conflict: (id: string, background = false) => call<Comparison>('GET', '/conflicts/' + encodeURIComponent(id), { background }),
  resolve: (id: string, what: Resolving) => call<Resolved>('POST', `/conflicts/${encodeURIComponent(id)}/resolve`, { body: what }),
  handOn: (id: string) => call<Outcome>('POST', at(id) + '/forward/attachments', { body: {} }),
  forward: (id: string, what: Forwarding, keepalive = false) => call<Outcome>('POST', at(id) + '/forward', { body: what, keepalive }),
  review: (id: string, note: string) => call<Outcome>('POST', at(id) + '/review', { body: { note } }),

  bundle: (to: string) => file('/bundles/file', { to }),
  takeBundle: (file: Blob) => call<BundleRead>('PUT', '/bundles/file', { octets: file }),
  writeBundle: (to: string, path: string) => call<{ path: string; bytes: number }>('POST', '/bundles/export', { body: { to, path } }),
  readBundle: (path: string) => call<BundleRead>('POST', '/bundles/import', { body: { path } }),
  pictures: (id: string) => call<PicturesOut>('POST', at(id) + '/qr', { body: { drawn: true } }),
  takePictures: (text: string) => call<PicturesRead>('POST', '/bundles/pictures', { body: { text } }),
  notices: (background = false) => call<{ notices: Notice[] }>('GET', '/notices', { background }),
  notice: (code: string) => call<Notice>('POST', '/notices', { body: { code } }),

  alarms: () => call<{ alarms: Alarm[] }>('GET', '/alarms'),
  alarmSeen: (row: number) => call<object>('POST', `/alarms/${row}/seen`),
  looked: () => call<{ at: string | null }>('GET', '/looked', { background: true }),
  /** Now; or back to when it was before. */
  look: (back?: { at: string | null }) => call<{ at: string | null }>('POST', '/looked', back ? { body: back } : {}),
};
