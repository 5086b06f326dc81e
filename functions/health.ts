import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { answering, json } from '../shared/http/answering.ts';
import { backlogView } from '../shared/http/backlogView.ts';
import { type HealthOfWrongSettings, healthOf } from '../shared/http/health.ts';
import { recently } from '../shared/http/recently.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { type BacklogLook, LAST_LOOK } from '../shared/watchBacklog.ts';

const settings = processSettings();

/** What the timer saw last: this call is open to everybody and must answer at once, also without a storage. */
const lastLook = recently(async () => (await servicesOfProcess()).progress.read<BacklogLook>(LAST_LOOK), {
  now: Date.now,
  sleep: (waitMs) => sleep(waitMs),
});

app.http('health', {
  methods: ['GET'],
  route: 'health',
  authLevel: 'anonymous',
  handler: answering(async () => {
    if (settings.kind === 'wrong') {
      return json(503, { status: 'settings-wrong', problems: settings.problems } satisfies HealthOfWrongSettings);
    }
    const look = await lastLook();
    const backlog = look && { ...backlogView(look.backlog), seenAt: new Date(look.atMs).toISOString() };
    return json(200, { ...healthOf(settings.config, Date.now()), ...(backlog ? { backlog } : {}) });
  }),
});
