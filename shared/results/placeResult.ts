import type { RecordKeeper } from '../records/recordKeeper.ts';
import { isOfOtherRequest, type ResultMark } from './resultMark.ts';
import type { ResultStore } from './resultStore.ts';

/**
 * Tells what lies where the result will lie, before anything is paid for. Of a call's own bytes nothing can lie there yet: that
 * place is looked at only after its container refused a write. A plain name that holds the answer to another request about the same version
 * is left to it: the installation's defaults were others when that was asked.
 *
 * @throws {StorageRefused} where the result could not be written
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
