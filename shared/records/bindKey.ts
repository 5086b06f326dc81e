import { createHash } from 'node:crypto';
import { inSteps } from '../concurrency/inSteps.ts';
import { NotPossible } from '../errors.ts';
import { digestSteps } from '../image/digestSteps.ts';
import { type AnalysisRequest, requestDigest } from '../requests/analysisRequest.ts';
import { type IdempotencyKeys, KEY_LIFETIME_MS, type KeyBinding } from './idempotencyKeys.ts';

/** What identifies the image of a call with a key. */
type KeyedImage =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'blob'; readonly name: string };

/**
 * Which analysis a call with a key is about: a new one, or that of an earlier call with the same key.
 *
 * @throws {NotPossible} `conflict` when the earlier call was for another image or request
 */
export async function bindKey(
  keyed: { readonly key: string; readonly image: KeyedImage; readonly request: AnalysisRequest },
  fresh: Pick<KeyBinding, 'analysisId' | 'requestId' | 'boundAtMs'>,
  keys: IdempotencyKeys,
): Promise<KeyBinding> {
  const { image, request } = keyed;
  const identity = await identityOf(image);
  const fingerprint = digest([requestDigest(request), image.kind, identity]);
  const imagePrint = digest([image.kind, identity]);
  const binding = await keys.bind(keyed.key, { ...fresh, fingerprint, imagePrint });
  if (binding.fingerprint === fingerprint) return binding;
  const differs = differenceOf(binding, imagePrint);
  const [since, until] = [binding.boundAtMs, binding.boundAtMs + KEY_LIFETIME_MS].map((ms) =>
    new Date(ms).toISOString(),
  );
  throw new NotPossible(
    'conflict',
    `The Idempotency-Key was used at ${since} ${differs}, and stands for that until ${until}. Take another key.`,
  );
}

function differenceOf({ imagePrint }: KeyBinding, present: string): string {
  return imagePrint === present ? 'for another request about the same image' : 'for another image';
}

async function identityOf(image: KeyedImage): Promise<string> {
  if (image.kind === 'bytes') return await inSteps(digestSteps(image.bytes));
  return image.kind === 'url' ? image.url : image.name;
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
