import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { json } from '../shared/http/responses.ts';
import { modelViews } from '../shared/http/views/poolViews.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('models', {
  methods: ['GET'],
  route: 'models',
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    const { calibrations, config } = await servicesOfProcess();
    return json(200, { models: modelViews(config.deployments, calibrations) });
  }),
});
