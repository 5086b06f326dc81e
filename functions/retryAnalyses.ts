import { app } from '@azure/functions';
import { retryAnalyses } from '../shared/analyses/retryAnalyses.ts';
import { configOfProcess } from '../shared/config.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { readRetryCall } from '../shared/http/manyCalls.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('retryAnalyses', {
  methods: ['POST'],
  route: 'analyses/retry',
  ...guarded(configOfProcess(), async (request) => {
    const call = await readRetryCall(request);
    return json(200, await retryAnalyses(call, await servicesOfProcess()));
  }),
});
