import { type RotationCount, rotateMasterKey } from '../../lib/core/sealing/rotate-master-key.ts';
import { optionalSecretNames, secretNames } from '../../lib/core/secrets.ts';
import { openForRotation } from './open-for-rotation.ts';

/**
 * `npm run rotate-master-key -- --vault URL --state URL`: wraps every tenant's data key with the current
 * master key. Exit code 1 when a tenant could not be done.
 */
const { previousMasterKey } = optionalSecretNames;

const count = await rotateMasterKey(openForRotation(process.argv.slice(2)), (soFar) =>
  say(`${soFar.tenants} tenants looked at, ${soFar.rewrapped} wrapped anew`),
);
say(verdictOf(count));
process.exitCode = count.failed === 0 ? 0 : 1;

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
