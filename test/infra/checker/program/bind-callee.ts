import type { Place } from '../finding.ts';
import { suggestion } from '../suggest.ts';
import type { Call } from '../syntax/expression.ts';
import type { Binder } from './binder.ts';
import type { Binding, Scope } from './binding.ts';
import { builtin, builtinNames } from './builtins.ts';
import { exported, exportsOf } from './symbols.ts';

/** Finds which function is called, and whether it takes that many arguments. */
export function bindCallee(binder: Binder, call: Call, scope: Scope): void {
  if (call.callee.kind === 'name') bindPlainCallee(binder, call, call.callee.name, scope);
  if (call.callee.kind !== 'member' || call.callee.object.kind !== 'name') return;
  const space = scope(call.callee.object.name);
  if (space?.kind === 'namespace') bindCalleeIn(binder, call, space, call.callee.name);
}

function bindPlainCallee(binder: Binder, call: Call, name: string, scope: Scope): void {
  const binding = scope(name);
  if (binding?.kind === 'func') {
    bindFunction(binder, call, binding);
    return;
  }
  if (binding !== undefined) {
    binder.find(call.at, 'symbol-kind', `${name} is a ${binding.kind} and no function.`);
    return;
  }
  bindBuiltin(binder, call, name);
}

function bindCalleeIn(
  binder: Binder,
  call: Call,
  { template }: Binding & { readonly kind: 'namespace' },
  name: string,
): void {
  if (template === undefined) {
    bindBuiltin(binder, call, name);
    return;
  }
  const binding = exported(template, name);
  if (binding?.kind === 'func') {
    bindFunction(binder, call, binding);
    return;
  }
  const names = exportsOf(template).map((one) => one.name);
  const text = `${template.file} exports no function ${name}.${suggestion(name, names)}`;
  binder.find(call.at, 'function-unknown', text);
}

function bindFunction(
  binder: Binder,
  call: Call,
  binding: Binding & { readonly kind: 'func' },
): void {
  binder.bind(call, binding);
  const { name, parameters } = binding.declaration;
  checkCount(binder, call.at, name, call.arguments.length, [parameters.length, parameters.length]);
}

function bindBuiltin(binder: Binder, call: Call, name: string): void {
  const signature = builtin(binder.template, name);
  if (signature === undefined) {
    const text = `there is no function ${name} here.${suggestion(name, builtinNames)}`;
    binder.find(call.at, 'function-unknown', text);
    return;
  }
  checkCount(binder, call.at, name, call.arguments.length, signature);
}

/** Notes a call or decorator with too few or too many arguments. */
export function checkCount(
  binder: Binder,
  at: Place,
  name: string,
  count: number,
  [fewest, most]: readonly [number, number, ...unknown[]],
): void {
  if (count >= fewest && count <= most) return;
  const wanted = fewest === most ? fewest : `${fewest} to ${most}`;
  binder.find(at, 'argument-count', `${name} takes ${wanted} arguments and is given ${count}.`);
}
