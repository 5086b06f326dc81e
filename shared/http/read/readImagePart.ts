import { z } from 'zod';
import { atOnce } from '../../concurrency/inSteps.ts';
import { InvalidRequest, shortened } from '../../errors.ts';
import type { ImagePart } from '../../pipeline/nowCall.ts';
import { blobNameProblem } from '../../storage/blobName.ts';
import { type Decoded, decodeBase64Steps } from './decodeBase64.ts';
import { DecodedImage } from './readJson.ts';

/** The ways in which JSON names an image; exactly one per image. */
export const imagePartSchemas = {
  url: z
    .string('must be text')
    .min(1, 'is empty')
    .max(8192, 'is longer than 8,192 characters')
    .describe('Downloaded over https, from public addresses only, within limits of size and time.'),
  base64: z
    .string('must be text')
    .min(1, 'is empty')
    .describe('The image as base64 (either alphabet). A data URL and line breaks are allowed.'),
  blob: z
    .string('must be text')
    .min(1, 'is empty')
    .max(1024, 'is longer than the 1,024 characters of a blob name')
    .superRefine((name, context) => {
      const message = blobNameProblem(name);
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    })
    .describe('The name of a blob in the images container.'),
};

/**
 * One image as JSON names it: `{ url }`, `{ base64 }` or `{ blob }`.
 *
 * @param path where it stands in the body, for the message
 * @throws {InvalidRequest}
 */
export function readImagePart(given: unknown, path: string): ImagePart {
  const entries = given !== null && typeof given === 'object' && !Array.isArray(given) ? Object.entries(given) : [];
  const [[name, value] = []] = entries;
  if (entries.length !== 1 || !isKnown(name)) {
    const got =
      entries.length === 0
        ? 'has none'
        : `has: ${entries
            .map(([key]) => shortened(key))
            .slice(0, MOST_NAMED)
            .join(', ')}`;
    const message = `${path} must be one of { "url": … }, { "base64": … } and { "blob": … }; it ${got}.`;
    throw new InvalidRequest([{ path, message }]);
  }
  if (name === 'base64' && value instanceof DecodedImage) return imageOf(value.decoded, path);
  const parsed = imagePartSchemas[name].safeParse(value);
  if (!parsed.success) {
    const reason = parsed.error.issues[0]?.message ?? 'is wrong';
    throw new InvalidRequest([{ path: `${path}.${name}`, message: `${path}.${name} ${reason}.` }]);
  }
  if (name === 'base64') {
    const raw = Buffer.from(JSON.stringify(parsed.data).slice(1, -1));
    return imageOf(atOnce(decodeBase64Steps(raw)), path);
  }
  return name === 'url' ? { kind: 'url', url: parsed.data } : { kind: 'blob', name: parsed.data };
}

function imageOf(decoded: Decoded, path: string): ImagePart {
  if (decoded.kind === 'bytes') return decoded;
  const message = `${path}.base64 ${decoded.reason}.`;
  throw new InvalidRequest([{ path: `${path}.base64`, message }]);
}

const MOST_NAMED = 10;

function isKnown(name: string | undefined): name is keyof typeof imagePartSchemas {
  return name !== undefined && Object.hasOwn(imagePartSchemas, name);
}
