import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { guarded, json } from '../shared/http/answering.ts';
import { modelViews } from '../shared/http/modelView.ts';
import { servicesOfProcess } from '../shared/services.ts';

const config = configOfProcess();

app.http('models', {
  methods: ['GET'],
  route: 'models',
  ...guarded(config, async () => {
    const { calibrations } = await servicesOfProcess();
    return json(200, { models: modelViews(config.deployments, calibrations) });
  }),
});
