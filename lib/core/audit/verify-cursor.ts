import { SluiceError } from '../errors.ts';
import type { Signer } from '../signing/signer.ts';
import { signedText, signFacts } from './signed-facts.ts';
import type { Link } from './walk-chain.ts';

/** Where one page of a verification ended. */
export interface VerifiedPlace {
  readonly month: string;
  readonly link: Link;
}

/**
 * The place as a cursor for the next page. It is signed: the next page must take the hash on trust, and a
 * made-up one would look like a broken chain, for which somebody is woken. The word around the facts
 * keeps a cursor from ever being taken for a seal.
 */
export function writeCursor(
  signer: Pick<Signer, 'sign'>,
  chain: string,
  { month, link }: VerifiedPlace,
): Promise<string> {
  return signFacts(signer, { verified: { chain, month, seq: link.seq, hash: link.hash } });
}

/** Throws `invalid_query` for a cursor that no verification of this chain gave. */
export async function readCursor(
  signer: Pick<Signer, 'publicKeys'>,
  chain: string,
  cursor: string,
): Promise<VerifiedPlace> {
  const text = await signedText(signer, cursor);
  const facts = text === undefined ? undefined : (JSON.parse(text) as Partial<CursorFacts>);
  if (facts?.verified?.chain !== chain) throw notOurs();
  const { month, seq, hash } = facts.verified;
  return { month, link: { seq, hash } };
}

interface CursorFacts {
  readonly verified: {
    readonly chain: string;
    readonly month: string;
    readonly seq: number;
    readonly hash: string;
  };
}

function notOurs(): SluiceError {
  return new SluiceError('invalid_query', {
    mistakes: [
      {
        pointer: '/cursor',
        message:
          'Send `nextCursor` of the page before, as it was, or leave it out to begin at the first event.',
      },
    ],
  });
}
