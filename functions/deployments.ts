import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { json } from '../shared/http/responses.ts';
import { deploymentView } from '../shared/http/views/poolViews.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('deployments', {
  methods: ['GET'],
  route: 'deployments',
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    const { ledger } = await servicesOfProcess();
    return json(200, { deployments: (await ledger.view()).map(deploymentView) });
  }),
});
