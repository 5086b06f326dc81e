/** What is bundled anew with a mechanism of the pool switched off. */
export { playCallers } from '../callers.ts';
export { playChoosing } from '../choosing.ts';
export { argus, deploymentsOf } from '../players/argus.ts';
export { sharedArgus } from '../players/sharedArgus.ts';
export { woken } from '../players/woken.ts';
