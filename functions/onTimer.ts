import { app } from '@azure/functions';
import { servicesOfProcess } from '../shared/services.ts';
import { runTimer } from '../shared/upkeep/runTimer.ts';

/**
 * Recovers what was left behind, every minute: messages and events can be lost, and processes can die. It is registered
 * with wrong settings too, and fails then with all their problems: in the log, and by the heartbeat that stops. It also
 * wakes an app that is scaled to zero, so that right settings bring the other triggers back without a call
 * (docs/decisions/2026-11-30-wrong-settings.md).
 */
app.timer('onTimer', {
  schedule: '0 * * * * *',
  handler: async () => {
    await runTimer(await servicesOfProcess());
  },
});
