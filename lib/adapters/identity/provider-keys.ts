import type { CryptoKey, JWSHeaderParameters, LocalJWKSet } from 'jose';
import type { Clock } from '../../core/clock.ts';
import { SluiceError } from '../../core/errors.ts';

const freshMs = 10 * 60_000;
/** A provider that is down still vouches for its users this long; then none of them gets in. */
const usableMs = 60 * 60_000;

/** A provider is asked no more often than this: with usable keys at hand, and without. */
const askAgainMs = 30_000;
const retryMs = 5_000;

/** How long a caller waits for the provider: with usable keys at hand, and without. */
const rereadMs = 2_000;
const firstReadMs = 5_000;

/** Reads the keys of one provider; may throw anything, within `timeoutMs`. */
export type ReadKeys = (timeoutMs: number) => Promise<LocalJWKSet>;

/**
 * The keys of one provider: kept for ten minutes, read again for a key that is new, and used for up
 * to an hour while the provider is in trouble. Callers that come together ask once.
 */
export class ProviderKeys {
  readonly #read: ReadKeys;
  readonly #clock: Clock;
  #keys: LocalJWKSet | undefined;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  /** Why the last try failed; undefined when it did not. */
  #failure: unknown;
  #pending: Promise<void> | undefined;

  constructor(read: ReadKeys, clock: Clock) {
    this.#read = read;
    this.#clock = clock;
  }

  /** See `KeySource.find`. */
  async find(header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
    if (this.#ageMs() >= freshMs) await this.#refresh();
    const known = await this.#lookUp(header);
    if (known !== undefined) return known;
    await this.#refresh();
    const found = await this.#lookUp(header);
    // The provider may have a new key that it could not tell of.
    if (found === undefined && this.#failure !== undefined) throw unavailable(this.#failure);
    return found;
  }

  async #lookUp(header: JWSHeaderParameters): Promise<CryptoKey | undefined> {
    if (this.#keys === undefined || this.#ageMs() >= usableMs) throw unavailable(this.#failure);
    try {
      return await this.#keys(header);
    } catch {
      // No key fits, or the one that does is malformed: either way nothing can be checked with it.
      return undefined;
    }
  }

  async #refresh(): Promise<void> {
    const nowMs = this.#clock().getTime();
    const pauseMs = this.#ageMs() < usableMs ? askAgainMs : retryMs;
    if (this.#pending === undefined && nowMs < this.#askedAtMs + pauseMs) return;
    this.#pending ??= this.#ask(nowMs).finally(() => {
      this.#pending = undefined;
    });
    await this.#pending;
  }

  async #ask(nowMs: number): Promise<void> {
    const timeoutMs = this.#ageMs() < usableMs ? rereadMs : firstReadMs;
    this.#askedAtMs = nowMs;
    try {
      this.#keys = await this.#read(timeoutMs);
      this.#readAtMs = nowMs;
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error;
    }
  }

  #ageMs(): number {
    return this.#clock().getTime() - this.#readAtMs;
  }
}

function unavailable(cause: unknown): SluiceError {
  const why = cause instanceof Error ? cause.message : 'unknown';
  return new SluiceError('identity_unavailable', {
    message: 'The identity provider does not answer. Try again shortly.',
    internal: `The keys of an identity provider cannot be read: ${why}.`,
    retryAfterSeconds: askAgainMs / 1000,
    cause,
  });
}
