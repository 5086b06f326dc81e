import type { RecordKeeper } from '../records/recordKeeper.ts';
import { isOfOtherRequest, type ResultMark } from './resultMark.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * Checks the result's place before anything is paid for. For the bytes of a call the place is empty, so it is checked
 * only after its container refused a write. If a plain name holds the answer to another request about the same
 * version, that answer stays: the defaults were different when it was requested.
 *
 * @throws {StorageRefused} if the result could not be written
 */
export async function placeResult(
  keeper: RecordKeeper,
  { results }: { readonly results: ResultStore },
): Promise<Partial<ResultMark> | undefined> {
  const record = keeper.current();
  if (record.source.kind !== 'blob' && !results.isDoubtful(record)) return undefined;
  const mark = await results.markOf(record);
  if (!isOfOtherRequest(mark, record)) return mark;
  const aside = { ...record, isAside: true } as const;
  keeper.note(aside);
  return await results.markOf(aside);
}
