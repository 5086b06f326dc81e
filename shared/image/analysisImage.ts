import { inSteps } from '../concurrency/inSteps.ts';
import type { ImageLimits } from './assertAcceptable.ts';
import { digestSteps } from './digestSteps.ts';
import type { ImageFormat, ImageHeader } from './imageHeader.ts';
import type { ImageBytes } from './lookAtImage.ts';
import type { SendTarget } from './pixels/cutIntoParts.ts';
import { checkImage, type PreparedImage, prepareImage } from './prepareImage.ts';

/** Options of a preparation. */
export interface Preparing {
  /** Encodes the image again even if its bytes could be sent as they are: for a service that could not decode them. */
  readonly encodeAnew?: boolean;
  /** Receives the digest of the content, once it was read. */
  readonly onDigest: (contentDigest: string) => void;
}

/**
 * The picture of one analysis: a file, or a page that is drawn. Every method throws `ImageChanged` where its version is
 * gone, and `ImageRejected` for what cannot be analysed.
 */
export interface AnalysisImage {
  readonly format: ImageFormat | 'pdf';
  /** After orientation. A page that is drawn counts as a picture of this size. */
  readonly width: number;
  readonly height: number;
  readonly totalBytes: number;
  /** What a page of a PDF says about itself; absent for everything else. */
  readonly declared?: DeclaredPage;
  /** The content's SHA-256: the same for the same picture. */
  readonly digest: () => Promise<string>;
  /** The picture as it goes to the service: in exactly the pixels of the target, unless it has fewer. */
  readonly prepare: (target: SendTarget, preparing: Preparing) => Promise<PreparedImage>;
  /** Finds damage without preparing it. */
  readonly check: (preparing: Pick<Preparing, 'onDigest'>) => Promise<void>;
}

export interface DeclaredPage {
  /** Height of the smallest print, in pixels of the picture's size; null where the page declares no text. */
  readonly smallestPrintPx: number | null;
  /** The text layer; empty where there is none. */
  readonly text: string;
}

/** The picture that a file holds. */
export function imageOfFile(file: ImageBytes, header: ImageHeader, limits: ImageLimits): AnalysisImage {
  const { totalBytes } = file;
  const { format, width, height } = header;
  const digested =
    ({ onDigest }: Pick<Preparing, 'onDigest'>) =>
    async (): Promise<Buffer> => {
      const bytes = await file.all();
      onDigest(await inSteps(digestSteps(bytes)));
      return bytes;
    };
  return {
    ...{ format, width, height, totalBytes },
    digest: async () => await inSteps(digestSteps(await file.all())),
    prepare: (target, preparing) =>
      prepareImage({ totalBytes, all: digested(preparing) }, header, target, limits, preparing),
    check: (preparing) => checkImage({ totalBytes, all: digested(preparing) }, header, limits),
  };
}
