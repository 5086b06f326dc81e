import type { Capabilities } from '../capabilities.ts';
import { PoolUnavailable } from '../errors.ts';
import { mayHaveReachedModel } from '../pool/nextStep.ts';
import type { WorkEnd } from './analyzeImage.ts';
import { postponeWork } from './analyzeUpload.ts';
import { keepBytes } from './inboxBytes.ts';
import type { NowEnd, ReadyCall } from './nowCall.ts';

/**
 * What may have been billed is kept and goes on later; of what never reached a model nothing is left behind.
 *
 * @throws {PoolUnavailable} also where not the pool but the storage keeps it from its start
 * @throws {RecordTaken} when somebody else goes on with it
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
    // Who came with the same key meanwhile was told that it goes on, and has left the bytes for that.
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
