import { app } from '@azure/functions';
import { runTimer } from '../shared/runTimer.ts';
import { servicesOfProcess } from '../shared/services.ts';

/** Takes up what was left behind, every minute: messages and events can be lost, and processes can die. */
app.timer('onTimer', {
  schedule: '0 * * * * *',
  handler: async () => {
    await runTimer(await servicesOfProcess());
  },
});
