import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { z } from 'zod';
import { readHostSettings } from '../../../lib/local-host/settings/host-json.ts';

const root = join(import.meta.dirname, '../../..');
const { logging, extensions, ...rest } = z
  .looseObject({
    logging: z.looseObject({
      logLevel: z.record(z.string(), z.string()),
      applicationInsights: z.object({
        samplingSettings: z.object({ isEnabled: z.boolean(), excludedTypes: z.string() }),
      }),
    }),
    extensions: z.looseObject({ durableTask: z.looseObject({ tracing: z.unknown() }) }),
  })
  .parse(JSON.parse(readFileSync(join(root, 'host.json'), 'utf8')));

test('no request and no line of our log is ever sampled away', () => {
  const { samplingSettings } = logging.applicationInsights;
  expect(samplingSettings.excludedTypes.split(';')).toEqual(
    expect.arrayContaining(['Request', 'Trace', 'Exception']),
  );
  // The host files the lines of the process under Host.Function.Console, as information.
  expect(logging.logLevel['default']).toBe('Information');
  expect(Object.keys(logging.logLevel).filter((category) => /^Host/.test(category))).toEqual([]);
  // With OpenTelemetry the host would send five traces a second, and the rest of these would not hold.
  expect(rest).not.toHaveProperty('telemetryMode');
});

test('orchestrations are traced, and never with what goes in and out of them', () => {
  expect(extensions.durableTask.tracing).toEqual({
    distributedTracingEnabled: true,
    version: 'V2',
    traceInputsAndOutputs: false,
  });
});

test('the local host takes the file as it is', () => {
  expect(readHostSettings(root)).toMatchObject({ taskHubName: 'Sluice', routePrefix: 'api' });
});

test('a setting of the app goes before the file, as on Azure, and must be a number as there', () => {
  const name = 'AzureFunctionsJobHost__extensions__durableTask__maxConcurrentActivityFunctions';
  expect(readHostSettings(root).maxConcurrentActivityFunctions).toBe(8);
  vi.stubEnv(name, '2');
  expect(readHostSettings(root).maxConcurrentActivityFunctions).toBe(2);
  vi.stubEnv(name, 'two');
  expect(() => readHostSettings(root)).toThrow('must be a whole number from 1');
  vi.unstubAllEnvs();
});
