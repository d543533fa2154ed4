import { SluiceError } from '../../core/errors.ts';

/** What a store hands over for one entity; whatever is undefined is not stored. */
export type Fields = Readonly<Record<string, FieldValue | undefined>>;

/** Numbers are whole; other values go into `json`. */
export type FieldValue = string | number | boolean | Date | JsonField;

/** A value that is stored as JSON over as many properties as it needs. */
export interface JsonField {
  readonly json: string;
}

/** Properties as the SDK takes them: numbers as bigint, so that all are stored as 64 bits. */
export type Properties = Record<string, string | bigint | boolean | Date>;

/** A string property holds 32 Ki UTF-16 units, an entity 1 MiB and 252 properties of its own. */
const stringLengthMax = 32_000;
const entityBytesMax = 1_048_576;
const propertiesMax = 252;

/** Marks a field as JSON; undefined stays undefined. Dates in it become ISO 8601 text. */
export function json(value: unknown): JsonField | undefined {
  return value === undefined ? undefined : { json: JSON.stringify(value) };
}

/**
 * The fields as properties of an entity. Throws `internal_error` with the sizes when a text or the
 * whole does not fit, and RangeError for a number that is not whole or a date that is none.
 */
export function toProperties(fields: Fields): Properties {
  const properties: Properties = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) Object.assign(properties, encode(name, value));
  }
  const bytes = entityBytes(properties);
  if (bytes > entityBytesMax) throw tooLarge(`an entity has ${bytes} bytes`);
  const count = Object.keys(properties).length;
  if (count > propertiesMax) throw tooLarge(`an entity has ${count} properties`);
  return properties;
}

/** The name of one piece of a JSON field. */
export function pieceName(name: string, index: number): string {
  return `${name}_${index}`;
}

function encode(name: string, value: FieldValue): Properties {
  if (typeof value === 'number') return { [name]: BigInt(value) };
  if (typeof value === 'boolean') return { [name]: value };
  if (value instanceof Date) return { [name]: validDate(value) };
  if (typeof value === 'string') return { [name]: shortText(name, value) };
  const pieces = cut(value.json);
  return Object.fromEntries(pieces.map((piece, index) => [pieceName(name, index), piece]));
}

function validDate(date: Date): Date {
  if (Number.isNaN(date.getTime())) throw new RangeError('An invalid date cannot be stored.');
  return date;
}

function shortText(name: string, text: string): string {
  if (text.length > stringLengthMax) throw tooLarge(`${name} has ${text.length} characters`);
  return text;
}

/** Pieces of at most 32,000 units; a pair of surrogates is never cut in two. */
function cut(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = Math.min(start + stringLengthMax, text.length);
    const length = isHighSurrogate(text.charCodeAt(end - 1)) ? end - start - 1 : end - start;
    pieces.push(text.slice(start, start + length));
    start += length;
  }
  return pieces;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

/** As the service counts: 8 bytes a property, 2 bytes a character of its name and text, 8 a number. */
function entityBytes(properties: Properties): number {
  const keysAndTimestamp = 4 + 2 * 2 * 512 + 100;
  return Object.entries(properties).reduce(
    (sum, [name, value]) => sum + 8 + 2 * name.length + valueBytes(value),
    keysAndTimestamp,
  );
}

function valueBytes(value: Properties[string]): number {
  return typeof value === 'string' ? 4 + 2 * value.length : 8;
}

function tooLarge(what: string): SluiceError {
  return new SluiceError('internal_error', {
    internal: `Too large for Table Storage: ${what}.`,
  });
}
