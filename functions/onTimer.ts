import { app } from '@azure/functions';
import { servicesOfProcess } from '../shared/services.ts';
import { runTimer } from '../shared/upkeep/runTimer.ts';

/**
 * Recovers lost work every minute, because messages and events can be lost and processes can crash. It is registered
 * with wrong settings too, and then fails with all their problems, which shows in the log and by the missing
 * heartbeat. It also wakes an app that is scaled to zero, so that right settings bring the other triggers back without
 * a call (docs/decisions/2026-11-30-wrong-settings.md).
 */
app.timer('onTimer', {
  schedule: '0 * * * * *',
  handler: async () => {
    await runTimer(await servicesOfProcess());
  },
});
