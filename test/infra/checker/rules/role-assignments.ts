import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import type { PlacedResource } from '../program/resources.ts';
import { descriptionOf } from '../syntax/decorator.ts';
import { isCallOf } from '../values/possible.ts';
import { fieldAt, made } from './field-at.ts';
import { roleIn } from './role-in.ts';

/** Finds role assignments that a reader cannot follow or that a second deployment would double. */
export function* checkRoleAssignments(model: Model): Generator<Finding> {
  for (const resource of made(model, 'Microsoft.Authorization/roleAssignments')) {
    yield* checkName(model, resource);
    yield* checkRole(model, resource);
    yield* checkPrincipal(model, resource);
    yield* checkReason(resource);
  }
}

function* checkName(model: Model, { declaration }: PlacedResource): Generator<Finding> {
  const { values } = fieldAt(model, declaration.body, 'name');
  if (values.length > 0 && values.every((value) => isCallOf(value, 'guid'))) return;
  const text = `the name of ${declaration.name} must be guid(…), the same at every deployment.`;
  yield found(declaration.at, 'role-name', text);
}

function* checkRole(model: Model, { declaration }: PlacedResource): Generator<Finding> {
  const { values } = fieldAt(model, declaration.body, 'properties.roleDefinitionId');
  const roles = values.map((value) => roleIn(model, value));
  if (roles.length > 0 && roles.every((role) => role === 'named')) return;
  const text = `roleDefinitionId of ${declaration.name} must come from a map of role names to ids.`;
  yield found(values[0]?.at ?? declaration.at, 'role-by-name', text);
}

function* checkPrincipal(model: Model, { declaration }: PlacedResource): Generator<Finding> {
  if (fieldAt(model, declaration.body, 'properties.principalType').always) return;
  const text = `${declaration.name} needs principalType: a new identity is not known everywhere yet.`;
  yield found(declaration.at, 'role-principal-type', text);
}

/** A comment right above the statement, or above the linter's directive, says why. */
function* checkReason({ declaration, template }: PlacedResource): Generator<Finding> {
  if (descriptionOf(declaration) !== undefined) return;
  const above = [1, 2].map((lines) => template.comments.get(declaration.firstLine - lines));
  const reason = above[0]?.startsWith('#') === true ? above[1] : above[0];
  if (reason !== undefined && /\w/.test(reason)) return;
  yield found(declaration.at, 'role-reason', `no comment above ${declaration.name} says why.`);
}
