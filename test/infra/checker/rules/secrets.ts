import { type Finding, found } from '../finding.ts';
import type { Model } from '../program/model.ts';
import { declarationsOf, type Output, type Parameter } from '../syntax/declaration.ts';
import { decoratorOf } from '../syntax/decorator.ts';
import type { Expression } from '../syntax/expression.ts';
import { expressionsOf, within } from '../syntax/walk.ts';

/** Properties of Azure's resources that hold a key or a password. */
const secretProperties =
  /^(keys|passwords?|(primary|secondary)?(shared|access)?keys?|(primary|secondary)connectionstring)$/i;

/** Finds outputs with secrets, secrets with a default, and account keys in texts. */
export function* checkSecrets(model: Model): Generator<Finding> {
  for (const template of model.program.templates.values()) {
    for (const output of declarationsOf(template, 'output')) yield* checkOutput(model, output);
    for (const parameter of declarationsOf(template, 'param')) yield* checkDefault(parameter);
    for (const expression of expressionsOf(template)) yield* checkText(expression);
  }
}

function* checkOutput(model: Model, { at, name, value }: Output): Generator<Finding> {
  const secret = secretIn(model, value);
  if (secret !== undefined) yield found(at, 'output-secret', `${name} would show ${secret}.`);
}

function* checkDefault(parameter: Parameter): Generator<Finding> {
  const { at, name, value, type } = parameter;
  if (type === undefined || value === undefined || !isSecure(parameter)) return;
  yield found(at, 'secure-default', `the secret ${name} must have no default.`);
}

function* checkText(expression: Expression): Generator<Finding> {
  if (expression.kind !== 'text') return;
  const hasKey = expression.parts.some(
    (part) => typeof part === 'string' && /AccountKey=/i.test(part),
  );
  if (hasKey)
    yield found(expression.at, 'account-key', 'this would be a connection string with a key.');
}

function isSecure(parameter: Parameter): boolean {
  const { type } = parameter;
  const name = type?.kind === 'name' ? type.name : '';
  return decoratorOf(parameter, 'secure') !== undefined || name.startsWith('secure');
}

/** What in an expression, or in the variables that it uses, is a secret. */
function secretIn(model: Model, expression: Expression): string | undefined {
  for (const part of within(expression)) {
    const secret = secretAt(model, part);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

function secretAt(model: Model, part: Expression): string | undefined {
  if (part.kind === 'call') {
    const { callee } = part;
    const name = callee.kind === 'name' || callee.kind === 'member' ? callee.name : '';
    if (/^(list([A-Z]\w*)?|getSecret)$/.test(name)) return `the result of ${name}()`;
  }
  if (part.kind === 'member' && secretProperties.test(part.name))
    return `the property ${part.name}`;
  const binding = model.bindings.get(part);
  if (binding?.kind === 'var') return secretIn(model, binding.declaration.value);
  if (binding?.kind !== 'param' || !isSecure(binding.declaration)) return undefined;
  return `the secret ${binding.declaration.name}`;
}
