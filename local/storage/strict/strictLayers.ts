import type { StorageLayer } from '../storageLayer.ts';
import { blobPages } from './blobPages.ts';
import { blobRules } from './blobRules.ts';
import { refuseDeletedNames } from './deletedNames.ts';
import { queueRules } from './queueRules.ts';
import type { SmallPages } from './seededChoices.ts';
import { tablePages } from './tablePages.ts';
import { tableRules } from './tableRules.ts';

interface StrictOptions {
  /** Decides which pages end early and the like: the same seed and the same calls give the same answers. */
  readonly seed: number;
  readonly smallPages?: SmallPages;
}

/**
 * The rules of the real services that Azurite does not have, for one account. Add a layer here and every test, every local
 * start and every benchmark runs against it. What refuses stands before what changes answers.
 */
export function strictLayers({ seed, smallPages }: StrictOptions): readonly StorageLayer[] {
  return [
    refuseDeletedNames(),
    tableRules(),
    queueRules(seed),
    blobRules,
    blobPages(seed, smallPages),
    tablePages(seed, smallPages),
  ];
}
