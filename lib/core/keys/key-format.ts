import { crc32 } from 'node:zlib';
import { toBase62 } from './base62.ts';

/** The parts of a key; the secret part is never stored or logged. */
export interface KeyParts {
  /** Of the stamp that made it: `[a-z0-9]{1,12}`, for example `live`. */
  readonly environment: string;
  readonly id: string;
  readonly secret: string;
}

export const keyIdLength = 12;
export const keySecretLength = 43;
const checksumLength = 6;

const environmentPattern = '[a-z0-9]{1,12}';

/** For secret scanners: the source of a regular expression that finds a key inside any text. */
export const keyPatternSource = `\\bslc_${environmentPattern}_[0-9A-Za-z]{${keyIdLength}}_[0-9A-Za-z]{${keySecretLength + checksumLength}}\\b`;

const wholeKey = new RegExp(
  `^(slc_(${environmentPattern})_([0-9A-Za-z]{${keyIdLength}})_([0-9A-Za-z]{${keySecretLength}}))([0-9A-Za-z]{${checksumLength}})$`,
);

/** True when keys can be made for an environment of this name. */
export function isKeyEnvironment(name: string): boolean {
  return new RegExp(`^${environmentPattern}$`).test(name);
}

/** `slc_<environment>_<id>_<secret><checksum>`, as the caller presents it. */
export function formatKey({ environment, id, secret }: KeyParts): string {
  const body = `slc_${environment}_${id}_${secret}`;
  return body + checksum(body);
}

/** The parts, or undefined for whatever is no key or has a wrong checksum: no storage is asked for it. */
export function parseKey(text: string): KeyParts | undefined {
  const [, body, environment, id, secret, sum] = wholeKey.exec(text) ?? [];
  if (body === undefined || environment === undefined || id === undefined) return undefined;
  if (secret === undefined || sum !== checksum(body)) return undefined;
  return { environment, id, secret };
}

function checksum(body: string): string {
  return toBase62(crc32(body), checksumLength);
}
