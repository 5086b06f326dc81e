import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { readUsageCall } from '../shared/http/calls/readUsageCall.ts';
import { json } from '../shared/http/responses.ts';
import { budgetView } from '../shared/http/views/poolViews.ts';
import { rollUpUsage } from '../shared/money/rollUpUsage.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('usage', {
  methods: ['GET'],
  route: 'usage',
  ...guarded(processSettings(), async (request) => {
    const { budget, usage, now } = await servicesOfProcess();
    const { by, fromMs, untilMs } = readUsageCall(request, now());
    const rows = await rollUpUsage(usage.between(fromMs, untilMs), by);
    return json(200, { rows, budget: budgetView(await budget.view()) });
  }),
});
