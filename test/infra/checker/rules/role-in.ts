import type { Model } from '../program/model.ts';
import type { Expression } from '../syntax/expression.ts';
import { partsOf } from '../syntax/walk.ts';
import { possibleValues, sourcesOf } from '../values/possible.ts';

const id = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/**
 * How an expression says which role it means: by a name that a map turns into an id, by an id that
 * says nothing to a reader, or not at all.
 */
export function roleIn(model: Model, expression: Expression): 'named' | 'bare' | undefined {
  if (isLookUp(model, expression)) return 'named';
  if (expression.kind === 'text' && expression.parts.some(isId)) return 'bare';
  const sources = sourcesOf(model, model.bindings.get(expression)) ?? [];
  const inner = [...partsOf(expression), ...sources];
  const roles = inner.map((part) => roleIn(model, part));
  return roles.includes('bare') ? 'bare' : roles.find((role) => role !== undefined);
}

const isId = (part: string | Expression) => typeof part === 'string' && id.test(part);

/** `roleIds['Storage Blob Data Owner']` or `roleIds.storageBlobDataOwner`. */
function isLookUp(model: Model, expression: Expression): boolean {
  if (expression.kind !== 'member' && expression.kind !== 'index') return false;
  return possibleValues(model, expression.object).every(isRoleMap);
}

function isRoleMap(value: Expression): boolean {
  if (value.kind !== 'object' || value.properties.length === 0) return false;
  return value.properties.every(
    ({ key, value: role }) =>
      typeof key === 'string' && !id.test(key) && role.kind === 'text' && role.parts.some(isId),
  );
}
