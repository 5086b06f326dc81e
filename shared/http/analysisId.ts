import type { HttpRequest } from '@azure/functions';
import { NotPossible, shortened } from '../errors.ts';

/** The id in a call's path. @throws {NotPossible} `not-found` for what cannot be one */
export function analysisIdOf(request: HttpRequest): string {
  const id = request.params.id ?? '';
  if (!/^[0-9a-f]{32}$/.test(id)) throw new NotPossible('not-found', `There is no analysis ${shortened(id)}.`);
  return id;
}
