import { createHmac, randomBytes } from 'node:crypto';
import { SluiceError } from '../errors.ts';
import type { OperatorPrincipal } from '../principal.ts';
import { type SecretStore, secretNames } from '../secrets.ts';
import { hashesMatch } from './key-hash.ts';

/** The operator, or undefined when the presented text is not the operator's key. */
export type OperatorCheck = (presented: string) => Promise<OperatorPrincipal | undefined>;

export const operatorKeyLengthMin = 32;

/** Throws `secret_unavailable` when the operator's key is missing, too short, or fits in no header. */
export function createOperatorCheck({ secrets }: { readonly secrets: SecretStore }): OperatorCheck {
  // Digests under a key of this process have one length, so the comparison tells nothing of the key's.
  const digestKey = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', digestKey).update(text).digest('hex');
  return async (presented) => {
    const expected = await secrets.get(secretNames.operatorKey);
    requireOperatorKey(expected);
    if (!hashesMatch(digest(presented), digest(expected))) return undefined;
    return { kind: 'operator', scopes: ['operator'] };
  };
}

/**
 * Throws `secret_unavailable`, without the value, for a key of fewer than 32 characters, or with one
 * that a header cannot carry: a line break at the end would lock the operator out without a word.
 */
export function requireOperatorKey(text: string): void {
  if (text.length < operatorKeyLengthMin) {
    throw unusable(`must have at least ${operatorKeyLengthMin} characters`);
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    throw unusable('must be visible ASCII characters, without a space or a line break');
  }
}

function unusable(why: string): SluiceError {
  return new SluiceError('secret_unavailable', {
    internal: `The secret ${secretNames.operatorKey} ${why}.`,
  });
}
