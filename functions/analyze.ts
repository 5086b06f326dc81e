import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { readAnalyzeCall } from '../shared/http/calls/readAnalyzeCall.ts';
import { analysisResponse } from '../shared/http/responses.ts';
import { analyzeNow } from '../shared/pipeline/analyzeNow.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('analyze', {
  methods: ['POST'],
  route: 'analyze',
  ...guarded(processSettings(), async (request) => {
    const services = await servicesOfProcess();
    const call = await readAnalyzeCall(request, services.config);
    return analysisResponse(await analyzeNow(call, services), request, services.now());
  }),
});
