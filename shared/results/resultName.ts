import { createHash } from 'node:crypto';
import type { AnalysisRecord } from '../records/analysisRecord.ts';
import { requestDigest } from '../requests/analysisRequest.ts';

/** A blob's name has at most 1,024 characters (Naming and referencing containers, blobs, and metadata; 2026-11). */
const MOST_CHARACTERS = 1024;

const LONGEST_ENDING = '.json';

/**
 * Where the results of an analysis lie, without their endings `.json` and `.md`: beside the image's name, `<name>.<task>`;
 * of what a call asked in other words than the file itself, `<name>.<task>.<digest of the request>`. Of a name that leaves
 * no room for the endings, the end is replaced by a mark of the whole name.
 */
export function resultName(record: Pick<AnalysisRecord, 'id' | 'source' | 'request' | 'isAside'>): string {
  const { source, request, isAside } = record;
  if (source.kind === 'http') return record.id;
  const ending = isAside ? `.${request.task}.${requestDigest(request)}` : `.${request.task}`;
  const room = MOST_CHARACTERS - ending.length - LONGEST_ENDING.length;
  if (source.name.length <= room) return `${source.name}${ending}`;
  const mark = `~${createHash('sha256').update(source.name).digest('hex').slice(0, 16)}`;
  // A pair of surrogates cut in half is no character.
  const start = source.name.slice(0, room - mark.length).replace(/[\uD800-\uDBFF]$/, '');
  return `${start}${mark}${ending}`;
}
