import type { CryptoKey, JWSHeaderParameters } from 'jose';

/** Where a provider's keys are. */
export interface KeyPlace {
  readonly issuer: string;
  readonly jwksUri?: string;
  /** True: only addresses of the public internet are called, because a tenant chose the provider. */
  readonly publicOnly: boolean;
}

/** The public keys of identity providers. */
export interface KeySource {
  /**
   * The key that the header's `kid` and `alg` name; undefined when the provider has no such key.
   * Throws `identity_unavailable` when the provider does not answer and nothing usable is known.
   */
  find(place: KeyPlace, header: JWSHeaderParameters): Promise<CryptoKey | undefined>;
}
