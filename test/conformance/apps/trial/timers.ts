import { setTimeout as pause } from 'node:timers/promises';
import { app, type Timer } from '@azure/functions';
import { note } from './trace.ts';

app.timer('yearly', {
  schedule: '%TRIAL_SCHEDULE%',
  handler: (timer: Timer) => note(`yearly ${JSON.stringify(timer)}`),
});
app.timer('slow', {
  schedule: '* * * * * *',
  handler: async () => {
    note('slow begin');
    await pause(1_300);
    note('slow end');
  },
});
