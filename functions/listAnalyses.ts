import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { readListCall } from '../shared/http/calls/readAnalysesCalls.ts';
import { json } from '../shared/http/responses.ts';
import { analysisView } from '../shared/records/analysisView.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('listAnalyses', {
  methods: ['GET'],
  route: 'analyses',
  ...guarded(processSettings(), async (request) => {
    const { analyses, now } = await servicesOfProcess();
    const { records, continuation } = await analyses.list(readListCall(request));
    return json(200, { analyses: records.map((record) => analysisView(record, undefined, now())), continuation });
  }),
});
