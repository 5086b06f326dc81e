/**
 * `BENCH_STORAGE=none npm run bench` measures on Azurite itself, without the front that holds the rules of the real storage;
 * anything else, and nothing, measures behind it.
 */
export const STRICTNESS = process.env.BENCH_STORAGE === 'none' ? 'none' : 'strict';
