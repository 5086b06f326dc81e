import type { Capabilities } from '../capabilities.ts';
import { PoolUnavailable } from '../errors.ts';
import { mayHaveReachedModel } from '../pool/nextStep.ts';
import type { WorkEnd } from './analyzeImage.ts';
import { postponeWork } from './analyzeUpload.ts';
import { keepBytes } from './inboxBytes.ts';
import type { NowEnd, ReadyCall } from './nowCall.ts';

/**
 * Work that may have been billed is kept and continues later. Work that never reached a model leaves no record.
 *
 * @throws {PoolUnavailable} also if the storage, not the pool, prevents the start
 * @throws {RecordTaken} when another worker continues it
 */
export async function refuseOrKeep(
  end: Extract<WorkEnd, { kind: 'notPlaced' }>,
  call: ReadyCall,
  parts: Pick<Capabilities, 'due' | 'images' | 'now' | 'results' | 'signal'>,
): Promise<NowEnd> {
  const { keeper, cause, startsAtMs, detail, refusal } = end;
  const record = keeper.current();
  const isPure = !record.attempts.some(mayHaveReachedModel);
  if (!isPure || (keeper.isKept() && record.source.kind === 'blob')) {
    await keepBytes(call, record.id, parts);
    return { kind: 'accepted', record: await postponeWork(end, parts) };
  }
  if (keeper.isKept()) {
    await keeper.remove();
    // A caller with the same key was told meanwhile that the analysis continues, and has stored the bytes for it.
    if (call.idempotencyKey !== undefined && (await parts.images.isInInbox(record.id))) {
      return { kind: 'accepted', record: await postponeWork(end, parts) };
    }
  }
  const retryAfterMs = Math.max(0, startsAtMs - parts.now());
  if (cause.waitingFor === 'budget') throw new PoolUnavailable('budget-reached', detail, retryAfterMs);
  if (refusal) throw new PoolUnavailable('pool-down', refusal.detail, retryAfterMs, { cause: refusal });
  if (cause.waitingFor === 'outage')
    throw new PoolUnavailable('pool-down', `No deployment answers: ${detail}`, retryAfterMs);
  const seconds = Math.ceil(retryAfterMs / 1000);
  throw new PoolUnavailable(
    'no-slot-in-time',
    `No quota is free within ${call.waitMs / 1000} s; a request can start in ${seconds} s.`,
    retryAfterMs,
  );
}
