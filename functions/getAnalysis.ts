import { app } from '@azure/functions';
import { NotPossible } from '../shared/errors.ts';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { analysisIdOf, foundResponse } from '../shared/http/responses.ts';
import { readResult } from '../shared/results/readResult.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('getAnalysis', {
  methods: ['GET'],
  route: 'analyses/{id}',
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    const { analyses, results, now } = await servicesOfProcess();
    const id = analysisIdOf(request);
    const stored = await analyses.find(id);
    if (!stored) throw new NotPossible('not-found', `There is no analysis ${id}.`);
    if (stored.record.status !== 'succeeded') return foundResponse(stored, now());
    return foundResponse(await readResult(stored.record, results), now());
  }),
});
