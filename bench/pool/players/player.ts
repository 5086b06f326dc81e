import type { Job } from '../jobs.ts';
import type { Scenario } from '../scenario.ts';
import type { Service } from '../service.ts';
import type { VirtualTime } from '../virtualTime.ts';

export type Counted = 'ask' | 'write' | 'message' | 'query';

/** What a player works with. */
export interface Table {
  readonly scenario: Scenario;
  readonly service: Service;
  readonly time: VirtualTime;
  readonly random: () => number;
  /** Called with each ask for a start, write of the pool's state, message that calls waiting work, and query of the open index. */
  readonly count: (what: Counted) => void;
}

/** Brings a job to its answer; `poisoned`: it gave the job up. */
type Play = (job: Job) => Promise<'answered' | 'poisoned'>;

export interface Player {
  readonly name: string;
  readonly sit: (table: Table) => Play;
}
