import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { profileKind } from '../../../shared/image/pixels/iccProfile.ts';
import { drawMarked } from '../drawnImages.ts';
import { codesOf, levelsOf, prepare } from '../prepared.ts';

async function profileOf(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const { icc } = await sharp(await drawMarked().withIccProfile(name).jpeg().toBuffer()).metadata();
  return icc ?? Buffer.alloc(0);
}

describe('profileKind', () => {
  it('distinguishes sRGB from visibly different profiles, by colours and curve', async () => {
    expect(profileKind(await profileOf('srgb'), 'srgb')).toEqual({ kind: 'srgb' });
    expect(profileKind(await profileOf('p3'), 'rgb16')).toEqual({ kind: 'other', name: 'sP3C' });
    expect(profileKind(await profileOf('cmyk'), 'cmyk')).toMatchObject({ kind: 'other' });
  });

  it('knows that a profile is for other colours than the picture has', async () => {
    expect(profileKind(await profileOf('p3'), 'b-w')).toEqual({ kind: 'unfit' });
    expect(profileKind(await profileOf('cmyk'), 'srgb')).toEqual({ kind: 'unfit' });
    expect(profileKind(linearGray(), 'srgb')).toEqual({ kind: 'unfit' });
    // What changes nothing needs no word.
    expect(profileKind(await profileOf('srgb'), 'b-w')).toEqual({ kind: 'srgb' });
  });

  it('calls broken what ends early, has no mark or no tags', async () => {
    const profile = await profileOf('srgb');
    for (let bytes = 0; bytes < profile.length; bytes += 7) {
      expect(profileKind(profile.subarray(0, bytes), 'srgb')).toEqual({ kind: 'broken' });
    }
    expect(profileKind(Buffer.from(profile).fill(0, 36, 40), 'srgb')).toEqual({ kind: 'broken' });
    expect(profileKind(Buffer.from(profile).fill(0, 128, 132), 'srgb')).toEqual({ kind: 'broken' });
  });
});

describe('prepareImage, of colour profiles', () => {
  it.each(['png', 'jpeg', 'webp'] as const)(
    'sends a %s in sRGB as it is, and converts one in Display P3',
    async (format) => {
      const plain = await drawMarked().withIccProfile('srgb').toFormat(format).toBuffer();
      expect(await prepare(plain)).toMatchObject({ changed: false, warnings: [] });

      const wide = await prepare(await drawMarked().withIccProfile('p3').toFormat(format).toBuffer());
      expect(wide.warnings).toEqual([
        { code: 'colours-converted', detail: 'The image has the colour profile "sP3C"; it was converted to sRGB.' },
      ]);
      const [red, green, blue] = await sharp(wide.bytes).raw().toBuffer();
      expect([(red ?? 0) > 240, (green ?? 255) < 30, (blue ?? 255) < 30]).toEqual([true, true, true]);
    },
  );

  it('takes an image whose profile is damaged, and says so', async () => {
    const file = await drawMarked().withIccProfile('p3').jpeg().toBuffer();
    const markAt = file.indexOf('acsp', 0, 'latin1');
    const prepared = await prepare(Buffer.from(file).fill(0x41, markAt, markAt + 4));
    expect(prepared.changed).toBe(true);
    expect(codesOf(prepared)).toContain('profile-ignored');
  });

  it('leaves out a profile that is for other colours, and does not say that it was applied', async () => {
    const plain = await drawMarked().jpeg().toBuffer();
    const content = Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01', 'latin1'), linearGray()]);
    const segment = Buffer.alloc(4);
    segment.writeUInt16BE(0xffe2, 0);
    segment.writeUInt16BE(content.length + 2, 2);
    const file = Buffer.concat([plain.subarray(0, 2), segment, content, plain.subarray(2)]);
    expect(codesOf(await prepare(file))).toEqual(['profile-ignored']);
  });

  it.each([8, 16] as const)('applies the profile of gray of %i bits', async (bits) => {
    const most = 2 ** bits - 1;
    const pixels = { width: 16, height: 4, channels: 1 as const };
    const values = Array.from({ length: 64 }, (_, place) => Math.round((most * (place % 16)) / 15));
    const raw = bits === 8 ? Uint8Array.from(values) : Uint16Array.from(values);
    const plain = await sharp(raw, { raw: pixels })
      .toColourspace(bits === 8 ? 'b-w' : 'grey16')
      .png()
      .toBuffer();
    const content = Buffer.concat([Buffer.from('gray\0\0', 'latin1'), deflateSync(linearGray())]);
    const file = Buffer.concat([plain.subarray(0, 33), pngChunk('iCCP', content), plain.subarray(33)]);
    const prepared = await prepare(file);
    expect(codesOf(prepared)).toContain('colours-converted');
    // A fifth of the light is level 124 in sRGB.
    expect(Math.abs(((await levelsOf(prepared))[3] ?? 0) - 124)).toBeLessThan(3);
  });
});

function pngChunk(type: string, content: Buffer): Buffer {
  const chunk = Buffer.alloc(12 + content.length);
  chunk.writeUInt32BE(content.length, 0);
  chunk.write(type, 4, 'latin1');
  content.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + content.length)), 8 + content.length);
  return chunk;
}

/** Gray whose values are amounts of light. */
function linearGray(): Buffer {
  const white = Buffer.alloc(20);
  white.write('XYZ ', 0, 'latin1');
  for (const [axis, value] of [0.9642, 1, 0.8249].entries())
    white.writeInt32BE(Math.round(value * 65_536), 8 + axis * 4);
  const tags: readonly [string, Buffer][] = [
    ['wtpt', white],
    ['kTRC', Buffer.from('curv\0\0\0\0\0\0\0\0', 'latin1')],
  ];
  const table = Buffer.alloc(4 + tags.length * 12);
  table.writeUInt32BE(tags.length, 0);
  let at = 128 + table.length;
  for (const [place, [name, content]] of tags.entries()) {
    table.write(name, 4 + place * 12, 'latin1');
    table.writeUInt32BE(at, 8 + place * 12);
    table.writeUInt32BE(content.length, 12 + place * 12);
    at += content.length;
  }
  const head = Buffer.alloc(128);
  head.writeUInt32BE(at, 0);
  head.writeUInt32BE(0x0430_0000, 8);
  head.write('mntrGRAYXYZ ', 12, 'latin1');
  head.write('acsp', 36, 'latin1');
  white.copy(head, 68, 8);
  return Buffer.concat([head, table, ...tags.map(([, content]) => content)]);
}
