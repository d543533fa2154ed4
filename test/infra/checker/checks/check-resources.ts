import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { PlacedResource } from '../program/resources.ts';
import { suggestion } from '../suggest.ts';
import { type Expression, propertyOf } from '../syntax/expression.ts';
import { resourceTypes } from '../types/azure-types.ts';
import { checkValue } from '../types/check-value.ts';
import { bodyType } from '../types/resource-shape.ts';

/** Finds what a resource has that Azure's type data does not know, and what it lacks. */
export function* checkResources(model: Model): Generator<Finding> {
  for (const resource of model.resources) {
    const type = bodyType(resource);
    if (type === undefined) yield unknownType(resource);
    else yield* checkValue(resource.declaration.body, { model, type });
    yield* checkParent(model, resource);
    yield* checkSegments(resource);
  }
}

function unknownType({ declaration: { at }, type, version }: PlacedResource): Finding {
  const versions = resourceTypes
    .map((name) => name.split('@'))
    .filter(([name]) => name?.toLowerCase() === type.toLowerCase())
    .map(([, known]) => known ?? '');
  if (versions.length > 0) {
    const text = `${type} has no version ${version} here, but ${versions.join(' and ')}.`;
    return found(at, 'version-unknown', text);
  }
  const names = new Set(resourceTypes.map((name) => name.split('@')[0] ?? ''));
  const text = `azure-types.json has no type ${type}@${version}.${suggestion(type, names)}`;
  return found(at, 'resource-type-unknown', text);
}

/** A parent is one resource, said directly, of the type that the child's type begins with. */
function* checkParent(model: Model, { declaration, type }: PlacedResource): Generator<Finding> {
  const parent = propertyOf(declaration.body, 'parent');
  if (parent === undefined) return;
  const wanted = type.split('/').slice(0, -1).join('/');
  const actual = typeOfParent(model, parent.value);
  const kind = actual === undefined ? '' : `; this is a ${actual}`;
  if (actual?.toLowerCase() === wanted.toLowerCase()) return;
  const text = `the parent of ${type} must be one ${wanted}, named directly${kind}.`;
  yield found(parent.at, 'parent-type', text);
}

function typeOfParent(model: Model, value: Expression): string | undefined {
  const binding = model.bindings.get(value.kind === 'index' ? value.object : value);
  if (binding?.kind !== 'resource') return undefined;
  const isOne = (binding.declaration.loop !== undefined) === (value.kind === 'index');
  return isOne ? model.placed.get(binding.declaration)?.type : undefined;
}

/** Without a parent the name has as many parts as the type. */
function* checkSegments({ declaration, type, outer }: PlacedResource): Generator<Finding> {
  const name = propertyOf(declaration.body, 'name');
  const isAlone = outer === undefined && propertyOf(declaration.body, 'parent') === undefined;
  if (name?.value.kind !== 'text' || !isAlone) return;
  const isComputed = name.value.parts.some((part) => typeof part !== 'string');
  const slashes = name.value.parts.join('').split('/').length - 1;
  const wanted = type.split('/').length - 2;
  if (slashes === wanted || isComputed) return;
  yield found(name.at, 'name-parts', `without a parent the name of ${type} has ${wanted} slashes.`);
}
