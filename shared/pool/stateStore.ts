/** Where the pool's state lies when several processes share it. */
export interface StateStore {
  /** The state as text; null: nobody has written one. */
  read(): Promise<StoredState>;
  /** Writes on condition that nobody has since the version was read; null: that there is none. */
  write(text: string, version: string | null): Promise<WriteEnd>;
}

export interface StoredState {
  readonly text: string | null;
  readonly version: string | null;
  /** The storage's own clock, in whole seconds of epoch milliseconds; null: it did not tell. */
  readonly serverMs: number | null;
}

export type WriteEnd =
  | { readonly kind: 'written'; readonly version: string; readonly serverMs: number | null }
  /** Somebody else was faster. */
  | { readonly kind: 'changed'; readonly serverMs: number | null };
