import { app } from '@azure/functions';
import { retryAnalyses } from '../shared/analyses/retryAnalyses.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { readRetryCall } from '../shared/http/manyCalls.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('retryAnalyses', {
  methods: ['POST'],
  route: 'analyses/retry',
  ...guarded(processSettings(), async (request) => {
    const call = await readRetryCall(request);
    return json(200, await retryAnalyses(call, await servicesOfProcess()));
  }),
});
