import { suggestion } from '../suggest.ts';
import type { Decorated } from '../syntax/decorator.ts';
import { checkCount } from './bind-callee.ts';
import { bindExpression } from './bind-expression.ts';
import type { Binder } from './binder.ts';
import type { Scope } from './binding.ts';
import { decoratorArguments } from './builtins.ts';

/** Finds out whether these decorators exist and what the names in them mean. */
export function bindDecorators(binder: Binder, { decorators }: Decorated, scope: Scope): void {
  for (const { at, name, arguments: values } of decorators) {
    const counts = Object.hasOwn(decoratorArguments, name) ? decoratorArguments[name] : undefined;
    if (counts !== undefined) checkCount(binder, at, `@${name}`, values.length, counts);
    else {
      const near = suggestion(name, Object.keys(decoratorArguments));
      binder.find(at, 'decorator-unknown', `there is no decorator @${name}.${near}`);
    }
    for (const value of values) bindExpression(binder, value, scope);
  }
}
