import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { answering, json } from '../shared/http/answering.ts';

app.http('openapi', {
  methods: ['GET'],
  route: 'openapi.json',
  authLevel: 'function',
  // Loaded when it is first asked for: no other call, and no start, needs the description.
  handler: answering(configOfProcess(), async () => {
    const { openApiDocument } = await import('../shared/http/openApi/openApiDocument.ts');
    return json(200, openApiDocument());
  }),
});
