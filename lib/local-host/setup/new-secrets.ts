import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';

/** Makes a fresh value for one secret. */
export type SecretMaker = () => Promise<string>;

/** The secrets that Sluice itself needs, by the setting that holds each on a developer's machine. */
export const secretMakers: Readonly<Record<string, SecretMaker>> = {
  SLUICE_SECRET_SLUICE_MASTER_KEY: async () => randomBytes(32).toString('base64'),
  SLUICE_SECRET_SLUICE_KEY_PEPPER: async () => randomBytes(32).toString('base64'),
  SLUICE_SECRET_SLUICE_SIGNING_KEY: newSigningKey,
  SLUICE_SECRET_SLUICE_OPERATOR_KEY: async () => randomBytes(32).toString('base64url'),
};

/** The setting that holds the key with which the operator signs in. */
export const operatorKeySetting = 'SLUICE_SECRET_SLUICE_OPERATOR_KEY';

/** A fresh value for every secret. */
export async function newSecrets(): Promise<Readonly<Record<string, string>>> {
  const made = Object.entries(secretMakers).map(
    async ([name, make]) => [name, await make()] as const,
  );
  return Object.fromEntries(await Promise.all(made));
}

/** An Ed25519 private key as a JWK with a kid. */
async function newSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  const kid = `local-${randomBytes(6).toString('hex')}`;
  return JSON.stringify({ ...(await exportJWK(privateKey)), kid, alg: 'EdDSA', use: 'sig' });
}
