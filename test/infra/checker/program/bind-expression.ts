import type { Deployed, Resource } from '../syntax/declaration.ts';
import type { Call, Expression, Lambda, Loop, ObjectExpression } from '../syntax/expression.ts';
import { partsOf } from '../syntax/walk.ts';
import { bindCallee } from './bind-callee.ts';
import { bindMember, bindName, bindNested } from './bind-name.ts';
import type { Binder } from './binder.ts';
import { type Binding, inner, type Scope } from './binding.ts';

/** Finds what every name in an expression means. */
export function bindExpression(binder: Binder, expression: Expression, scope: Scope): void {
  switch (expression.kind) {
    case 'name':
      bindName(binder, expression, scope);
      break;
    case 'object':
      bindObject(binder, expression, scope);
      break;
    case 'loop':
      bindLoop(binder, expression, scope);
      break;
    case 'call':
      bindCall(binder, expression, scope);
      break;
    case 'lambda':
      bindLambda(binder, expression, scope);
      break;
    default:
      for (const part of partsOf(expression)) bindExpression(binder, part, scope);
  }
  if (expression.kind === 'member') bindMember(binder, expression);
  if (expression.kind === 'nested') bindNested(binder, expression);
}

/** Finds what the names in the body, the condition and the loop of a resource or module mean. */
export function bindDeployed(binder: Binder, deployed: Deployed, scope: Scope): void {
  const { loop, condition, body } = deployed;
  if (loop !== undefined) bindExpression(binder, loop.source, scope);
  const known = loop === undefined ? scope : inner(loopNames(loop), scope);
  if (condition !== undefined) bindExpression(binder, condition, known);
  bindExpression(binder, body, known);
}

/** In an object, and in the resources inside it, these resources are known by name. */
function bindObject(binder: Binder, object: ObjectExpression, scope: Scope): void {
  const { properties, resources } = object;
  const known = resources.length === 0 ? scope : inner(resourceNames(binder, resources), scope);
  for (const { key, value } of properties) {
    if (typeof key !== 'string') bindExpression(binder, key, known);
    bindExpression(binder, value, known);
  }
  for (const resource of resources) bindDeployed(binder, resource, known);
}

function resourceNames(
  { template }: Binder,
  resources: readonly Resource[],
): ReadonlyMap<string, Binding> {
  return new Map(
    resources.map((declaration) => [
      declaration.name,
      { kind: 'resource', declaration, template } as const,
    ]),
  );
}

function bindLoop(binder: Binder, loop: Loop, scope: Scope): void {
  bindExpression(binder, loop.source, scope);
  const known = inner(loopNames(loop), scope);
  if (loop.condition !== undefined) bindExpression(binder, loop.condition, known);
  bindExpression(binder, loop.body, known);
}

function loopNames({ item, index, source }: Pick<Loop, 'item' | 'index' | 'source'>) {
  const names = new Map<string, Binding>();
  if (item !== undefined) names.set(item, { kind: 'item', source });
  if (index !== undefined) names.set(index, { kind: 'anything' });
  return names;
}

/** Functions whose lambda is given the items of their first argument. */
const overItems: ReadonlySet<string> = new Set(['filter', 'groupBy', 'map', 'sort', 'toObject']);

function bindCall(binder: Binder, call: Call, scope: Scope): void {
  bindCallee(binder, call, scope);
  if (call.callee.kind !== 'name') bindExpression(binder, call.callee, scope);
  const [source] = call.arguments;
  const name = call.callee.kind === 'name' ? call.callee.name : '';
  for (const argument of call.arguments) {
    const isOverItems = argument.kind === 'lambda' && overItems.has(name);
    if (isOverItems) bindLambda(binder, argument, scope, source);
    else bindExpression(binder, argument, scope);
  }
}

function bindLambda(binder: Binder, lambda: Lambda, scope: Scope, source?: Expression): void {
  const names = lambda.parameters.map((name, index): [string, Binding] => [
    name,
    source !== undefined && index === 0 ? { kind: 'item', source } : { kind: 'anything' },
  ]);
  bindExpression(binder, lambda.body, inner(new Map(names), scope));
}
