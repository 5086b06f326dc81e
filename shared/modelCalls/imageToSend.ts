import type { ImageLimits } from '../image/assertAcceptable.ts';
import type { ImageHeader } from '../image/imageHeader.ts';
import type { SendTarget } from '../image/pixels/cutIntoParts.ts';
import { checkImage, type ImageFile, type PreparedImage, prepareImage } from '../image/prepareImage.ts';
import type { Warning } from '../records/analysisRecord.ts';

/** The image of one analysis as it is sent, made when it is first asked for. */
export interface ImageToSend {
  /** @throws {ImageChanged} when its version is gone */
  readonly prepared: () => Promise<PreparedImage>;
  /** From now on decoded and encoded, whatever came: the service could not read it as it was. */
  readonly encodeAnew: () => void;
  /**
   * Finds damage before the image waits, for minutes or days: decodes it, unless it was made ready already, and keeps
   * nothing. The place in line of one that is damaged or gone is given up.
   *
   * @throws {ImageRejected} `broken-image`
   * @throws {ImageChanged} when its version is gone
   */
  readonly checkPixels: () => Promise<void>;
}

/** What a record says of an image that was sent as another file than the one that came. */
export const RE_ENCODED: Warning = {
  code: 're-encoded',
  detail: 'The service could not read the image file as it is. It was decoded and encoded again, and sent once more.',
};

/**
 * @param terms.isEncodedAnew an earlier run found that the service cannot read the file as it is
 * @param terms.leave gives up the image's place in line
 */
export function createImageToSend(
  file: ImageFile,
  header: ImageHeader,
  terms: {
    readonly target: SendTarget;
    readonly limits: ImageLimits;
    readonly isEncodedAnew: boolean;
    readonly leave: () => Promise<void>;
  },
): ImageToSend {
  const { target, limits, leave } = terms;
  let making: Promise<PreparedImage> | undefined;
  let encodeAnew = terms.isEncodedAnew;
  return {
    prepared: () => {
      making ??= prepareImage(file, header, target, limits, { encodeAnew });
      return making;
    },
    encodeAnew: () => {
      encodeAnew = true;
      making = undefined;
    },
    checkPixels: async () => {
      try {
        await (making ?? checkImage(file, header, limits));
      } catch (error) {
        await leave();
        throw error;
      }
    },
  };
}
