import { limits } from '../limits.ts';
import { optionalSecretNames, secretNames } from '../secrets.ts';
import { inspect, type SoundSecret, type Unsound } from './inspect.ts';
import {
  type PreviousSecret,
  previousSecrets,
  type RequiredSecret,
  requiredSecrets,
} from './own-secret.ts';
import { rotateSigningKey } from './rotate-signing-key.ts';
import type { Conflict, RotateDeps, Rotation } from './rotation.ts';
import type { SecretKeeper } from './secret-keeper.ts';

const dayMs = 86_400_000;

/**
 * Replaces one of the required secrets, in an order in which processes that know only the old value,
 * only the new one, or both, go on working. It may be stopped at any moment and run again.
 */
export async function rotateOwnSecret(deps: RotateDeps, name: string): Promise<Rotation> {
  const secret = requiredSecrets.find((candidate) => candidate.name === name);
  if (secret === undefined) throw new TypeError(`${name} is no secret that can be rotated.`);
  const { keeper } = deps;
  const present = await inspect(keeper, secret);
  // A new operator's key is wanted most when the present one is no good.
  const isReplaceable = name === secretNames.operatorKey && present.state === 'malformed';
  if (isReplaceable) return replace(keeper, secret);
  if (present.state !== 'sound') return { outcome: 'blocked', name, by: present };
  if (name === secretNames.signingKey) return rotateSigningKey(deps, secret, present.value);
  const previous = previousSecrets.find(({ of }) => of === secret);
  if (previous === undefined) return replace(keeper, secret);
  return keepAndReplace(deps, previous, present);
}

async function replace(keeper: SecretKeeper, secret: RequiredSecret): Promise<Rotation> {
  const value = await secret.make();
  await keeper.write(secret.name, value, secret.label);
  return {
    outcome: 'done',
    ...(secret.name === secretNames.operatorKey ? { operatorKey: value } : {}),
  };
}

/**
 * The present value is put aside first: whoever reads the new one must find the old one too. A run that
 * died in between leaves both equal, and the next one goes on from there.
 */
async function keepAndReplace(
  deps: RotateDeps,
  previous: PreviousSecret,
  present: SoundSecret,
): Promise<Rotation> {
  const { keeper } = deps;
  const kept = await inspect(keeper, previous);
  const isKept = kept.state === 'sound' && kept.value === present.value;
  if (!isKept) {
    const by = obstacleIn(deps, previous, kept);
    if (by !== undefined) return { outcome: 'blocked', name: previous.name, by };
    if (kept.state === 'deleted') await keeper.recover(previous.name);
    await keeper.write(previous.name, present.value, previous.label);
  }
  await replace(keeper, previous.of);
  return { outcome: 'done', previous: previous.name };
}

function obstacleIn(
  { clock }: RotateDeps,
  { name }: PreviousSecret,
  kept: Awaited<ReturnType<typeof inspect>>,
): Unsound | Conflict | undefined {
  if (kept.state === 'missing' || kept.state === 'deleted') return undefined;
  if (kept.state !== 'sound') return kept;
  const ageDays = (clock().getTime() - kept.madeAt.getTime()) / dayMs;
  const isPepper = name === optionalSecretNames.previousKeyPepper;
  // By then every key that was hashed with it has expired; a data key never does.
  if (isPepper && ageDays > limits.keyDaysMax + 1) return undefined;
  return { state: 'in_use', madeAt: kept.madeAt };
}
