import type { Charge } from '../../../local/regions/chargeLog.ts';
import type { LiveJob } from '../jobs.ts';

/** Somebody who brings images to regions of his own. */
export interface LivePlayer {
  readonly name: string;
  /** Takes an image; what becomes of it the regions' logs tell. Settles when the image is taken. */
  readonly bring: (job: LiveJob) => Promise<void>;
  /** Images that were given up, by their digests. */
  readonly lost: () => ReadonlySet<string>;
  readonly charges: () => readonly Charge[];
  readonly stop: () => Promise<void>;
}
