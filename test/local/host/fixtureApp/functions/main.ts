import { app } from '@azure/functions';
import './http.ts';
import './hooks.ts';
import './storage.ts';
import './timer.ts';

app.setup({ enableHttpStream: process.env.FIXTURE_STREAMING === 'true' });
