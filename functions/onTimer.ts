import { app } from '@azure/functions';
import { takeUpLost } from '../shared/resumeAnalysis.ts';
import { servicesOfProcess } from '../shared/services.ts';

/** Takes up what was left behind: every minute, for messages can be lost and processes can die. */
app.timer('onTimer', {
  schedule: '0 * * * * *',
  handler: async () => {
    await takeUpLost(await servicesOfProcess());
  },
});
