import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { deploymentView } from '../shared/http/deploymentView.ts';
import { servicesOfProcess } from '../shared/services.ts';

app.http('deployments', {
  methods: ['GET'],
  route: 'deployments',
  ...guarded(configOfProcess(), async () => {
    const { ledger } = await servicesOfProcess();
    return json(200, { deployments: (await ledger.view()).map(deploymentView) });
  }),
});
