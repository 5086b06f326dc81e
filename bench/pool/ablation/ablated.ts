/** Bundled for each variant of the pool. */
export { playCallers } from '../callers.ts';
export { playChoosing } from '../choosing.ts';
export { argus, deploymentsOf } from '../players/argus.ts';
export { sharedArgus } from '../players/sharedArgus.ts';
export { woken } from '../players/woken.ts';
