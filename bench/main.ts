import { commandLineOrExit } from '../local/process/commandLine.ts';

/** Each is loaded when it is asked for. */
const BENCHES: Readonly<Record<string, () => Promise<void>>> = {
  caps: async () => (await import('./caps.ts')).benchCaps(),
  capsOnLargePool: async () => (await import('./caps.ts')).benchCapsOnLargePool(),
  coldStart: async () => (await import('./coldStart.ts')).benchColdStart(),
  documents: async () => (await import('./documents.ts')).benchDocuments(),
  estimate: async () => (await import('./estimate.ts')).benchEstimate(),
  estimateFolder: async () => (await import('./estimateFolder.ts')).benchEstimateFolder(),
  fullContainer: async () => (await import('./fullContainer.ts')).benchFullContainer(),
  quality: async () => (await import('./quality.ts')).benchQuality(),
  largeBodies: async () => (await import('./largeBodies/main.ts')).benchLargeBodies(),
  legibility: async () => (await import('./legibility.ts')).benchLegibility(),
  overhead: async () => (await import('./overhead.ts')).benchOverhead(),
  parts: async () => (await import('./parts.ts')).benchParts(),
  http: async () => (await import('./http.ts')).benchHttp(),
  memory: async () => (await import('./memory.ts')).benchMemory(),
  storageFront: async () => (await import('./storageFront.ts')).benchStorageFront(),
  textQuality: async () => (await import('./textQuality.ts')).benchTextQuality(),
};

const NAMES = Object.keys(BENCHES);
const { operands: wanted } = commandLineOrExit({
  name: 'npm run bench',
  does: `Measures, and prints a JSON line per figure. BENCH_STORAGE=none measures on Azurite itself, without the
rules of the real storage. bench/README.md says what each one measures.`,
  operands: {
    word: 'NAME',
    says: `one or more of ${NAMES.join(', ')} (default: all)`,
    least: 0,
    most: NAMES.length,
    known: NAMES,
  },
  options: {},
});
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
process.exit(0);
