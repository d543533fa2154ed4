import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { type JsonField, json } from './entity-codec.ts';
import type { EntityReader } from './entity-reader.ts';

/**
 * A long list of names as one small field: names of files and tables are alike, and a row of the plain
 * list could pass the megabyte that Table Storage takes, or make a page of such rows dozens of them.
 */
export function packed(value: object | undefined): JsonField | undefined {
  if (value === undefined) return undefined;
  return json(deflateRawSync(JSON.stringify(value)).toString('base64'));
}

/** The reverse; the type is named by the store, which alone writes this table. */
export function unpackedOr<T>(entity: EntityReader, name: string): T | undefined {
  const text = entity.jsonOr<string>(name);
  if (text === undefined) return undefined;
  return JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString('utf8')) as T;
}
