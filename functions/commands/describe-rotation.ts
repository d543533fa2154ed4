import { limits } from '../../lib/core/limits.ts';
import type { Conflict, Rotation } from '../../lib/core/own-secrets/rotation.ts';
import { optionalSecretNames, secretNames } from '../../lib/core/secrets.ts';
import { describeUnsound, vaultName } from './describe-creation.ts';

/** What was done, and what the operator does next; no value. */
export function describeRotation(name: string, rotation: Rotation, vaultUrl: string): string {
  if (rotation.outcome === 'done') return `${name}: is new. ${next(name, vaultUrl)}`;
  const { name: blocker, by } = rotation;
  if (by.state === 'in_use') return inUse(blocker, by, vaultUrl);
  if (by.state === 'changed_meanwhile') {
    return `${blocker}: somebody else replaced it at the same time. Look at it: npm run secrets -- check --vault ${vaultUrl}`;
  }
  return `${describeUnsound(blocker, by, vaultUrl)}\nNothing was changed.`;
}

/** Said while the rotation waits. */
export function waitingText(waitMs: number): string {
  return `Both public keys are in ${optionalSecretNames.previousSigningKeys}. Waiting ${Math.round(waitMs / 1000)} seconds until every instance publishes them; stopping now does no harm.`;
}

function next(name: string, vaultUrl: string): string {
  const { previousMasterKey, previousKeyPepper } = optionalSecretNames;
  switch (name) {
    case secretNames.masterKey:
      return [
        `The one before is ${previousMasterKey}. Next:`,
        `  1. wait 15 minutes, then: npm run rotate-master-key -- --vault ${vaultUrl} --state <stateUrl of the deployment>`,
        '  2. again 15 minutes later, until it wraps nothing anew and says that the one before may be removed',
        `  3. ${deletion(previousMasterKey, vaultUrl)}`,
      ].join('\n');
    case secretNames.keyPepper:
      return [
        `The one before is ${previousKeyPepper}; it still checks the keys that were hashed with it. Next:`,
        '  1. nothing: a key goes over to the new one when it is used, from 70 minutes after now',
        `  2. when a key that was not used since then may stop working, at the latest in ${limits.keyDaysMax + 1} days: ${deletion(previousKeyPepper, vaultUrl)}`,
      ].join('\n');
    case secretNames.signingKey:
      return 'What was signed before is still verified by the keys at GET /api/v1/signing-keys. There is nothing else to do.';
    default:
      return 'Within ten minutes every instance takes the new one; until then some still take the old one.';
  }
}

function inUse(name: string, { madeAt }: Conflict & { state: 'in_use' }, vaultUrl: string): string {
  const since = madeAt.toISOString().slice(0, 10);
  const end =
    name === optionalSecretNames.previousMasterKey
      ? 'Run npm run rotate-master-key until it says that it may be removed, and remove it then'
      : `API keys that were not used since then may need it. Remove it when those may stop working, or ${limits.keyDaysMax + 1} days after that date`;
  return `${name}: is still there, from the rotation of ${since}. ${end}: ${deletion(name, vaultUrl)}\nNothing was changed.`;
}

/** Deleting is soft: it can be taken back, and the next rotation brings the name back by itself. */
function deletion(name: string, vaultUrl: string): string {
  return `az keyvault secret delete --vault-name ${vaultName(vaultUrl)} --name ${name}`;
}
