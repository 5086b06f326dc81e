import { app } from '@azure/functions';
import { rollUpUsage } from '../shared/analyses/rollUpUsage.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { budgetView } from '../shared/http/budgetView.ts';
import { readUsageCall } from '../shared/http/usageCall.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

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
