import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { profileKind } from '../../shared/image/iccProfile.ts';
import { drawMarked } from './drawnImages.ts';
import { codesOf, prepare } from './prepared.ts';

async function profileOf(name: 'srgb' | 'p3' | 'cmyk'): Promise<Buffer> {
  const { icc } = await sharp(await drawMarked().withIccProfile(name).jpeg().toBuffer()).metadata();
  return icc ?? Buffer.alloc(0);
}

describe('profileKind', () => {
  it('tells sRGB from what differs visibly, by colours and curve', async () => {
    expect(profileKind(await profileOf('srgb'))).toEqual({ kind: 'srgb' });
    expect(profileKind(await profileOf('p3'))).toEqual({ kind: 'other', name: 'sP3C' });
    expect(profileKind(await profileOf('cmyk'))).toMatchObject({ kind: 'other' });
  });

  it('calls broken what ends early, has no mark or no tags', async () => {
    const profile = await profileOf('srgb');
    for (let bytes = 0; bytes < profile.length; bytes += 7) {
      expect(profileKind(profile.subarray(0, bytes))).toEqual({ kind: 'broken' });
    }
    expect(profileKind(Buffer.from(profile).fill(0, 36, 40))).toEqual({ kind: 'broken' });
    expect(profileKind(Buffer.from(profile).fill(0, 128, 132))).toEqual({ kind: 'broken' });
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
});
