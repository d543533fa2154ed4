import { SluiceError } from '../../core/errors.ts';
import { pieceName } from './entity-codec.ts';
import { type EntityKey, unescapeKey } from './entity-key.ts';

/** An entity as the SDK gives it. */
export interface RawEntity extends Readonly<Record<string, unknown>> {
  readonly etag: string;
  readonly partitionKey?: string;
  readonly rowKey?: string;
}

/**
 * Reads an entity property by property. A property that is missing or of another type than the
 * stores write throws `internal_error` with its name; `…Or` methods give undefined when it is missing.
 */
export class EntityReader {
  readonly key: EntityKey;
  readonly etag: string;
  readonly #raw: RawEntity;

  constructor(raw: RawEntity) {
    this.key = {
      partition: unescapeKey(raw.partitionKey ?? ''),
      row: unescapeKey(raw.rowKey ?? ''),
    };
    this.etag = raw.etag;
    this.#raw = raw;
  }

  /** The type is named by the store, which alone writes this table. */
  text<T extends string = string>(name: string): T {
    return this.#need(name, this.textOr<T>(name));
  }

  textOr<T extends string = string>(name: string): T | undefined {
    const value = this.#raw[name];
    return typeof value === 'string' ? (value as T) : this.#missing(name);
  }

  whole(name: string): number {
    return this.#need(name, this.wholeOr(name));
  }

  wholeOr(name: string): number | undefined {
    const value = this.#raw[name];
    return typeof value === 'bigint' ? Number(value) : this.#missing(name);
  }

  date(name: string): Date {
    return this.#need(name, this.dateOr(name));
  }

  dateOr(name: string): Date | undefined {
    const value = this.#raw[name];
    return value instanceof Date ? value : this.#missing(name);
  }

  /** The type is named by the store, which alone writes this table; dates are texts in it. */
  json<T>(name: string): T {
    return this.#need(name, this.jsonOr<T>(name));
  }

  jsonOr<T>(name: string): T | undefined {
    let text = this.textOr(pieceName(name, 0));
    if (text === undefined) return undefined;
    // An entity has at most 252 properties, so this ends.
    for (let index = 1; ; index++) {
      const piece = this.textOr(pieceName(name, index));
      if (piece === undefined) return JSON.parse(text) as T;
      text += piece;
    }
  }

  #need<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw unreadable(name, 'is missing');
    return value;
  }

  #missing(name: string): undefined {
    if (this.#raw[name] !== undefined) throw unreadable(name, 'has another type');
    return undefined;
  }
}

function unreadable(name: string, why: string): SluiceError {
  return new SluiceError('internal_error', {
    internal: `An entity of Table Storage cannot be read: its property ${name} ${why}.`,
  });
}
