/** Where secrets live: Key Vault in Azure, settings on a developer's machine. */
export interface SecretStore {
  /**
   * The current value of the secret with this name (letters, digits and dashes); it may have been read
   * up to `maxAgeMs` ago, ten minutes unless told otherwise.
   * Throws `secret_unavailable` naming the secret, never its value, when it is missing or unreachable.
   */
  get(name: string, maxAgeMs?: number): Promise<string>;
}

/** Secrets that need not be there. */
export interface OptionalSecretStore {
  /**
   * The current value, or undefined when there certainly is no secret of this name. Throws
   * `secret_unavailable` when that cannot be said. With `maxAgeMs` either answer may be that old;
   * without it a value may be ten minutes old, and that there is none is always asked anew.
   */
  find(name: string, maxAgeMs?: number): Promise<string | undefined>;
}

/** The names of the secrets that Sluice itself needs; sources name theirs in the catalog. */
export const secretNames = {
  /** 32 random bytes, base64: wraps each tenant's data key. */
  masterKey: 'sluice-master-key',
  /** 32 random bytes, base64: keys the hash of API keys. */
  keyPepper: 'sluice-key-pepper',
  /** An Ed25519 private key as a JWK (JSON): signs manifests and receipts. */
  signingKey: 'sluice-signing-key',
  /** The operator's key, at least 32 characters. */
  operatorKey: 'sluice-operator-key',
} as const;

/** Secrets that are there only once something has been rotated. */
export const optionalSecretNames = {
  /** The pepper before the present one: it still checks keys that were hashed with it. */
  previousKeyPepper: 'sluice-key-pepper-previous',
  /**
   * The master key before the present one: it still unwraps data keys. It is set before the new one.
   * Processes keep secrets for ten minutes; after fifteen `npm run rotate-master-key` is run, and
   * says when this one may be removed.
   */
  previousMasterKey: 'sluice-master-key-previous',
  /**
   * The public halves of earlier signing keys, and of the coming one while the signing key is being
   * rotated: a JSON Web Key Set to which keys are only ever added.
   */
  previousSigningKeys: 'sluice-signing-keys-previous',
} as const;
