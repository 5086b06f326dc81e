import { describe, expect, it } from 'vitest';
import { bindKey } from '../../shared/records/bindKey.ts';
import type { IdempotencyKeys, KeyBinding } from '../../shared/records/idempotencyKeys.ts';
import { NOON_MS, REQUEST } from '../support/sampleRecords.ts';

/** Keys in memory: the first call decides what each stands for. */
function memoryKeys(): IdempotencyKeys {
  const bindings = new Map<string, KeyBinding>();
  return {
    bind: async (key, wanted) => {
      const binding = bindings.get(key) ?? wanted;
      bindings.set(key, binding);
      return binding;
    },
  };
}

const image = { kind: 'bytes', bytes: Buffer.from('a') } as const;
const fresh = (analysisId: string) => ({ analysisId, requestId: `r${analysisId}`, boundAtMs: NOON_MS });

describe('bindKey', () => {
  it.each([
    ['bytes', image, { kind: 'bytes', bytes: Buffer.from('b') }],
    ['an address', { kind: 'url', url: 'https://a.example/1' }, { kind: 'url', url: 'https://a.example/2' }],
    ['a blob', { kind: 'blob', name: 'a.png' }, { kind: 'blob', name: 'b.png' }],
    ['an address that reads as the name of a blob', { kind: 'url', url: 'a.png' }, { kind: 'blob', name: 'a.png' }],
  ] as const)('gives the same analysis for the same image and request: %s', async (_, one, other) => {
    const keys = memoryKeys();
    const keyed = { key: 'k', image: one, request: REQUEST };
    const first = await bindKey(keyed, fresh('a'), keys);
    expect(first).toMatchObject(fresh('a'));
    expect(await bindKey(keyed, fresh('b'), keys)).toEqual(first);
    expect(await bindKey({ ...keyed, key: 'another' }, fresh('b'), keys)).toMatchObject({ analysisId: 'b' });
    await expect(bindKey({ ...keyed, image: other }, fresh('b'), keys)).rejects.toMatchObject({
      code: 'conflict',
      detail:
        'The Idempotency-Key was used at 2026-11-23T12:00:00.000Z for another image, and stands for that until ' +
        '2026-11-24T12:00:00.000Z. Take another key.',
    });
  });

  it('says that the request is another one where the image is the same', async () => {
    const keys = memoryKeys();
    await bindKey({ key: 'k', image, request: REQUEST }, fresh('a'), keys);
    const other = { key: 'k', image, request: { ...REQUEST, detail: 'low' } } as const;
    await expect(bindKey(other, fresh('b'), keys)).rejects.toThrow('for another request about the same image, and');
  });
});
