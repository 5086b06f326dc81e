import { ANALYSIS_WRITES } from './analysisWrites.ts';
import { useMisbehavingStorage } from './misbehavingStorage.ts';
import { OTHER_WRITES } from './otherWrites.ts';
import { describeWrite } from './writeContract.ts';

const storage = useMisbehavingStorage();

for (const write of [...ANALYSIS_WRITES, ...OTHER_WRITES]) describeWrite(storage, write);
