import { app } from '@azure/functions';
import { cancelAnalyses } from '../shared/backlog/cancelAnalyses.ts';
import { guarded } from '../shared/http/answering.ts';
import { readCancelCall } from '../shared/http/calls/readAnalysesCalls.ts';
import { json } from '../shared/http/responses.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('cancelAnalyses', {
  methods: ['POST'],
  route: 'analyses/cancel',
  ...guarded(processSettings(), async (request) => {
    const call = await readCancelCall(request);
    return json(200, await cancelAnalyses(call, await servicesOfProcess()));
  }),
});
