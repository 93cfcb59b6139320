import { describe, expect, it } from 'vitest';
import { mayBePicture, pictureType } from '../src/picture';

const bytes = (s: string): Uint8Array => Uint8Array.from(s, (c) => c.charCodeAt(0));

describe('a picture', () => {
  it('is what its bytes say', () => {
    expect(pictureType(bytes('\x89PNG\r\n\x1a\n....'))).toBe('image/png');
    expect(pictureType(bytes('\xff\xd8\xff\xe0'))).toBe('image/jpeg');
    expect(pictureType(bytes('GIF89a'))).toBe('image/gif');
    expect(pictureType(bytes('RIFF....WEBPVP8 '))).toBe('image/webp');
  });
  it('is never a program, whatever it is called', () => {
    for (const s of ['<svg xmlns="http://www.w3.org/2000/svg"/>', '<!doctype html>', '%PDF-1.4', 'RIFF....WAVE', '....WEBP', '', '\x89PN']) expect(pictureType(bytes(s))).toBeNull();
  });
  it('is looked for by name and size only to save the asking', () => {
    expect(mayBePicture('现场.JPG', 1000)).toBe(true);
    expect(mayBePicture('图.svg', 1000)).toBe(false);
    expect(mayBePicture('a.png', 9 * 1024 * 1024)).toBe(false);
    expect(mayBePicture('a.png', 0)).toBe(false);
  });
});
