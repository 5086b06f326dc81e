import { refusalKind } from '../storage/refusalKind.ts';
import { SpoiltRow } from '../storage/spoiltRow.ts';
import { storageErrorOf } from '../storage/storageError.ts';
import { StorageRefused } from '../storage/storageRefused.ts';

const ADVICE: Readonly<Record<string, string>> = {
  'home-missing': 'Create the table.',
  forbidden:
    "Check the role of the app's identity, which can take 30 minutes to apply, and the account's network rules.",
};

/**
 * The budget's sums cannot be read or written. The budget fails closed: a call whose cost cannot be counted is not made, the
 * analysis waits and tries again.
 *
 * @example
 * budgetRefusal(error).detail
 * // 'The budget cannot be checked: its table refuses the app (AuthorizationFailure). Check the role of … No model call is made until then.'
 */
export function budgetRefusal(error: unknown): StorageRefused {
  if (error instanceof SpoiltRow) {
    const detail = `The budget cannot be checked: ${error.message} No model call is made until it can be.`;
    return new StorageRefused('container', detail, { cause: error });
  }
  const kind = refusalKind(error) ?? 'passing';
  const { status, code = status } = storageErrorOf(error) ?? {};
  const reason = code === undefined ? 'does not answer' : `refuses the app (${code})`;
  const sentences = [
    `The budget cannot be checked: its table ${reason}.`,
    ADVICE[kind] ?? 'This usually ends by itself.',
    'No model call is made until it can be.',
  ];
  return new StorageRefused(ADVICE[kind] === undefined ? 'passing' : 'container', sentences.join(' '), {
    cause: error,
  });
}
