import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);
const telemetry = join(import.meta.dirname, '../../../lib/adapters/telemetry/telemetry.ts');

/** Which metric packages a process of its own has loaded: made, told a fact, and a while later. */
async function loadedBy(receiver: object): Promise<readonly string[][]> {
  const program = `
    import { Module } from 'node:module';
    import { createTelemetry } from ${JSON.stringify(pathToFileURL(telemetry))};
    const loaded = () => {
      const files = Object.keys(Module._cache).join();
      return ['sdk-metrics', 'exporter-metrics-otlp-proto'].filter((name) => files.includes(name));
    };
    const seen = [];
    const log = { info() {}, warn() {}, error(message, error) { throw error; } };
    const service = { version: '1', environment: 'test', region: 'local' };
    const { metrics } = createTelemetry({ ...${JSON.stringify(receiver)}, service, log });
    seen.push(loaded());
    metrics.queueMeasured({ pending: 0, oldestPendingSeconds: 0 });
    seen.push(loaded());
    for (let looks = 0; looks < 100 && loaded().length < 2; looks++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    seen.push(loaded());
    process.stdout.write(JSON.stringify(seen));
    process.exit();
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout);
}

test('without a receiver no metric package is ever loaded', async () => {
  expect(await loadedBy({})).toEqual([[], [], []]);
});

test('with a receiver they are loaded after the first fact, and whoever tells it does not wait', async () => {
  expect(await loadedBy({ otlpEndpoint: 'http://127.0.0.1:9' })).toEqual([
    [],
    [],
    ['sdk-metrics', 'exporter-metrics-otlp-proto'],
  ]);
});
