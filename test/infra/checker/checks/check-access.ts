import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { suggestion } from '../suggest.ts';
import { type Expression, plainText } from '../syntax/expression.ts';
import { expressionsOf } from '../syntax/walk.ts';
import { infer } from '../types/infer.ts';
import { choices, named, propertyType, type Type } from '../types/type.ts';

/** Finds properties, outputs of modules among them, that are read and do not exist. */
export function* checkAccess(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    const expressions = [...expressionsOf(template)];
    const functions = new Set(
      expressions.flatMap((one) => (one.kind === 'call' ? [one.callee] : [])),
    );
    for (const expression of expressions) {
      if (!functions.has(expression)) yield* checkRead(model, expression);
    }
  }
}

function* checkRead(model: Model, expression: Expression): Generator<Finding> {
  if (model.bindings.has(expression)) return;
  if (expression.kind === 'member') {
    yield* checkName(model, expression, expression.object, expression.name);
  }
  const key = expression.kind === 'index' ? plainText(expression.index) : undefined;
  if (expression.kind === 'index' && key !== undefined) {
    yield* checkName(model, expression, expression.object, key);
  }
}

function* checkName(
  model: Model,
  { at }: Expression,
  object: Expression,
  name: string,
): Generator<Finding> {
  const types = choices(infer(model, object)).filter(({ kind }) => kind !== 'null');
  if (types.length === 0 || types.some((type) => propertyType(type, name) !== undefined)) return;
  const [first] = types;
  const members = first?.kind === 'object' ? first.members : 'property';
  const near = suggestion(name, types.flatMap(namesOf));
  const owner = named({ kind: 'oneOf', types });
  yield found(at, `${members}-unknown`, `${owner} has no ${members} ${name}.${near}`);
}

const namesOf = (type: Type) => (type.kind === 'object' ? [...type.properties.keys()] : []);
