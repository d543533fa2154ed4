/** Where secrets live: Key Vault in Azure, settings on a developer's machine. */
export interface SecretStore {
  /**
   * The current value of the secret with this name (letters, digits and dashes).
   * Throws `secret_unavailable` naming the secret, never its value, when it is missing or unreachable.
   */
  get(name: string): Promise<string>;
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
