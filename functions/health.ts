import { setTimeout as sleep } from 'node:timers/promises';
import { app } from '@azure/functions';
import { type BacklogLook, LAST_LOOK } from '../shared/backlog/currentBacklog.ts';
import { answering, guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { json } from '../shared/http/responses.ts';
import {
  accessProblems,
  type HealthOfWrongSettings,
  healthOf,
  type OpenHealth,
  recently,
} from '../shared/http/views/health.ts';
import { backlogView } from '../shared/http/views/poolViews.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { configOfProcess, processSettings } from '../shared/settings/processSettings.ts';

const settings = processSettings();

/** What the timer saw last: health must be known at once, also without a storage. */
const lastLook = recently(async () => (await servicesOfProcess()).progress.read<BacklogLook>(LAST_LOOK), {
  now: Date.now,
  sleep: (waitMs) => sleep(waitMs),
});

app.http('health', {
  methods: ['GET'],
  route: 'health',
  authLevel: 'anonymous',
  handler: answering(async (request) => {
    assertNoQuery(request);
    const problems = settings.kind === 'wrong' ? settings.problems : accessProblems(settings.config);
    if (problems.length === 0) return json(200, { status: 'ok' } satisfies OpenHealth);
    return json(503, { status: 'settings-wrong', problems } satisfies HealthOfWrongSettings);
  }),
});

app.http('healthDetails', {
  methods: ['GET'],
  route: 'health/details',
  ...guarded(settings, async (request) => {
    assertNoQuery(request);
    const look = await lastLook();
    const backlog = look && { ...backlogView(look.backlog), seenAt: new Date(look.atMs).toISOString() };
    return json(200, { ...healthOf(configOfProcess(), Date.now()), ...(backlog ? { backlog } : {}) });
  }),
});
