import { app } from '@azure/functions';
import { configOfProcess } from '../shared/config.ts';
import { healthOf } from '../shared/http/health.ts';
import { stopTelemetry } from '../shared/signals/telemetry.ts';

// Settings are read before anything is registered: wrong ones stop the start, all named at once.
const config = configOfProcess();
const { warnings } = healthOf(config, Date.now());

// Bodies as streams: without it the host drops uploads that come without a length.
app.setup({ enableHttpStream: true });

// What was measured since the last minute leaves before the instance goes.
if (config.telemetry) app.hook.appTerminate(stopTelemetry);

// biome-ignore lint/suspicious/noConsole: the worker's console is where the platform takes an app's log from
if (warnings.length > 0) console.warn(warnings.map(({ detail }) => detail).join(' '));
