import { describe, expect, it } from 'vitest';
import { toDataUrl } from '../../shared/image/dataUrl.ts';
import { digestOf } from '../../shared/image/digestOf.ts';

describe('toDataUrl', () => {
  it('holds the bytes in base64', () => {
    expect(toDataUrl(Buffer.from('hi'), 'image/png')).toBe('data:image/png;base64,aGk=');
  });
});

describe('digestOf', () => {
  it('is SHA-256 in hexadecimal, and the same for the same content', () => {
    expect(digestOf(Buffer.from('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(digestOf(new Uint8Array([97, 98, 99]))).toBe(digestOf(Buffer.from('abc')));
  });
});
