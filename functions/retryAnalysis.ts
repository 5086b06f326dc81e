import { app } from '@azure/functions';
import { analysisView } from '../shared/analyses/analysisView.ts';
import { retryAnalysis } from '../shared/analyses/retryAnalyses.ts';
import { analysisIdOf } from '../shared/http/analysisId.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('retryAnalysis', {
  methods: ['POST'],
  route: 'analyses/{id}/retry',
  ...guarded(processSettings(), async (request) => {
    const record = await retryAnalysis(analysisIdOf(request), await servicesOfProcess());
    return json(202, analysisView(record), { 'retry-after': '2' });
  }),
});
