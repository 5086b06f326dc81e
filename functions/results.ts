import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { RESULT_MEDIA_TYPES, readResultsCall, resultLines, startedStream } from '../shared/http/views/resultLines.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('results', {
  methods: ['GET'],
  route: 'results',
  ...guarded(processSettings(), async (request) => {
    const call = readResultsCall(request);
    const body = await startedStream(resultLines(call, await servicesOfProcess()));
    return { status: 200, headers: { 'content-type': RESULT_MEDIA_TYPES[call.format] }, body };
  }),
});
