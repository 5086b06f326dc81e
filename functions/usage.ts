import { app } from '@azure/functions';
import { rollUpUsage } from '../shared/analyses/rollUpUsage.ts';
import { configOfProcess } from '../shared/config.ts';
import { answering, json } from '../shared/http/answering.ts';
import { readUsageCall } from '../shared/http/usageCall.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('usage', {
  methods: ['GET'],
  route: 'usage',
  authLevel: 'function',
  handler: answering(configOfProcess(), async (request) => {
    const { usage, now } = await servicesOfProcess();
    const { by, fromMs, untilMs } = readUsageCall(request, now());
    return json(200, { rows: await rollUpUsage(usage.between(fromMs, untilMs), by) });
  }),
});
