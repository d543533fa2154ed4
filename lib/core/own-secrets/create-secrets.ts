import { secretNames } from '../secrets.ts';
import { inspect, type Unsound } from './inspect.ts';
import { type RequiredSecret, requiredSecrets } from './own-secret.ts';
import type { SecretKeeper } from './secret-keeper.ts';

/** What came of one secret. `operatorKey` is there only when it was made just now. */
export type Creation =
  | { readonly name: string; readonly outcome: 'made'; readonly operatorKey?: string }
  | { readonly name: string; readonly outcome: 'kept' }
  | { readonly name: string; readonly outcome: 'blocked'; readonly by: Unsound };

/**
 * Makes each required secret that is missing, and leaves every other one as it is. One that is in the
 * way does not hold up the rest, so it may be run again after that has been seen to.
 */
export async function createSecrets(keeper: SecretKeeper): Promise<readonly Creation[]> {
  const creations: Creation[] = [];
  for (const secret of requiredSecrets) creations.push(await createSecret(keeper, secret));
  return creations;
}

async function createSecret(keeper: SecretKeeper, secret: RequiredSecret): Promise<Creation> {
  const { name } = secret;
  const found = await inspect(keeper, secret);
  if (found.state === 'sound') return { name, outcome: 'kept' };
  if (found.state !== 'missing') return { name, outcome: 'blocked', by: found };
  const value = await secret.make();
  await keeper.write(name, value, secret.label);
  const shown = name === secretNames.operatorKey ? { operatorKey: value } : {};
  return { name, outcome: 'made', ...shown };
}
