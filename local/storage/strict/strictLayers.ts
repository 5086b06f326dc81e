import type { StorageLayer } from '../storageLayer.ts';

export interface StrictOptions {
  /** Decides which pages end early and the like: the same seed and the same calls give the same answers. */
  readonly seed: number;
}

/**
 * The rules of the real services that Azurite does not have, for one account. Add a layer here and every test, every local
 * start and every benchmark runs against it.
 */
export function strictLayers(_options: StrictOptions): readonly StorageLayer[] {
  return [];
}
