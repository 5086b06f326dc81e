import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { healthOf } from '../shared/http/health.ts';

// Settings are read before anything is registered: wrong ones stop the start, all named at once.
const { warnings } = healthOf(configOfProcess(), Date.now());

// Bodies as streams: without it the host drops uploads that come without a length.
app.setup({ enableHttpStream: true });

// biome-ignore lint/suspicious/noConsole: the worker's console is where the platform takes an app's log from
if (warnings.length > 0) console.warn(warnings.map(({ detail }) => detail).join(' '));
