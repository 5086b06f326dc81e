import { APIError } from 'openai';
import type { LiveJob } from '../jobs.ts';

/** Notes the images whose callers got no answer. @throws in the process, for an error that no service has answered */
export function tellLost(): {
  readonly unless: (job: LiveJob, asking: PromiseLike<unknown> | undefined) => void;
  readonly seen: () => ReadonlySet<string>;
} {
  const seen = new Set<string>();
  return {
    unless: (job, asking) => {
      void Promise.resolve(asking).catch((error: unknown) => {
        if (!(error instanceof APIError)) throw error;
        seen.add(job.sha256);
      });
    },
    seen: () => seen,
  };
}
