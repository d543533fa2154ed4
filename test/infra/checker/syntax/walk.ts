import type { Declaration, Deployed, Template } from './declaration.ts';
import type { Expression, ObjectExpression } from './expression.ts';

/** The expressions right inside an expression, in the order of the text. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'name':
      return [];
    case 'text':
      return expression.parts.filter((part) => typeof part !== 'string');
    case 'object':
      return [...propertyParts(expression), ...expression.resources.flatMap(deployedParts)];
    case 'array':
      return expression.items;
    case 'loop':
      return [expression.source, ...given(expression.condition), expression.body];
    case 'call':
      return [expression.callee, ...expression.arguments];
    case 'member':
    case 'nested':
      return [expression.object];
    case 'asserted':
      return [expression.value];
    case 'index':
      return [expression.object, expression.index];
    case 'unary':
      return [expression.operand];
    case 'binary':
      return [expression.left, expression.right];
    case 'ternary':
      return [expression.condition, expression.then, expression.otherwise];
    case 'lambda':
      return [expression.body];
  }
}

/** An expression and everything in it. */
export function* within(expression: Expression): Generator<Expression> {
  yield expression;
  for (const part of partsOf(expression)) yield* within(part);
}

/** Every expression of a declaration, but for those of resources inside it and of decorators. */
export function* declarationParts(declaration: Declaration): Generator<Expression> {
  for (const root of rootsOf(declaration)) yield* withinItself(root);
}

function* withinItself(expression: Expression): Generator<Expression> {
  yield expression;
  const parts = expression.kind === 'object' ? propertyParts(expression) : partsOf(expression);
  for (const part of parts) yield* withinItself(part);
}

/** Every expression of a template, but for those in decorators. */
export function* expressionsOf({ declarations }: Template): Generator<Expression> {
  for (const declaration of declarations) {
    for (const expression of rootsOf(declaration)) yield* within(expression);
  }
}

/** The outermost expressions of a declaration, but for those in its decorators. */
function rootsOf(declaration: Declaration): readonly Expression[] {
  switch (declaration.kind) {
    case 'param':
      return given(declaration.value);
    case 'var':
    case 'output':
    case 'metadata':
      return [declaration.value];
    case 'resource':
    case 'module':
      return deployedParts(declaration);
    case 'func':
      return [declaration.body];
    default:
      return [];
  }
}

function deployedParts({ loop, condition, body }: Deployed): readonly Expression[] {
  return [...given(loop?.source), ...given(condition), body];
}

function propertyParts({ properties }: ObjectExpression): readonly Expression[] {
  return properties.flatMap(({ key, value }) => (typeof key === 'string' ? [value] : [key, value]));
}

const given = <Value>(value: Value | undefined): readonly Value[] =>
  value === undefined ? [] : [value];
