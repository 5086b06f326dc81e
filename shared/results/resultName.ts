import { createHash } from 'node:crypto';
import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { requestDigest } from '../requests/analysisRequest.ts';

/** A blob's name has at most 1,024 characters (Naming and referencing containers, blobs, and metadata; 2026-11). */
const MOST_CHARACTERS = 1024;

const LONGEST_ENDING = '.json';

/**
 * The result name of an analysis, without its endings `.json` and `.md`: `<name>.<task>` for the file's own request,
 * `<name>.<task>.<digest of the request>` for another request. The end of a too long name is replaced by a hash of the
 * whole name.
 */
export function resultName(record: Pick<AnalysisRecord, 'id' | 'source' | 'request' | 'isAside'>): string {
  const { source, request, isAside } = record;
  if (source.kind !== 'blob') return record.id;
  const ending = isAside ? `.${request.task}.${requestDigest(request)}` : `.${request.task}`;
  const room = MOST_CHARACTERS - ending.length - LONGEST_ENDING.length;
  if (source.name.length <= room) return `${source.name}${ending}`;
  const mark = `~${createHash('sha256').update(source.name).digest('hex').slice(0, 16)}`;
  // A pair of surrogates cut in half is no character.
  const start = source.name.slice(0, room - mark.length).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}${mark}${ending}`;
}
