import { app } from '@azure/functions';
import { estimateFolder } from '../shared/estimateFolder.ts';
import { estimateImages } from '../shared/estimateImages.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { readEstimateCall } from '../shared/http/estimateCall.ts';
import { openImage } from '../shared/openImage.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

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
