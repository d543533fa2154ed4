import type { JWTPayload } from 'jose';
import { refusedToken } from './refused-token.ts';

const valuesMax = 500;
const valueLengthMax = 256;

/** A claim by its name, or by a JSON pointer (`/realm_access/roles`); undefined when it is absent. */
export function readClaim(claims: JWTPayload, name: string): unknown {
  if (!name.startsWith('/')) return own(claims, name);
  return name.split('/').slice(1).map(pointerPart).reduce<unknown>(own, claims);
}

/**
 * A claim that holds a text or a list of texts, as a list; undefined when it is absent. Throws
 * `unauthenticated` for anything else: guessing what is meant could open too much.
 */
export function readTexts(claims: JWTPayload, name: string): readonly string[] | undefined {
  const value = readClaim(claims, name);
  if (value === undefined) return undefined;
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (values.length <= valuesMax && values.every(isText)) return values;
  throw refusedToken(`the claim ${name} is neither a text nor a list of texts`);
}

function own(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function pointerPart(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= valueLengthMax;
}
