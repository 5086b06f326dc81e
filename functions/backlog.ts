import { app } from '@azure/functions';
import { currentBacklog } from '../shared/backlog/currentBacklog.ts';
import { guarded } from '../shared/http/answering.ts';
import { assertNoQuery } from '../shared/http/read/readQuery.ts';
import { json } from '../shared/http/responses.ts';
import { backlogView } from '../shared/http/views/poolViews.ts';
import { servicesOfProcess } from '../shared/services.ts';
import { processSettings } from '../shared/settings/processSettings.ts';

app.http('backlog', {
  methods: ['GET'],
  route: 'backlog',
  ...guarded(processSettings(), async (request) => {
    assertNoQuery(request);
    return json(200, backlogView(await currentBacklog(await servicesOfProcess())));
  }),
});
