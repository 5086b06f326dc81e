import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { estimateImages } from '../shared/estimateImages.ts';
import { answering, json } from '../shared/http/answering.ts';
import { readEstimateCall } from '../shared/http/estimateCall.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('estimate', {
  methods: ['POST'],
  route: 'estimate',
  authLevel: 'function',
  handler: answering(configOfProcess(), async (request) => {
    const { config, deployments, limits, now } = await servicesOfProcess();
    const call = await readEstimateCall(request, config);
    return json(200, await estimateImages(call, { deployments, limits, nowMs: now() }));
  }),
});
