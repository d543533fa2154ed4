import {
  type PublicKey,
  readPublicKeys,
  withPublicKeys,
  writePublicKeys,
} from '../signing/public-keys.ts';
import { publishedKeysMaxAgeMs } from '../signing/signer.ts';
import { readSigningKey } from '../signing/signing-key.ts';
import { inspect } from './inspect.ts';
import { publishedKeys, type RequiredSecret } from './own-secret.ts';
import type { RotateDeps, Rotation } from './rotation.ts';

/** Twice what a process may take to publish a longer list, for clocks and slow answers. */
const settleMs = 2 * publishedKeysMaxAgeMs;

/**
 * Publishes the old and the new public half first, and signs with the new key only when every process
 * publishes both: at no time is there a signature that the published keys do not verify. A run that
 * dies in between leaves a public half in the list that nothing was signed with.
 */
export async function rotateSigningKey(
  { keeper, wait }: RotateDeps,
  secret: RequiredSecret,
  present: string,
): Promise<Rotation> {
  const { name, label } = publishedKeys;
  // Brought back first: what it lists was published, and must be again.
  if ((await inspect(keeper, publishedKeys)).state === 'deleted') await keeper.recover(name);
  const found = await inspect(keeper, publishedKeys);
  if (found.state !== 'sound' && found.state !== 'missing') {
    return { outcome: 'blocked', name, by: found };
  }
  const listed = found.state === 'sound' ? readPublicKeys(found.value) : [];
  const next = await secret.make();
  const halves = await Promise.all([present, next].map(publicHalf));
  await keeper.write(name, writePublicKeys(withPublicKeys(listed, halves)), label);
  await wait(settleMs);
  const now = await inspect(keeper, secret);
  if (now.state !== 'sound' || now.value !== present) {
    return { outcome: 'blocked', name: secret.name, by: { state: 'changed_meanwhile' } };
  }
  await keeper.write(secret.name, next, secret.label);
  return { outcome: 'done', previous: name };
}

async function publicHalf(text: string): Promise<PublicKey> {
  return (await readSigningKey(text)).publicKey;
}
