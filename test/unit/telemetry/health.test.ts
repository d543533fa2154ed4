import { expect, test } from 'vitest';
import { createHealth, troubleOf } from '../../../lib/adapters/telemetry/health.ts';
import { notingLog } from '../../support/noting-log.ts';

test('trouble is told of when it begins and when it ends, and not in between', () => {
  const log = notingLog();
  const health = createHealth('otlp', log);
  health.works();
  for (const status of [500, 503, 500]) health.fails({ status });
  health.works();
  health.works();
  health.fails({ error: 'Busy' });
  const receiver = 'otlp';
  expect(log.lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: 'warn', message: 'metrics could not be sent', receiver, status: 500 },
    { level: 'info', message: 'metrics are sent again', receiver },
    { level: 'warn', message: 'metrics could not be sent', receiver, error: 'Busy' },
  ]);
});

test.each([
  [
    Object.assign(new Error('https://x:canary@host'), { code: 'ECONNREFUSED' }),
    { error: 'ECONNREFUSED' },
  ],
  [
    Object.assign(new Error('canary'), { code: 503, name: 'OTLPExporterError' }),
    { status: 503, error: 'OTLPExporterError' },
  ],
  [new TypeError('canary'), { error: 'TypeError' }],
  ['canary', { error: 'string' }],
])('of an error only its name or code is told, never its words', (error, told) => {
  expect(troubleOf(error)).toEqual(told);
});
