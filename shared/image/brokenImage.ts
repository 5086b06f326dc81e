import { ImageRejected } from '../errors.ts';

/** `brokenImage('PNG', 'it has no size')`: "The PNG file is broken: it has no size." */
export function brokenImage(formatName: string, reason: string, cause?: unknown): ImageRejected {
  return new ImageRejected('broken-image', `The ${formatName} file is broken: ${reason}.`, { cause });
}
