import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { irot, writeHeic } from '../../local/samples/heic/writeHeic.ts';
import { createHeicDecoder } from '../../shared/image/heic/decodeHeic.ts';
import { bytesInHand, lookAtImage } from '../../shared/image/lookAtImage.ts';
import { checkImage } from '../../shared/image/prepareImage.ts';
import { drawMarked, drawMarkedHeic, RED, TEAL } from './drawnImages.ts';
import { codesOf, LIMITS, prepare } from './prepared.ts';

async function coloursOf(image: Buffer): Promise<readonly (readonly number[])[]> {
  const { data, info } = await sharp(image).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number): readonly number[] => {
    const place = (y * info.width + x) * info.channels;
    return [...data.subarray(place, place + 3)];
  };
  return [at(2, 2), at(info.width - 3, 2), at(info.width - 3, info.height - 3), at(2, info.height - 3)];
}

/** From the upper left corner on, in the direction of the clock. */
async function expectCorners(image: Buffer, corners: readonly (readonly number[])[]): Promise<void> {
  const farthest = (await coloursOf(image)).flatMap((colour, corner) =>
    colour.map((value, channel) => Math.abs(value - (corners[corner]?.[channel] ?? Number.NaN))),
  );
  expect(Math.max(...farthest)).toBeLessThanOrEqual(8);
}

describe('prepareImage, of HEIC', () => {
  it('gives a JPEG of the size and the colours that a person sees, turned upright', async () => {
    const { mediaType, width, height, changed, warnings, bytes } = await prepare(
      await drawMarkedHeic({ tile: 32, shown: [irot(3)] }),
    );
    expect({ mediaType, width, height, changed, warnings }).toEqual({
      ...{ mediaType: 'image/jpeg', width: 48, height: 64, changed: true },
      warnings: [],
    });
    await expectCorners(bytes, [TEAL, RED, TEAL, TEAL]);
  });

  it('reduces it to the target', async () => {
    expect(await prepare(await drawMarkedHeic(), { width: 32, height: 24 })).toMatchObject({ width: 32, height: 24 });
  });

  it('lays a transparent one on a colour', async () => {
    const prepared = await prepare(await drawMarkedHeic({ alpha: new Uint8Array(64 * 48).fill(128) }));
    expect(codesOf(prepared)).toEqual(['alpha-flattened']);
    await expectCorners(prepared.bytes, [
      [255, 127, 127],
      [153, 212, 187],
      [153, 212, 187],
      [153, 212, 187],
    ]);
  });

  it('converts the colours of a profile, as phones write it', async () => {
    const asPng = await drawMarked().withIccProfile('p3').png().toBuffer();
    const { icc } = await sharp(asPng).metadata();
    if (!icc) throw new Error('it has a profile');
    const pixels = await sharp(asPng, { ignoreIcc: true }).raw().toBuffer();
    const prepared = await prepare(writeHeic({ width: 64, height: 48, rgb: pixels }, { profile: icc }));
    expect(codesOf(prepared)).toEqual(['colours-converted']);
    await expectCorners(prepared.bytes, [RED, TEAL, TEAL, TEAL]);
  });

  it('says of a film that its main picture was analysed', async () => {
    expect(codesOf(await prepare(await drawMarkedHeic({ brand: 'hevc' })))).toEqual(['first-frame']);
  });

  it('refuses one whose pixels are damaged or cut off, before it waits for quota too', async () => {
    const whole = await drawMarkedHeic();
    const cut = bytesInHand(whole.subarray(0, -400));
    const ending = { code: 'broken-image', detail: 'The HEIC file is broken: its pixels cannot be decoded.' };
    await expect(checkImage(cut, await lookAtImage(cut, LIMITS), LIMITS)).rejects.toMatchObject(ending);
    await expect(prepare(whole.subarray(0, -400))).rejects.toMatchObject(ending);
    const sound = bytesInHand(whole);
    await expect(checkImage(sound, await lookAtImage(sound, LIMITS), LIMITS)).resolves.toBeUndefined();
  });
});

describe('createHeicDecoder', () => {
  it('gives up a picture that takes too long, and decodes the next', async () => {
    const hasty = createHeicDecoder({ longestMs: 1 });
    const ending = { detail: 'The HEIC file is broken: it takes longer than 0.001 s to decode.' };
    await expect(hasty.decode(await drawMarkedHeic())).rejects.toMatchObject(ending);
    await hasty.close();
  });

  it('gives up a picture that wants more memory than it may have, and decodes the next', async () => {
    const small = createHeicDecoder({ mostBytes: 32 * 2 ** 20 });
    const large = await drawMarkedHeic({}, { width: 3_000, height: 2_000 });
    await expect(small.decode(large)).rejects.toMatchObject({ code: 'broken-image' });
    expect(await sharp(await small.decode(await drawMarkedHeic())).metadata()).toMatchObject({ width: 64, height: 48 });
    await small.close();
  });
});
