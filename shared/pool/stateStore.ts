/** Where the pool's state lies when several processes share it. `stop`: the answer is no longer waited for. */
export interface StateStore {
  /** @throws whatever the storage answers that is not one of these */
  read(stop?: AbortSignal): Promise<StoredState>;
  /** Writes if the version is still the newest; null: if there is no state yet. */
  write(text: string, version: string | null, stop?: AbortSignal): Promise<WriteEnd>;
  /** Keeps a copy of a state that cannot be read, for an operator to look at. A later copy replaces it. */
  setAside(stop?: AbortSignal): Promise<void>;
}

export interface StoredState {
  /** Null: there is none, or it is `unreadable`. */
  readonly text: string | null;
  /** Null: there is none. */
  readonly version: string | null;
  /** Why what is there is no text. */
  readonly unreadable?: string;
  /** The storage's own clock, in whole seconds of epoch milliseconds; null: it did not tell. */
  readonly serverMs: number | null;
}

export type WriteEnd =
  | { readonly kind: 'written'; readonly version: string; readonly serverMs: number | null }
  /** Another instance was faster, or this very write was done before and its answer was lost. */
  | { readonly kind: 'changed'; readonly serverMs: number | null }
  /** It was not written: it takes more than the store holds. */
  | { readonly kind: 'too-large'; readonly bytes: number; readonly mostBytes: number; readonly serverMs: null };
