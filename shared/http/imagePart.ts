import { z } from 'zod';
import type { ImagePart } from '../analyzeNow.ts';
import { InvalidRequest } from '../errors.ts';

const PARTS = {
  base64: z
    .string('must be text')
    .transform((text) => text.replace(/^data:[^,]*,/, '').replace(/\s+/g, ''))
    .refine((text) => text !== '', 'is empty')
    .refine((text) => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text), 'holds characters that are not base64'),
  blob: z.string('must be text').min(1, 'is empty').max(1024, 'is longer than the 1,024 characters of a blob name'),
};

/**
 * One image as JSON names it: `{ base64 }` (a data URL will do, line breaks too) or `{ blob }`.
 *
 * @param path where it stands in the body, for the message
 * @throws {InvalidRequest}
 */
export function readImagePart(given: unknown, path: string): ImagePart {
  const entries = given !== null && typeof given === 'object' && !Array.isArray(given) ? Object.entries(given) : [];
  const [[name, value] = []] = entries;
  if (entries.length !== 1 || (name !== 'base64' && name !== 'blob')) {
    const got = entries.length === 0 ? 'has neither' : `has: ${entries.map(([key]) => key).join(', ')}`;
    const message = `${path} must be one of { "base64": … } and { "blob": … }; it ${got}.`;
    throw new InvalidRequest([{ path, message }]);
  }
  const parsed = PARTS[name].safeParse(value);
  if (!parsed.success) {
    const reason = parsed.error.issues[0]?.message ?? 'is wrong';
    throw new InvalidRequest([{ path: `${path}.${name}`, message: `${path}.${name} ${reason}.` }]);
  }
  return name === 'blob'
    ? { kind: 'blob', name: parsed.data }
    : { kind: 'bytes', bytes: Buffer.from(parsed.data, 'base64') };
}
