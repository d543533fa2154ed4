import { readEnvironment } from '../../lib/config/env.ts';
import { type RotationCount, rotateMasterKey } from '../../lib/core/sealing/rotate-master-key.ts';
import { optionalSecretNames, secretNames } from '../../lib/core/secrets.ts';
import { openForRotation } from './open-for-rotation.ts';
import { readRotationOrder } from './read-rotation-order.ts';
import { tellFailure } from './tell-failure.ts';

/**
 * `npm run rotate-master-key -- --vault URL --state URL`: wraps every tenant's data key with the current
 * master key. Exit code 1 when a tenant could not be done.
 */
const { previousMasterKey } = optionalSecretNames;

process.exitCode = await run(process.argv.slice(2));

async function run(args: readonly string[]): Promise<number> {
  const order = readRotationOrder(args, readEnvironment());
  if ('usage' in order) {
    process.stderr.write(`${order.usage}\n`);
    return order.exitCode;
  }
  try {
    const count = await rotateMasterKey(openForRotation(order), (soFar) =>
      say(`${soFar.tenants} tenants looked at, ${soFar.rewrapped} wrapped anew`),
    );
    say(verdictOf(count));
    return count.failed === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${tellFailure(error)}\n`);
    return 1;
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function verdictOf({ masterKeyId, tenants, rewrapped, failed }: RotationCount): string {
  const done = `Master key ${masterKeyId}: ${tenants} tenants, ${rewrapped} wrapped anew, ${failed} failed.`;
  if (failed > 0) return `${done} Set ${previousMasterKey} to the key before, and run it again.`;
  // A process that read its secrets just before the rotation still wraps with the old key.
  if (rewrapped > 0) return `${done} Run it again in 15 minutes, until nothing is wrapped anew.`;
  return `${done} Everything is under ${secretNames.masterKey}; ${previousMasterKey} may be removed.`;
}
