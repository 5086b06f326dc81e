import type { ImageRejected } from '../../errors.ts';
import type { ImageLimits } from '../assertAcceptable.ts';
import { brokenImage, type ImageHeader } from '../imageHeader.ts';
import type { ImageWarning } from '../imageWarning.ts';
import { assessDamage } from './assessDamage.ts';
import type { Damage } from './damage.ts';

/** The smallest share of rows: an answer about less of a picture would mislead. */
const LEAST_SHARE_OF_ROWS = 0.25;

/**
 * What a tolerant decoder reads of a damaged file, and a message about what is missing.
 *
 * @throws {ImageRejected} `broken-image` when less than a quarter of its rows are there, or none can be decoded
 */
export async function rescueImage(
  bytes: Buffer,
  header: ImageHeader,
  { limits, cause }: { readonly limits: ImageLimits; readonly cause: unknown },
): Promise<{ readonly kept: Buffer; readonly warning: ImageWarning }> {
  const damage = await assessDamage(bytes, { header, maxPixels: limits.maxPixels });
  if (damage.kind === 'lost') throw undecodable(header, cause);
  if (damage.kind === 'cut' && damage.share < LEAST_SHARE_OF_ROWS) {
    throw brokenImage(
      nameOf(header),
      `it ends early, and ${inPercent(damage.share)} of its rows are there (the least is ${inPercent(LEAST_SHARE_OF_ROWS)})`,
    );
  }
  return { kept: damage.bytes, warning: damageWarning(damage) };
}

function damageWarning(damage: Exclude<Damage, { kind: 'lost' }>): ImageWarning {
  switch (damage.kind) {
    case 'minor':
      return {
        code: 'image-damaged',
        detail: 'The file has a fault that strict decoders refuse; its pixels were decoded and encoded again.',
      };
    case 'coarse':
      return {
        code: 'image-cut-short',
        detail: 'The end of the file is missing: all of its rows are there, without the finest details.',
      };
    case 'cut':
      return { code: 'image-cut-short', detail: cutSentence(damage.share) };
  }
}

function cutSentence(share: number): string {
  if (share === 1) return 'The end of the file is missing; all of its rows are there.';
  return `The end of the file is missing: ${inPercent(share)} of its rows are there, the rest is blank.`;
}

const inPercent = (share: number): string => `${Math.floor(share * 100)} %`;
const nameOf = ({ format }: ImageHeader): string => format.toUpperCase();

/** `undecodable(header)`: "The PNG file is broken: its pixels cannot be decoded." */
export function undecodable(header: ImageHeader, cause: unknown): ImageRejected {
  return brokenImage(nameOf(header), 'its pixels cannot be decoded', cause);
}
