import { app } from '@azure/functions';
import { retryAnalyses } from '../shared/backlog/retryAnalyses.ts';
import { guarded } from '../shared/http/answering.ts';
import { readRetryCall } from '../shared/http/calls/readAnalysesCalls.ts';
import { json } from '../shared/http/responses.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('retryAnalyses', {
  methods: ['POST'],
  route: 'analyses/retry',
  ...guarded(processSettings(), async (request) => {
    const call = await readRetryCall(request);
    return json(200, await retryAnalyses(call, await servicesOfProcess()));
  }),
});
