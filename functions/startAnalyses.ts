import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { queueAnswer, readQueueCall } from '../shared/http/queueCall.ts';
import { queueBlobs } from '../shared/queueBlobs.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('startAnalyses', {
  methods: ['POST'],
  route: 'analyses',
  ...guarded(configOfProcess(), async (request) => {
    const services = await servicesOfProcess();
    const call = await readQueueCall(request, services.defaults);
    return json(200, queueAnswer(call, await queueBlobs(call, services)));
  }),
});
