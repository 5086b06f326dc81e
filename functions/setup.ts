import { app } from '@azure/functions';
import { accessProblems, healthOf } from '../shared/http/views/health.ts';
import { processSettings } from '../shared/settings/processSettings.ts';
import { stopTelemetry } from '../shared/signals/telemetry.ts';

const settings = processSettings();

// Bodies as streams: otherwise the host drops uploads without a length.
app.setup({ enableHttpStream: true });

// The worker's console is where the platform takes an app's log from; each line of it becomes an entry of its own.
if (settings.kind === 'wrong') {
  const problems = settings.problems.map(({ path, message }) => `${path} ${message}`).join(' ');
  // biome-ignore lint/suspicious/noConsole: there is no invocation yet whose log could take it
  console.error(
    `The settings of the app are wrong; no upload and no message is taken until they are right. ${problems}`,
  );
} else {
  const { config } = settings;
  // Sends the measurements of the last minute before the instance stops.
  if (config.telemetry) app.hook.appTerminate(stopTelemetry);
  for (const { path, message } of accessProblems(config)) {
    // biome-ignore lint/suspicious/noConsole: there is no invocation yet whose log could take it
    console.error(`${path} ${message}`);
  }
  const { warnings } = healthOf(config, Date.now());
  // biome-ignore lint/suspicious/noConsole: there is no invocation yet whose log could take it
  if (warnings.length > 0) console.warn(warnings.map(({ detail }) => detail).join(' '));
}
