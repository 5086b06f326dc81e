import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { guarded, json } from '../shared/http/answering.ts';

app.http('openapi', {
  methods: ['GET'],
  route: 'openapi.json',
  // Loaded when it is first asked for: no other call, and no start, needs the description.
  ...guarded(configOfProcess(), async () => {
    const { openApiDocument } = await import('../shared/http/openApi/openApiDocument.ts');
    return json(200, openApiDocument());
  }),
});
