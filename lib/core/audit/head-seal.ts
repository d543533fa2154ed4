import type { Signer } from '../signing/signer.ts';
import { signedText, signFacts } from './signed-facts.ts';

/** A chain's first event is sealed, and its head whenever so many more were written, beside once a day. */
export const sealedEvery = 500;

/** Where a chain stood at a moment, signed; whoever rewrites the log's table cannot make or change one. */
export interface HeadSeal {
  readonly chain: string;
  /** `yyyymm`: the month that the event stands in. */
  readonly month: string;
  readonly seq: number;
  /** Of the event `seq`. */
  readonly hash: string;
  /** ISO 8601, UTC. */
  readonly sealedAt: string;
}

/** A seal as it is kept: by its place, and the JWS that carries the facts. */
export interface StoredSeal {
  readonly seq: number;
  readonly jws: string;
}

/**
 * Seals lie outside the log's table, where nothing is ever changed or removed before its time. Every method
 * throws `storage_unavailable` when the storage does not answer.
 */
export interface HeadSealStore {
  /** The one that reaches furthest. */
  newest(chain: string): Promise<StoredSeal | undefined>;
  /** Does nothing when there is a seal at this place already. */
  add(chain: string, seal: StoredSeal): Promise<void>;
}

export async function writeSeal(signer: Pick<Signer, 'sign'>, seal: HeadSeal): Promise<StoredSeal> {
  return { seq: seal.seq, jws: await signFacts(signer, seal) };
}

/** Undefined when it is not ours, or was made for another chain or place. */
export async function readSeal(
  signer: Pick<Signer, 'publicKeys'>,
  chain: string,
  { seq, jws }: StoredSeal,
): Promise<HeadSeal | undefined> {
  const text = await signedText(signer, jws);
  const seal = text === undefined ? undefined : (JSON.parse(text) as Partial<HeadSeal>);
  return seal?.chain === chain && seal.seq === seq ? (seal as HeadSeal) : undefined;
}
