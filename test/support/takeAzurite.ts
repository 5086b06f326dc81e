import type { Azurite } from '../../local/storage/startAzurite.ts';
import { askForAll } from './askForAll.ts';
import type { TakenAzurite } from './azuritesForAll.ts';

/** An empty Azurite in memory for the caller alone; `stop` gives it back. */
export async function takeAzurite(): Promise<Azurite> {
  const taken = await askForAll<TakenAzurite>('takeAzurite');
  return { ...taken, stop: () => askForAll('giveAzurite', taken.processId) };
}
