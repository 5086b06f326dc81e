import { benchCaps, benchCapsOnLargePool } from './caps.ts';
import { benchColdStart } from './coldStart.ts';
import { benchEstimate } from './estimate.ts';
import { benchEstimateFolder } from './estimateFolder.ts';
import { benchFullContainer } from './fullContainer.ts';
import { benchHttp } from './http.ts';
import { benchLargeBodies } from './largeBodies/main.ts';
import { benchLegibility } from './legibility.ts';
import { benchMemory } from './memory.ts';
import { benchOverhead } from './overhead.ts';
import { benchParts } from './parts.ts';
import { benchQuality } from './quality.ts';
import { benchStorageFront } from './storageFront.ts';
import { benchTextQuality } from './textQuality.ts';

/** `npm run bench [-- NAME...]`: a JSON line per figure; nothing about time is asserted anywhere. */
const BENCHES: Readonly<Record<string, () => void | Promise<void>>> = {
  caps: benchCaps,
  capsOnLargePool: benchCapsOnLargePool,
  coldStart: benchColdStart,
  estimate: benchEstimate,
  estimateFolder: benchEstimateFolder,
  fullContainer: benchFullContainer,
  quality: benchQuality,
  largeBodies: benchLargeBodies,
  legibility: benchLegibility,
  overhead: benchOverhead,
  parts: benchParts,
  http: benchHttp,
  memory: benchMemory,
  storageFront: benchStorageFront,
  textQuality: benchTextQuality,
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in BENCHES));
if (unknown.length > 0) {
  console.error(`There is no benchmark ${unknown.join(', ')}; there are: ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(1);
}
for (const [name, bench] of Object.entries(BENCHES)) {
  if (wanted.length === 0 || wanted.includes(name)) await bench();
}
process.exit(0);
