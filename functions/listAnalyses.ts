import { app } from '@azure/functions';
import { analysisView } from '../shared/analyses/analysisView.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { readListCall } from '../shared/http/listCall.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('listAnalyses', {
  methods: ['GET'],
  route: 'analyses',
  ...guarded(processSettings(), async (request) => {
    const { analyses, now } = await servicesOfProcess();
    const { records, continuation } = await analyses.list(readListCall(request));
    return json(200, { analyses: records.map((record) => analysisView(record, undefined, now())), continuation });
  }),
});
