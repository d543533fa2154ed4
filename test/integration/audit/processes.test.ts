import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startAzurite } from '../../support/azurite.ts';
import { chainWorld, eventsOf } from './chain-world.ts';

const perProcess = 1_000;
const childFile = fileURLToPath(new URL('./append-child.ts', import.meta.url));

test('S35 K8 two processes append 2,000 events at once and leave one unbroken chain', async () => {
  await using azurite = await startAzurite();
  const world = await chainWorld(azurite);
  const children = await Promise.all(
    ['left', 'right'].map((name) => startChild(azurite.connectionString, world.prefix, name)),
  );
  const codes = await Promise.all(children.map((child) => child.go()));
  expect(codes).toEqual([0, 0]);
  expect(await world.verify()).toMatchObject({ ok: true, fromSeq: 1, toSeq: 2 * perProcess });
  const ids = (await eventsOf(world.store)).map(({ target }) => target?.id ?? '');
  const expected = ['left', 'right'].flatMap((name) =>
    Array.from({ length: perProcess }, (_, index) => `${name}-${index}`),
  );
  expect(ids.toSorted()).toEqual(expected.toSorted());
});

async function startChild(connectionString: string, prefix: string, name: string) {
  const args = [childFile, connectionString, prefix, name, String(perProcess)];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) if (line === 'ready') break;
  return {
    async go(): Promise<number> {
      child.stdin.write('go\n');
      return (await ended)[0] as number;
    },
  };
}
