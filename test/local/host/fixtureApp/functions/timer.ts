import { app } from '@azure/functions';

app.timer('everySecond', {
  schedule: '%FIXTURE_SCHEDULE%',
  runOnStartup: true,
  handler: (timer) => console.log(`timer ${JSON.stringify(timer)}`),
});
