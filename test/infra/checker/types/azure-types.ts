import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  any,
  bool,
  int,
  oneOf,
  type PropertyShape,
  type Shape,
  string,
  type Type,
} from './type.ts';

/** A type in test/fixtures/azure-types.json; numbers are places in its list of types. */
type Entry =
  | 'string'
  | 'int'
  | 'bool'
  | 'any'
  | { readonly literal: string }
  | { readonly array: number }
  | { readonly anyOf: readonly number[] }
  | ObjectEntry;

interface ObjectEntry {
  readonly object: Readonly<Record<string, readonly [type: number, flags?: number]>>;
  readonly additional?: number;
  readonly discriminator?: string;
  readonly cases?: Readonly<Record<string, number>>;
}

interface Facts {
  readonly resources: Readonly<Record<string, number>>;
  readonly types: readonly Entry[];
}

const path = join(import.meta.dirname, '../../../fixtures/azure-types.json');
const facts: Facts = JSON.parse(readFileSync(path, 'utf8'));

/** Bits of a property's flags. */
const required = 1;
const readOnly = 2;

const primitives = { string, int, bool, any };

/** Every resource type with its version, for example `Microsoft.Web/sites@2025-03-01`. */
export const resourceTypes: readonly string[] = Object.keys(facts.resources);

const indexes: ReadonlyMap<string, number> = new Map(
  Object.entries(facts.resources).map(([name, index]) => [name.toLowerCase(), index]),
);

/** The type of a resource as Azure's own type data has it; Bicep ignores case in its name. */
export function azureType(name: string): Type | undefined {
  const index = indexes.get(name.toLowerCase());
  return index === undefined ? undefined : typeAt(index, name.split('@')[0] ?? name);
}

function typeAt(index: number, label: string): Type {
  const entry = facts.types[index];
  if (entry === undefined) throw new TypeError(`azure-types.json has no type ${index}`);
  if (typeof entry === 'string') return primitives[entry];
  if ('literal' in entry) return { kind: 'literal', value: entry.literal };
  if ('array' in entry) return { kind: 'array', item: () => typeAt(entry.array, label) };
  if ('anyOf' in entry) return oneOf(entry.anyOf.map((one) => typeAt(one, label)));
  return objectAt(entry, label);
}

/** An object with a discriminator is a choice of objects, each with its own value of that property. */
function objectAt(entry: ObjectEntry, label: string): Type {
  const own = shapeOf(entry, label);
  if (entry.cases === undefined) return own;
  const cases = Object.values(entry.cases).map((index) => typeAt(index, label));
  return oneOf(cases.map((one) => (one.kind === 'object' ? withCommon(one, own) : one)));
}

function withCommon(shape: Shape, common: Shape): Shape {
  return { ...shape, properties: new Map([...common.properties, ...shape.properties]) };
}

function shapeOf({ object, additional }: ObjectEntry, label: string): Shape {
  const properties = Object.entries(object).map(
    ([name, [index, flags = 0]]): Member => [
      name,
      {
        type: () => typeAt(index, name),
        required: (flags & required) !== 0,
        readOnly: (flags & readOnly) !== 0,
      },
    ],
  );
  return {
    kind: 'object',
    label,
    members: 'property',
    properties: new Map(properties),
    ...(additional !== undefined && { additional: () => typeAt(additional, label) }),
  };
}

type Member = [name: string, shape: PropertyShape];
