import { app } from '@azure/functions';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { json } from '../shared/http/responses.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('openapi', {
  methods: ['GET'],
  route: 'openapi.json',
  // Loaded when it is first asked for: no other call, and no start, needs the description.
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    const { openApiDocument } = await import('../shared/http/openApi/openApiDocument.ts');
    return json(200, openApiDocument());
  }),
});
