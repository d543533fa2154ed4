import type { Clock } from '../../lib/core/clock.ts';
import { checkSecrets } from '../../lib/core/own-secrets/check-secrets.ts';
import { createSecrets } from '../../lib/core/own-secrets/create-secrets.ts';
import { rotateOwnSecret } from '../../lib/core/own-secrets/rotate-own-secret.ts';
import type { SecretKeeper } from '../../lib/core/own-secrets/secret-keeper.ts';
import { secretNames } from '../../lib/core/secrets.ts';
import { describeCreation, readingHint } from './describe-creation.ts';
import { describeReport } from './describe-report.ts';
import { describeRotation, waitingText } from './describe-rotation.ts';
import { type Order, readOrder, usage } from './read-order.ts';
import { tellFailure } from './tell-failure.ts';

/** What the command needs from outside. */
export interface SecretsWorld {
  /** Data: to stdout. */
  print(text: string): void;
  /** Talk: to stderr. */
  tell(text: string): void;
  openVault(url: string): SecretKeeper;
  readonly clock: Clock;
  wait(waitMs: number): Promise<void>;
}

/** Runs one command and answers with the exit code: 0 done, 1 something is wrong, 2 usage. */
export async function runSecrets(args: readonly string[], world: SecretsWorld): Promise<number> {
  const order = readOrder(args);
  if (order === 'help') {
    world.print(usage);
    return 0;
  }
  if ('mistake' in order) {
    world.tell(`${order.mistake}\n${usage}`);
    return 2;
  }
  try {
    return await run(order, world);
  } catch (error) {
    world.tell(tellFailure(error));
    return 1;
  }
}

async function run(order: Order, world: SecretsWorld): Promise<number> {
  const keeper = world.openVault(order.vaultUrl);
  switch (order.command) {
    case 'create':
      return create(keeper, order, world);
    case 'check':
      return check(keeper, world);
    case 'rotate':
      return rotate(keeper, order, world);
  }
}

async function create(keeper: SecretKeeper, order: Order, world: SecretsWorld): Promise<number> {
  const creations = await createSecrets(keeper);
  for (const creation of creations) world.tell(describeCreation(creation, order.vaultUrl));
  const made = creations.filter(({ outcome }) => outcome === 'made').length;
  const blocked = creations.filter(({ outcome }) => outcome === 'blocked').length;
  world.tell(`${made} made, ${blocked} in trouble, the others are as they were.`);
  for (const creation of creations) {
    if (creation.outcome === 'made') showKey(creation.operatorKey, order, world);
  }
  return blocked === 0 ? 0 : 1;
}

async function check(keeper: SecretKeeper, { clock, print }: SecretsWorld): Promise<number> {
  const reports = await checkSecrets(keeper);
  for (const report of reports) print(describeReport(report, clock()));
  return reports.every(({ isFine }) => isFine) ? 0 : 1;
}

async function rotate(keeper: SecretKeeper, order: Order, world: SecretsWorld): Promise<number> {
  const { name, vaultUrl } = order;
  const wait = (waitMs: number) => {
    world.tell(waitingText(waitMs));
    return world.wait(waitMs);
  };
  const rotation = await rotateOwnSecret({ keeper, clock: world.clock, wait }, name);
  world.tell(describeRotation(name, rotation, vaultUrl));
  if (rotation.outcome === 'blocked') return 1;
  showKey(rotation.operatorKey, order, world);
  return 0;
}

/** The only value that is ever printed, and only when it is asked for. */
function showKey(key: string | undefined, order: Order, { print, tell }: SecretsWorld): void {
  if (key === undefined) return;
  if (order.showOperatorKey) print(key);
  else tell(readingHint(order.vaultUrl, secretNames.operatorKey));
}
