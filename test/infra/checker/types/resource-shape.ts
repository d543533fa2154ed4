import type { PlacedResource } from '../program/resources.ts';
import { azureType } from './azure-types.ts';
import {
  any,
  anyArray,
  choices,
  oneOf,
  optional,
  type PropertyShape,
  type Shape,
  string,
  type Type,
} from './type.ts';

/** What an expression sees of a resource; everything where its type is unknown. */
export function resourceType({ type, version }: PlacedResource): Type {
  return azureType(`${type}@${version}`) ?? any;
}

/** What may be written into the body of a resource, or undefined where its type is unknown. */
export function bodyType(resource: PlacedResource): Type | undefined {
  const { declaration, type, version, outer } = resource;
  const known = azureType(`${type}@${version}`);
  if (known === undefined) return undefined;
  const shapes = choices(known).filter((one) => one.kind === 'object');
  if (declaration.existing) return existingShape(type, outer !== undefined);
  return oneOf(shapes.map((shape) => withBicepsOwn(shape, outer !== undefined)));
}

/** An existing resource is only named. */
function existingShape(label: string, isInner: boolean): Shape {
  const name: PropertyShape = { type: () => string, required: true, readOnly: false };
  const properties = new Map([['name', name], ...placing(isInner)]);
  return { kind: 'object', label, members: 'property', properties };
}

function withBicepsOwn(shape: Shape, isInner: boolean): Shape {
  const own: [string, PropertyShape][] = [...placing(isInner), ['dependsOn', optional(anyArray)]];
  return { ...shape, properties: new Map([...own, ...shape.properties]) };
}

/** A resource inside another has its parent from there. */
function placing(isInner: boolean): readonly [string, PropertyShape][] {
  const scope: [string, PropertyShape] = ['scope', optional(any)];
  return isInner ? [scope] : [['parent', optional(any)], scope];
}
