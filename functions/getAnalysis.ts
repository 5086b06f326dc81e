import { app } from '@azure/functions';
import { analysisView } from '../shared/analyses/analysisView.ts';
import { readResult } from '../shared/analyses/readResult.ts';
import { NotPossible } from '../shared/errors.ts';
import { analysisIdOf } from '../shared/http/analysisId.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { processSettings } from '../shared/processSettings.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('getAnalysis', {
  methods: ['GET'],
  route: 'analyses/{id}',
  ...guarded(processSettings(), async (request) => {
    const { analyses, results } = await servicesOfProcess();
    const id = analysisIdOf(request);
    const stored = await analyses.find(id);
    if (!stored) throw new NotPossible('not-found', `There is no analysis ${id}.`);
    if (stored.record.status !== 'succeeded') return json(200, analysisView(stored.record));
    const { record, result } = await readResult(stored.record, results);
    return json(200, analysisView(record, result));
  }),
});
