import type { PreparedImage } from '../image/prepareImage.ts';
import type { Warning } from './analysisRecord.ts';

type Prepared = PreparedImage | 'changed';

/** The image of one analysis as it is sent, made when it is first asked for. */
export interface ImageToSend {
  /** `changed`: this version is gone. */
  readonly prepared: () => Promise<Prepared>;
  /** From now on decoded and encoded, whatever came: the service could not read it as it was. */
  readonly encodeAnew: () => void;
}

/** What a record says of an image that was sent as another file than the one that came. */
export const RE_ENCODED: Warning = {
  code: 're-encoded',
  detail: 'The service could not read the image file as it is. It was decoded and encoded again, and sent once more.',
};

/** @param isEncodedAnew it was found in an earlier run that the service cannot read the file as it is */
export function createImageToSend(
  make: (mustEncode: boolean) => Promise<Prepared>,
  { isEncodedAnew }: { readonly isEncodedAnew: boolean },
): ImageToSend {
  let making: Promise<Prepared> | undefined;
  let mustEncode = isEncodedAnew;
  return {
    prepared: () => {
      making ??= make(mustEncode);
      return making;
    },
    encodeAnew: () => {
      mustEncode = true;
      making = undefined;
    },
  };
}
