import { app } from '@azure/functions';
import { retryAnalysis } from '../shared/backlog/retryAnalyses.ts';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { acceptedResponse, analysisIdOf } from '../shared/http/responses.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('retryAnalysis', {
  methods: ['POST'],
  route: 'analyses/{id}/retry',
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    const services = await servicesOfProcess();
    const record = await retryAnalysis(analysisIdOf(request), services);
    return acceptedResponse(record, request, services.now());
  }),
});
