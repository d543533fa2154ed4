import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deploymentSettings } from '../package/support/deployment.ts';
import { packApp } from '../package/support/packaged.ts';
import { startPackaged } from '../package/support/packaged-host.ts';
import { startAzurite } from '../support/azurite.ts';
import { describeMachine } from './machine.ts';
import { percentile } from './summary.ts';

/**
 * `node test/bench/package-start.ts`, after a build: how long the packaged app takes under the local
 * host from the start of its process to the first good answer of /api/health/ready.
 */
const runs = 5;
const goalMs = 2_000;

await using packaged = await packApp();
await using azurite = await startAzurite();
const { settings } = await deploymentSettings(azurite);
const readyMs: number[] = [];
for (let run = 1; run <= runs; run++) {
  await using host = await startPackaged(packaged.app, settings);
  readyMs.push(host.readyMs);
  await rm(join(packaged.app, '.sluice'), { recursive: true, force: true });
}
const median = percentile(readyMs, 50);
const { cores, cpu, node, loadBefore } = describeMachine();
console.log(`ready after ${readyMs.map((ms) => ms.toFixed(0)).join(', ')} ms`);
console.log(
  `median ${median.toFixed(0)} ms, goal < ${goalMs} ms: ${median < goalMs ? 'met' : 'MISSED'}`,
);
console.log(`${cores} cores, ${cpu}, Node ${node}, load ${loadBefore.toFixed(1)}`);
