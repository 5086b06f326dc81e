import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { answering, json } from '../shared/http/answering.ts';
import { healthOf } from '../shared/http/health.ts';

const config = configOfProcess();

app.http('health', {
  methods: ['GET'],
  route: 'health',
  authLevel: 'anonymous',
  handler: answering({ ...config, open: true }, async () => json(200, healthOf(config, Date.now()))),
});
