import { z } from 'zod';
import type { ImagePart } from '../analyzeNow.ts';
import { InvalidRequest } from '../errors.ts';

const base64 = z
  .string()
  .min(1, 'is empty')
  .transform((text) => text.replace(/^data:[^,]*,/, ''))
  .refine((text) => /^[A-Za-z0-9+/_-]*={0,2}$/.test(text), 'holds characters that are not base64');

const imageSchema = z.union([z.strictObject({ base64 }), z.strictObject({ blob: z.string().min(1).max(1024) })]);

/**
 * One image as JSON names it: `{ base64 }` or `{ blob }`.
 *
 * @param path where it stands in the body, for the message
 * @throws {InvalidRequest}
 */
export function readImagePart(given: unknown, path: string): ImagePart {
  const parsed = imageSchema.safeParse(given);
  if (!parsed.success) {
    const names = given !== null && typeof given === 'object' ? Object.keys(given) : [];
    const base64Problem =
      names.length === 1 && names[0] === 'base64' ? base64.safeParse((given as { base64: unknown }).base64) : undefined;
    const reason = base64Problem?.error?.issues[0]?.message ?? 'must be one of { "base64": … } and { "blob": … }';
    const got = names.length > 0 ? ` (it has: ${names.join(', ')})` : ' (it is missing)';
    throw new InvalidRequest([{ path, message: `${path} ${reason}${base64Problem ? '' : got}.` }]);
  }
  if ('blob' in parsed.data) return { kind: 'blob', name: parsed.data.blob };
  return { kind: 'bytes', bytes: Buffer.from(parsed.data.base64, 'base64') };
}
