import { createHash } from 'node:crypto';
import { NotPossible } from '../errors.ts';
import type { AnalysisRequest } from './analysisRequest.ts';
import { requestDigest } from './analysisRequest.ts';
import type { IdempotencyKeys, KeyBinding } from './idempotencyKeys.ts';

/** The image of a keyed call, by what tells it from another. */
export type KeyedImage =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'blob'; readonly name: string };

/**
 * Which analysis a call with a key is about: a new one, or that of an earlier call with the same key.
 *
 * @throws {NotPossible} `conflict` when the earlier call asked something else
 */
export async function bindKey(
  keyed: { readonly key: string; readonly image: KeyedImage; readonly request: AnalysisRequest },
  fresh: Pick<KeyBinding, 'analysisId' | 'requestId' | 'boundAtMs'>,
  keys: IdempotencyKeys,
): Promise<KeyBinding> {
  const { image, request } = keyed;
  const fingerprint = digest([requestDigest(request), image.kind, identityOf(image)]);
  const binding = await keys.bind(keyed.key, { ...fresh, fingerprint });
  if (binding.fingerprint !== fingerprint) {
    const since = new Date(binding.boundAtMs).toISOString();
    throw new NotPossible(
      'conflict',
      `The Idempotency-Key was used at ${since} for another image or request; it stands for that one for 24 h.`,
    );
  }
  return binding;
}

function identityOf(image: KeyedImage): string {
  if (image.kind === 'bytes') return createHash('sha256').update(image.bytes).digest('hex');
  return image.kind === 'url' ? image.url : image.name;
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}
