import fc from 'fast-check';

// The same inputs in every run: what passes here passes everywhere. FAST_CHECK_SEED and FAST_CHECK_RUNS look further.
const { FAST_CHECK_SEED: seed = '20261126', FAST_CHECK_RUNS: runs } = process.env;
fc.configureGlobal({ seed: Number(seed), ...(runs && { numRuns: Number(runs) }) });
