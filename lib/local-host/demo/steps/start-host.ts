import { join } from 'node:path';
import { operatorKeySetting } from '../../setup/new-secrets.ts';
import { startAzurite } from '../../start/azurite.ts';
import { startHostChild } from '../../start/start-host.ts';
import { waitUntilLive } from '../../start/wait-until-live.ts';
import { createApiClient } from '../api-client.ts';
import type { Demo, RunningHost } from '../demo.ts';
import { demoSettings } from '../demo-settings.ts';

const startTimeoutMs = 60_000;

/** Starts a storage emulator and a host of the demo's own, on free ports. */
export async function startHost(demo: Demo): Promise<RunningHost> {
  const { narrator, workplace, directory, cleanup, signal } = demo;
  narrator.step('Sluice, running on this machine alone');
  const azurite = await startAzurite({
    location: join(workplace.run, 'azurite'),
    logFile: join(workplace.run, 'azurite.log'),
  });
  cleanup.defer(() => azurite.process.stop());
  const { blob, queue, table } = azurite.ports;
  narrator.done(`Azurite, the Azure Storage emulator, on ports ${blob}, ${queue} and ${table}`);
  const settings = await demoSettings(directory, azurite.connectionString);
  signal.throwIfAborted();
  const host = await startHostChild({
    directory,
    port: 0,
    stateFile: join(workplace.run, 'host.sqlite'),
    environment: settings,
    logFile: workplace.hostLog,
  });
  cleanup.defer(async () => {
    // Everything that fails afterwards fails for this reason, so it is told first.
    if (host.hasEnded()) narrator.failed(`The host ended by itself (${await host.exited}).`);
    await host.stop();
  });
  const [url = ''] = await host.waitForOutput([/listening on (http:\S+)/], startTimeoutMs);
  await waitUntilLive(url, AbortSignal.any([signal, AbortSignal.timeout(startTimeoutMs)]));
  const operator = createApiClient(url, settings[operatorKeySetting], signal);
  const anyone = createApiClient(url, undefined, signal);
  await anyone.json('GET', '/health/ready');
  narrator.done(`The local host on ${url}; its storage and its secrets answer`);
  return { url, operator, anyone };
}
