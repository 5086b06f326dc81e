import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { queueAnswer, readQueueCall } from '../shared/http/calls/readQueueCall.ts';
import { json } from '../shared/http/responses.ts';
import { queueBlobs } from '../shared/pipeline/queueBlobs.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('startAnalyses', {
  methods: ['POST'],
  route: 'analyses',
  ...guarded(processSettings(), async (request) => {
    const services = await servicesOfProcess();
    const call = await readQueueCall(request, services.defaults);
    return json(200, queueAnswer(call, await queueBlobs(call, services)));
  }),
});
