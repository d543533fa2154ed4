import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { openStore } from '../../../lib/local-host/durable/store/store.ts';
import { recordingsFolder } from './recording.ts';
import { type Found, reduce } from './reduce.ts';
import { runScenarios } from './run-scenarios.ts';

/**
 * `npm run record:histories`: drives the real app through the scenarios under the version that host.json names, and
 * keeps the histories of all that it started. What is there already stays: exports may be running that began so.
 */
const app = resolve(import.meta.dirname, '../../..');
const target = join(recordingsFolder, ownVersion());
if (existsSync(target)) {
  console.error(
    `${target} is there already. If that version was ever deployed, raise defaultVersion in host.json instead; ` +
      'if it was not, remove the folder first.',
  );
  process.exit(1);
}
const folder = mkdtempSync(join(tmpdir(), 'sluice-histories-'));
try {
  const tenants = await runScenarios({ app, folder });
  const found = readState();
  for (const [scenario, tenantId] of tenants) write(scenario, tenantId, found);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function ownVersion(): string {
  const host: {
    readonly extensions: { readonly durableTask: { readonly defaultVersion: string } };
  } = JSON.parse(readFileSync(join(app, 'host.json'), 'utf8'));
  return host.extensions.durableTask.defaultVersion;
}

function readState(): readonly Found[] {
  const store = openStore(join(folder, 'host.sqlite'));
  const found = store.instances
    .list({})
    .map((instance) => ({ instance, history: store.histories.read(instance.id) }));
  store.close();
  return found;
}

function write(scenario: string, tenantId: string, all: readonly Found[]): void {
  const found = all.filter(({ instance }) => instance.inputJson?.includes(tenantId));
  mkdirSync(join(target, scenario), { recursive: true });
  for (const [id, lines] of reduce(found, plainNames(tenantId, found))) {
    writeFileSync(join(target, scenario, `${id}.jsonl`), `${lines.join('\n')}\n`);
  }
}

/** The ids that were made up, and what stands for them in a recording. */
function plainNames(tenantId: string, found: readonly Found[]): ReadonlyMap<string, string> {
  const inputs = found.map(({ instance }) => JSON.parse(instance.inputJson ?? '{}'));
  const idsOf = (field: string): readonly string[] => [
    ...new Set(inputs.flatMap((input): string[] => input[field] ?? [])),
  ];
  return new Map([
    [tenantId, 'tenant'],
    ...idsOf('exportId').map((id): [string, string] => [id, 'export']),
    ...idsOf('deliveryId').map((id, index): [string, string] => [id, `event-${index + 1}`]),
  ]);
}
