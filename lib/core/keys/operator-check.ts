import { createHmac, randomBytes } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import type { OperatorPrincipal } from '../principal.ts';
import { type SecretStore, secretNames } from '../secrets.ts';
import { hashesMatch } from './key-hash.ts';

/** The operator, or undefined when the presented text is not the operator's key. */
export type OperatorCheck = (presented: string) => Promise<OperatorPrincipal | undefined>;

const operatorKeyLengthMin = 32;

/** Throws `secret_unavailable` when the operator's key is missing or shorter than 32 characters. */
export function createOperatorCheck({ secrets }: { readonly secrets: SecretStore }): OperatorCheck {
  // Digests under a key of this process have one length, so the comparison tells nothing of the key's.
  const digestKey = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', digestKey).update(text).digest('hex');
  return async (presented) => {
    const expected = await secrets.get(secretNames.operatorKey);
    if (expected.length < operatorKeyLengthMin) throw tooShort();
    if (!hashesMatch(digest(presented), digest(expected))) return undefined;
    return { kind: 'operator', scopes: ['operator'] };
  };
}

function tooShort(): SluiceError {
  return new SluiceError('secret_unavailable', {
    internal: `The secret ${secretNames.operatorKey} must have at least ${operatorKeyLengthMin} characters.`,
  });
}
