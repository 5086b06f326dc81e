import type { AnalysisImage, Preparing } from '../image/analysisImage.ts';
import type { SendTarget } from '../image/pixels/cutIntoParts.ts';
import type { PreparedImage } from '../image/prepareImage.ts';
import type { Warning } from '../records/analysisRecord.ts';

/** The image of one analysis as it is sent, prepared at the first use. */
export interface ImageToSend {
  /** @throws {ImageChanged} when its version no longer exists */
  readonly prepared: () => Promise<PreparedImage>;
  /** From now on always decoded and encoded, because the service could not read the original file. */
  readonly encodeAnew: () => void;
  /**
   * Finds damage before the image waits for minutes or days. Decodes the image unless it is already prepared, and
   * keeps no pixels. An image that is damaged or gone releases its queue position.
   *
   * @throws {ImageRejected} `broken-image`
   * @throws {ImageChanged} when its version is gone
   */
  readonly checkPixels: () => Promise<void>;
}

/** What a record says about an image that was not sent as the original file. */
export const RE_ENCODED: Warning = {
  code: 're-encoded',
  detail: 'The service could not read the image file as it is. It was decoded and encoded again, and sent once more.',
};

/**
 * @param terms.isEncodedAnew an earlier run found that the service cannot read the file as it is
 * @param terms.leave releases the image's queue position
 */
export function createImageToSend(
  image: AnalysisImage,
  terms: Pick<Preparing, 'onDigest'> & {
    readonly target: SendTarget;
    readonly isEncodedAnew: boolean;
    readonly leave: () => Promise<void>;
  },
): ImageToSend {
  const { target, onDigest, leave } = terms;
  let making: Promise<PreparedImage> | undefined;
  let encodeAnew = terms.isEncodedAnew;
  return {
    prepared: () => {
      making ??= image.prepare(target, { encodeAnew, onDigest });
      return making;
    },
    encodeAnew: () => {
      encodeAnew = true;
      making = undefined;
    },
    checkPixels: async () => {
      try {
        await (making ?? image.check({ onDigest }));
      } catch (error) {
        await leave();
        throw error;
      }
    },
  };
}
