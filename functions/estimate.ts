import { app } from '@azure/functions';
import { estimateFolder } from '../shared/estimates/estimateFolder.ts';
import { estimateImages } from '../shared/estimates/estimateImages.ts';
import { guarded } from '../shared/http/answering.ts';
import { readEstimateCall } from '../shared/http/calls/readEstimateCall.ts';
import { json } from '../shared/http/responses.ts';
import { openImage } from '../shared/pipeline/openImage.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('estimate', {
  methods: ['POST'],
  route: 'estimate',
  ...guarded(processSettings(), async (request) => {
    const services = await servicesOfProcess();
    const call = await readEstimateCall(request, services.config);
    const parts = { ...services, nowMs: services.now() };
    if (call.kind === 'folder') return json(200, await estimateFolder(call, parts));
    return json(200, await estimateImages(call, { ...parts, open: (image) => openImage(image, services) }));
  }),
});
