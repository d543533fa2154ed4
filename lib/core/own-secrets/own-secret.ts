import { randomBytes } from 'node:crypto';
import { asSluiceError, type SluiceError } from '../errors.ts';
import { requireOperatorKey } from '../keys/operator-check.ts';
import { secretBytes } from '../sealing/secret-bytes.ts';
import { optionalSecretNames, secretNames } from '../secrets.ts';
import { readPublicKeys } from '../signing/public-keys.ts';
import { newSigningKey, readSigningKey } from '../signing/signing-key.ts';
import type { SecretLabel } from './secret-keeper.ts';

/** A secret that Sluice itself needs. */
export interface OwnSecret {
  readonly name: string;
  readonly label: SecretLabel;
  /** False: it is there only once something has been rotated. */
  readonly isRequired: boolean;
  /** Throws for an ill-formed value, and never shows it. */
  readonly require: (value: string) => void | Promise<void>;
}

/** One of those that must be there, and that can be made anew. */
export interface RequiredSecret extends OwnSecret {
  /** A fresh value. */
  make(): Promise<string>;
}

const randomBase64 = '32 random bytes, base64';
const newRandomBase64 = async () => randomBytes(32).toString('base64');

const masterKey: RequiredSecret = {
  name: secretNames.masterKey,
  label: { contentType: randomBase64, purpose: 'Sluice: wraps the data key of each tenant' },
  isRequired: true,
  require: (value) => void secretBytes(secretNames.masterKey, value),
  make: newRandomBase64,
};

const keyPepper: RequiredSecret = {
  name: secretNames.keyPepper,
  label: { contentType: randomBase64, purpose: 'Sluice: keys the hashes of API keys' },
  isRequired: true,
  require: (value) => void secretBytes(secretNames.keyPepper, value),
  make: newRandomBase64,
};

const signingKey: RequiredSecret = {
  name: secretNames.signingKey,
  label: {
    contentType: 'application/jwk+json',
    purpose: 'Sluice: signs manifests, receipts and audit checkpoints (Ed25519, private)',
  },
  isRequired: true,
  require: async (value) => void (await readSigningKey(value)),
  make: newSigningKey,
};

const operatorKey: RequiredSecret = {
  name: secretNames.operatorKey,
  label: { contentType: 'text/plain', purpose: "Sluice: the operator's key for the API" },
  isRequired: true,
  require: requireOperatorKey,
  make: async () => randomBytes(32).toString('base64url'),
};

/** Those that must be there, in the order in which they are made. */
export const requiredSecrets: readonly RequiredSecret[] = [
  masterKey,
  keyPepper,
  signingKey,
  operatorKey,
];

/** Holds the value before the present one of another secret. */
export interface PreviousSecret extends OwnSecret {
  readonly of: RequiredSecret;
}

const previousOf = (of: RequiredSecret, name: string): PreviousSecret => ({
  name,
  of,
  label: { ...of.label, purpose: `${of.label.purpose} (the one before ${of.name})` },
  isRequired: false,
  require: (value) => void secretBytes(name, value),
});

export const previousSecrets: readonly PreviousSecret[] = [
  previousOf(masterKey, optionalSecretNames.previousMasterKey),
  previousOf(keyPepper, optionalSecretNames.previousKeyPepper),
];

/** The list of public keys beside the signing key. */
export const publishedKeys: OwnSecret = {
  name: optionalSecretNames.previousSigningKeys,
  label: {
    contentType: 'application/jwk-set+json',
    purpose: 'Sluice: public halves of earlier signing keys, which are published for ever',
  },
  isRequired: false,
  require: (value) => void readPublicKeys(value),
};

/** All of them. */
export const ownSecrets: readonly OwnSecret[] = [
  ...requiredSecrets,
  ...previousSecrets,
  publishedKeys,
];

/** What makes a value unusable as this secret, without the value; undefined when nothing does. */
export async function mistakeIn(
  { require }: OwnSecret,
  value: string,
): Promise<SluiceError | undefined> {
  try {
    await require(value);
    return undefined;
  } catch (error) {
    return asSluiceError(error);
  }
}
